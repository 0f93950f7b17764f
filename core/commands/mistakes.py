"""Commands about a network's mistakes: two networks against each other, and how well differently written digits are read."""

import click

from core.catalog import load_model
from core.commands.reporting import JSON, report, score_fields, score_words
from core.datasets import named
from core.models.model import Score
from core.scores.evaluation import Evaluation, evaluate_on
from core.scores.pairs import pair
from core.scores.slices import slices, worst

DATASET = click.option("--dataset", help="A name, or a file. [default: what the network learned from]")


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@DATASET
@JSON
def compare(first: str, second: str, dataset: str | None, as_json: bool) -> None:
    """Hold network A against network B (files or names) on the same test digits: what A mends, what it breaks, and luck."""
    one = _evaluated(first, dataset)
    found = pair(one, _evaluated(second, dataset or one.data.name))
    fields = {
        "first": {"model": first, **score_fields(found.first.score)},
        "second": {"model": second, **score_fields(found.second.score)},
        "fixed": len(found.fixed),
        "broken": len(found.broken),
        "p_value": found.p_value,
    }
    lines = [f"{first}: {score_words(found.first.score)}", f"{second}: {score_words(found.second.score)}"]
    report(fields, "\n".join([*lines, f"{first}: {found.message} (p = {found.p_value:.2g})"]), as_json)


@click.command("slices")
@click.argument("model")
@DATASET
@JSON
def slices_command(model: str, dataset: str | None, as_json: bool) -> None:
    """How well MODEL (a file or a name) reads thin and thick, slanted, narrow, crossed digits, and the like."""
    evaluation = _evaluated(model, dataset)
    divided = slices(evaluation)
    found = worst(evaluation, divided)
    fields = {
        "model": model,
        "slices": [
            {"name": each.name, "parts": [{"name": part.name, "n": part.n, "correct": part.correct} for part in each.parts]}
            for each in divided
        ],
        "worst": found
        and {"slice": found.slice, "part": found.part.name, "tried": found.tried, "interval": [found.low, found.high],
             "p_value": found.p_value, "real": found.real},
    }  # fmt: skip
    lines = [
        f"{each.name + ':':<15}{part.name:<24}{score_words(Score(part.n, part.correct))}"
        for each in divided
        for part in each.parts
        if part.n
    ]
    report(fields, "\n".join([*lines, *([str(found.message)] if found else [])]), as_json)


def _evaluated(model: str, dataset: str | None) -> Evaluation:
    loaded = load_model(model)
    return evaluate_on(loaded, named(dataset) if dataset else loaded.config.training.dataset)
