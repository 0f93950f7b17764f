"""Typical: real digits beside the imagined ones: of each class the training digit that the network is surest of."""

import numpy as np

from core.datasets import Dataset
from core.models.forward import ROWS_AT_ONCE
from core.models.model import Model


def best_examples(model: Model, digits: Dataset) -> np.ndarray:
    """Of each class the digit (10, h, w) whose score is farthest ahead of every other score, before softmax or sigmoid:
    among probabilities thousands are equal to 1."""
    ahead = np.full(10, -np.inf)
    found = np.zeros((10, *model.shape), np.float32)
    for start in range(0, len(digits), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(digits)))
        x, labels = digits.x(rows), digits.labels[rows]
        sums = model.trace(x).sums[-1].copy()
        own = sums[np.arange(len(rows)), labels]
        sums[np.arange(len(rows)), labels] = -np.inf
        lead = own - sums.max(axis=1)
        for digit in range(10):
            if not (there := labels == digit).any():
                continue
            first = int(np.flatnonzero(there)[lead[there].argmax()])
            if lead[first] > ahead[digit]:
                ahead[digit], found[digit] = lead[first], x[first].reshape(model.shape)
    return found
