"""A clock for a run that is over: it plays the run's moments again, at a pace at which one can watch, and can be set."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.runs.run import Run
from dashboard.parts.past import moments_of
from dashboard.visitor import Key

PLAY_SECONDS = 25.0  # for all moments, however long the training took
LEAST_MOMENTS = 3  # fewer are no film


@dataclass
class Clock:
    """Where in a run a visitor is.

    Attributes
    ----------
    run_id : whose moments these are.
    moments : in epochs, in order.
    place : where it stood last, as a position among the moments: 2.5 is halfway from the third to the fourth.
    since : from when on it has played from there; None while it stands.
    seconds : the time by which it goes.
    """

    run_id: str
    moments: Sequence[float]
    place: float = 0.0
    since: float | None = None
    seconds: Callable[[], float] = time.monotonic

    @property
    def last(self) -> int:
        return len(self.moments) - 1

    def now(self) -> float:
        """The position among the moments."""
        gone = 0.0 if self.since is None else (self.seconds() - self.since) / PLAY_SECONDS * self.last
        return min(self.place + gone, float(self.last))

    @property
    def playing(self) -> bool:
        return self.since is not None and self.now() < self.last

    @property
    def at_end(self) -> bool:
        return self.now() >= self.last

    @property
    def epochs(self) -> float:
        """How old the run is there, in epochs: between two moments it goes evenly from one to the other."""
        whole, part = divmod(self.now(), 1.0)
        before, after = self.moments[int(whole)], self.moments[min(int(whole) + 1, self.last)]
        return before + part * (after - before)

    def play(self) -> None:
        """Go on from here, or from the start once all has been shown."""
        self.place = 0.0 if self.at_end else self.now()
        self.since = self.seconds()

    def stop_at(self, place: float) -> None:
        """Stand still at a position."""
        self.place, self.since = min(max(place, 0.0), float(self.last)), None


CLOCK: Key[list[Clock]] = Key("_clock", list)  # of the run that is watched, or none


def clock_of(run: Run) -> Clock | None:
    """The visitor's clock of a run that is over; None where too few of its moments were kept.

    A recording begins to play by itself; another run stands at its end.
    """
    kept, moments = CLOCK.get(), moments_of(run)
    if kept and kept[0].run_id == run.id and kept[0].moments == moments:  # one that went on has more of them
        return kept[0]
    if len(moments) < LEAST_MOMENTS:
        return None
    made = Clock(run.id, moments)
    if run.is_recording:
        made.play()
    else:
        made.stop_at(made.last)
    CLOCK.put([made])
    return made
