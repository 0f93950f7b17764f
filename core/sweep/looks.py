"""How far a sweep is: what the runs of each combination read, those that are over and those that go on."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.models.model import Score
from core.runs.glances import Glance, look
from core.runs.run import ACTIVE, Run
from core.scores.luck import Spread, spread_of
from core.sweep.grid import Cell, Grid
from core.sweep.sweep import About, Sweep, place_of
from core.training.events import EpochEvent
from core.training.recipes import RECIPES

WAITS = "waits"  # the state of a run that has not been handed in
GONE = "gone"  # and of one that was deleted, or never will be handed in
PENDING = (WAITS, *ACTIVE)


@dataclass(frozen=True, slots=True)
class Looked:
    """A combination, and what is known of it.

    Attributes
    ----------
    runs : its runs by seed, as far as they have been handed in and are still there.
    states : the state of each seed's, as in `core.runs.status`, or `WAITS`.
    done : how much of all its training is done, 0 to 1.
    held_back : the share of the digits kept apart that each seed's reads, where that is known.
    test : what each seed's reads of the test digits. Of one that is read from a longer training they are not counted.
    """

    cell: Cell
    runs: Mapping[int, str] = field(default_factory=dict)
    states: Mapping[int, str] = field(default_factory=dict)
    done: float = 0.0
    held_back: Mapping[int, float] = field(default_factory=dict)
    test: Mapping[int, Score] = field(default_factory=dict)

    @property
    def reported(self) -> float | None:
        """The share of test digits that its tutorial says are right, where it is one's row as it stands there."""
        known = RECIPES.get(str(self.cell.values["recipe"]))
        same = known and known.config.with_training(seed=self.cell.config.training.seed) == self.cell.config
        return known.reported if known and same else None

    @property
    def is_over(self) -> bool:
        """Whether no seed's waits or goes on."""
        return not set(PENDING) & set(self.states.values())

    def shares(self, *, held_back: bool) -> Mapping[int, float]:
        """What each seed's reads of the digits kept apart, or else of the test digits."""
        return self.held_back if held_back else {seed: score.accuracy for seed, score in self.test.items()}

    def spread(self, *, held_back: bool) -> Spread | None:
        """Mean and spread over the seeds that are over; None as long as there is none."""
        shares = self.shares(held_back=held_back)
        return spread_of(list(shares.values())) if shares else None


def looks(sweep: Sweep, about: About, grid: Grid) -> list[Looked]:
    """A look at each combination, in their order."""
    seen: dict[str, Glance] = {}
    for place, run_id in about.runs.items():
        run = sweep.run(run_id)
        if run and (glance := look(run)):
            seen[place] = glance
    return [_look(sweep, grid, about, cell, seen) for cell in grid.cells()]


def _look(sweep: Sweep, grid: Grid, about: About, cell: Cell, seen: Mapping[str, Glance]) -> Looked:
    runs, states, held_back, test, done = {}, {}, {}, {}, 0.0
    for seed in grid.seeds:
        place = place_of(cell.training, seed)
        glance = seen.get(place)
        if glance is None:
            states[seed] = GONE if place in about.runs or not about.open else WAITS
            continue
        runs[seed], states[seed] = glance.id, glance.status.state
        whole = cell.epoch or cell.config.training.epochs
        over = not glance.status.active
        done += 1.0 if over else min(glance.status.epoch / whole, 1.0)
        if cell.epoch is not None:
            run = sweep.run(glance.id)
            share = (_at_the_end if over else _at)(run, cell.epoch) if run else None
            if share is not None:
                held_back[seed], states[seed] = share, "finished"
        elif glance.status.state == "finished":
            if "validation" in glance.summary.scores:
                held_back[seed] = Score(*glance.summary.scores["validation"]).accuracy
            if glance.summary.test:
                test[seed] = glance.summary.test
    return Looked(cell, runs, states, done / len(grid.seeds), held_back, test)


def _at(run: Run, epoch: int) -> float | None:
    """The share of the digits kept apart that a run read after an epoch, from its curve."""
    try:
        ends = (event for event in run.events()[0] if isinstance(event, EpochEvent) and event.epoch == epoch)
        return next((event.validation_accuracy for event in ends), None)
    except OSError:  # it went at this moment
        return None


_at_the_end = functools.lru_cache(maxsize=1_000)(_at)  # of a run that is over; one that goes on again has it as well
