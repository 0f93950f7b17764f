"""Cutting a line of writing: ink to strokes, strokes to lines, and the paths along which touching digits may be parted.

Nothing is decided here. What comes out is a row of pieces, each of them at most one digit; `core/numbers/reading.py` lets the
network say which neighbouring pieces make a digit together (the lattice of Y. LeCun et al., "Gradient-based learning
applied to document recognition", 1998, section VI).
"""

from dataclasses import dataclass

import numpy as np
import scipy

from core.drawings.ink import INK_LEVEL
from core.drawings.photo import masses_of

STEP = 0.08  # of the line's height: how near to each other paths are tried
REACH = 0.22  # and how far a path may stray from a straight cut
SLANTS = (0.0, 0.45)  # columns per row that the straight cuts lean to the right by: upright, and as hands often write
THICKEST_CUT = 0.6  # and the most ink that it may cross
MOST_CUTS = 5  # per line height of width: of many possible paths, those through the least ink
TOUCHED_ASPECT = 0.35  # a stroke narrower than this (of the line's height) is not cut
HIGHEST = 3.0  # of the line's height: what is higher is no digits that touch, and is not cut
MOST_STROKES = 300  # that are looked at: those with the most ink


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture, in its pixels; right and bottom lie just outside it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def around(self, other: "Box") -> "Box":
        """The smallest box with both in it."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Ink that belongs together: a whole connected stroke, or what lies between two cuts through one.

    Attributes
    ----------
    box : where it lies
    mask : (height, width) bool, which of the box's pixels are its own
    mass : the ink on them
    cut_before, cut_after : the ink, in line heights, that the cut on its left and on its right goes through; None
        where there is no cut but paper
    """

    box: Box
    mask: np.ndarray
    mass: float
    cut_before: float | None = None
    cut_after: float | None = None


def strokes(ink: np.ndarray) -> list[Piece]:
    """The connected patches of ink (H, W) in 0..1, from left to right; of many, the `MOST_STROKES` with the most ink."""
    patches, count = scipy.ndimage.label(ink > INK_LEVEL, structure=np.ones((3, 3)))
    if not count:
        return []
    masses = masses_of(patches, count, ink)
    if count > MOST_STROKES:
        masses[0] = 0
        most = np.sort(np.argsort(-masses, kind="stable")[:MOST_STROKES])
        number_of = np.zeros(count + 1, np.int32)
        number_of[most] = np.arange(1, MOST_STROKES + 1)
        patches, masses = number_of[patches], np.append(0, masses[most])
    found = []
    for number, (rows, columns) in enumerate(scipy.ndimage.find_objects(patches), 1):
        box = Box(columns.start, rows.start, columns.stop, rows.stop)
        found.append(Piece(box, patches[rows, columns] == number, float(masses[number])))
    return sorted(found, key=_middle)


def _middle(piece: Piece) -> float:
    return piece.box.left + piece.box.right


def line_height(pieces: list[Piece]) -> float:
    """The height of a usual digit: half of the ink is in strokes at least this high."""
    heights = np.array([piece.box.height for piece in pieces])
    order = np.argsort(-heights)
    reached = np.cumsum(np.array([piece.mass for piece in pieces])[order])
    return float(heights[order][np.searchsorted(reached, reached[-1] / 2)])


def lines(pieces: list[Piece]) -> list[list[Piece]]:
    """Strokes by lines of writing, from top to bottom, each from left to right.

    Strokes of at least half the usual height that share a third of the lower one's rows are on one line; smaller ones
    join the line that is nearest.
    """
    height = line_height(pieces)
    large = [piece for piece in pieces if piece.box.height >= 0.5 * height]
    groups: list[list[Piece]] = []
    for piece in sorted(large, key=lambda piece: piece.box.top):
        near = [group for group in groups if any(_shared_rows(piece.box, other.box) > 1 / 3 for other in group)]
        for group in near:
            groups.remove(group)
        groups.append(sum(near, [piece]))
    spans = [(min(piece.box.top for piece in group), max(piece.box.bottom for piece in group)) for group in groups]
    for piece in pieces:
        if piece.box.height < 0.5 * height:
            middle = (piece.box.top + piece.box.bottom) / 2
            far = [max(top - middle, middle - bottom, 0) for top, bottom in spans]
            groups[int(np.argmin(far))].append(piece)
    order = np.argsort([top + bottom for top, bottom in spans])
    return [sorted(groups[index], key=_middle) for index in order]


def _shared_rows(a: Box, b: Box) -> float:
    """How much of the lower box's height is beside the other."""
    return (min(a.bottom, b.bottom) - max(a.top, b.top)) / min(a.height, b.height)


