"""From any picture of one digit to the small square that a network reads, made as its training digits were.

The ink is found against the background, cropped, scaled and placed by its centre of mass. Every stage is kept
(`Stages`), so that a page can show what the network sees and how it came about.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy

from core.drawings.ink import INK_LEVEL, bounding_box, find_ink
from core.errors import DigitLabError

Pair = tuple[int, int]  # rows, columns
STEPS = 1 << 20  # from black to white: single precision holds them exactly, and the sums of a picture's pixels too


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the digits of a training set sit in their square, in cells; a pixel is `cells` x `cells` of them.

    Attributes
    ----------
    box : rows and columns that the ink is scaled into
    middle : row and column (0-based) that the centre of mass comes to, as near as whole cells allow
    fills_rows : the ink always takes all rows of the box and is narrowed where its columns do not fit; else
        its aspect is kept and its longer side fills the box
    cells : cells along a pixel's side; a pixel's value is the mean of its cells
    ink_range : least and most share of the square that is ink; outside it, strokes are thickened or thinned
    """

    box: Pair
    middle: tuple[float, float]
    fills_rows: bool = False
    cells: int = 1
    ink_range: tuple[float, float] = (0.0, 1.0)


# MNIST: 20 x 20 box, centre of mass at 14.0 +- 0.5 in all of its 10,000 test digits.
MNIST_GEOMETRY = Geometry(box=(20, 20), middle=(14.0, 14.0))

# scikit-learn's 8 x 8 digits (UCI Optical Recognition of Handwritten Digits) are counts in 4 x 4 blocks of
# bitmaps of 32 x 32. Measured on the 1,797: ink in all 8 rows of every digit, in 6 columns of three in four,
# and on 0.25 to 0.36 of the square in nine of ten, whatever the digit: they had been scaled, and thinned or
# thickened. Of 2,200 pen digits so prepared, a support vector machine trained on the 1,797 reads 75.5 %;
# without the ink range 72.6 %; with the aspect kept, box in the middle, 62.3 %; over all 8 columns 46.2 %.
DIGITS_GEOMETRY = Geometry(box=(32, 22), middle=(15.5, 15.5), fills_rows=True, cells=4, ink_range=(0.25, 0.36))

GEOMETRIES: dict[Pair, Geometry] = {(28, 28): MNIST_GEOMETRY, (8, 8): DIGITS_GEOMETRY}


def geometry_for(shape: Pair) -> Geometry:
    """The geometry of a shape (rows, columns); a shape without one of its own gets MNIST's in proportion."""
    rows, columns = (int(side) for side in shape)
    if rows < 4 or columns < 4:
        raise DigitLabError(
            "A network's picture needs at least 4 x 4 pixels; {rows} x {columns} is too small.",
            rows=rows,
            columns=columns,
        )
    box = (round(rows * 20 / 28), round(columns * 20 / 28))
    return GEOMETRIES.get((rows, columns), Geometry(box=box, middle=(rows / 2, columns / 2)))


