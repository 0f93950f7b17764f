"""A race: the same settings and seed on two engines, one after the other, and what their events say about it.

Pure functions from events to times and sentences. Time is a run's own: it starts with the first batch, after the data is
read and kernels are compiled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.config import Config
from core.training.events import BatchEvent, EpochEvent, Event

GOALS = (0.95, 0.97)
LIKE = 1.05  # engines whose times differ by less than this count as equally fast


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


def verdict(laps: Sequence[Lap], goals: Sequence[float] = GOALS) -> str:
    """Who was first, in plain sentences computed from two finished laps."""
    first, second = laps
    said = [_to_goal(first, second, goal) for goal in goals]
    end = _who(first.name, first.seconds, second.name, second.seconds, "the whole training")
    return " ".join([*(sentence for sentence in said if sentence), end, _same_accuracy(first, second)])


def _to_goal(first: Lap, second: Lap, goal: float) -> str:
    one, two, what = first.reached(goal), second.reached(goal), f"{100 * goal:.0f} % right"
    if one is not None and two is not None:
        return _who(first.name, one, second.name, two, f"the way to {what}")
    if one is not None:
        return f"{first.name} came to {what} after {seconds(one)}, {second.name} did not."
    if two is not None:
        return f"{second.name} came to {what} after {seconds(two)}, {first.name} did not."
    return f"Neither came to {what}."


def _who(one: str, a: float, other: str, b: float, what: str) -> str:
    """ "NumPy took 1.2 s for the whole training and Taichi 2.4 s: NumPy is 2.0 times as fast."."""
    times = f"{one} took {seconds(a)} for {what} and {other} {seconds(b)}"
    if max(a, b) < LIKE * min(a, b):
        return f"{times}: as good as equal."
    winner = one if a < b else other
    return f"{times}: {winner} is {max(a, b) / max(min(a, b), 1e-9):.1f} times as fast."


def _same_accuracy(first: Lap, second: Lap) -> str:
    """Whether both learned the same: they should, up to rounding."""
    if not first.marks or not second.marks:
        return ""
    a, b = first.marks[-1][1], second.marks[-1][1]
    if abs(a - b) < 0.0005:
        return f"Both end with {100 * a:.1f} % right, as they should: they do the same arithmetic."
    return (
        f"They end with {100 * a:.1f} and {100 * b:.1f} % right: they do the same arithmetic and round it differently, "
        "and over many steps that adds up."
    )


def seconds(value: float) -> str:
    """A time with two figures that count: 0.21 s, 3.4 s, 58 s."""
    return f"{value:.2f} s" if value < 0.995 else f"{value:.1f} s" if value < 9.95 else f"{value:.0f} s"
