"""Where the ink is: from any picture to how much ink each of its pixels carries, without background, grain and specks.

A picture whose border is of one colour is compared with that colour; any other is taken for a photograph
(`core/drawings/photo.py`). What was drawn on a pad needs neither: the pad knows its ink.
"""

import numpy as np
import scipy

from core.drawings.photo import ink_of_photo, is_even, masses_of, without_rules
from core.errors import DigitLabError

LEAST_CONTRAST = 0.05  # of black to white: JPEG noise on an empty sheet stays below, a faint pencil is above
GRAIN_WIDTHS = 4.0  # robust standard deviations of the border's grain that are taken off the ink
INK_LEVEL = 0.15  # share of the strongest ink from which a pixel counts when cropped: beyond blurred fringes
SPECK_SHARE = 0.005  # a patch with less than this share of the largest patch's ink is dirt, not digit
LARGEST = 1600  # pixels: longer pictures are halved, thirded, ... first; a digit needs no more
SMALLEST_MARK = 0.01  # so is a mark that fits in a square of this share of the shorter side: a dot is larger


class BlankDrawing(DigitLabError):
    """There is no ink in the picture."""

    def __init__(self) -> None:
        super().__init__("The picture is blank: draw or choose a digit first.")


def find_ink(image: np.ndarray, *, drawn: bool = False) -> np.ndarray:
    """How much ink each pixel of a picture carries: (H, W) float32, 0 none, 1 the strongest.

    `image` and `drawn` are as for `core.drawings.preprocess.stages`, and so are the errors. Of a picture with a side of more
    than 1,600 pixels it is the ink of the picture reduced by a whole factor: see `reduction`.
    """
    return without_specks(find_all_ink(image, drawn=drawn))


def find_all_ink(image: np.ndarray, *, drawn: bool = False) -> np.ndarray:
    """The same with the specks, which in a row of digits only the row can tell from ink."""
    return _ink_of_drawing(image) if drawn else _find_ink(_over_backdrop(_as_fractions(image)))


def _ink_of_drawing(picture: np.ndarray) -> np.ndarray:
    """What is drawn on a pad (H, W, 4) uint8 is opaque, wherever it lies: also along the border, and from edge to edge."""
    alpha = picture[..., 3]
    most = alpha.max()
    if most < 255 * LEAST_CONTRAST:
        raise BlankDrawing
    return alpha.astype(np.float32) / np.float32(most)


