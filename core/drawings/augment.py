"""Changed copies of training digits: the same digit turned, shifted or bent is still that digit.

A network that sees other copies in every epoch learns what a digit is rather than which pixels it had. A
random change reads it anew at moved places (`core.drawings.warp`). Copies turned by fixed angles are the tutorials' own
(`turned`): cubic splines, whose numbers are not rounded.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from core.drawings.warp import bends, random_affine_places, sample, thicker_or_thinner
from core.errors import DigitLabError
from core.messages import N_

CHUNK = 500  # digits changed at once: few enough for the processor's cache, about 30 MB at 28 x 28


@dataclass(frozen=True, slots=True)
class Augmentation:
    """A way to change digits.

    Attributes
    ----------
    title, help : for a person who chooses
    change : digits (n, h, w) uint8, rng -> (n, h, w) uint8
    angles : degrees by which copies of each digit are turned, anticlockwise; see `turned`
    """

    title: str
    help: str
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray]
    angles: tuple[float, ...] = (0.0,)

    @property
    def copies(self) -> int:
        """How many digits are shown for each that there is."""
        return len(self.angles)


def augment(
    name: str, pixels: np.ndarray, labels: np.ndarray, shape: tuple[int, int], *, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Change a set of digits at random; each call draws new changes from `rng`. Turned copies are made by `turned`.

    Parameters
    ----------
    name : a key of `AUGMENTATIONS`
    pixels : (n, h * w) uint8
    labels : (n,)
    shape : h, w

    Returns
    -------
    pixels (n, h * w) uint8 and labels (n,), in the order of the input; for "none" the arrays that were given
    """
    if name not in AUGMENTATIONS:
        raise DigitLabError(
            "There is no way to change digits called {name}; choose {listed}.",
            name=repr(name),
            listed=_listed(AUGMENTATIONS),
        )
    height, width = shape
    if pixels.ndim != 2 or pixels.dtype != np.uint8 or pixels.shape != (len(labels), height * width):
        raise DigitLabError(
            "Digits to change are whole numbers 0..255, {height} for each label; these are {name} of shape "
            "{shape} for {count} labels.",
            height=height * width,
            name=pixels.dtype.name,
            shape=pixels.shape,
            count=len(labels),
        )
    return AUGMENTATIONS[name].change(pixels.reshape(-1, height, width), rng).reshape(pixels.shape), labels


def turned(
    angles: tuple[float, ...], pixels: np.ndarray, shape: tuple[int, int], samples: np.ndarray, dtype: str
) -> np.ndarray:
    """Digits turned about the middle of their square, as `scipy.ndimage.rotate` does it with cubic splines.

    To turn a picture is linear in its pixels, so that it is a product with a matrix, and turning the pixels is turning
    the scaled inputs with their ground. A cubic spline overshoots at edges of ink: values may lie outside 0 to 255.

    Parameters
    ----------
    angles : degrees, anticlockwise, one for each copy
    pixels : (n, h * w) uint8
    shape : h, w
    samples : (m,) numbers of copies: `digit * len(angles) + copy`
    dtype : of the result

    Returns
    -------
    (m, h * w) of `dtype`, on the scale of `pixels`
    """
    digits, copies = np.divmod(samples, len(angles))
    result = np.empty((len(samples), pixels.shape[1]), dtype)
    for copy, degrees in enumerate(angles):
        rows = np.flatnonzero(copies == copy)
        ink = pixels[digits[rows]].astype(dtype)
        result[rows] = ink @ _turning(shape, degrees).astype(dtype) if degrees else ink
    return result


@functools.cache
def _turning(shape: tuple[int, int], degrees: float) -> np.ndarray:
    """The matrix (h * w, h * w) that turns a row of pixels: what becomes of each pixel alone."""
    pixels = np.eye(shape[0] * shape[1]).reshape(-1, *shape)
    matrix = scipy.ndimage.rotate(pixels, degrees, axes=(2, 1), reshape=False, order=3, cval=0.0).reshape(
        len(pixels), -1
    )
    matrix.flags.writeable = False
    return matrix


def _listed(names) -> str:
    *most, last = (repr(name) for name in names)
    return f"{', '.join(most)} or {last}"


def _unchanged(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return digits


def _affine(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit turned, resized, slanted and shifted by amounts of its own."""
    changed = np.empty_like(digits)
    for part in _chunks(len(digits)):
        changed[part] = sample(digits[part], random_affine_places(digits[part].shape, rng))
    return changed


def _elastic(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit changed as by `_affine`, bent like rubber, and drawn with a slightly thicker or thinner pen.

    Simard, Steinkraus, Platt: Best practices for convolutional neural networks applied to visual document
    analysis (ICDAR 2003): every pixel moves by random noise smoothed with a Gaussian.
    """
    changed = np.empty_like(digits)
    for part in _chunks(len(digits)):
        places = random_affine_places(digits[part].shape, rng)
        places += bends(digits[part].shape, rng)
        changed[part] = sample(thicker_or_thinner(digits[part], rng), places)
    return changed


def _chunks(count: int) -> list[slice]:
    return [slice(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


AUGMENTATIONS: dict[str, Augmentation] = {
    "none": Augmentation(N_("As they are"), N_("Every epoch shows the same digits."), _unchanged),
    "rotations": Augmentation(
        N_("Turned both ways"),
        N_(
            "Each digit is also shown turned by 10 degrees to the left and to the right: "
            "three times as many digits, and three times the work in each epoch."
        ),
        _unchanged,
        angles=(0.0, 10.0, -10.0),
    ),
    "affine": Augmentation(
        N_("Turned, resized, slanted, shifted"),
        N_("Every epoch shows each digit a little turned, resized, slanted and shifted, differently each time."),
        _affine,
    ),
    "elastic": Augmentation(
        N_("Bent like rubber"),
        N_(
            "Every epoch shows each digit turned, resized, slanted and shifted, bent like rubber, and drawn with "
            "a slightly thicker or thinner pen. The best results, but more epochs are needed."
        ),
        _elastic,
    ),
}
