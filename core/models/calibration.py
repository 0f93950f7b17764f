"""How far a model's confidence can be believed: a temperature that corrects it, and counts that show how well.

C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On calibration of modern neural networks (ICML 2017). Dividing the sums
before the softmax by one number, chosen on digits held back from training, changes no answer, only how sure it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Confidence is counted between these; most answers are nearly sure, so the steps are finest there.
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in `low` < confidence <= `high`: `n`, those right, and their mean confidence."""

    low: float
    high: float
    n: int
    correct: int
    confidence: float

    @property
    def accuracy(self) -> float:
        return self.correct / self.n if self.n else float("nan")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A model's temperature, and how its corrected confidence fared on test digits (empty when never counted)."""

    temperature: float = 1.0
    bins: tuple[Bin, ...] = ()


def with_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities (n, k) as they are when the sums of their softmax are divided by `temperature`."""
    if temperature == 1.0:
        return probabilities
    with np.errstate(divide="ignore"):
        sums = np.log(probabilities) / temperature
    sums -= sums.max(axis=1, keepdims=True)
    np.exp(sums, out=sums)
    sums /= sums.sum(axis=1, keepdims=True)
    return sums


HALVINGS = 32  # of the range from 1/5 to 5: what is left of it is 1e-9


def best_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature, from 1/5 to 5, at which the mean logarithmic loss on these digits is least.

    With s the logarithms of an answer's probabilities, its loss at the temperature 1 / a is log(sum(exp(a s))) - a s[label]. That
    is convex in a; its slope is what the corrected probabilities expect of s, less s[label], and it is halved to where it is nil.
    """
    floor = np.finfo(probabilities.dtype).tiny  # an answer ruled out wholly costs much, not everything
    held = np.log(np.maximum(probabilities.astype(np.float64), floor))
    held -= held.max(axis=1, keepdims=True)
    known = held[np.arange(len(labels)), labels].mean()

    def slope(inverse: float) -> float:
        shares = np.exp(inverse * held)
        shares /= shares.sum(axis=1, keepdims=True)
        return float((shares * held).sum(axis=1).mean() - known)

    low, high = 1 / 5, 5.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if slope(middle) > 0 else (middle, high)
    return 2 / (low + high)


def reliability(confidence: np.ndarray, right: np.ndarray, edges: tuple[float, ...] = EDGES) -> list[Bin]:
    """Count answers by their confidence, both (n,)."""
    places = np.clip(np.searchsorted(edges, confidence, side="left"), 1, len(edges) - 1) - 1
    bins = []
    for number, (low, high) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        inside = places == number
        n = int(inside.sum())
        bins.append(Bin(low, high, n, int(right[inside].sum()), float(confidence[inside].mean()) if n else 0.0))
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: how far confidence and accuracy differ, on average over the answers."""
    total = sum(each.n for each in bins)
    return sum(abs(each.correct - each.confidence * each.n) for each in bins) / total if total else 0.0


def bin_of(bins: Sequence[Bin], confidence: float) -> Bin:
    """The bin that an answer of this confidence is counted in."""
    return next(each for each in bins if confidence <= each.high or each is bins[-1])
