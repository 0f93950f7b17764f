"""Digits as a network sees them, in its last hidden layer: how unusual each is for its class, and all of them on a plane.

The plane is the one along which they differ most: the first two principal components (K. Pearson, 1901), found by a singular
value decomposition of a sample, on which all digits are then laid.
"""

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.explain.nearest import spread
from core.models.forward import ROWS_AT_ONCE
from core.models.model import Model

SAMPLE = 2_000  # digits that the plane is found by


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Where n digits lie.

    Attributes
    ----------
    points : (n, 2) float32, along the two directions in which they differ most.
    kept : the share of all their differences (variance) that these two hold, of the sample.
    unusual : (n,) float32, how far each lies from the mean of the digits with its label, in the whole layer.
    """

    points: np.ndarray
    kept: float
    unusual: np.ndarray

    @property
    def nbytes(self) -> int:
        return self.points.nbytes + self.unusual.nbytes


def lay_out(model: Model, digits: Dataset) -> Plane:
    """Let a model look at digits, and lay them on a plane. Without a hidden layer it is that of the pixels."""
    axes, mean, kept = principal_axes(views(model, spread(digits, SAMPLE)))
    means = _class_means(model, digits)
    points, unusual = np.empty((len(digits), 2), np.float32), np.empty(len(digits), np.float32)
    for rows in _portions(len(digits)):
        seen = model.trace(digits.x(rows)).activations[-2]
        points[rows] = (seen - mean) @ axes.T
        unusual[rows] = np.linalg.norm(seen - means[digits.labels[rows]], axis=1)
    return Plane(points, kept, unusual)


def views(model: Model, digits: Dataset) -> np.ndarray:
    """What the last hidden layer gives for digits: (n, units)."""
    return np.concatenate([model.trace(digits.x(rows)).activations[-2] for rows in _portions(len(digits))])


def principal_axes(seen: np.ndarray, count: int = 2) -> tuple[np.ndarray, np.ndarray, float]:
    """The directions (count, units) in which rows (n, units) differ most, their mean, and the share of variance in them.

    There are no more directions than rows or units.

    A direction's sign, which means nothing, is such that its largest part is positive.
    """
    mean = seen.mean(axis=0)
    _, sizes, axes = np.linalg.svd(seen - mean, full_matrices=False)
    first = axes[:count]
    largest = first[np.arange(len(first)), np.abs(first).argmax(axis=1)]
    total = float(np.square(sizes).sum())
    kept = float(np.square(sizes[:count]).sum()) / total if total else 1.0
    return first * np.where(largest < 0, -1, 1)[:, None], mean, kept


def _class_means(model: Model, digits: Dataset) -> np.ndarray:
    """The mean view (10, units) of the digits of each label; 0 where there is none."""
    sums: np.ndarray | None = None
    for rows in _portions(len(digits)):
        seen = model.trace(digits.x(rows)).activations[-2]
        sums = np.zeros((10, seen.shape[1])) if sums is None else sums
        np.add.at(sums, digits.labels[rows], seen)
    assert sums is not None  # a data set holds digits
    counts = np.bincount(digits.labels, minlength=10)
    return (sums / np.maximum(counts, 1)[:, None]).astype(np.float32)


def _portions(n: int) -> list[slice]:
    return [slice(start, min(start + ROWS_AT_ONCE, n)) for start in range(0, n, ROWS_AT_ONCE)]
