"""Digits (label 1) and drawings that are none (label 0): what the guard of `core.scores.doubt` learns from.

The digits are those that the shipped network learns from; the others are made by `core.drawings.doodles`.
"""

from collections.abc import Iterator

import numpy as np

from core.datasets.dataset import Dataset, TrainingData
from core.drawings.doodles import KINDS, doodle, several_digits

LEARNED, WATCHED, COUNTED = 4_000, 100, 300  # drawings of each kind: to learn from, to choose by, to count at the end
TEST_SEED = 2
SEVERAL = "several digits"
MORE_PAIRS = 2  # so many times as many sheets with several digits: they are the hardest


def add_doodles(digits: TrainingData) -> TrainingData:
    """Both training parts of a set of digits, each with drawings that are none."""
    rng = np.random.default_rng(1)
    watched = digits.validation and _with_doodles(digits.validation, WATCHED, rng)
    return TrainingData(_with_doodles(digits.train, LEARNED, rng), watched)


def add_test_doodles(digits: Dataset) -> Dataset:
    """Test digits with drawings that are none; those are made from another seed."""
    return _with_doodles(digits, COUNTED, np.random.default_rng(TEST_SEED))


def _with_doodles(digits: Dataset, count: int, rng: np.random.Generator) -> Dataset:
    others = np.concatenate([pictures for _, pictures in doodles(digits, count, rng)])
    labels = np.concatenate([np.ones(len(digits), np.int64), np.zeros(len(others), np.int64)])
    pixels = np.concatenate([digits.pixels, others.reshape(len(others), -1)])
    return Dataset("digit-or-not", pixels, labels, digits.shape)


def doodles(digits: Dataset, count: int, rng: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """For each kind its name and `count` drawings (count, 28, 28) uint8; of several digits on a sheet twice as many."""
    for kind in KINDS:
        yield kind, np.stack([doodle(kind, rng) for _ in range(count)])
    pictures = digits.pixels.reshape(-1, *digits.shape)
    rows = (rng.integers(0, len(pictures), 3 if rng.random() < 0.2 else 2) for _ in range(MORE_PAIRS * count))
    yield SEVERAL, np.stack([several_digits(pictures[row], rng) for row in rows])
