"""`python -m core sweep`: a grid of settings, each with several seeds; its table fills while they are trained."""

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from core.commands.data import fetch_mnist
from core.commands.reporting import JSON, report, tell
from core.commands.series import changed
from core.commands.train import sizes_of
from core.config import Config
from core.datasets import described, load_training, named, needs_mnist
from core.errors import DigitLabError
from core.files import write_atomically
from core.jobs.jobs import Jobs
from core.runs.stopper import Stopper
from core.sweep.finding import Finding, finding
from core.sweep.grid import Grid, told
from core.sweep.looks import Looked, looks
from core.sweep.presets import PRESETS, preset
from core.sweep.sweep import Sweep, find
from core.sweep.table import as_csv, as_text, rows_of_runs
from core.training.recipes import RECIPES, default_recipe

LOOK_AGAIN = 0.25  # seconds
OWNER = "terminal"


def _sizes(context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(sizes_of(text) for text in texts)


@click.command("sweep")
@click.argument("name", required=False, type=click.Choice(list(PRESETS)))
@click.option("--hidden", multiple=True, callback=_sizes, help="Units of each layer: 200, or 500,300. Repeatable.")
@click.option("--rate", "rates", multiple=True, type=float, help="Learning rate. Repeatable.")
@click.option("--epochs", multiple=True, type=int, help="How often to go through all digits. Repeatable.")
@click.option("--recipe", "recipes", multiple=True, type=click.Choice(list(RECIPES)), help="To start from. Repeatable.")
@click.option("--seeds", type=click.IntRange(1, 100), default=3, show_default=True, help="How many, from --seed on.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The first seed.")
@click.option("--dataset", help="As for train.")
@click.option("--with", "others", multiple=True, metavar="NAME=VALUE", help="A setting that all have; repeatable.")
@click.option(
    "--validation/--all-data", default=None, help="Hold back a twelfth, which chooses, or train on everything."
)
@click.option("--resume", "resumed", metavar="ID", help="Go on with this sweep, which was stopped.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write a row a run as CSV there.")
@JSON
def sweep_command(name: str | None, resumed: str | None, out: Path | None, as_json: bool, **given: Any) -> None:
    """Train each of some sizes with each of some rates, epochs and recipes, each with several seeds, and compare them.

    NAME is a known sweep: `blog` trains the rows of the blog's table and tells them beside its own numbers. Ctrl-C stops it,
    keeps what is there, and says how to go on.
    """
    jobs, stop = Jobs(), Stopper(with_parent=False)
    try:
        if resumed:
            sweep = find(resumed)
            _fetch(sweep.about().grid.grid())
            jobs.sweeps.go_on(sweep)
        else:
            grid = _grid(name, given)
            _fetch(grid)
            sweep = jobs.sweeps.begin(grid, owner=OWNER, preset=name or "")
        whole = _watch(jobs, sweep, stop)
    finally:
        jobs.close()
    found = _look(sweep)
    if out:
        write_atomically(out, as_csv(found).encode())
    told_of_it = finding(found)
    fields = {"sweep": sweep.id, "runs": rows_of_runs(found), **_fields(found, told_of_it)}
    sentences = "\n".join(str(each) for each in told_of_it.sentences) if told_of_it else ""
    report(fields, f"{as_text(found)}\n{sentences}".strip(), as_json)
    if not whole:
        tell(f"python -m core sweep --resume {sweep.id} goes on with it.")
        raise SystemExit(130)


def _grid(name: str | None, given: Mapping[str, Any]) -> Grid:
    seeds = tuple(range(given["seed"], given["seed"] + given["seeds"]))
    axes = {"hidden": given["hidden"], "rates": given["rates"], "epochs": given["epochs"]}
    if name:
        if any((*axes.values(), given["recipes"], given["others"], given["dataset"])):
            raise DigitLabError("A known sweep has its own settings; beside its name give seeds at most.")
        return preset(name, seeds)
    recipes = given["recipes"] or (default_recipe(given["dataset"] or "mnist"),)
    bases = {each: _base(each, given) for each in recipes}
    return Grid(bases if given["recipes"] else {"": bases[recipes[0]]}, seeds=seeds, **axes)


def _base(recipe: str, given: Mapping[str, Any]) -> Config:
    """The settings of a recipe that all its trainings have. Digits are held back, where nothing else is asked for."""
    config = RECIPES[recipe].config
    if given["dataset"]:
        data = named(given["dataset"])
        height, width = about.shape if (about := described(data)) else load_training(data).train.shape
        config = config.with_training(dataset=data).with_network(inputs=height * width)
    held_back = True if given["validation"] is None else given["validation"]
    return changed(config.with_training(validation=held_back), given["others"])


def _fetch(grid: Grid) -> None:
    if any(needs_mnist(config.training.dataset) for config in grid.trainings()):
        fetch_mnist()


def _look(sweep: Sweep) -> list[Looked]:
    about = sweep.about()
    return looks(sweep, about, about.grid.grid())


def _watch(jobs: Jobs, sweep: Sweep, stop: Stopper) -> bool:
    """Tell of each run that is over, until all are; False where it was stopped, here or anywhere."""
    seen: set[tuple[int, int]] = set()
    grid = sweep.about().grid.grid()
    tell(f"{len(grid.cells())} combinations, {len(list(grid.slots()))} trainings, sweep {sweep.id}.")
    while (about := sweep.about()).open or sweep.going():
        _tell_news(looks(sweep, about, grid), seen)
        if stop() and about.open:
            jobs.sweeps.stop(sweep, by=OWNER)
        jobs.sweeps.look()
        time.sleep(LOOK_AGAIN)
    found = _look(sweep)
    _tell_news(found, seen)
    return all("stopped" not in each.states.values() and len(each.runs) == len(grid.seeds) for each in found)


def _tell_news(found: list[Looked], seen: set[tuple[int, int]]) -> None:
    """A line for each training that is over since the last look."""
    for number, looked in enumerate(found):
        for seed in looked.runs:
            if (number, seed) in seen or not (seed in looked.held_back or seed in looked.test):
                continue
            seen.add((number, seed))
            values = ", ".join(
                f"{axis} {told(axis, value)}" for axis, value in looked.cell.values.items() if value != ""
            )
            share = looked.test[seed].accuracy if seed in looked.test else looked.held_back[seed]
            of = "test digits" if seed in looked.test else "digits kept apart"
            tell(f"{values}, seed {seed}: {100 * share:.2f} % of the {of}")


def _fields(found: list[Looked], told_of_it: Finding | None) -> dict[str, Any]:
    cells = [
        {
            **{axis: list(value) if isinstance(value, tuple) else value for axis, value in looked.cell.values.items()},
            "read_from_epoch": looked.cell.epoch,
            "held_back": _spread(looked, held_back=True),
            "test": _spread(looked, held_back=False),
            "reported": looked.reported,
        }
        for looked in found
    ]
    if told_of_it is None:
        return {"combinations": cells, "finding": None}
    what = dataclasses.asdict(told_of_it) | {"sentences": [str(each) for each in told_of_it.sentences]}
    return {"combinations": cells, "finding": what}


def _spread(looked: Looked, *, held_back: bool) -> dict[str, Any] | None:
    found = looked.spread(held_back=held_back)
    return None if found is None else {"n": found.n, "mean": found.mean, "deviation": found.deviation}
