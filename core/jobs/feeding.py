"""Hands in the runs of sweeps, a few at a time: another run goes in as one ends, so that other work has its turn between them.

A sweep outlives the server that it was begun on: all that is to be done is in its folder, and whichever server looks after
the runs of that folder goes on with it.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import msgspec

from core.config import Config
from core.datasets import needs_mnist
from core.errors import DigitLabError
from core.files import locked
from core.jobs import allowance
from core.jobs.trainings import NOT_HERE
from core.messages import Message
from core.runs.glances import glances
from core.runs.run import Run
from core.runs.status import PARENT_GONE, Status
from core.sweep import sweep as sweeps
from core.sweep.grid import Grid
from core.sweep.sweep import About, Sweep, held, place_of

LOOK_AGAIN = 1.0  # seconds
AHEAD = 1  # runs that wait behind those at work
MOST_TRIES = 2  # a run is gone on with so often after a server has gone

log = logging.getLogger(__name__)


class Runner(Protocol):
    """Who begins, goes on with and stops runs: `core.jobs.jobs.Jobs`."""

    def start(self, config: Config, *, owner: str = "", series: str = "", parent: str = "", room: str = "") -> Run: ...

    def resume(self, run: Run, *, owner: str = "", rate: float | None = None) -> None: ...

    def stop(self, run: Run, *, by: str = "") -> None: ...


class Feeding:
    """The sweeps that are open; safe to use from several threads.

    Parameters
    ----------
    runs_at_once : says how many runs may be at work, which can change at any time.
    """

    def __init__(self, runner: Runner, runs_at_once: Callable[[], int]) -> None:
        self._runner, self._runs_at_once = runner, runs_at_once
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._refused: dict[str, Message] = {}

    def begin(self, grid: Grid, *, owner: str = "", room: str = "", preset: str = "") -> Sweep:
        """Begin a sweep. Raises `DigitLabError` where one of its trainings is not allowed, or there is no room for all."""
        trainings = grid.trainings()
        for config in trainings:
            allowance.check(config)
            if needs_mnist(config.training.dataset):
                raise DigitLabError(NOT_HERE)
        allowance.check_sweep(owner, len(trainings) * len(grid.seeds))
        made = sweeps.create(grid, owner=owner, room=room, preset=preset)
        self.look(at_once=True)
        return made

    def stop(self, sweep: Sweep, *, by: str = "") -> None:
        """Hand in no more of its runs, and stop those that wait or are at work: what they have learned is kept."""
        with held(sweep):
            sweep.write(msgspec.structs.replace(sweep.about(), open=False))
        for run in sweep.going():
            self._runner.stop(run, by=by)

    def go_on(self, sweep: Sweep) -> None:
        """Go on with a sweep that was stopped: with its runs that were, and those that are missing."""
        with held(sweep):
            about = sweep.about()
            runs = {place: run for place, run_id in about.runs.items() if (run := sweep.run(run_id))}
            over_early = tuple(place for place, run in runs.items() if run.status().state in ("stopped", "died"))
            kept = {place: run.id for place, run in runs.items()}  # what was deleted is trained anew
            sweep.write(msgspec.structs.replace(about, open=True, runs=kept, goes_on=over_early, tries={}))
        self.look(at_once=True)

    def refused(self, sweep_id: str) -> Message | None:
        """Why its next run could not be handed in just now; it is tried again."""
        return self._refused.get(sweep_id)

    def look(self, *, at_once: bool = False) -> None:
        """Hand in what may be handed in now. Called again and again, it looks once a second, or `at_once`."""
        with self._lock:
            now = time.monotonic()
            if not at_once and now - self._looked < LOOK_AGAIN:
                return
            self._looked = now
        refused: dict[str, Message] = {}
        for sweep in sweeps.list_sweeps():
            try:
                if sweep.about().open:
                    with locked(sweep.lock):
                        self._feed(sweep)
            except BlockingIOError:  # another server is at it
                continue
            except DigitLabError as error:
                refused[sweep.id] = error.message
            except OSError as error:
                log.warning("The sweep %s could not be looked after: %s", sweep.id, error)
        self._refused = refused

    def _feed(self, sweep: Sweep) -> None:
        about = sweep.about()
        if not about.open:
            return
        grid = about.grid.grid()
        trainings = grid.trainings()
        states = {place: run.status() for place, run_id in about.runs.items() if (run := sweep.run(run_id))}
        going = sum(status.active for status in states.values())
        free = self._runs_at_once() + AHEAD - going
        about = self._noted(sweep, about, states)
        missing = [(number, seed) for number, seed in grid.slots() if place_of(number, seed) not in about.runs]
        if not (going or missing or about.goes_on):
            sweep.write(msgspec.structs.replace(about, open=False))
            return
        for place in about.goes_on[: max(free, 0)]:
            about = self._resume(sweep, about, place)
            free -= 1
        for number, seed in missing[: max(free, 0)]:
            about = self._start(sweep, about, number, trainings[number].with_training(seed=seed))

    def _noted(self, sweep: Sweep, about: About, states: dict[str, Status]) -> About:
        """What ended because its server did is to go on, but not for ever."""
        lost = [
            place for place, status in states.items()
            if place not in about.goes_on and about.tries.get(place, 0) < MOST_TRIES
            and (status.state == "died" or status.state == "stopped" and status.reason == PARENT_GONE)
        ]  # fmt: skip
        if not lost:
            return about
        tries = about.tries | {place: about.tries.get(place, 0) + 1 for place in lost}
        about = msgspec.structs.replace(about, goes_on=(*about.goes_on, *lost), tries=tries)
        sweep.write(about)
        return about

    def _resume(self, sweep: Sweep, about: About, place: str) -> About:
        run = sweep.run(about.runs[place])
        if run and not run.status().active:
            self._runner.resume(run, owner=about.owner)
        about = msgspec.structs.replace(about, goes_on=tuple(each for each in about.goes_on if each != place))
        sweep.write(about)
        return about

    def _start(self, sweep: Sweep, about: About, number: int, config: Config) -> About:
        """Begin the run of a place; one that was begun when the server went, before it was noted, is found by its series."""
        series, seed = sweep.series(number), config.training.seed
        known = [each.id for each in glances() if each.record.series == series]
        begun = [run for run_id in known if (run := sweep.run(run_id)) and run.config().training.seed == seed]
        run = begun[0] if begun else self._runner.start(config, owner=about.owner, series=series, room=about.room)
        about = msgspec.structs.replace(about, runs=about.runs | {place_of(number, seed): run.id})
        sweep.write(about)
        return about
