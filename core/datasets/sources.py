"""What is behind the name of a data set: how it is read, what it needs and what it is measured on.

A new data set is one entry in the table. Data of one's own have names too, and are looked up where they are kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from reprlib import repr as short

from core.config import FORMER_FILE
from core.datasets import bundled, mnist, uploads
from core.datasets.dataset import Dataset, TrainingData
from core.datasets.digit_or_not import add_doodles, add_test_doodles
from core.datasets.mixture import mix
from core.datasets.pen import pen_path
from core.errors import DigitLabError
from core.messages import N_


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


@dataclass(frozen=True, slots=True)
class Source:
    """Where the digits of a name come from.

    Attributes
    ----------
    read : `read(part)` gives the "train" or the "test" part.
    available : whether it can be read without a download; a look at folders, nothing is read.
    needs_mnist : whether it is made of MNIST.
    measured_on : the name of the data set whose test digits a network trained on this one is measured with.
    added : what is added to both training parts.
    added_to_test : what is added to the test part.
    offered : whether it can be chosen here.
    description : what a person is told; a source without one is not for people to choose.
    """

    read: Callable[[str], Dataset]
    available: Callable[[], bool]
    needs_mnist: bool
    measured_on: str
    added: Callable[[TrainingData], TrainingData] = lambda data: data
    added_to_test: Callable[[Dataset], Dataset] = lambda data: data
    offered: Callable[[], bool] = lambda: True
    description: Description | None = None


# Looked up when they are called and not before: what a folder holds can change while the app runs.
def _read_mnist(part: str) -> Dataset:
    return mnist.read_mnist(part)


def _mnist_is_here() -> bool:
    return mnist.mnist_folder() is not None


SOURCES: dict[str, Source] = {
    "mnist": Source(
        _read_mnist,
        _mnist_is_here,
        needs_mnist=True,
        measured_on="mnist",
        description=Description(
            name="mnist",
            title=N_("MNIST: 70,000 handwritten digits"),
            sentence=N_("Written by some 500 people, 28 x 28 pixels each: what digit readers are compared on."),
            shape=(28, 28),
            training_count=60_000,
            test_count=10_000,
            licence="CC BY-SA 3.0",
            source="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits",
            download_bytes=11_594_722,
        ),
    ),
    "digits": Source(
        bundled.read_digits,
        bundled.is_installed,
        needs_mnist=False,
        measured_on="digits",
        description=Description(
            name="digits",
            title=N_("Small digits: 1,797, nothing to download"),
            sentence=N_("Written by 13 people, 8 x 8 pixels each: coarse, but a network learns them in seconds."),
            shape=(8, 8),
            training_count=1_617,
            test_count=180,
            licence="CC BY 4.0",
            source="E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, bundled with scikit-learn",
            download_bytes=0,
        ),
    ),
    "mnist+pen": Source(
        _read_mnist,
        _mnist_is_here,
        needs_mnist=True,
        measured_on="mnist",
        added=mix,
        offered=lambda: pen_path() is not None,
        description=Description(
            name="mnist+pen",
            title=N_("MNIST and digits drawn with a pen"),
            sentence=N_(
                "MNIST, and what its writers did not do: digits drawn by other hands, slashed, crossed and typed ones. "
                "Tested on MNIST's own test digits."
            ),
            shape=(28, 28),
            training_count=95_000,
            test_count=10_000,
            licence="CC BY-SA 3.0 (MNIST), CC BY 4.0 (UNIPEN)",
            source="MNIST, and the file of pen digits that the variable PEN_DIGITS names",
            download_bytes=11_594_722,
        ),
    ),
    "digit-or-not": Source(  # for the network that tells digits from what is none (`core.scores.doubt`), and for it alone
        _read_mnist,
        _mnist_is_here,
        needs_mnist=True,
        measured_on="mnist",
        added=lambda data: add_doodles(mix(data)),
        added_to_test=add_test_doodles,
    ),
}
DATASETS: dict[str, Description] = {name: s.description for name, s in SOURCES.items() if s.description is not None}


def known(name: str) -> bool:
    """Whether this is the name of a data set, be it here or not."""
    return name in SOURCES or uploads.is_upload(name)


def source_of(name: str) -> Source:
    """What is behind a name. Raises `DigitLabError` for one that no data set has."""
    if name in SOURCES:
        return SOURCES[name]
    if uploads.is_upload(name):
        return Source(
            partial(uploads.read, name),
            partial(uploads.is_here, name),
            needs_mnist=False,
            measured_on=name,
            description=_describe(name),
        )
    if name.startswith(FORMER_FILE):
        raise DigitLabError(
            "This network learned from a file that it knows by where it lay, {name}. Give that file again to use it.",
            name=name.removeprefix(FORMER_FILE),
        )
    raise DigitLabError(
        "There is no data set called {name}. There are: {names}. A file of your own is taken in first, and has a name from "
        "then on.",
        name=short(name),
        names=", ".join(DATASETS),
    )


def _describe(name: str) -> Description | None:
    try:
        upload = uploads.described(name)
    except DigitLabError:
        return None  # it is not here, or damaged: who reads it is told
    return Description(
        name=name,
        title=upload.title,
        sentence=N_("Digits of your own."),
        shape=upload.shape,
        training_count=upload.counts.get("train", 0),
        test_count=upload.counts.get("test", 0),
        licence="",
        source=upload.title,
        download_bytes=0,
    )
