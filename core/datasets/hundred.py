"""A hundred of MNIST's test digits, ten of each, which ship with the project: there is something to read without a download.

They are the first ten of each digit in the order of the file: nobody chose them.
Source: MNIST (Y. LeCun, C. Cortes, C. J. C. Burges), CC BY-SA 3.0.
"""

import io
from pathlib import Path

import numpy as np

from core.datasets.dataset import Dataset
from core.errors import DigitLabError
from core.files import write_atomically
from core.folders import SHIPPED_DATA

FILE = SHIPPED_DATA / "hundred.npz"
EACH = 10
DIGITS = 10
SIDE = 28


def first_of_each(digits: Dataset, each: int = EACH) -> Dataset:
    """The first ten of each digit, 0 to 9; of a digit that there are fewer of, as many as there are."""
    return digits.subset(rows_of_each(digits.labels, each))


def rows_of_each(labels: np.ndarray, each: int = EACH) -> np.ndarray:
    """In which rows those stand."""
    return np.concatenate([np.flatnonzero(labels == digit)[:each] for digit in range(DIGITS)])


def hundred(path: Path = FILE) -> Dataset:
    """The shipped hundred, in rows 0 to 9."""
    try:
        with np.load(path, allow_pickle=False) as file:
            pixels, labels = file["pixels"], file["labels"]
    except (OSError, ValueError, KeyError) as error:
        raise DigitLabError("{name} is missing or damaged. Fetch Digit Lab again.", name=path.name) from error
    return Dataset("mnist", pixels.reshape(-1, SIDE * SIDE), labels.astype(np.int64), (SIDE, SIDE))


def write_hundred(test: Dataset, path: Path = FILE) -> None:
    """Take them from MNIST's test digits."""
    chosen, content = first_of_each(test), io.BytesIO()
    np.savez_compressed(content, pixels=chosen.pixels, labels=chosen.labels.astype(np.uint8))
    write_atomically(path, content.getvalue())
