"""`python -m core record`: train the run that ships with the project, and take the hundred digits that it is shown."""

import click

from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, report, tell
from core.datasets import needs_mnist
from core.datasets.hundred import hundred, write_hundred
from core.folders import SHIPPED_DATA
from core.models.files import read_model
from core.runs.keeping import size_of
from core.runs.recorded import record
from core.runs.run import RECORDING
from core.runs.snapshots import Snapshots
from core.scores.evaluation import digits_of, evaluate
from core.training.events import EpochEvent, Event


@click.command("record")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all its random choices.")
@JSON
def record_command(seed: int, as_json: bool) -> None:
    """Train the recording that the Train page opens on, and choose the hundred digits beside it (both in data/)."""
    if needs_mnist("mnist"):
        fetch_mnist()
    write_hundred(digits_of("mnist"))
    run = record(SHIPPED_DATA / RECORDING, seed=seed, on_event=_tell)
    snapshots, shown = Snapshots(run), hundred()
    right = {
        moment: evaluate(read_model(snapshots.path(moment)), shown).score.correct for moment in snapshots.moments()
    }
    size = size_of(run)
    lines = [f"{moment:>8g} epochs: {count} of the hundred right" for moment, count in right.items()]
    fields = {"moments": [{"epochs": moment, "right": count} for moment, count in right.items()], "bytes": size}
    report(fields, "\n".join([*lines, f"{size:,} bytes in {run.path}."]), as_json)


def _tell(event: Event) -> None:
    if isinstance(event, EpochEvent):
        tell(f"Epoch {event.epoch}, {event.seconds:.1f} s")
