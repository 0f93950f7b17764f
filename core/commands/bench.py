"""`python -m core bench`: the race as a table or as JSON, and the targets held against it."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import click
import msgspec

from core.bench.cases import SAMPLES, Case
from core.bench.measure import Row, installed_engines, measure
from core.bench.targets import cases, judge
from core.commands.reporting import JSON
from core.config import DEVICES, ENGINES
from core.datasets import available
from core.errors import DigitLabError
from core.network.optimizers import OPTIMIZERS

COLUMNS = "{:<13} {:>6} {:>6} {:>11} {:>12} {:>9} {:>10} {:>8}"
HEAD = COLUMNS.format("", "hidden", "batch", "s per epoch", "samples/s", "GFLOP/s", "of floor", "spread")


@click.command()
@click.option("--engine", "engines", multiple=True, type=click.Choice(ENGINES), help="May be repeated. [default: all]")
@click.option("--device", type=click.Choice(DEVICES), default="cpu", show_default=True, help="Where Taichi computes.")
@click.option("--hidden", multiple=True, type=click.IntRange(1), default=[100, 200, 500], show_default=True)
@click.option("--batch-size", multiple=True, type=click.IntRange(1), default=[1, 32, 128], show_default=True)
@click.option("--optimizer", type=click.Choice(list(OPTIMIZERS)), default="sgd", show_default=True)
@click.option("--repeats", type=click.IntRange(1), default=5, show_default=True, help="Turns; the median counts.")
@click.option("--samples", type=click.IntRange(1, SAMPLES), default=SAMPLES, show_default=True, help="In an epoch.")
@click.option("--threads", type=click.IntRange(1), help="For everyone. [default: all processors]")
@click.option("--peers", is_flag=True, help="Also PyTorch, JAX and scikit-learn, if installed, and --blog.")
@click.option("--blog", is_flag=True, help="Also the earlier system's loops, one sample at a time.")
@click.option("--check", is_flag=True, help="Race the cases of the project's targets and say which fall short.")
@JSON
@click.option("--json-lines", is_flag=True, help="Print each step and each row as it comes, as a line of JSON.")
def bench(
    engines: tuple[str, ...],
    hidden: tuple[int, ...],
    batch_size: tuple[int, ...],
    peers: bool,
    check: bool,
    as_json: bool,
    json_lines: bool,
    **settings: Any,
) -> None:
    """Race the engines on this machine: an epoch of 784-HIDDEN-10, with shuffling and gathering.

    "floor" is the matrix products of the same steps alone. Everyone runs in turns, in a process of their own.
    """
    if not available("mnist"):
        click.echo("MNIST is missing: this races on noise of its shape.", err=True)
    chosen = engines or tuple(installed_engines())
    pairs = cases() if check else [(units, size) for units in hidden for size in batch_size]
    if json_lines:
        _tell_as_lines(chosen, hidden, batch_size, peers=peers, **settings)
        return
    rows = []
    click.echo(HEAD, err=as_json)
    try:
        for row in _rows(chosen, pairs, peers=peers or check, **settings):
            rows.append(row)
            click.echo(_line(row), err=as_json)
    except DigitLabError as error:
        raise click.ClickException(str(error)) from error
    verdicts = list(judge(rows)) if check else []
    for verdict in verdicts:
        click.echo(str(verdict), err=as_json)
    if as_json:
        click.echo(json.dumps({"rows": [row.to_dict() for row in rows]}))
    if not all(verdict.met for verdict in verdicts):
        raise SystemExit(1)


def _tell_as_lines(
    engines: tuple[str, ...], hidden: tuple[int, ...], batch_sizes: tuple[int, ...], **settings: Any
) -> None:
    """For a program that listens: `{"done", "total", "engine", "hidden", "batch_size"}` before each step, `{"row"}` for
    each row, and `{"error"}`, a message, when a contender cannot run."""

    def tell(**fields: Any) -> None:
        click.echo(json.dumps(fields))
        sys.stdout.flush()

    def progress(done: int, total: int, name: str, case: Case) -> None:
        tell(done=done, total=total, engine=name, hidden=case.hidden, batch_size=case.batch_size)

    try:
        for row in measure(engines, hidden, batch_sizes, progress=progress, **settings):
            tell(row=row.to_dict())
    except DigitLabError as error:
        tell(error=msgspec.to_builtins(error.message))
        raise SystemExit(1) from error


def _rows(engines: tuple[str, ...], pairs: list[tuple[int, int]], **settings: Any) -> Iterator[Row]:
    for units, size in pairs:
        yield from measure(engines, [units], [size], **settings)


def _line(row: Row) -> str:
    scaled = "" if row.measured_samples == row.samples else f"  from {row.measured_samples:,} samples"
    return (
        COLUMNS.format(
            row.engine,
            row.hidden,
            row.batch_size,
            f"{row.seconds_per_epoch:.3f}",
            f"{row.samples_per_second:,.0f}",
            f"{row.gflops:.1f}",
            f"{row.floor_fraction:.2f}",
            f"{100 * row.spread:.0f} %",
        )
        + scaled
    )
