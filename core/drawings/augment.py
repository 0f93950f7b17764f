"""Changed copies of training digits: the same digit turned, shifted or bent is still that digit.

A network that sees other copies in every epoch learns what a digit is rather than which pixels it had. A
random change says, for each pixel of the new picture, from where in the old one its ink comes (`sample`).
Copies turned by fixed angles are the tutorials' own (`turned`): cubic splines, whose numbers are not rounded.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.errors import DigitLabError
from core.messages import N_

CHUNK = 500  # digits changed at once: few enough for the processor's cache, about 30 MB at 28 x 28

# All lengths are in pixels of a 28-pixel side, and in proportion on others.
FULL_SIDE = 28
TURN = np.deg2rad(15.0)  # turns, sizes and slants are drawn evenly between minus and plus these
SIZE = 0.12
SLANT = 0.2
SHIFT = 1.5
BEND_REACH = 4.0  # Simard's sigma: neighbours closer than this move together
BEND = 1.0  # a pixel's move, standard deviation; Simard's alpha of 34, without turns, gives 34 / 24.6 = 1.4
THICKNESS = 0.3  # share of the way from a digit to its outline drawn one pixel further in or out


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
    from scipy.ndimage import rotate  # here: it takes a tenth of a second to load

    pixels = np.eye(shape[0] * shape[1]).reshape(-1, *shape)
    matrix = rotate(pixels, degrees, axes=(2, 1), reshape=False, order=3, cval=0.0).reshape(len(pixels), -1)
    matrix.flags.writeable = False
    return matrix


def _listed(names) -> str:
    *most, last = (repr(name) for name in names)
    return f"{', '.join(most)} or {last}"


def sample(digits: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Read digits at places between their pixels, by bilinear interpolation; beyond the edge there is no ink.

    Parameters
    ----------
    digits : (n, h, w) uint8
    places : (n, 2, h * w) float32, the row and the column from which each new pixel takes its ink; changed
        in place

    Returns
    -------
    (n, h, w) uint8
    """
    count, height, width = digits.shape
    padded = np.pad(digits, ((0, 0), (1, 2), (1, 2)))  # an empty rim, twice where there is a next pixel
    stride = width + 3
    places += 1
    rows, columns = places[:, 0], places[:, 1]
    np.clip(rows, 0, height + 1, out=rows)
    np.clip(columns, 0, width + 1, out=columns)
    whole = places.astype(np.intp)  # cuts towards zero, which is down: nothing is negative
    places -= whole
    index = whole[:, 0] * stride + whole[:, 1]
    index += np.arange(count)[:, None] * padded[0].size
    ink = padded.ravel().astype(np.float32)

    def between_columns() -> np.ndarray:
        left = np.take(ink, index, mode="clip")  # the index is in bounds; "clip" is the fast path
        np.add(index, 1, out=index)
        right = np.take(ink, index, mode="clip")
        right -= left
        right *= columns
        right += left
        return right

    upper = between_columns()
    index += stride - 1
    lower = between_columns()
    lower -= upper
    lower *= rows
    lower += upper
    lower += 0.5
    return lower.astype(np.uint8).reshape(digits.shape)