@dataclass(frozen=True, slots=True)
class Stages:
    """One picture on its way to the network; each stage is float32 in 0..1, ink bright on black.

    Attributes
    ----------
    drawn : (rows, columns) of the picture: its ink alone, without background, grain and specks
    cropped : the ink's bounding box
    scaled : the box scaled for the network's square (in cells, see `Geometry`)
    centred : (h, w) of the wanted shape: what the network gets
    place : row and column of the square's cells at which the scaled box begins
    """

    drawn: np.ndarray
    cropped: np.ndarray
    scaled: np.ndarray
    centred: np.ndarray
    place: Pair


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps are taken; without one of them, what goes wrong is what goes wrong in programs that do without.

    Attributes
    ----------
    crop : cut the ink out; else the whole picture is squeezed into the whole square
    smooth : a pixel is the mean of what it covers; else it is the one pixel nearest to its middle
    keep_aspect : keep the shape; else the crop is stretched to fill the box both ways
    centre_mass : the centre of mass comes to the middle; else the middle of the ink's box does
    """

    crop: bool = True
    smooth: bool = True
    keep_aspect: bool = True
    centre_mass: bool = True


ALL_STEPS = Steps()


def from_drawing(image: np.ndarray, shape: Pair = (28, 28), *, drawn: bool = False) -> np.ndarray:
    """Prepare a picture of one digit for a network: float32 of `shape` in 0..1, ink bright; see `stages`."""
    return stages(image, shape, drawn=drawn).centred


def stages(image: np.ndarray, shape: Pair = (28, 28), *, steps: Steps = ALL_STEPS, drawn: bool = False) -> Stages:
    """Prepare a picture of one digit for a network and keep every step.

    Parameters
    ----------
    image : (H, W) grey, (H, W, 2) grey with alpha, (H, W, 3) RGB or (H, W, 4) RGBA; whole numbers 0..255
        (uint16: 0..65535), fractions 0..1 or bool. Ink is what differs from the border, dark or light.
    shape : rows and columns that the network reads, (28, 28) as MNIST or (8, 8) as scikit-learn's digits
    steps : steps that are left out, to see what goes wrong without them
    drawn : the image is a pad's, (H, W, 4) uint8: what is opaque is ink, and nothing else is

    Raises
    ------
    BlankDrawing : there is no ink
    DigitLabError : the array is not a picture
    """
    geometry = geometry_for(shape)
    ink = find_ink(image, drawn=drawn)
    if steps.crop:
        cropped = ink[bounding_box(ink > INK_LEVEL)]
    else:
        cropped = ink
        whole = (shape[0] * geometry.cells, shape[1] * geometry.cells)
        geometry = replace(geometry, box=whole, fills_rows=False, ink_range=(0.0, 1.0))
    scaled, place = _fit(cropped, geometry, shape, steps)
    return Stages(ink, cropped, scaled, _centre(scaled, place, geometry, shape), place)


def _fit(ink: np.ndarray, geometry: Geometry, shape: Pair, steps: Steps) -> tuple[np.ndarray, Pair]:
    """Scale a crop; find the row and column at which its centre of mass comes to the middle.

    A lopsided digit would leave the square there; it is scaled to a smaller box until it does not. So did
    MNIST: its three test digits of 19 pixels (4530, 9300, 9302) all touch the lowest row.
    """
    by_mass = steps.centre_mass and steps.crop  # the whole picture fills the square: it has no room to move
    for less in range(min(geometry.box)):
        scaled = _scale(ink, geometry, less, steps)
        room = [shape[axis] * geometry.cells - scaled.shape[axis] for axis in (0, 1)]
        if not by_mass or not scaled.any():
            return scaled, (room[0] // 2, room[1] // 2)
        place = [_start(scaled, axis, geometry.middle[axis]) for axis in (0, 1)]
        if geometry.fills_rows or all(0 <= place[axis] <= room[axis] for axis in (0, 1)):
            break
    top, left = (min(max(place[axis], 0), room[axis]) for axis in (0, 1))
    return scaled, (top, left)


def _start(scaled: np.ndarray, axis: int, middle: float) -> int:
    """Where the picture must start along an axis for its centre of mass to be nearest to the middle."""
    profile = scaled.sum(axis=1 - axis, dtype=np.float64)
    return round(middle - np.average(np.arange(len(profile)), weights=profile))


def _scale(ink: np.ndarray, geometry: Geometry, less: int, steps: Steps) -> np.ndarray:
    """Scale a crop into a box that many cells smaller; sides are whole cells, at least one."""
    (height, width), rows, columns = ink.shape, geometry.box[0] - less, geometry.box[1] - less
    if not steps.keep_aspect:
        new_height, new_width = rows, columns
    elif geometry.fills_rows:
        new_height, new_width = rows, min(columns, width * rows / height)
    else:
        scale = min(rows / height, columns / width)
        new_height, new_width = height * scale, width * scale
    new_height, new_width = max(1, round(new_height)), max(1, round(new_width))
    if not steps.smooth:
        return _in_steps(_whitened(ink[np.ix_(_nearest(height, new_height), _nearest(width, new_width))]))
    down, across = _resampling(height, new_height), _resampling(width, new_width)
    # not by "@": BLAS would use threads, which wait for each other for 20 ms where others train beside it
    return _in_steps(_whitened(np.clip(np.einsum("nc,mc->nm", np.einsum("nr,rc->nc", down, ink), across), 0, 1)))


def _in_steps(picture: np.ndarray) -> np.ndarray:
    """A picture in steps of a millionth, float32: whoever adds in another order, as a browser does, comes to the very same.

    Where a digit's centre of mass lies just between two pixels, which in a symmetrical one it does, it is so for both.
    """
    return (np.round(picture.astype(np.float64) * STEPS) / STEPS).astype(np.float32)


def _whitened(picture: np.ndarray) -> np.ndarray:
    """Bring the strongest ink to 1: a thin line pales when it shrinks; MNIST's peak is white in every digit."""
    return picture / (picture.max() or 1)


