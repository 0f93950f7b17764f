"""Commands about a network's mistakes: two networks against each other, and how well differently written digits are read."""

from typing import Any

import click

from core.catalog import find_model, load_model, shipped_models
from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, corrected_fields, report, score_fields, score_words
from core.commands.tried import tried
from core.datasets import needs_mnist
from core.explain.back_query.kept import file_hash
from core.explain.plane import lay_out
from core.models.files import read_card
from core.models.model import Score
from core.scores.evaluation import Evaluation, evaluate_on
from core.scores.misread import FILE, keep_misread, written
from core.scores.pairs import most_different, pair
from core.scores.slices import slices, worst

DATASET = click.option("--dataset", help="A name, or a file. [default: what the network learned from]")


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@DATASET
@JSON
def compare(first: str, second: str, dataset: str | None, as_json: bool) -> None:
    """Hold network A against network B (files or names) on the same test digits: what A mends, what it breaks, and luck."""
    one = tried(first, dataset)
    found = pair(one.evaluation, tried(second, dataset or one.evaluation.data.name).evaluation)
    fields = {
        "first": {"model": first, **_scores(found.first)},
        "second": {"model": second, **_scores(found.second)},
        "fixed": len(found.fixed),
        "broken": len(found.broken),
        "p_value": found.p_value,
    }
    lines = [f"{first}: {score_words(found.first.score)}", f"{second}: {score_words(found.second.score)}"]
    lines += [f"{first}: {found.message} {found.chance} (p = {found.p_value:.2g})", *map(str, most_different(found))]
    report(fields, "\n".join(lines), as_json)


@click.command("slices")
@click.argument("model")
@DATASET
@JSON
def slices_command(model: str, dataset: str | None, as_json: bool) -> None:
    """How well MODEL (a file or a name) reads thin and thick, slanted, narrow, crossed digits, and the like."""
    evaluation = tried(model, dataset).evaluation
    divided = slices(evaluation, None if evaluation.whole is None else written())
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


def _scores(evaluation: Evaluation) -> dict[str, Any]:
    """The official score, and the one on the labels as people correct them where some are known to be wrong."""
    return {**score_fields(evaluation.score), **corrected_fields(evaluation)}


@click.command("keep-misread")
@JSON
def keep_misread_command(as_json: bool) -> None:
    """Make anew what ships of MNIST's test digits: those that the shipped networks misread, and how they read the others."""
    if needs_mnist("mnist"):
        fetch_mnist()
    readers = [name for name in shipped_models() if read_card(find_model(name)).config.network.shape == (28, 28)]
    found = {name: evaluate_on(load_model(name), "mnist") for name in readers}
    hashes = {name: file_hash(find_model(name)) for name in readers}
    unusual = {hashes[name]: lay_out(load_model(name), each.data).unusual for name, each in found.items()}
    count = keep_misread({hashes[name]: each for name, each in found.items()}, unusual)
    size = FILE.stat().st_size
    lines = [f"{name}: {score_words(each.score)}" for name, each in found.items()]
    fields = {
        "digits": count,
        "bytes": size,
        "networks": {name: score_fields(each.score) for name, each in found.items()},
    }
    report(fields, "\n".join([*lines, f"{count:,} digits, {size:,} bytes in {FILE}."]), as_json)
