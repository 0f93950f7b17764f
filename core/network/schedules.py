"""Learning-rate schedules: how the step size changes from the first batch to the last.

A schedule is a function of progress, from 0 at the first step to 1 at the end, that gives a factor of the learning rate.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.messages import N_

WARM_UP = 0.3  # share of the steps in which one-cycle rises (Smith, Topin 2017; the default of PyTorch's OneCycleLR)
START, END = 1 / 25, 1e-4  # one-cycle's first factor, and its last in parts of the first


@dataclass(frozen=True, slots=True)
class Schedule:
    """A named schedule: `factor(progress)` for an array of values in 0..1."""

    title: str
    factor: Callable[[np.ndarray], np.ndarray]


def _half_cosine(start: float, end: float, progress: np.ndarray) -> np.ndarray:
    return end + (start - end) * 0.5 * (1.0 + np.cos(np.pi * progress))


def _constant(progress: np.ndarray) -> np.ndarray:
    return np.ones_like(progress)


def _cosine(progress: np.ndarray) -> np.ndarray:
    """Half a cosine from 1 to 0 (Loshchilov, Hutter 2017, without restarts)."""
    return _half_cosine(1.0, 0.0, progress)


def _one_cycle(progress: np.ndarray) -> np.ndarray:
    """Up from 1/25 to 1 over the first 30 %, then down to almost nothing, each along half a cosine."""
    rise = _half_cosine(START, 1.0, np.minimum(progress / WARM_UP, 1.0))
    fall = _half_cosine(1.0, START * END, np.maximum(progress - WARM_UP, 0.0) / (1.0 - WARM_UP))
    return np.where(progress < WARM_UP, rise, fall)


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule(N_("Constant"), _constant),
    "cosine": Schedule(N_("Cosine"), _cosine),
    "one_cycle": Schedule(N_("One-cycle"), _one_cycle),
}


def learning_rates(schedule: str, learning_rate: float, first: int, count: int, total: int) -> np.ndarray:
    """Learning rates (count,) float64 of the steps `first`, `first + 1`, ... out of `total` steps of the whole run."""
    progress = np.arange(first, first + count) / max(total, 1)
    return learning_rate * SCHEDULES[schedule].factor(progress)
