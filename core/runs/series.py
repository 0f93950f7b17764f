"""Runs that belong together: one configuration with seed after seed, to tell what it does from what luck does."""

import secrets
from pathlib import Path

from core.config import Config
from core.errors import DigitLabError
from core.models.model import Score
from core.runs.run import Run, list_runs
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
    found = [run for run in reversed(list_runs(root)) if series and run.record().series == series]
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