def reduction(shape: tuple[int, ...]) -> int:
    """The whole factor by which a picture of this shape (H, W, ...) is reduced before its ink is found."""
    return max(1, -(-max(shape[:2]) // LARGEST))


def _reduced(pixels: np.ndarray) -> np.ndarray:
    """A picture (H, W, channels) of at most `LARGEST` pixels a side, each the mean of a square; the odd edge is cut off."""
    factor = reduction(pixels.shape)
    if factor == 1 or min(pixels.shape[:2]) < factor or pixels.dtype.kind not in "iuf":
        return pixels
    rows, columns = (side // factor * factor for side in pixels.shape[:2])
    wide = np.float32 if pixels.dtype.kind == "f" else np.int32
    parts = (pixels[row:rows:factor, column:columns:factor] for row in range(factor) for column in range(factor))
    total = np.zeros((rows // factor, columns // factor, pixels.shape[2]), wide)
    for part in parts:
        total += part
    return total / factor**2 if pixels.dtype.kind == "f" else (total // factor**2).astype(pixels.dtype)


def _as_fractions(image: np.ndarray) -> np.ndarray:
    """The picture as (channels, H, W) float32 in 0..1, or a sentence about what is wrong with it."""
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or pixels.size == 0:
        raise DigitLabError(
            "A picture has rows and columns of grey, RGB or RGBA pixels; this array has the shape {str}.",
            str=" x ".join(map(str, np.shape(image))) or "of a single number",
        )
    pixels = _reduced(pixels)
    if pixels.dtype == np.uint8 and pixels.shape[2] in (2, 4) and (pixels[:, :, -1] == 255).all():
        pixels = pixels[:, :, :-1]  # nothing shines through
    pixels = np.ascontiguousarray(np.moveaxis(pixels, 2, 0))  # whole planes: many times faster than triples
    if len(pixels) >= 3 and (pixels[0] == pixels[1]).all() and (pixels[0] == pixels[2]).all():
        pixels = pixels[2:]  # colours that are all grey
    if pixels.dtype.kind == "b":
        return pixels.astype(np.float32)
    if pixels.dtype.kind in "iu":
        white = 65535 if pixels.dtype == np.uint16 else 255
        if pixels.min() < 0 or pixels.max() > white:
            raise DigitLabError("A picture of whole numbers goes from 0 to {white}; this one goes beyond.", white=white)
        return pixels.astype(np.float32) * np.float32(1 / white)
    if pixels.dtype.kind != "f":
        raise DigitLabError("A picture is made of numbers; this array holds {name}.", name=pixels.dtype.name)
    if not np.isfinite(pixels).all():
        raise DigitLabError("The picture has pixels that are not numbers (infinite or undefined).")
    if pixels.min() < -0.01 or pixels.max() > 1.01:  # a hundredth is what smooth resizing overshoots by
        raise DigitLabError("A picture of fractions goes from 0 to 1; use whole numbers for 0 to 255.")
    return np.clip(pixels, 0, 1).astype(np.float32)


def _border(planes: np.ndarray) -> np.ndarray:
    """The outermost pixels, (channels, m)."""
    return np.concatenate([planes[:, 0], planes[:, -1], planes[:, :, 0], planes[:, :, -1]], axis=1)


def _over_backdrop(planes: np.ndarray) -> np.ndarray:
    """Lay a picture with alpha on an opaque sheet; pictures without alpha pass.

    A drawing on a transparent sheet lies on white, or on black when its ink is light, so that any ink shows.
    Holes in an opaque sheet take the colour of its border, so that they are no ink.
    """
    if len(planes) in (1, 3):
        return planes
    colours, alpha = planes[:-1], planes[-1]
    border = _border(planes)
    visible = border[:-1, border[-1] >= 0.5]
    if 2 * visible.shape[1] >= border.shape[1]:
        backdrop = np.median(visible, axis=1)[:, None, None]
    else:
        ink_tone = np.mean([np.vdot(colour, alpha) for colour in colours])
        backdrop = np.float32(0.0 if ink_tone > 0.5 * alpha.sum() else 1.0)
    return backdrop + (colours - backdrop) * alpha


def _find_ink(planes: np.ndarray) -> np.ndarray:
    """How much ink each pixel of an opaque picture carries: (H, W) float32, 0 none, 1 the strongest.

    The background is the median of the border. Ink is what differs from it in the direction, in colour
    space, in which the picture differs most: darker on paper, lighter on slate, redder under a red pen.
    """
    border = _border(planes)
    if not is_even(border):
        ink = ink_of_photo(planes)
        if ink is None or not ink.any():
            raise BlankDrawing
        return ink
    background = np.median(border, axis=1, keepdims=True)
    difference = planes.reshape(len(planes), -1) - background
    square = np.einsum("cp,cp->p", difference, difference)
    direction = np.einsum("cp,p->c", difference, square)  # large differences decide, grain does not
    length = np.linalg.norm(direction) * np.sqrt(len(planes))  # so black on white is 1, in grey as in RGB
    if length == 0:
        raise BlankDrawing
    direction = (direction / length).astype(np.float32)
    ink = np.einsum("c,cp->p", direction, difference)
    grain = GRAIN_WIDTHS * 1.4826 * np.median(np.abs(direction @ (border - background)))
    peak = ink.max()
    if peak - grain < LEAST_CONTRAST:
        raise BlankDrawing
    ink = np.clip((ink - grain) / (peak - grain), 0, 1).astype(np.float32, copy=False)
    return without_rules(ink.reshape(planes.shape[1:]))


def without_specks(ink: np.ndarray) -> np.ndarray:
    """Remove patches too small to be part of the digit, and bring the strongest remaining ink to 1."""
    if not (ink > INK_LEVEL).any():
        raise BlankDrawing
    box = bounding_box(ink > INK_LEVEL)
    patches, count = scipy.ndimage.label(ink[box] > INK_LEVEL, structure=np.ones((3, 3)))
    areas = np.bincount(patches.ravel(), minlength=count + 1)[1:]
    if areas.max() < (SMALLEST_MARK * min(ink.shape)) ** 2:
        raise BlankDrawing
    if count == 1:
        return ink
    masses = masses_of(patches, count, ink[box])
    specks = masses < SPECK_SHARE * masses[1:].max()
    specks[0] = False  # patch 0 is what lies between the patches
    ink[box][specks[patches]] = 0
    return ink / ink.max()


def bounding_box(mask: np.ndarray) -> tuple[slice, slice]:
    """The smallest rectangle with all true pixels; there must be one."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
