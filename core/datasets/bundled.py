"""The 1,797 small digits (8 x 8 pixels, 0 to 16) of scikit-learn: there is always something to read.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI repository, CC BY 4.0; these
are its test part, written by 13 people.
"""

import importlib.util

import numpy as np

from core.datasets.dataset import Dataset
from core.errors import DigitLabError

TEST_COUNT = 180  # 10 % of 1,797, rounded up


def is_installed() -> bool:
    """Whether scikit-learn is there; it is looked up, not imported (its import takes a second)."""
    return importlib.util.find_spec("sklearn") is not None


def read_digits(part: str) -> Dataset:
    """The `train` part (1,617 digits) or the `test` part (180), always the same ones.

    They are those of scikit-learn's `train_test_split(test_size=0.1, random_state=0)`, in its order, as its own examples
    and the course divide them: figures can be compared. Raises `DigitLabError` when scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.utils import check_random_state
    except ImportError:
        raise DigitLabError(
            "The bundled digits come with scikit-learn, which is not installed: pip install scikit-learn."
        ) from None
    source = load_digits()
    order = check_random_state(0).permutation(len(source.target))
    rows = order[TEST_COUNT:] if part == "train" else order[:TEST_COUNT]
    pixels = source.data[rows].astype(np.uint8)
    return Dataset("digits", pixels, source.target[rows].astype(np.int64), (8, 8), pixel_max=16)
