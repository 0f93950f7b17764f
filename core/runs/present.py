"""The network of a run as it is at present, for whoever watches it: `RUN/present.safetensors`, named `RUN@now`.

It is written while somebody watches, and only then: a page says so by `watch`.
"""

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core.models.files import SUFFIX, save_model
from core.models.model import Model, Provenance
from core.runs.run import Run

if TYPE_CHECKING:  # a page that only watches loads no engine
    from core.training.loop import Training

NOW = "now"
WATCHED_SECONDS = 10.0  # for so long after a page's last look it is being watched
SAY_AGAIN = 3.0  # a page that goes on watching need not say so more often
LEAST = 0.5  # seconds between two of them
SHARE = 0.03  # of the time may go into writing them: those of a large network are some megabytes


def path_of(run: Run) -> Path:
    return run.path / f"present{SUFFIX}"


def watch(run: Run) -> None:
    """Say that somebody watches the run."""
    mark = run.path / "watched"
    if _age(mark) > SAY_AGAIN:
        with contextlib.suppress(OSError):  # it is watched without the network's own views then
            mark.touch()


def is_watched(run: Run) -> bool:
    """Whether somebody watches the run at present."""
    return _age(run.path / "watched") <= WATCHED_SECONDS


def _age(mark: Path) -> float:
    """Seconds since somebody said that they watch."""
    try:
        return abs(time.time() - mark.stat().st_mtime)
    except OSError:
        return float("inf")


class Present:
    """Writes the present network of a run while somebody watches: twice a second at most."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._due, self._step = 0.0, -1

    def look(self, training: "Training") -> None:
        """A moment between two calls of the engine: write the network if it is due and has changed."""
        now = time.monotonic()
        if now < self._due or self._step == training.step:
            return
        self._due = now + LEAST
        if not is_watched(self._run):
            return
        about = Provenance(title=self._run.title(), epochs=training.epochs_done)
        parameters = training.engine.parameters()
        if parameters.fits_half:
            with contextlib.suppress(OSError):  # on a full disk whoever has something to keep will say so
                model = Model(training.config, parameters, about)
                save_model(model, path_of(self._run), storage="float16", lasting=False)
        self._step = training.step
        self._due = now + max(LEAST, (time.monotonic() - now) / SHARE)

    def end(self) -> None:
        """Take it away: from now on the run has its model, or is over without one."""
        for path in (path_of(self._run), self._run.path / "watched"):
            with contextlib.suppress(OSError):
                os.unlink(path)
