"""Datasets: the bundled digits, MNIST, or a file of one's own, each divided the same way every time.

The training part gives its last twelfth for validation (of MNIST's 60,000 the last 5,000); the test part is
opened by `load_test` and by nothing else. What has a name is in one table, `core.datasets.sources`.
"""

import os
from pathlib import Path

from core.datasets.dataset import Dataset, TrainingData, hold_back_last
from core.datasets.files import read_file
from core.datasets.mnist import mnist_folder
from core.datasets.sources import DATASETS, SOURCES, Description

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


def offered() -> list[str]:
    """The names of the datasets to choose from: pen digits are offered where they are."""
    return [name for name in DATASETS if SOURCES[name].offered()]


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
    source = SOURCES.get(str(name_or_path))
    return source.added(data) if source else data


def load_test(name_or_path: str | Path) -> Dataset:
    """Load the test pictures: the one code path that opens a test set.

    Within `core` only `core/scores/evaluation.py` calls it (a test holds this), so that nothing that trains, tunes
    or chooses can look at them. Takes and raises what `load_training` does.
    """
    data, source = _read(name_or_path, "test"), SOURCES.get(str(name_or_path))
    return source.added_to_test(data) if source else data


def measured_on(name: str) -> str:
    """The dataset whose digits a network trained on this one is measured with: MNIST's for what is made of MNIST."""
    source = SOURCES.get(name)
    return source.measured_on if source else name


def needs_mnist(name: str) -> bool:
    """Whether a dataset is made of MNIST, and MNIST is not here."""
    source = SOURCES.get(name)
    return source is not None and source.needs_mnist and not source.available()


def available(name_or_path: str | Path) -> bool:
    """Whether a dataset can be loaded without a download: a look at the folder, nothing is read."""
    source = SOURCES.get(str(name_or_path))
    return source.available() if source else os.path.isfile(name_or_path)


def _read(name_or_path: str | Path, part: str) -> Dataset:
    source = SOURCES.get(str(name_or_path))
    return source.read(part) if source else read_file(Path(name_or_path), part)
