"""The training digits that a network finds most like a drawing: near each other in what its last hidden layer gives.

Two pictures are as alike as the angle between their activations is small (cosine similarity), so that a bolder stroke,
which makes every unit louder, does not by itself make a stranger.
"""

from dataclasses import dataclass

import numpy as np

from core.datasets import DATASETS, Dataset, available
from core.models.forward import ROWS_AT_ONCE
from core.models.model import Model

COUNT = 8
MOST_DIGITS = 20_000
MOST_BYTES = 40_000_000  # of views
MOST_PRODUCTS = 20_000_000_000  # to work them out: about a second


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Training digits as a network sees them.

    Attributes
    ----------
    views : (n, units) float32, the activations of the last hidden layer, each row of length one.
    digits : the n digits.
    total : how many training digits there are; when they are more than n, these are evenly spread among them.
    """

    views: np.ndarray
    digits: Dataset
    total: int

    def __len__(self) -> int:
        return len(self.digits)

    def most_excited(self, units: np.ndarray, count: int) -> np.ndarray:
        """For each unit, the `count` digits of whose view it makes up most: their places (units, count)."""
        return np.argsort(-self.views[:, units], axis=0, kind="stable")[:count].T


def digits_for(model: Model) -> str:
    """The data set to look through: the one that the model learned from, or MNIST for a mixture that was made from it."""
    dataset = model.config.training.dataset
    if dataset not in DATASETS and available(dataset):
        return dataset
    return {(28, 28): "mnist", (8, 8): "digits"}.get(model.shape, dataset)


def spread(digits: Dataset, most: int = MOST_DIGITS) -> Dataset:
    """Up to `most` digits, spread evenly over a dataset."""
    return digits if len(digits) <= most else digits.subset(np.linspace(0, len(digits) - 1, most).astype(int))


def remember(model: Model, digits: Dataset, total: int) -> Memory:
    """Let a model look at as many of the digits as a second and 40 MB allow; `total` is how many there are elsewhere."""
    network = model.network
    units = network.sizes[-2]
    most = min(MOST_BYTES // (4 * units), MOST_PRODUCTS // network.parameter_count)
    digits = spread(digits, max(most, COUNT))
    views = np.empty((len(digits), units), dtype=np.float32)
    for start in range(0, len(digits), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        views[rows] = _unit_length(model.trace(digits.x(rows)).activations[-2])
    return Memory(views, digits, total)


def nearest(memory: Memory, view: np.ndarray, count: int = COUNT) -> tuple[np.ndarray, np.ndarray]:
    """The digits nearest to a view (units,), the nearest first: their places in the memory, and their similarities."""
    likeness = memory.views @ _unit_length(np.asarray(view, dtype=np.float32)[None])[0]
    places = np.argsort(-likeness, kind="stable")[:count]
    return places, likeness[places]


def _unit_length(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0.0, length, 1.0)
