"""Datasets: the bundled digits, MNIST, or a file of one's own, each divided the same way every time.

The training part gives its last twelfth for validation (of MNIST's 60,000 the last 5,000); the test part is
opened by `load_test` and by nothing else.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from core.datasets.bundled import is_installed, read_digits
from core.datasets.dataset import Dataset, TrainingData, hold_back_last
from core.datasets.digit_or_not import add_doodles, add_test_doodles
from core.datasets.files import read_file
from core.datasets.mixture import mix
from core.datasets.mnist import mnist_folder, read_mnist
from core.datasets.pen import pen_path

__all__ = [
    "DATASETS",
    "Dataset",
    "Description",
    "TrainingData",
    "available",
    "load_test",
    "load_training",
    "measured_on",
    "mnist_folder",
    "needs_mnist",
    "offered",
]

VALIDATION_FRACTION = 12
WITH_MNIST = (
    "mnist",
    "mnist+pen",
    "digit-or-not",
)  # made of MNIST; the last is for the guard alone (`core.scores.doubt`)


@dataclass(frozen=True, slots=True)
class Description:
    """What a person wants to know before choosing a dataset; `download_bytes` is 0 for none."""

    name: str
    title: str
    sentence: str
    shape: tuple[int, int]
    training_count: int
    test_count: int
    licence: str
    source: str
    download_bytes: int


DATASETS = {
    "mnist": Description(
        name="mnist",
        title="MNIST: 70,000 handwritten digits",
        sentence="Written by some 500 people, 28 x 28 pixels each: what digit readers are compared on.",
        shape=(28, 28),
        training_count=60_000,
        test_count=10_000,
        licence="CC BY-SA 3.0",
        source="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits",
        download_bytes=11_594_722,
    ),
    "digits": Description(
        name="digits",
        title="Small digits: 1,797, nothing to download",
        sentence="Written by 13 people, 8 x 8 pixels each: coarse, but a network learns them in seconds.",
        shape=(8, 8),
        training_count=1_617,
        test_count=180,
        licence="CC BY 4.0",
        source="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, bundled with scikit-learn",
        download_bytes=0,
    ),
    "mnist+pen": Description(
        name="mnist+pen",
        title="MNIST and digits drawn with a pen",
        sentence="MNIST, and what its writers did not do: digits drawn by other hands, slashed, crossed and typed ones. "
        "Tested on MNIST's own test digits.",
        shape=(28, 28),
        training_count=95_000,
        test_count=10_000,
        licence="CC BY-SA 3.0 (MNIST), CC BY 4.0 (UNIPEN)",
        source="MNIST, and the file of pen digits that the variable PEN_DIGITS names",
        download_bytes=11_594_722,
    ),
}


def offered() -> list[str]:
    """The names of the datasets to choose from: pen digits are offered where they are."""
    return [name for name in DATASETS if name != "mnist+pen" or pen_path() is not None]


def load_training(name_or_path: str | Path, *, validation: bool = True) -> TrainingData:
    """Load what a run may learn from.

    Parameters
    ----------
    name_or_path : `mnist`, `digits`, or the path of a CSV, NPZ or IDX file.
    validation : hold back the last twelfth of the training part; without it the run trains on all of it.

    Raises
    ------
    DigitLabError : the data are not there, or not as they should be; the text says which file and what to do.
    """
    everything = _read(name_or_path, "train")
    data = (
        TrainingData(*hold_back_last(everything, VALIDATION_FRACTION)) if validation else TrainingData(everything, None)
    )
    if name_or_path == "digit-or-not":
        return add_doodles(mix(data))
    return mix(data) if name_or_path == "mnist+pen" else data


def load_test(name_or_path: str | Path) -> Dataset:
    """Load the test pictures: the one code path that opens a test set.

    Within `core` only `core/scores/evaluation.py` calls it (a test holds this), so that nothing that trains, tunes
    or chooses can look at them. Takes and raises what `load_training` does.
    """
    data = _read(name_or_path, "test")
    return add_test_doodles(data) if name_or_path == "digit-or-not" else data


def measured_on(name: str) -> str:
    """The dataset whose digits a network trained on this one is measured with: MNIST's for what is made of MNIST."""
    return "mnist" if name in WITH_MNIST else name


def needs_mnist(name: str) -> bool:
    """Whether a dataset is made of MNIST, and MNIST is not here."""
    return name in WITH_MNIST and mnist_folder() is None


def available(name_or_path: str | Path) -> bool:
    """Whether a dataset can be loaded without a download: a look at the folder, nothing is read."""
    if name_or_path in WITH_MNIST:
        return mnist_folder() is not None
    if name_or_path == "digits":
        return is_installed()
    return os.path.isfile(name_or_path)


def _read(name_or_path: str | Path, part: str) -> Dataset:
    if name_or_path in WITH_MNIST:
        return read_mnist(part)
    if name_or_path == "digits":
        return read_digits(part)
    return read_file(Path(name_or_path), part)
