"""What ink looks like, whatever the digit: the mean training digit, and the directions in which digits differ most.

They are the principal components of all training digits together, so nothing in them knows which digit is which. Beside
them lie the ten mean digits, which no search is given: pictures are compared with them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from core.datasets import Dataset
from core.datasets.hundred import DAMAGED
from core.errors import DigitLabError
from core.files import check_header, write_atomically
from core.folders import MODELS
from core.models.files import SUFFIX

USUAL = (28, 28)
SMALL = (8, 8)
DIRECTIONS = {USUAL: 60, SMALL: 30}


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What is known of ink in pictures of h x w pixels.

    Attributes
    ----------
    mean : (h, w) the mean of all training digits.
    directions : (k, h, w) in which they differ most, each as long as they differ in it (a standard deviation).
    digits : (10, h, w) the mean of the training digits of each class.
    """

    mean: np.ndarray
    directions: np.ndarray
    digits: np.ndarray

    def resized(self, shape: tuple[int, int]) -> "Ink":
        """The same for pictures of another size."""
        import scipy  # here: who writes in 28 x 28 needs it not

        def resize(pictures: np.ndarray) -> np.ndarray:
            zoom = [1.0] * (pictures.ndim - 2) + [
                new / old for new, old in zip(shape, pictures.shape[-2:], strict=True)
            ]
            return scipy.ndimage.zoom(pictures, zoom, order=1, grid_mode=True, mode="nearest")

        return Ink(resize(self.mean), resize(self.directions), resize(self.digits))


def measured(digits: Dataset, count: int) -> Ink:
    """What the ink of these digits looks like, in so many directions."""
    pixels = digits.x()
    mean = pixels.mean(axis=0, dtype=np.float64)
    covariance = pixels.T.astype(np.float64) @ pixels / len(pixels) - np.outer(mean, mean)
    variances, directions = np.linalg.eigh(covariance)
    first = np.argsort(-variances)[:count]
    scaled = (directions[:, first] * np.sqrt(variances[first])).T
    largest = np.abs(scaled).argmax(axis=1)
    scaled *= np.sign(scaled[np.arange(len(scaled)), largest])[
        :, None
    ]  # of a direction and its opposite, always the same
    classes = np.stack([pixels[digits.labels == digit].mean(axis=0) for digit in range(10)])
    rows, columns = digits.shape
    return Ink(mean.reshape(rows, columns), scaled.reshape(-1, rows, columns), classes.reshape(10, rows, columns))


def ink_path(shape: tuple[int, int]) -> Path:
    """Where what ships lies."""
    return MODELS / "back_query" / f"ink-{shape[0]}{SUFFIX}"


def keep_ink(ink: Ink) -> None:
    """Write it to where it ships."""
    arrays = {"mean": ink.mean, "directions": ink.directions, "digits": ink.digits}
    path = ink_path(ink.mean.shape)
    write_atomically(path, save({name: np.ascontiguousarray(a, np.float16) for name, a in arrays.items()}))


def ink_for(shape: tuple[int, int]) -> Ink:
    """What ships for pictures of this size; of a size for which nothing does, MNIST's resized. float32."""
    near = shape if shape in DIRECTIONS else USUAL
    ink = read_ink(ink_path(near), near)
    return ink if near == shape else ink.resized(shape)


def read_ink(path: Path, shape: tuple[int, int]) -> Ink:
    """What a file says of ink in pictures of this size. Raises `DigitLabError` where it is missing or damaged."""
    try:
        content = path.read_bytes()
        check_header(content)
        arrays = load(content)
        ink = Ink(*(arrays[name].astype(np.float32) for name in ("mean", "directions", "digits")))
        shapes = ink.mean.shape == shape and ink.digits.shape == (10, *shape) and ink.directions.shape[1:] == shape
        if not (shapes and all(np.isfinite(a).all() for a in (ink.mean, ink.directions, ink.digits))):
            raise ValueError("not the numbers that belong here")
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DigitLabError(DAMAGED, name=path.name) from error
    return ink
