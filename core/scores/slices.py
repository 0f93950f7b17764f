"""Slices: the digits divided by how they are written, and how well each part is read; the worst part, and whether it is luck.

Every slice divides all digits, so that its counts add up. Parts of a measure are thirds of the digits at hand.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from core.datasets import Dataset
from core.messages import N_, Message, message
from core.models.model import Score
from core.scores import shapes
from core.scores.evaluation import Evaluation, interval
from core.sentences import share

CONFIDENCE = 0.95
ROWS_AT_ONCE = 1_000
FEWEST = 30  # digits of a part that may be called the worst
FOUND = N_(
    "Read worst: {part} ({slice}), {right} of {n:,} right; of many more like these, {low} to {high}. That is more than luck, "
    "although {tried} parts were looked at."
)
NOT_FOUND = N_(
    "No part stands out. Read worst: {part} ({slice}), {right} of {n:,} right; of many more like these, {low} to {high}. Among "
    "{tried} parts luck may do as well."
)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some of all digits, perhaps none: what they are called, their places, and how many of them are read rightly."""

    name: str
    places: np.ndarray
    correct: int

    @property
    def n(self) -> int:
        return len(self.places)

    @property
    def accuracy(self) -> float:
        return self.correct / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Slice:
    """A way to divide all digits: what it is called, and its parts."""

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Worst:
    """The part whose mistakes luck explains worst, among those `tried`.

    Attributes
    ----------
    low, high : the interval of its accuracy that holds for all tried parts at once (each at 1 - 0.05 / tried; Bonferroni).
    p_value : how often so many of all mistakes, or more, would fall into some tried part if they fell anywhere (Fisher's
        exact test, times the tried).
    """

    slice: str
    part: Part
    tried: int
    low: float
    high: float
    p_value: float

    @property
    def real(self) -> bool:
        return self.p_value < 1 - CONFIDENCE

    @property
    def message(self) -> Message:
        words = FOUND if self.real else NOT_FOUND
        return message(words, part=message(self.part.name), slice=message(self.slice), right=share(self.part.accuracy),
                       n=self.part.n, low=share(self.low), high=share(self.high), tried=self.tried)  # fmt: skip


MEASURES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], tuple[str, str, str]]] = {
    N_("thickness"): (shapes.thickness, (N_("thin"), N_("middling"), N_("thick"))),
    N_("slant"): (shapes.slant, (N_("leaning left"), N_("upright"), N_("leaning right"))),
    N_("width"): (lambda pictures: shapes.boxes(pictures)[1], (N_("narrow"), N_("middling"), N_("wide"))),
    N_("height"): (lambda pictures: shapes.boxes(pictures)[0], (N_("low"), N_("middling"), N_("tall"))),
    N_("ink"): (shapes.ink, (N_("faint"), N_("middling"), N_("full"))),
}
HOLES = N_("holes"), (N_("without a hole"), N_("with one hole"), N_("with two or more holes"))
SEVENS = N_("crossed seven"), (N_("crossed"), N_("plain"), N_("no seven"))
ZEROS = N_("slashed zero"), (N_("slashed"), N_("plain"), N_("no zero"))
# The parts of each slice by its name, in the order of `classes`.
PARTS: dict[str, tuple[str, ...]] = {
    **{name: parts for name, (_, parts) in MEASURES.items()}, **dict((HOLES, SEVENS, ZEROS))
}  # fmt: skip
Divided = dict[str, tuple[tuple[str, ...], np.ndarray]]


def classes(digits: Dataset) -> Divided:
    """For each slice its parts' names, and the part (n,) that each digit belongs to."""
    found: Divided = {}
    for name, (measure, parts) in MEASURES.items():
        found[name] = parts, _thirds(_measured(measure, digits))
    found[HOLES[0]] = HOLES[1], np.clip(_measured(shapes.holes, digits), 0, 2)
    for (name, parts), digit, test in ((SEVENS, 7, shapes.crossed), (ZEROS, 0, shapes.slashed)):
        which, own = np.full(len(digits), 2), np.flatnonzero(digits.labels == digit)
        if len(own):
            which[own] = np.where(_measured(test, digits.subset(own)), 0, 1)
        found[name] = parts, which
    return found


def _measured(measure: Callable[[np.ndarray], np.ndarray], digits: Dataset) -> np.ndarray:
    """A measure of all digits (n,), some at a time: it holds many times their own bytes."""
    starts = range(0, len(digits), ROWS_AT_ONCE)
    parts = (digits.x(slice(start, start + ROWS_AT_ONCE)).reshape(-1, *digits.shape) for start in starts)
    return np.concatenate([measure(part) for part in parts])


def _thirds(values: np.ndarray) -> np.ndarray:
    """Which third each value lies in; equal values always in the same one: where most are equal, they are the middle."""
    low, high = np.quantile(values, [1 / 3, 2 / 3])
    return (values >= low).astype(int) + (values > high)


def slices(evaluation: Evaluation, divided: Divided | None = None) -> list[Slice]:
    """How well each part of each slice is read; parts without a digit are there as well, with nothing in them.

    `divided` is what `classes` gives of all digits, where that is known already: it takes seconds. Where only some are here
    it is needed.
    """
    right = evaluation.all_answers == evaluation.all_labels
    return [
        Slice(name, tuple(_part(part, np.flatnonzero(which == number), right) for number, part in enumerate(parts)))
        for name, (parts, which) in (divided or classes(evaluation.data)).items()
    ]


def _part(name: str, places: np.ndarray, right: np.ndarray) -> Part:
    return Part(name, places, int(np.count_nonzero(right[places])))


def worst(evaluation: Evaluation, divided: list[Slice]) -> Worst | None:
    """The part that is read worst, luck considered, of those with at least 30 digits; None where there is none."""
    parts = [(each.name, part) for each in divided for part in each.parts if FEWEST <= part.n < evaluation.score.n]
    if not parts:
        return None
    total = evaluation.score
    chances = [_chance(total, part) for _, part in parts]
    at = int(np.argmin(chances))
    (name, part), tried = parts[at], len(parts)
    low, high = interval(Score(part.n, part.correct), 1 - (1 - CONFIDENCE) / tried)
    return Worst(name, part, tried, low, high, min(1.0, tried * chances[at]))


def _chance(total: Score, part: Part) -> float:
    """How often a part of this size would hold so many of the mistakes, or more, if they fell anywhere (hypergeometric)."""
    wrong, here = total.n - total.correct, part.n - part.correct
    k = np.arange(here, min(wrong, part.n) + 1)
    logarithms = _choose(wrong, k) + _choose(total.correct, part.n - k) - _choose(total.n, np.array(part.n))
    return float(min(1.0, np.exp(logarithms[part.n - k <= total.correct]).sum()))


def _choose(n: int, k: np.ndarray) -> np.ndarray:
    """The logarithm of the number of ways to choose k of n; meaningless for k > n."""
    k = np.minimum(k, n)
    return -scipy.special.betaln(n - k + 1, k + 1) - np.log(n + 1)
