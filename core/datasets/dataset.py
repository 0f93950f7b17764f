"""A dataset is labelled pictures, one row of pixels and one digit each, and a hash that tells it from others.

Whatever a picture came in (IDX, CSV, NPZ, a Python package), from here on it is a `Dataset` and nothing else.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from core.errors import DigitLabError

Rows = slice | np.ndarray | list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Pictures of digits with their labels; the arrays are read-only views of what was given.

    Parameters
    ----------
    name : what it is called: `mnist`, `digits`, or a file's name.
    pixels : (n, h * w) uint8, 0 (ground) to `pixel_max` (ink).
    labels : (n,) int64, 0 to 9.
    shape : (h, w).
    pixel_max : the pixel value of full ink: 255 for MNIST, 16 for the bundled digits.
    sha256 : hash of the pixel bytes followed by one byte per label; computed when left empty. It does not
        depend on the container: MNIST read from IDX, CSV or NPZ has the same hash.

    Raises `DigitLabError` when the parts do not fit together.
    """

    name: str
    pixels: np.ndarray
    labels: np.ndarray
    shape: tuple[int, int]
    pixel_max: int = 255
    sha256: str = ""

    def __post_init__(self) -> None:
        _check(self.name, self.pixels, self.labels, self.shape, self.pixel_max)
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        object.__setattr__(self, "labels", _read_only(self.labels))
        if not self.sha256:
            object.__setattr__(self, "sha256", _content_hash(self.pixels, self.labels))

    def __len__(self) -> int:
        return len(self.labels)

    def x(self, indices: Rows | None = None) -> np.ndarray:
        """Pixels as a network takes them: (n, h * w) float32 in 0..1, of all pictures or of `indices`."""
        rows = self.pixels if indices is None else self.pixels[indices]
        return np.divide(rows, self.pixel_max, dtype=np.float32)

    def subset(self, indices: Rows) -> "Dataset":
        """The pictures at `indices` (a slice or positions) as a dataset with a hash of its own."""
        return Dataset(self.name, self.pixels[indices], self.labels[indices], self.shape, self.pixel_max)

    @property
    def total(self) -> int:
        """How many pictures there are in all, where these are an excerpt."""
        return len(self)

    def numbers(self) -> np.ndarray:
        """The number (n,) by which each picture is known among all."""
        return np.arange(len(self))


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt(Dataset):
    """Some pictures of a larger set, which know where they stood in it.

    Parameters
    ----------
    places : (n,) int64, ascending, of each picture among all.
    of : how many these are.
    whole : the hash of the larger set.
    """

    places: np.ndarray = field(kw_only=True)
    of: int = field(kw_only=True)
    whole: str = field(kw_only=True)

    @property
    def total(self) -> int:
        return self.of

    def numbers(self) -> np.ndarray:
        return self.places


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """What a run may look at: the part it learns from, and the part held back to watch it (or None)."""

    train: Dataset
    validation: Dataset | None


def hold_back_last(dataset: Dataset, fraction: int) -> tuple[Dataset, Dataset]:
    """Cut off the last `1 / fraction` (rounded down, at least one picture): the rest, and that last part."""
    count = max(1, len(dataset) // fraction)
    if count == len(dataset):
        raise DigitLabError(
            "{name} has a single picture, which cannot be divided; give it at least two.", name=dataset.name
        )
    cut = len(dataset) - count
    return dataset.subset(slice(0, cut)), dataset.subset(slice(cut, None))


def _check(name: str, pixels: np.ndarray, labels: np.ndarray, shape: tuple[int, int], pixel_max: int) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim != 2:
        raise DigitLabError("{name}: pixels must be a table of bytes, one row per picture.", name=name)
    if labels.dtype != np.int64 or labels.ndim != 1:
        raise DigitLabError("{name}: labels must be a list of whole numbers, one per picture.", name=name)
    if len(pixels) != len(labels):
        raise DigitLabError(
            "{name} has {pictures:,} pictures but {labels:,} labels; each needs one.",
            name=name,
            pictures=len(pixels),
            labels=len(labels),
        )
    if len(labels) == 0:
        raise DigitLabError("{name} holds no pictures.", name=name)
    height, width = shape
    if height < 1 or width < 1 or pixels.shape[1] != height * width:
        raise DigitLabError(
            "{name}: {shape} pixels do not make a picture of {height} x {width}.",
            name=name,
            shape=pixels.shape[1],
            height=height,
            width=width,
        )
    wrong = np.flatnonzero((labels < 0) | (labels > 9))
    if wrong.size:
        first = wrong[0]
        raise DigitLabError(
            "{name}: the label of picture {first:,} is {labels}, not a digit from 0 to 9.",
            name=name,
            first=first + 1,
            labels=labels[first],
        )
    if not 1 <= pixel_max <= 255:
        raise DigitLabError(
            "{name}: the largest pixel value must be between 1 and 255, not {pixel_max}.",
            name=name,
            pixel_max=pixel_max,
        )
    if pixel_max < 255 and pixels.max() > pixel_max:
        raise DigitLabError(
            "{name}: a pixel is {max}, above the largest value {pixel_max}.",
            name=name,
            max=pixels.max(),
            pixel_max=pixel_max,
        )


def _read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False  # one dataset is shared by every visitor of a server
    return view


def _content_hash(pixels: np.ndarray, labels: np.ndarray) -> str:
    content = hashlib.sha256(np.ascontiguousarray(pixels).data)
    content.update(labels.astype(np.uint8).data)
    return content.hexdigest()
