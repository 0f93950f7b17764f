"""MNIST: 70,000 handwritten digits of 28 x 28 pixels, on which digit readers have been compared since 1998.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, CC BY-SA 3.0. Four IDX files, known by their SHA-256.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.datasets.dataset import Dataset
from core.datasets.idx import decode, read_content
from core.errors import DigitLabError
from core.folders import mnist_home


@dataclass(frozen=True, slots=True)
class MnistFile:
    """One of the four files: its name without `.gz`, its content's hash and size, its size as a `.gz`."""

    name: str
    sha256: str
    size: int
    packed_size: int


FILES = {
    "train images": MnistFile(
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        47_040_016,
        9_912_422,
    ),
    "train labels": MnistFile(
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        60_008,
        28_881,
    ),
    "test images": MnistFile(
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        7_840_016,
        1_648_877,
    ),
    "test labels": MnistFile(
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        10_008,
        4_542,
    ),
}


def mnist_folder() -> Path | None:
    """The first folder that has all four files, or None: `$MNIST_DIR`, then the project's `data/mnist`."""
    setting = os.environ.get("MNIST_DIR")
    for folder in [Path(setting), mnist_home()] if setting else [mnist_home()]:
        if all(candidates(folder, file.name) for file in FILES.values()):
            return folder
    return None


def candidates(folder: Path, name: str) -> list[Path]:
    """The files in `folder` that may be the MNIST file `name`: compressed or not, `-idx3` or `.idx3`."""
    dotted = name.replace("-idx", ".idx")
    names = (f"{name}.gz", name, f"{dotted}.gz", dotted)
    return [folder / each for each in names if (folder / each).is_file()]


def read_mnist(part: str) -> Dataset:
    """Read and check all of MNIST's `train` (60,000) or `test` (10,000) part.

    Raises `DigitLabError` when the files are not there, or are not the ones the world calls MNIST.
    """
    folder = mnist_folder()
    if folder is None:
        raise DigitLabError(
            "MNIST is not on this computer: download it, put its four files into data/mnist, "
            "or choose the bundled digits, which need no download."
        )
    images = decode(_checked(folder, FILES[f"{part} images"], axes=3), axes=3)
    labels = decode(_checked(folder, FILES[f"{part} labels"], axes=1), axes=1)
    n, height, width = images.shape
    return Dataset("mnist", images.reshape(n, height * width), labels.astype(np.int64), (height, width))


def _checked(folder: Path, file: MnistFile, axes: int) -> bytearray:
    paths = candidates(folder, file.name)
    problem = None
    for path in paths:  # one of them may be damaged, and another one right
        try:
            content = read_content(path, axes)
        except DigitLabError as error:
            problem = problem or error
            continue
        if hashlib.sha256(content).hexdigest() == file.sha256:
            return content
    raise problem or DigitLabError(
        "{paths} is not the MNIST file of that name (its SHA-256 differs); delete it and download MNIST again.",
        paths=paths[0],
    )