def _nearest(size: int, new_size: int) -> np.ndarray:
    """Of a line of `size` pixels, those in the middle of `new_size` equal parts."""
    return ((np.arange(new_size) + 0.5) * size / new_size).astype(int)


def _resampling(size: int, new_size: int) -> np.ndarray:
    """The matrix (new_size, size) that resamples a line of pixels: exact area to shrink, cubics to grow.

    Shrinking 2,500 pasted MNIST digits and 2,200 pen digits, area, triangle, cubic and Lanczos filters led
    to the same accuracy within 0.4 points; area keeps faint tips, being nowhere negative. Growing 8-pixel
    digits, cubics led to 0.6 points more than area and 2.2 more than triangles.
    """
    scale = new_size / size
    if scale <= 1:
        edges = np.arange(new_size + 1) / scale
        left, right = edges[:-1, None], edges[1:, None]
        pixel = np.arange(size)
        weights = np.clip(np.minimum(right, pixel + 1) - np.maximum(left, pixel), 0, None)
    else:
        distance = np.abs((np.arange(new_size)[:, None] + 0.5) / scale - 0.5 - np.arange(size))
        near = (1.5 * distance - 2.5) * distance**2 + 1  # Keys' cubic, a = -0.5
        far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
        weights = np.where(distance < 1, near, np.where(distance < 2, far, 0))
    return weights / weights.sum(axis=1, keepdims=True)


def _centre(scaled: np.ndarray, place: Pair, geometry: Geometry, shape: Pair) -> np.ndarray:
    """Put the scaled ink in its place in the square, by whole cells; then cells become pixels."""
    square = np.zeros((shape[0] * geometry.cells, shape[1] * geometry.cells), np.float32)
    (top, left), (height, width) = place, scaled.shape
    square[top : top + height, left : left + width] = scaled
    square = _with_usual_strokes(square, geometry.ink_range)
    pixels = square.reshape(shape[0], geometry.cells, shape[1], geometry.cells).mean(axis=(1, 3))
    return _whitened(pixels)


def _with_usual_strokes(square: np.ndarray, ink_range: tuple[float, float]) -> np.ndarray:
    """Thicken or thin the strokes until their share of the square lies in the range, if it does not."""
    share = float(square.mean(dtype=np.float64))
    wanted = min(max(share, ink_range[0]), ink_range[1])
    if share == wanted:
        return square
    blurred = scipy.ndimage.gaussian_filter(square, 1.0)
    level = np.sort(blurred, axis=None)[-round(wanted * blurred.size)]
    return (blurred >= max(level, 1e-3)).astype(np.float32)
