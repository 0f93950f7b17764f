"""Climbing: Adam's step upwards (Kingma, Ba 2015), and the race in which those who climb badly drop out.

The engines' optimisers update one flat vector of a model; here each of many candidates has numbers and a pace of its own.
"""

import numpy as np

KEPT_MEAN, KEPT_SQUARE = 0.8, 0.98
LEAST = 1e-3  # added to the root: a candidate with hardly any slope stays where it is
HALVINGS = (0.3, 0.6)  # at these shares of the way half of the candidates for each digit drop out
FEWEST = 3  # for each digit that are kept to the end
SMOOTH = 0.9  # how much of a candidate's running value is kept at each step


class Climber:
    """Where candidates stand, each an array `at` (n, ...), and how well each has done lately, `value` (n,)."""

    def __init__(self, at: np.ndarray) -> None:
        self.at = at
        self._mean, self._square = np.zeros_like(at), np.zeros_like(at)
        self._steps = 0
        self.value = np.zeros(len(at))

    def step(self, value: np.ndarray, slope: np.ndarray, size: float) -> None:
        """Go up along `slope`, an array like `at`, by about `size` in each number."""
        self._steps += 1
        self.value = value if self._steps == 1 else SMOOTH * self.value + (1 - SMOOTH) * value
        self._mean = KEPT_MEAN * self._mean + (1 - KEPT_MEAN) * slope
        self._square = KEPT_SQUARE * self._square + (1 - KEPT_SQUARE) * slope * slope
        mean = self._mean / (1 - KEPT_MEAN**self._steps)
        root = np.sqrt(self._square / (1 - KEPT_SQUARE**self._steps))
        self.at = (self.at + size * mean / (root + LEAST)).astype(self.at.dtype)

    def keep(self, which: np.ndarray) -> None:
        """Keep only these candidates."""
        self.at, self.value = self.at[which], self.value[which]
        self._mean, self._square = self._mean[which], self._square[which]


def pace(done: float) -> float:
    """The share of the first step's size after a share `done` of the way: it falls to a tenth along a cosine."""
    return 0.1 + 0.9 * 0.5 * (1 + float(np.cos(np.pi * done)))


def best(value: np.ndarray, digits: np.ndarray, count: int = 1) -> np.ndarray:
    """The places of the `count` best candidates for each digit, digit by digit and the best first."""
    found = []
    for digit in np.unique(digits):
        places = np.flatnonzero(digits == digit)
        found.append(places[np.argsort(-value[places], kind="stable")[:count]])
    return np.concatenate(found)


def drops_out(step: int, steps: int) -> bool:
    """Whether half of the candidates drop out at this step."""
    return step in [round(share * steps) for share in HALVINGS]


def left_after(candidates: int, digits: int) -> int:
    """How many for each digit stay when half drop out."""
    return max(candidates // digits // 2, FEWEST)
