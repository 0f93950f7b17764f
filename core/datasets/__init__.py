"""Datasets: the bundled digits, MNIST, or data of one's own, each known by its name and divided the same way every time.

The training part gives its last twelfth for validation (of MNIST's 60,000 the last 5,000); the test part is
opened by `load_test` and by nothing else. How a name is read is said in one place, `core.datasets.sources`; a file of
one's own is taken in first, and has a name from then on (`core.datasets.uploads`).
"""

from pathlib import Path

from core.datasets.dataset import Dataset, TrainingData, hold_back_last
from core.datasets.mnist import mnist_folder
from core.datasets.sources import DATASETS, SOURCES, Description, known, source_of
from core.datasets.uploads import take_in

__all__ = [
    "DATASETS",
    "Dataset",
    "Description",
    "TrainingData",
    "available",
    "described",
    "load_test",
    "load_training",
    "measured_on",
    "mnist_folder",
    "named",
    "needs_mnist",
    "offered",
    "take_in",
]

VALIDATION_FRACTION = 12


def offered() -> list[str]:
    """The names of the datasets to choose from: pen digits are offered where they are."""
    return [name for name in DATASETS if SOURCES[name].offered()]


def named(name_or_path: str) -> str:
    """The name of a data set that a person gave by name, or as a file, which is taken in first."""
    return name_or_path if known(name_or_path) else take_in(Path(name_or_path))


def described(name: str) -> Description | None:
    """What a person is told of a data set; None for one that nobody chooses, or that is not here."""
    source = source_of(name) if known(name) else None
    return source.description if source else None


def load_training(name: str, *, validation: bool = True) -> TrainingData:
    """Load what a run may learn from.

    Parameters
    ----------
    name : `mnist`, `digits`, or that of data of one's own.
    validation : hold back the last twelfth of the training part; without it the run trains on all of it.

    Raises
    ------
    DigitLabError : the data are not there, or not as they should be; the text says which file and what to do.
    """
    source = source_of(name)
    everything = source.read("train")
    data = (
        TrainingData(*hold_back_last(everything, VALIDATION_FRACTION)) if validation else TrainingData(everything, None)
    )
    return source.added(data)


def load_test(name: str) -> Dataset:
    """Load the test pictures: the one code path that opens a test set.

    Within `core` only `core/scores/evaluation.py` calls it (a test holds this), so that nothing that trains, tunes
    or chooses can look at them. Takes and raises what `load_training` does.
    """
    source = source_of(name)
    return source.added_to_test(source.read("test"))


def measured_on(name: str) -> str:
    """The dataset whose digits a network trained on this one is measured with: MNIST's for what is made of MNIST."""
    return SOURCES[name].measured_on if name in SOURCES else name


def needs_mnist(name: str) -> bool:
    """Whether a dataset is made of MNIST, and MNIST is not here."""
    return name in SOURCES and SOURCES[name].needs_mnist and not SOURCES[name].available()


def available(name: str) -> bool:
    """Whether a dataset can be loaded without a download: a look at the folder, nothing is read."""
    return known(name) and source_of(name).available()
