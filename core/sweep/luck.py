"""The best of many: how far above the others luck alone would put it, and which of the others are no worse for all one knows.

Combinations and seeds make a table. What is left of it when the mean of each row and each column is taken away is luck (a
randomised block design); its spread, over all rows, is what two means of `seeds` are held against.
"""

import math

import numpy as np
import scipy

from core.scores.luck import CONFIDENCE

GRID = np.linspace(-9.0, 9.0, 4_001)


def luck_of(table: np.ndarray) -> float:
    """The standard deviation of what luck does to one number of a table (combinations, seeds), both at least 2."""
    left = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0, keepdims=True) + table.mean()
    rows, columns = table.shape
    return float(math.sqrt((left**2).sum() / ((rows - 1) * (columns - 1))))


def luckiest_of(count: int) -> float:
    """Where the largest of so many numbers is expected that are drawn from the standard normal distribution."""
    density = np.exp(-(GRID**2) / 2) / math.sqrt(2 * math.pi)
    return float(np.trapezoid(GRID * count * density * scipy.special.ndtr(GRID) ** (count - 1), GRID))


def no_worse(table: np.ndarray, best: int) -> list[int]:
    """The rows that may as well be the best: with 95 % the one that truly is, is one of them or the best one seen.

    Multiple comparisons with the best (J. C. Hsu: Simultaneous confidence intervals for all distances from the "best", Annals
    of Statistics 9, 1981), with Bonferroni's bound, which is a little wide.
    """
    rows, columns = table.shape
    means = table.mean(axis=1)
    degrees = (rows - 1) * (columns - 1)
    most = scipy.special.stdtrit(degrees, 1 - (1 - CONFIDENCE) / (rows - 1)) * luck_of(table) * math.sqrt(2 / columns)
    return [row for row in range(rows) if row != best and means[best] - means[row] <= most]
