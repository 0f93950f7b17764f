"""Labelled pictures from a file of one's own: CSV, Keras's NPZ, a pair of IDX files, or a zip of pictures in folders.

Training and test pictures never overlap: a file comes with a partner (`train` beside `test` or `t10k`), holds
both parts (NPZ, or a zip), or else its last sixth is the test part, as MNIST's test part is a sixth of its training
part.
"""

import os
import re
from pathlib import Path

import numpy as np

from core.datasets.csv_table import read_csv
from core.datasets.dataset import Dataset, hold_back_last
from core.datasets.idx import read_idx
from core.datasets.npz import read_npz
from core.datasets.pictures_zip import read_zip
from core.errors import DigitLabError

TEST_FRACTION = 6
TRAIN_WORD = re.compile(r"(?<![a-z0-9])train(?![a-z0-9])")
TEST_WORD = re.compile(r"(?<![a-z0-9])(test|t10k)(?![a-z0-9])")


def read_file(path: Path) -> dict[str, Dataset]:
    """The "train" and the "test" part that `path` stands for.

    Either file of a pair stands for the pair. A file named as a test file is only ever test pictures: without its partner
    there is no other part. A file without a partner gives its first five sixths for training and its last sixth for
    testing. Raises `DigitLabError`.
    """
    if not os.path.isfile(path):  # unlike Path.is_file, it takes any text a person may type
        raise DigitLabError(
            "There is no dataset or file '{path}': the names are mnist and digits, or give the path of a "
            "CSV, NPZ, IDX or ZIP file.",
            path=path,
        )
    if path.suffix.lower() == ".npz":
        return {part: _dataset(path, *read_npz(path, part)) for part in ("train", "test")}
    if path.suffix.lower() == ".zip":
        return _zipped(path)
    train, test = _pair(path)
    if train is not None and test is None:
        rest, last = hold_back_last(_read(train), TEST_FRACTION)
        return {"train": rest, "test": last}
    parts = {"train": train, "test": test}
    return {part: _read(file) for part, file in parts.items() if file is not None}


def _zipped(path: Path) -> dict[str, Dataset]:
    parts = {part: _dataset(path, *found) for part, found in read_zip(path).items()}
    if "" not in parts:
        return parts
    rest, last = hold_back_last(parts[""], TEST_FRACTION)
    return {"train": rest, "test": last}


def _pair(path: Path) -> tuple[Path | None, Path | None]:
    """The training and the test file that `path` belongs to, each None where there is none."""
    if TRAIN_WORD.search(path.name):
        return path, _beside(path, TRAIN_WORD, ("t10k", "test"))
    if TEST_WORD.search(path.name):
        return _beside(path, TEST_WORD, ("train",)), path
    return path, None


def _beside(path: Path, word: re.Pattern, replacements: tuple[str, ...]) -> Path | None:
    for replacement in replacements:
        for name in _spellings(word.sub(replacement, path.name, count=1)):
            if (path.parent / name).is_file():
                return path.parent / name
    return None


def _spellings(name: str) -> list[str]:
    """A file name as given; an IDX file's also as it may be: `-idx3` or `.idx3`, with `.gz` or not."""
    if "idx" not in name:
        return [name]
    stem = name.removesuffix(".gz")
    stems = [stem, re.sub(r"[-.](idx\d)", r"-\1", stem), re.sub(r"[-.](idx\d)", r".\1", stem)]
    names = [name, *(each + end for each in stems for end in (".gz", ""))]
    return list(dict.fromkeys(names))


def _read(path: Path) -> Dataset:
    if path.suffix.lower() == ".csv":
        return _dataset(path, *read_csv(path))
    if "idx" in path.name or path.suffix == ".gz":
        return _dataset(path, read_idx(path, axes=3), read_idx(_labels_file(path), axes=1).astype(np.int64))
    raise DigitLabError(
        "{name} is of no known kind: give a .csv, an .npz, a .zip or an IDX file of images.", name=path.name
    )


def _labels_file(images: Path) -> Path:
    wanted = images.name.replace("images", "labels").replace("idx3", "idx1")
    if wanted == images.name:
        raise DigitLabError(
            "{name} must have 'images' in its name, so that its labels file can be found.", name=images.name
        )
    for name in _spellings(wanted):
        if (images.parent / name).is_file():
            return images.parent / name
    raise DigitLabError("The labels file {wanted} is not beside {name}.", wanted=wanted, name=images.name)


def _dataset(path: Path, images: np.ndarray, labels: np.ndarray) -> Dataset:
    if len(images) != len(labels):
        raise DigitLabError(
            "{name} has {pictures:,} pictures but {labels:,} labels; each picture needs one.",
            name=path.name,
            pictures=len(images),
            labels=len(labels),
        )
    n, height, width = images.shape
    if len(labels) > 1 and labels[0] != labels[-1] and np.all(labels[:-1] <= labels[1:]):
        # Sorted by digit, its last part would be all eights and nines: mix it, the same way each time.
        order = np.random.default_rng(0).permutation(n)
        images, labels = images[order], labels[order]
    return Dataset(path.name, images.reshape(n, height * width), labels, (height, width))
