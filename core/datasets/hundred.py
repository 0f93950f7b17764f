"""A hundred of MNIST's test digits, ten of each, which ship with the project: there is something to read without a download.

They are the first ten of each digit in the order of the file: nobody chose them.
Source: MNIST (Y. LeCun, C. Cortes, C. J. C. Burges), CC BY-SA 3.0.
"""

import io
from pathlib import Path

import numpy as np

from core.datasets.dataset import Dataset
from core.datasets.npz import read_arrays
from core.errors import DigitLabError
from core.files import write_atomically
from core.folders import SHIPPED_DATA
from core.messages import N_

FILE = SHIPPED_DATA / "hundred.npz"
EACH = 10
DIGITS = 10
SIDE = 28
DAMAGED = N_("{name} is missing or damaged. Fetch Digit Lab again.")


def first_of_each(digits: Dataset, each: int = EACH) -> Dataset:
    """The first ten of each digit, 0 to 9; of a digit that there are fewer of, as many as there are."""
    return digits.subset(rows_of_each(digits.labels, each))


def rows_of_each(labels: np.ndarray, each: int = EACH) -> np.ndarray:
    """In which rows those stand."""
    return np.concatenate([np.flatnonzero(labels == digit)[:each] for digit in range(DIGITS)])


def hundred(path: Path = FILE) -> Dataset:
    """The shipped hundred, in rows 0 to 9. Raises `DigitLabError` where their file is missing or damaged."""
    try:
        pixels, labels = read_arrays(path, ("pixels", "labels")).values()
        if pixels.dtype != np.uint8 or (pixels.shape, labels.shape) != ((labels.size, SIDE * SIDE), (labels.size,)):
            raise DigitLabError(DAMAGED, name=path.name)
        return Dataset("mnist", pixels, labels.astype(np.int64), (SIDE, SIDE))
    except DigitLabError as error:
        raise DigitLabError(DAMAGED, name=path.name) from error


def write_hundred(test: Dataset, path: Path = FILE) -> None:
    """Take them from MNIST's test digits."""
    chosen, content = first_of_each(test), io.BytesIO()
    np.savez_compressed(content, pixels=chosen.pixels, labels=chosen.labels.astype(np.uint8))
    write_atomically(path, content.getvalue())