def cut(piece: Piece, ink: np.ndarray, height: float) -> list[Piece]:
    """Part a stroke along every path that digits might touch at: pieces from left to right, at least the stroke itself.

    `ink` (H, W) is the picture, `height` the line's.
    """
    if piece.box.width < TOUCHED_ASPECT * height or piece.box.height > HIGHEST * height:
        return [piece]
    own = ink[piece.box.slices] * piece.mask
    paths = _paths(own, height)
    if not paths:
        return [piece]
    columns = np.arange(own.shape[1])[None, :]
    place = np.zeros(own.shape, np.int16)
    for path, _ in paths:
        place += columns >= path[:, None]
    edges = [None, *(crossed for _, crossed in paths), None]
    pieces = []
    for number in range(len(paths) + 1):
        mask = piece.mask & (place == number)
        if not mask.any():
            continue
        rows, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        box = Box(int(across[0]), int(rows[0]), int(across[-1]) + 1, int(rows[-1]) + 1)
        moved = Box(
            box.left + piece.box.left, box.top + piece.box.top, box.right + piece.box.left, box.bottom + piece.box.top
        )
        mass = float(own[mask].sum())
        pieces.append(Piece(moved, mask[box.slices], mass, edges[number], edges[number + 1]))
    return pieces


def _paths(own: np.ndarray, height: float) -> list[tuple[np.ndarray, float]]:
    """Paths from the top to the bottom of a stroke (rows, columns) through little of its ink.

    Around each of many straight cuts the cheapest path is found by dynamic programming: a step costs the ink it crosses
    and a little for leaving the straight line. Returns (column of the path in each row, ink crossed in line heights),
    from left to right.
    """
    rows, columns = own.shape
    reach = max(1, round(REACH * height))
    step = max(1.0, STEP * height)
    offsets = np.arange(-reach, reach + 1)
    found: list[tuple[np.ndarray, float]] = []
    for slant in SLANTS:
        lean = np.round(slant * ((rows - 1) / 2 - np.arange(rows))).astype(int)  # of a straight cut, row by row
        starts = np.arange(step, columns, step).round().astype(int)
        room = reach + int(np.abs(lean).max()) + 1
        padded = np.pad(own, ((0, 0), (room, room)))
        window = starts[:, None] + offsets + room  # (k, 2 reach + 1) columns of `padded`
        for path in _cheapest(padded, window, lean, 0.3 * (offsets / reach) ** 2):
            path -= room
            inside = (path >= 0) & (path < columns)
            crossed = float(own[np.flatnonzero(inside), path[inside]].sum()) / height
            if crossed <= THICKEST_CUT:
                found.append((path, crossed))
    return _distinct(found, own, round(MOST_CUTS * columns / height))


def _cheapest(padded: np.ndarray, window: np.ndarray, lean: np.ndarray, astray: np.ndarray) -> list[np.ndarray]:
    """The cheapest path within each window (k, m) of columns, which moves by `lean` from row to row."""
    rows = len(padded)
    cost = np.zeros(window.shape)
    came_from = np.empty((rows, *window.shape), np.int8)
    wall = np.full((len(window), 1), np.inf)
    for row in range(rows):
        from_left = np.concatenate([wall, cost[:, :-1]], axis=1) + 0.1
        from_right = np.concatenate([cost[:, 1:], wall], axis=1) + 0.1
        came_from[row] = np.where(
            from_left < cost, np.where(from_right < from_left, 1, -1), np.where(from_right < cost, 1, 0)
        )
        cost = np.minimum(np.minimum(from_left, from_right), cost) + padded[row][window + lean[row]] + astray
    at = cost.argmin(axis=1)
    each = np.arange(len(window))
    paths = np.empty((len(window), rows), int)
    for row in range(rows - 1, -1, -1):
        paths[:, row] = window[each, at] + lean[row]
        at = at + came_from[row, each, at]
    return list(paths)


def _distinct(found: list[tuple[np.ndarray, float]], own: np.ndarray, most: int) -> list[tuple[np.ndarray, float]]:
    """The cheapest paths of those that part the ink in nearly the same way, from left to right.

    Of the ink left of a path only its sum in each row is needed: between two paths lies the difference.
    """
    total = own.sum()
    before = np.pad(np.cumsum(own, axis=1, dtype=np.float64), ((0, 0), (1, 0)))  # ink left of each column
    found = sorted(found, key=lambda each: each[1])
    at = np.array([path for path, _ in found], int).reshape(len(found), len(own))
    lefts = before[np.arange(len(own)), np.clip(at, 0, own.shape[1])]
    shares = lefts.sum(axis=1) / total
    kept: list[int] = []
    for index in np.flatnonzero((shares > 0.04) & (shares < 0.96)):
        if (np.abs(lefts[kept] - lefts[index]).sum(axis=1) > 0.07 * total).all():
            kept.append(int(index))
        if len(kept) == most:
            break
    return [found[index] for index in sorted(kept, key=shares.__getitem__)]
