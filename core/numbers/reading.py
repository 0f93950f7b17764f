"""Reading a whole number: the digits of a line are found, cut apart and read one by one.

Where ink is apart, it is cut in the gaps; parts of one digit are joined and touching digits are parted by letting the
network judge: of all ways to divide a line into neighbouring pieces, the one is taken whose digits are likeliest.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.drawings.ink import SMALLEST_MARK, BlankDrawing, find_all_ink, reduction, without_specks
from core.drawings.photo import block_mean
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.models.model import Model
from core.numbers.lattice import WEIGHTS, Candidate, Lattice, candidates, lattice
from core.numbers.segmentation import Box, Piece, cut, line_height, lines, strokes

MOST_PARTS = 50
WORKING_HEIGHT = 100  # pixels: larger digits are halved, thirded, ... until they are less than twice as high
MOST_MARKS = 100  # strokes that are not dirt, all together
MOST_WIDTH = 60.0  # line heights wide, and
MOST_CANDIDATES = 600  # for one digit that they are put together to: 50 digits have fewer, and each takes its time
DIRT_SHARE = 0.015  # of the largest stroke's ink: less is dirt
SMALL_PART, NEAR = 0.3, 0.2  # of the line's height: lower marks farther than this from every digit belong to none
PLAIN = ((0.75, 0.98), (1.0, 0.999))  # a stroke narrower than this (line heights) and read more confidently is not cut


Cutting = Literal["found", "equal"]


class TooMuch(DigitLabError):
    """There is more ink in the picture than a number has."""

    def __init__(self) -> None:
        super().__init__(
            "There is more in the picture than a number of {most} digits has. Choose one that shows the number alone.",
            most=MOST_PARTS,
        )


@dataclass(frozen=True, slots=True, eq=False)
class FoundDigit:
    """One digit of a number.

    Attributes
    ----------
    box : where its ink lies, in pixels of the picture; in a number cut into equal parts, the part
    seen : (h, w) float32 in 0..1, the square that the network was given; all 0 for a part without ink
    probabilities : (10,), or None for a part without ink
    line : the line of writing that it stands on, from 0
    """

    box: Box
    seen: np.ndarray
    probabilities: np.ndarray | None
    line: int = 0

    @property
    def digit(self) -> int | None:
        return None if self.probabilities is None else int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The network's probability for its answer; 0 for a part without ink."""
        return 0.0 if self.probabilities is None else float(self.probabilities.max())


@dataclass(frozen=True, slots=True, eq=False)
class NumberReading:
    """A number that was read: its digits in reading order, and the boxes of what was left out as dirt.

    Of hundreds of specks only the largest are among them (`core.numbers.segmentation.MOST_STROKES`).
    """

    digits: tuple[FoundDigit, ...]
    left_out: tuple[Box, ...] = ()

    @property
    def text(self) -> str:
        """The digits as they are read, a line of text for a line of writing; "?" for a part without ink."""
        count = 1 + max((digit.line for digit in self.digits), default=0)
        rows = [[each for each in self.digits if each.line == line] for line in range(count)]
        return "\n".join("".join("?" if each.digit is None else str(each.digit) for each in row) for row in rows)


def read_number(
    model: Model, image: np.ndarray, *, cutting: Cutting = "found", count: int | None = None, drawn: bool = False
) -> NumberReading:
    """Find and read the digits of a number.

    Parameters
    ----------
    image, drawn : as for `core.drawings.preprocess.stages`: a drawing, a photograph, a scan or typed digits
    cutting : "found" cuts where one digit ends and the next begins; "equal" cuts the picture's width into `count` equal
        parts, as simple programs do
    count : the number of equal parts; by default as many as "found" finds digits

    Raises
    ------
    BlankDrawing : there is no ink
    TooMuch : there is more ink than a number has
    DigitLabError : the array is not a picture, or cannot be cut so
    """
    if cutting not in ("found", "equal"):
        raise DigitLabError(
            "A number is cut where digits are found or into equal parts; {cutting} is neither.", cutting=repr(cutting)
        )
    ink, factor = _working_ink(image, drawn=drawn)
    if cutting == "found":
        return scaled(_read_found(model, ink), factor, np.shape(image))
    if count is None:
        count = len(_read_found(model, ink).digits)
    if not 1 <= count <= min(MOST_PARTS, ink.shape[1]):
        raise DigitLabError(
            "A picture is cut into 1 to {most} equal parts; {count} is not among them.", most=MOST_PARTS, count=count
        )
    return scaled(_read_equal(model, ink, count), factor, np.shape(image))


def lattices(model: Model, image: np.ndarray) -> tuple[list[Lattice], int]:
    """The ways to divide each line of a picture, among which `read_number` takes the likeliest, and how often it is reduced.

    Boxes are in pixels of the reduced picture.
    """
    ink, factor = _working_ink(image, drawn=False)
    lines, _ = _lines_of(model, ink)
    made = [lattice(found, model.predict(_seen(model, parts, found, ink)), len(parts), height)
            for parts, found, height in lines]  # fmt: skip
    return made, factor


