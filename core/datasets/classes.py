"""A data set seen by its digits: how many there are of each, and what they look like on average."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.datasets.dataset import Dataset

DIGITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Classes:
    """What a data set has of each digit.

    Attributes
    ----------
    train, test : (10,) int64, how many pictures to learn from, and to test on.
    means : (10, h, w) uint8, the mean picture of each digit among those to learn from, ink 255; blank where there is none.
    """

    train: np.ndarray
    test: np.ndarray
    means: np.ndarray


def by_class(parts: Mapping[str, Dataset]) -> Classes:
    """Count and average the pictures of each digit, digit after digit: a float copy of all would be four times the data."""
    shape = next(iter(parts.values())).shape
    counts = {part: np.bincount(parts[part].labels, minlength=DIGITS) for part in parts}
    means = np.zeros((DIGITS, *shape), np.uint8)
    for digit in range(DIGITS) if "train" in parts else ():
        data = parts["train"]
        if counts["train"][digit]:
            mean = data.pixels[data.labels == digit].mean(axis=0) / data.pixel_max
            means[digit] = np.round(255 * mean).astype(np.uint8).reshape(shape)
    none = np.zeros(DIGITS, np.int64)
    return Classes(counts.get("train", none), counts.get("test", none), means)
