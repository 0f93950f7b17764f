"""A race: the same settings and seed on two engines, one after the other, and what their events say about it.

Pure functions from events to times and sentences. Time is a run's own: it starts with the first batch, after the data is
read and kernels are compiled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.config import Config
from core.messages import N_, Message, message
from core.training.events import BatchEvent, EpochEvent, Event

GOALS = (0.95, 0.97)
LIKE = 1.05  # engines whose times differ by less than this count as equally fast

# Two times for the same, as (where they are as good as equal, where one is the smaller by far).
TO_GOAL = (
    N_("{one} took {its} for the way to {goal:.0f} % right and {other} {others}: as good as equal."),
    N_(
        "{one} took {its} for the way to {goal:.0f} % right and {other} {others}: "
        "{winner} is {factor:.1f} times as fast."
    ),
)
IN_ALL = (
    N_("{one} took {its} for the whole training and {other} {others}: as good as equal."),
    N_("{one} took {its} for the whole training and {other} {others}: {winner} is {factor:.1f} times as fast."),
)
ONE_ALONE = N_("{one} came to {goal:.0f} % right after {its}, {other} did not.")
NEITHER = N_("Neither came to {goal:.0f} % right.")
SAME = N_("Both end with {percent:.1f} % right, as they should: they do the same arithmetic.")
ROUNDED_APART = N_(
    "They end with {percent:.1f} and {others:.1f} % right: they do the same arithmetic and round it differently, "
    "and over many steps that adds up."
)


def contestants(config: Config, device: str = "cpu") -> tuple[Config, Config]:
    """The same configuration for NumPy and for Taichi on `device`."""
    return (
        config.with_training(engine="numpy", device="cpu"),
        config.with_training(engine="taichi", device=device),
    )


@dataclass(frozen=True, slots=True)
class Lap:
    """What a run has shown so far.

    Attributes
    ----------
    name : the engine, for a person.
    points : (seconds, accuracy) of each report: on the digits it learns from, as they came by.
    marks : (seconds, accuracy) after each epoch: on the digits held back, or where none are, on the epoch's own.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, float], ...]

    @property
    def seconds(self) -> float:
        """Training time so far."""
        return max((seconds for seconds, _ in (*self.points[-1:], *self.marks[-1:])), default=0.0)

    def reached(self, goal: float) -> float | None:
        """The seconds after which an epoch first ended with at least this accuracy; None when none did."""
        return next((seconds for seconds, accuracy in self.marks if accuracy >= goal), None)


def lap(name: str, events: Iterable[Event]) -> Lap:
    """Gather a run's events."""
    events = list(events)
    points = [(event.seconds, event.accuracy) for event in events if isinstance(event, BatchEvent)]
    marks = [(event.seconds, watched(event)) for event in events if isinstance(event, EpochEvent)]
    return Lap(name, tuple(points), tuple(marks))


def watched(event: EpochEvent) -> float:
    """The accuracy that counts: on digits held back, where there are any."""
    return event.train_accuracy if event.validation_accuracy is None else event.validation_accuracy


def verdict(laps: Sequence[Lap], goals: Sequence[float] = GOALS) -> list[Message]:
    """Who was first, in plain sentences computed from two finished laps."""
    first, second = laps
    in_all = _who(IN_ALL, first.name, first.seconds, second.name, second.seconds)
    return [*(_to_goal(first, second, goal) for goal in goals), in_all, *_accuracy(first, second)]


def _to_goal(first: Lap, second: Lap, goal: float) -> Message:
    one, two, percent = first.reached(goal), second.reached(goal), 100 * goal
    if one is not None and two is not None:
        return _who(TO_GOAL, first.name, one, second.name, two, goal=percent)
    if one is not None:
        return message(ONE_ALONE, one=first.name, goal=percent, its=seconds(one), other=second.name)
    if two is not None:
        return message(ONE_ALONE, one=second.name, goal=percent, its=seconds(two), other=first.name)
    return message(NEITHER, goal=percent)


def _who(said: tuple[str, str], one: str, a: float, other: str, b: float, **more: float) -> Message:
    """ "NumPy took 1.2 s for the whole training and Taichi 2.4 s: NumPy is 2.0 times as fast."."""
    equal, apart = said
    values = {"one": one, "its": seconds(a), "other": other, "others": seconds(b)}
    if max(a, b) < LIKE * min(a, b):
        return message(equal, **values, **more)
    winner, factor = one if a < b else other, max(a, b) / max(min(a, b), 1e-9)
    return message(apart, **values, **more, winner=winner, factor=factor)


def _accuracy(first: Lap, second: Lap) -> list[Message]:
    """Whether both learned the same: they should, up to rounding."""
    if not first.marks or not second.marks:
        return []
    a, b = first.marks[-1][1], second.marks[-1][1]
    if abs(a - b) < 0.0005:
        return [message(SAME, percent=100 * a)]
    return [message(ROUNDED_APART, percent=100 * a, others=100 * b)]


def seconds(value: float) -> Message:
    """A time with two figures that count: 0.21 s, 3.4 s, 58 s."""
    if value < 0.995:
        return message("{seconds:.2f} s", seconds=value)
    return message("{seconds:.1f} s", seconds=value) if value < 9.95 else message("{seconds:.0f} s", seconds=value)
