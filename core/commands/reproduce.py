"""`python -m core reproduce`: train the tutorials' recipes, and ours, with stated seeds, and tell what each reads."""

from collections.abc import Callable

import click
import msgspec

from core.bench.reproduced import put_into, tables
from core.bench.reproduction import Reproduced, keep, kept, reproduce, tutorials
from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, report, score_words, tell
from core.datasets import needs_mnist
from core.files import write_atomically
from core.folders import PROJECT
from core.models.model import Score
from core.training.aims import AIMS

README = PROJECT / "README.md"


@click.command("reproduce")
@click.argument("names", nargs=-1, metavar="[ROW]...", type=click.Choice([*tutorials(), *AIMS]))
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="How many, from 0 on.")
@click.option("--keep", "keeps", is_flag=True, help="Into models/reproduced.json, and the tables into the README.")
@JSON
def reproduce_command(names: tuple[str, ...], seeds: int, keeps: bool, as_json: bool) -> None:
    """Train every tutorial's recipe (or these ROWs, or ours for an aim: 0.98) and tell it beside what was reported.

    A quarter of an hour on two cores. Seconds count training alone; for ours, from the start of the process.
    """
    wanted = names or (*tutorials(), *AIMS)
    if any(name in AIMS or needs_mnist(tutorials()[name].config.training.dataset) for name in wanted) and needs_mnist(
        "mnist"
    ):
        fetch_mnist()
    outcome = kept() if keeps else Reproduced()
    for name in wanted:
        trained = reproduce(name, range(seeds), _telling(name))
        (outcome.ours if name in AIMS else outcome.rows)[name] = trained
        if keeps:  # what is trained is not lost with what is not yet
            keep(outcome)
            write_atomically(README, put_into(README.read_text(), outcome).encode())
    report(msgspec.to_builtins(outcome), tables(outcome), as_json)


def _telling(name: str) -> Callable[[int, Score, float], None]:
    return lambda seed, score, took: tell(f"{name}, seed {seed}: {score_words(score)}, {took:.1f} s")
