"""What the commands share: `--json`, how a score is told, and how a result leaves."""

import json
from typing import Any

import click

from core.models.model import Score
from core.scores.evaluation import Evaluation, interval
from core.scores.labels import corrected

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on the last line.")


def score_fields(score: Score) -> dict[str, Any]:
    low, high = interval(score)
    return {"n": score.n, "correct": score.correct, "accuracy": score.accuracy, "interval": [low, high]}


def corrected_fields(evaluation: Evaluation) -> dict[str, Any]:
    """The score on the labels as people correct them; nothing where no label is known to be wrong."""
    found = corrected(evaluation)
    return {"corrected": {"n": found.n, "correct": found.correct}} if found else {}


def report(fields: dict[str, Any], words: str, as_json: bool) -> None:
    click.echo(json.dumps(fields) if as_json else words)


def score_words(score: Score) -> str:
    low, high = interval(score)
    return (
        f"{score.correct:,} of {score.n:,} right ({100 * score.accuracy:.2f} %, "
        f"95 % interval {100 * low:.2f} to {100 * high:.2f} %)"
    )


def tell(words: str) -> None:
    """A remark, on standard error: standard output is for the result."""
    click.echo(words, err=True)
