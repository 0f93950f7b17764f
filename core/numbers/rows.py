"""Rows of digits whose number and places are known: what reading a whole number is measured on.

Five digits of a data set stand side by side, each of its own size and height on the line, with gaps or touching.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from PIL import Image

from core.drawings.ink import INK_LEVEL, bounding_box
from core.models.model import Model
from core.numbers.reading import read_number
from core.numbers.segmentation import Box
from core.scores.evaluation import digits_of

GAPS = ("clear", "tight", "touching")
DIGITS_IN_A_ROW = 5
MIXTURE = ("clear", "tight") * 3 + ("clear",) * 3 + ("touching",)  # of the rows that are counted
SAME_BOX = 0.75  # of the area: the box of the same digit, but for faint edges
DIRT_SHARE = 0.02  # of a digit's largest stroke: MNIST has specks that are not part of the digit


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A picture (H, W) uint8 of digits in a row, dark on light, and what is in it.

    Attributes
    ----------
    text : its digits from left to right
    boxes : where the ink of each lies
    gaps : "clear", "tight" or "touching"
    """

    picture: np.ndarray
    text: str
    boxes: tuple[Box, ...]
    gaps: str


def make_row(pixels: np.ndarray, labels: np.ndarray, *, gaps: str, rng: np.random.Generator) -> Row:
    """Digits (n, 28, 28) uint8, light on dark, as a row: sizes differ by a quarter, heights on the line by a tenth.

    Clear gaps are 15 to 80 % of the height, tight ones 3 to 15 %. In a touching row, two or three neighbours are pushed
    together until their ink meets and up to a fiftieth of the height further, as a hurried hand does it.
    """
    height = rng.uniform(40, 90)
    glyphs = [_scaled(digit, height * rng.uniform(0.85, 1.1)) for digit in pixels]
    touching = np.zeros(len(glyphs), bool)
    if gaps == "touching":
        touching[rng.choice(np.arange(1, len(glyphs)), rng.integers(1, 3), replace=False)] = True
    sheet = np.zeros((round(2.2 * height), round((len(glyphs) + 1) * 2.6 * height)), np.uint8)
    right, boxes = round(0.3 * height), []
    for index, glyph in enumerate(glyphs):
        top = round(1.1 * height + rng.normal(0, 0.05) * height - glyph.shape[0] / 2)
        gap = rng.uniform(0.15, 0.8) if gaps != "tight" else rng.uniform(0.03, 0.15)
        left = right + max(2, round(gap * height))
        if touching[index]:
            left = _meeting(sheet, glyph, top, left) - round(rng.uniform(0, 0.02) * height)
        place = sheet[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(place, glyph, out=place)
        boxes.append(Box(left, top, left + glyph.shape[1], top + glyph.shape[0]))
        right = max(right, boxes[-1].right)
    sheet = sheet[:, : right + round(0.3 * height)]
    return Row(255 - sheet, "".join(map(str, labels)), tuple(boxes), gaps)


def _scaled(digit: np.ndarray, height: float) -> np.ndarray:
    """A digit cut out and enlarged smoothly, so that its MNIST box of 20 pixels comes to `height`."""
    patches, _ = scipy.ndimage.label(digit > INK_LEVEL * 255, structure=np.ones((3, 3)))
    masses = np.bincount(patches.ravel(), weights=digit.ravel())
    masses[0] = 0
    digit = digit[bounding_box((masses > DIRT_SHARE * masses.max())[patches])]  # some have specks far from them
    factor = height / max(digit.shape)
    size = [max(1, round(side * factor)) for side in reversed(digit.shape)]
    return np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC))


def _meeting(sheet: np.ndarray, glyph: np.ndarray, top: int, left: int) -> int:
    """The rightmost place, left of `left`, at which a glyph's ink meets what stands on the sheet."""
    ink = glyph > 100
    for place in range(left, 0, -1):
        if (ink & (sheet[top : top + glyph.shape[0], place : place + glyph.shape[1]] > 100)).any():
            return place
    return left


def make_rows(count: int, *, split: str, rng: np.random.Generator) -> Iterator[Row]:
    """Rows of five MNIST digits: six in ten have clear gaps, three tight ones, and in one some digits touch."""
    data = digits_of("mnist", split)
    pixels = data.pixels.reshape(-1, *data.shape)
    for number in range(count):
        chosen = rng.choice(len(pixels), DIGITS_IN_A_ROW)
        yield make_row(pixels[chosen], data.labels[chosen], gaps=MIXTURE[number % len(MIXTURE)], rng=rng)


def score_rows(model: Model, count: int, *, split: str, rng: np.random.Generator) -> dict[str, dict[str, int]]:
    """How many rows of MNIST digits are read fully right ("right") and cut right ("cut"), of how many ("rows").

    They are those of `make_rows`. A row is cut right when it has as many digits as were found and each found box shares
    three quarters of its area with the true one.
    """
    table = {name: {"rows": 0, "right": 0, "cut": 0} for name in ("all", *GAPS)}
    for row in make_rows(count, split=split, rng=rng):
        reading = read_number(model, row.picture)
        for name in ("all", row.gaps):
            table[name]["rows"] += 1
            table[name]["right"] += reading.text == row.text
            table[name]["cut"] += cut_right([digit.box for digit in reading.digits], row.boxes)
    return {name: counts for name, counts in table.items() if counts["rows"]}


def cut_right(found: list[Box], true: tuple[Box, ...]) -> bool:
    """Whether these boxes are the true ones, but for faint edges."""
    return len(found) == len(true) and all(overlap(a, b) >= SAME_BOX for a, b in zip(found, true, strict=True))


def overlap(a: Box, b: Box) -> float:
    """The share of two boxes' common area in the area of both together."""
    width, height = min(a.right, b.right) - max(a.left, b.left), min(a.bottom, b.bottom) - max(a.top, b.top)
    both = max(width, 0) * max(height, 0)
    return both / (a.width * a.height + b.width * b.height - both)
