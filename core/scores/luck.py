"""Is it better, or was it luck? The spread of a training over seeds, and the difference of two, paired over seeds.

Two trainings of the same seed begin and go on alike as far as they can, so their difference varies less than they do: the
mean of the differences is held against their own spread (Student 1908). It says what other seeds would do; another set of
test digits is another question, see `core.scores.evaluation.interval`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from core.errors import DigitLabError
from core.messages import N_, Message, message
from core.models.model import Score
from core.sentences import share

CONFIDENCE = 0.95
BETTER = N_("The second is better by {points:.2f} points, {low:.2f} to {high:.2f} over {n} seeds: more than luck.")
WORSE = N_("The first is better by {points:.2f} points, {low:.2f} to {high:.2f} over {n} seeds: more than luck.")
NOT_MORE = N_(
    "The second is {points:+.2f} points from the first, and over {n} seeds anything from {low:+.2f} to {high:+.2f} would be no "
    "surprise: not more than luck."
)
SAME = N_("Both read exactly as many with each of {n} seeds: there is no difference.")
TOO_FEW = N_("With fewer than two seeds in common nobody can tell a difference from luck. Take three or more.")
SPREAD = N_(
    "{mean} right on average over {n} seeds, from {lowest} to {highest}; the spread of one is {points:.2f} points. "
    "Over many more seeds the average would lie between {low} and {high}."
)
ONE = N_("{mean} right with one seed; what another would read is not known.")


@dataclass(frozen=True, slots=True)
class Spread:
    """A share over seeds: its mean, the standard deviation of one seed (n - 1 in the denominator), and the extremes.

    `low` and `high` hold the mean of very many seeds with 95 % confidence (Student's t, cut off at 0 and 1).
    """

    n: int
    mean: float
    deviation: float
    lowest: float
    highest: float

    @property
    def low(self) -> float:
        return max(self.mean - self._half, 0.0)

    @property
    def high(self) -> float:
        return min(self.mean + self._half, 1.0)

    @property
    def _half(self) -> float:
        if self.n < 2:
            return math.inf
        return _student(self.n) * self.deviation / math.sqrt(self.n)

    @property
    def likely(self) -> tuple[float, float]:
        """The shares between which one more seed would lie, 95 times of 100 (Student's t); with one seed, that of it."""
        if self.n < 2:
            return self.mean, self.mean
        half = _student(self.n) * self.deviation * math.sqrt(1 + 1 / self.n)
        return self.mean - half, self.mean + half

    @property
    def message(self) -> Message:
        if self.n == 1:
            return message(ONE, mean=share(self.mean))
        ends = {name: share(getattr(self, name)) for name in ("lowest", "highest", "low", "high")}
        return message(SPREAD, mean=share(self.mean), n=self.n, points=100 * self.deviation, **ends)


@dataclass(frozen=True, slots=True)
class Difference:
    """The second less the first, paired over `n` seeds.

    Attributes
    ----------
    mean, low, high : the mean difference of shares, and the interval that holds the true one with 95 % confidence.
    real : whether that leaves out zero.
    """

    n: int
    mean: float
    low: float
    high: float

    @property
    def real(self) -> bool:
        return self.n > 1 and not self.low <= 0.0 <= self.high

    @property
    def message(self) -> Message:
        """It in words."""
        if self.n < 2:
            return message(TOO_FEW)
        if self.low == self.high == 0.0:
            return message(SAME, n=self.n)
        numbers = {"points": 100 * self.mean, "low": 100 * self.low, "high": 100 * self.high}
        if not self.real:
            return message(NOT_MORE, n=self.n, **numbers)
        if self.mean > 0:
            return message(BETTER, n=self.n, **numbers)
        return message(WORSE, n=self.n, points=-numbers["points"], low=-numbers["high"], high=-numbers["low"])


def spread(scores: Sequence[Score]) -> Spread:
    """The spread of scores of the same training with other seeds."""
    return spread_of([score.accuracy for score in scores])


def spread_of(shares: Sequence[float]) -> Spread:
    """The same of the shares that were read rightly."""
    if not shares:
        raise DigitLabError("There is no score to take a mean of.")
    values = np.array(shares)
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Spread(len(values), float(values.mean()), deviation, float(values.min()), float(values.max()))


def difference(first: Mapping[int, Score], second: Mapping[int, Score]) -> Difference:
    """How the second training differs from the first, over the seeds that both have; scores by seed."""
    seeds = sorted(set(first) & set(second))
    changes = np.array([second[seed].accuracy - first[seed].accuracy for seed in seeds])
    n = len(changes)
    if n < 2:
        return Difference(n, float(changes.mean()) if n else math.nan, math.nan, math.nan)
    half = _student(n) * float(changes.std(ddof=1)) / math.sqrt(n)
    mean = float(changes.mean())
    return Difference(n, mean, mean - half, mean + half)


def _student(n: int) -> float:
    """Within how many of their standard deviations the mean of `n` numbers lies, 95 times of 100 (Student's t)."""
    return float(scipy.special.stdtrit(n - 1, 0.5 + CONFIDENCE / 2))
