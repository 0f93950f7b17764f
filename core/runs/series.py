"""Runs that belong together: one configuration with seed after seed, to tell what it does from what luck does."""

import secrets
from pathlib import Path

import msgspec

from core.config import Config
from core.errors import DigitLabError
from core.folders import runs_folder
from core.models.model import Score
from core.runs.glances import glances
from core.runs.run import Run
from core.runs.summary import summary

MOST = 100


def new_series() -> str:
    """A name for a series."""
    return f"series-{secrets.token_hex(4)}"


def with_seeds(config: Config, count: int) -> list[Config]:
    """The configuration with `count` seeds, from its own on."""
    if not 1 <= count <= MOST:
        raise DigitLabError("A series has 1 to {most} seeds, not {count}.", most=MOST, count=count)
    return [config.with_training(seed=config.training.seed + number) for number in range(count)]


def runs_of(series: str, root: Path | None = None) -> list[Run]:
    """The runs of a series, the first one first. Raises `DigitLabError` where there are none."""
    root = root or runs_folder()
    found = [Run(root / each.id) for each in reversed(glances(root)) if series and each.record.series == series]
    if not found:
        raise DigitLabError("There is no series called {series}.", series=repr(series))
    return found


def scores_of(runs: list[Run]) -> dict[int, Score]:
    """What runs read of the test digits, by seed; those that have not come so far are left out."""
    scores = {}
    for run in runs:
        glance = summary(run)
        if glance.test and isinstance(seed := glance.settings.get("seed"), int):
            scores[seed] = glance.test
    return scores


def join_series(run: Run) -> str:
    """The series that a run belongs to; one that belonged to none begins one."""
    about = run.record()
    if about.series:
        return about.series
    name = new_series()
    try:
        run.set_record(msgspec.structs.replace(about, series=name))
    except OSError as error:
        raise DigitLabError("The series could not be noted: {reason}.", reason=error.strerror) from error
    return name


def further_seeds(series: str, count: int, root: Path | None = None) -> list[int]:
    """So many seeds that no run of the series has, the next ones behind its highest."""
    seeds = [each.config().training.seed for each in runs_of(series, root)]
    return [max(seeds) + number for number in range(1, count + 1)]
