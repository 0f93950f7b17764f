"""A run as the Train page watches it: one small type that each of its views is given, whatever kind of run it is."""

import bisect
import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from core.config import Config
from core.runs import present
from core.runs.run import Run, Status
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, follow
from dashboard.cache import Cache
from dashboard.parts.past import moments_of, name_at

MOST_RUNS = 16  # of which events are held; those of a thousand epochs are some megabytes


@dataclass(frozen=True)
class Watched:
    """What is to be shown of a run: how it stands at a moment.

    Attributes
    ----------
    run, config, status : the run, what it trains, and where it truly stands.
    events : what had been reported at the moment, in order.
    moment : in epochs; None at the run's end, and of one that goes on at the present.
    """

    run: Run
    config: Config
    status: Status
    events: Sequence[Event]
    moment: float | None = None

    @cached_property
    def batches(self) -> list[BatchEvent]:
        return [event for event in self.events if isinstance(event, BatchEvent)]

    @cached_property
    def epochs(self) -> list[EpochEvent]:
        return [event for event in self.events if isinstance(event, EpochEvent)]

    @cached_property
    def counted(self) -> list[EpochEvent]:
        """The ends of epochs at which it was counted what is taken for what; a hand may have written of another network."""
        outputs = self.config.network.outputs
        return [event for event in self.epochs if event.confusion is not None and len(event.confusion) == outputs]

    @cached_property
    def changes(self) -> list[ChangeEvent]:
        return [event for event in self.events if isinstance(event, ChangeEvent)]

    @property
    def epochs_known(self) -> Hashable:
        """Tells apart what had been reported of whole epochs at two moments, of this run or two."""
        return self.run.path, len(self.epochs), self.epochs[-1].seconds if self.epochs else 0.0

    @property
    def last(self) -> BatchEvent | EpochEvent | None:
        """The latest event that says how far it is."""
        found: list[BatchEvent | EpochEvent] = [*self.batches[-1:], *self.epochs[-1:]]
        return max(found, key=lambda event: event.step, default=None)

    @property
    def total(self) -> int:
        """Epochs in all."""
        return self.config.training.epochs

    def seconds_left(self) -> float | None:
        if not self.last or not self.last.epoch:
            return None
        return self.last.seconds / self.last.epoch * max(self.total - self.last.epoch, 0)


class Heard:
    """What has been read of a run's events so far, once for all who watch; any number of threads may ask."""

    def __init__(self) -> None:
        self._position, self._changed, self._size = 0, 0, 0
        self._events: list[Event] = []
        self._lock = threading.Lock()

    def read(self, run: Run) -> list[Event]:
        """All of them, read on from where the last look ended; from the start where the file is not the same grown longer."""
        with self._lock:
            changed, size = run.events_file()
            if size < self._size or (size == self._size and changed != self._changed):
                self._position, self._events = 0, []
            if (changed, size) != (self._changed, self._size):
                news, self._position = run.events(self._position)
                follow(self._events, news)  # one that goes on from a checkpoint takes some back
                self._changed, self._size = changed, size
            return list(self._events)


@st.cache_resource(show_spinner=False)
def _heard() -> Cache[Heard]:
    """Of the runs that were watched last."""
    return Cache(MOST_RUNS, lambda heard: 1)


def watched(run: Run, moment: float | None = None) -> Watched:
    """A run as it stands now, or as it stood at a moment. All that a page shows of it at a time should come of one look."""
    events = _heard().get(run.path, Heard).read(run)
    return Watched(run, run.config(), run.status(), events if moment is None else until(events, moment), moment)


def until(events: Sequence[Event], moment: float) -> list[Event]:
    """What had been reported of a run when it was so many epochs old."""
    far = max(
        (event for event in events if isinstance(event, BatchEvent | EpochEvent)),
        key=lambda event: event.step,
        default=None,
    )
    step = round(moment * far.step / far.epoch) if far and far.epoch else 0
    return [event for event in events if event.step <= step]


def latest_network(watched: Watched) -> str:
    """The name of the newest network of a run: its model, or while it goes on its present one; "" where it has none yet."""
    run = watched.run
    if watched.status.active and present.path_of(run).is_file():
        return f"{run.id}@{present.NOW}"
    if not watched.status.active and run.model_path.is_file():
        return run.id
    moments = moments_of(run)
    return network_at(run, moments[-1]) if moments else ""


def network_of(watched: Watched) -> str:
    """The name of the network that a run had at the moment that is shown; "" where there is none yet."""
    if watched.moment is None or not moments_of(watched.run):
        return latest_network(watched)
    return network_at(watched.run, watched.moment)


def network_at(run: Run, moment: float) -> str:
    """The name of the network that a run had at a moment (`dashboard.shared.model`): the latest kept one up to then.

    Raises `ValueError` where none was kept.
    """
    moments = moments_of(run)
    if not moments:
        raise ValueError(f"{run.id} has kept no network on the way")
    return name_at(run.id, moments[max(bisect.bisect_right(moments, moment) - 1, 0)])