def _working_ink(image: np.ndarray, *, drawn: bool) -> tuple[np.ndarray, int]:
    """The ink of a picture, reduced to digits that are less than twice `WORKING_HEIGHT` high, and how often."""
    factor = reduction(np.shape(image))
    ink = find_all_ink(image, drawn=drawn)
    further = max(1, int(line_height(strokes(without_specks(ink.copy()))) // WORKING_HEIGHT))
    return (block_mean(ink[None], further)[0], factor * further) if further > 1 else (ink, factor)


def scaled(reading: NumberReading, factor: int, shape: tuple[int, ...]) -> NumberReading:
    """Boxes in pixels of a picture of this shape, of which the one that was read is reduced by `factor`."""
    if factor == 1:
        return reading

    def large(box: Box) -> Box:
        right, bottom = min(box.right * factor, shape[1]), min(box.bottom * factor, shape[0])
        return Box(box.left * factor, box.top * factor, right, bottom)

    digits = tuple(replace(digit, box=large(digit.box)) for digit in reading.digits)
    return NumberReading(digits, tuple(map(large, reading.left_out)))


def _read_equal(model: Model, ink: np.ndarray, count: int) -> NumberReading:
    edges = np.linspace(0, ink.shape[1], count + 1).round().astype(int)
    digits = []
    for left, right in zip(edges[:-1], edges[1:], strict=True):
        box = Box(int(left), 0, int(right), ink.shape[0])
        try:
            seen = from_drawing(np.pad(ink[:, left:right], 1), model.shape)
        except BlankDrawing:
            digits.append(FoundDigit(box, np.zeros(model.shape, np.float32), None))
            continue
        digits.append(FoundDigit(box, seen, model.predict(seen[None])[0]))
    return NumberReading(tuple(digits))


Line = tuple[list[Piece], list[Candidate], float]  # its pieces, what may be a digit, its height


def _lines_of(model: Model, ink: np.ndarray) -> tuple[list[Line], list[Piece]]:
    """The lines of a picture, parted wherever digits might touch, and the dirt."""
    pieces, dirt = _without_dirt(strokes(ink), ink.shape)
    if len(pieces) > MOST_MARKS:
        raise TooMuch
    found = [(line, line_height(line)) for line in lines(pieces)]
    if sum(piece.box.width / height for line, height in found for piece in line) > MOST_WIDTH:
        raise TooMuch
    rows, room = [], MOST_CANDIDATES
    for line, height in found:
        parts = _parted(model, line, ink, height)
        rows.append((parts, candidates(parts, height), height))
        room -= len(rows[-1][1])
        if room < 0:
            raise TooMuch
    return rows, dirt


def _read_found(model: Model, ink: np.ndarray) -> NumberReading:
    rows, dirt = _lines_of(model, ink)
    digits: list[FoundDigit] = []
    for number, row in enumerate(rows):
        digits += _read_line(model, *row, ink, number)
    return NumberReading(tuple(digits), tuple(piece.box for piece in dirt))


def _without_dirt(pieces: list[Piece], shape: tuple[int, int]) -> tuple[list[Piece], list[Piece]]:
    """Strokes and dirt: specks, and small marks that stand apart, as dots and dashes do."""
    largest = max((piece.mass for piece in pieces), default=0.0)
    heard = [piece for piece in pieces if piece.mass >= DIRT_SHARE * largest]
    if not heard or max(piece.box.height * piece.box.width for piece in heard) < (SMALLEST_MARK * min(shape)) ** 2:
        raise BlankDrawing
    height = line_height(heard)
    large = [piece for piece in heard if piece.box.height >= SMALL_PART * height]
    kept = [piece for piece in heard if piece in large or min(_apart(piece, each) for each in large) <= NEAR * height]
    return kept, [piece for piece in pieces if piece not in kept]


def _apart(a: Piece, b: Piece) -> float:
    across = max(a.box.left - b.box.right, b.box.left - a.box.right, 0)
    return float(np.hypot(across, max(a.box.top - b.box.bottom, b.box.top - a.box.bottom, 0)))


def _parted(model: Model, line: list[Piece], ink: np.ndarray, height: float) -> list[Piece]:
    """The strokes of a line, parted wherever digits might touch."""
    pieces: list[Piece] = []
    alone = model.predict(np.stack([from_drawing(_picture([piece], piece.box, ink), model.shape) for piece in line]))
    for piece, probabilities in zip(line, alone, strict=True):
        plain = any(piece.box.width < width * height and probabilities.max() > least for width, least in PLAIN)
        pieces += [piece] if plain else cut(piece, ink, height)
    return pieces


def _read_line(
    model: Model, pieces: list[Piece], found: list[Candidate], height: float, ink: np.ndarray, number: int
) -> list[FoundDigit]:
    """The likeliest way to divide the pieces of a line into digits."""
    seen = _seen(model, pieces, found, ink)
    probabilities = model.predict(seen)
    path = lattice(found, probabilities, len(pieces), height).best(np.array(list(WEIGHTS.values())))
    return [FoundDigit(found[i].box, seen[i], probabilities[i], number) for i in path]


def _seen(model: Model, pieces: list[Piece], found: list[Candidate], ink: np.ndarray) -> np.ndarray:
    """Each candidate as the network gets it, (n, h, w)."""
    return np.stack([from_drawing(_picture(pieces[c.first : c.end], c.box, ink), model.shape) for c in found])


def _picture(pieces: list[Piece], box: Box, ink: np.ndarray) -> np.ndarray:
    """The ink of these pieces alone, with a pixel of paper around it."""
    picture = np.zeros((box.height + 2, box.width + 2), np.float32)
    for piece in pieces:
        top, left = piece.box.top - box.top + 1, piece.box.left - box.left + 1
        place = picture[top : top + piece.box.height, left : left + piece.box.width]
        np.copyto(place, ink[piece.box.slices], where=piece.mask)
    return picture