def _unchanged(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return digits


def _affine(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit turned, resized, slanted and shifted by amounts of its own."""
    changed = np.empty_like(digits)
    for part in _chunks(len(digits)):
        changed[part] = sample(digits[part], _random_affine_places(digits[part].shape, rng))
    return changed


def _elastic(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit changed as by `_affine`, bent like rubber, and drawn with a slightly thicker or thinner pen.

    Simard, Steinkraus, Platt: Best practices for convolutional neural networks applied to visual document
    analysis (ICDAR 2003): every pixel moves by random noise smoothed with a Gaussian.
    """
    changed = np.empty_like(digits)
    for part in _chunks(len(digits)):
        places = _random_affine_places(digits[part].shape, rng)
        places += _bends(digits[part].shape, rng)
        changed[part] = sample(_thicker_or_thinner(digits[part], rng), places)
    return changed


def _chunks(count: int) -> list[slice]:
    return [slice(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


def _random_affine_places(shape: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    count, *sides = shape
    turn = rng.uniform(-TURN, TURN, count)
    size = np.exp(rng.uniform(-SIZE, SIZE, (count, 2)))
    slant = rng.uniform(-SLANT, SLANT, count)
    shift = rng.uniform(-SHIFT, SHIFT, (count, 2)) * np.array(sides) / FULL_SIDE
    return _affine_places((sides[0], sides[1]), turn, size, slant, shift)


def _affine_places(
    sides: tuple[int, int],
    turn: np.ndarray,
    size: np.ndarray | float = 1.0,
    slant: np.ndarray | float = 0.0,
    shift: np.ndarray | float = 0.0,
) -> np.ndarray:
    """From where each pixel comes, (n, 2, h * w) float32, when digits are turned about the centre of their
    square.

    `turn` (n,) anticlockwise in radians, `size` (n, 2) factors down and across, `slant` (n,) columns per row,
    `shift` (n, 2) rows and columns.
    """
    height, width = sides
    middle = np.array([(height - 1) / 2, (width - 1) / 2])
    cosine, sine = np.cos(turn), np.sin(turn)
    size = np.broadcast_to(size, (len(turn), 2))
    matrix = np.empty((len(turn), 2, 3))
    matrix[:, 0, 0] = cosine / size[:, 0]
    matrix[:, 0, 1] = sine / size[:, 0]
    matrix[:, 1, 0] = (slant * cosine - sine) / size[:, 1]
    matrix[:, 1, 1] = (slant * sine + cosine) / size[:, 1]
    matrix[:, :, 2] = middle - shift
    rows, columns = np.divmod(np.arange(height * width), width)
    grid = np.stack([rows - middle[0], columns - middle[1], np.ones(height * width)])
    return matrix.astype(np.float32) @ grid.astype(np.float32)


def _bends(shape: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """Smooth random moves, (n, 2, h * w) float32: noise of variance 1, smoothed along both axes by one
    product each."""
    count, height, width = shape
    noise = rng.random((count * 2, height, width), dtype=np.float32)
    noise -= 0.5
    noise *= np.sqrt(12)
    moves = (_smoothing(height) @ noise) @ _smoothing(width).T
    moves = moves.reshape(count, 2, height * width)
    moves *= BEND / FULL_SIDE * np.array([[height], [width]], np.float32)
    return moves


def _smoothing(side: int) -> np.ndarray:
    """The matrix (side, side) that smooths a line of noise by a Gaussian and keeps its variance."""
    distance = (np.arange(side)[:, None] - np.arange(side)) * (FULL_SIDE / side / BEND_REACH)
    weights = np.exp(-0.5 * distance**2)
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)


def _thicker_or_thinner(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each digit blended with the lightest (thicker) or darkest (thinner) of every pixel and its four
    neighbours."""
    share = rng.uniform(-THICKNESS, THICKNESS, len(digits)) * min(digits.shape[1:]) / FULL_SIDE
    thick = share > 0
    target = np.empty_like(digits)
    target[thick] = _over_neighbours(digits[thick], np.maximum)
    target[~thick] = _over_neighbours(digits[~thick], np.minimum)
    blended = target.astype(np.float32)
    blended -= digits
    blended *= np.abs(share).astype(np.float32)[:, None, None]
    blended += digits
    blended += 0.5
    return blended.astype(np.uint8)


def _over_neighbours(digits: np.ndarray, choose: np.ufunc) -> np.ndarray:
    result = digits.copy()
    for ahead, behind in (
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:, :, 1:], np.s_[:, :, :-1]),
        (np.s_[:, :, :-1], np.s_[:, :, 1:]),
    ):
        choose(result[ahead], digits[behind], out=result[ahead])
    return result


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
