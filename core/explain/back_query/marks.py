"""Marks: short straight strokes, added to a drawing or erased from it, as they lie on the drawing and as a network gets it.

A mark's ends are places of the network's square as shares of its side, so that one set of marks is tried on networks of any
size; `Frame` says where such a place lies on the drawing.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np

from core.drawings.ink import INK_LEVEL, bounding_box
from core.drawings.preprocess import Pair, Stages, geometry_for

GRID = np.linspace(0.12, 0.88, 12)  # places at which marks begin, down and across
LENGTHS = (0.1, 0.18, 0.28, 0.4)
DIRECTIONS = 8  # of a half turn
RADIUS = 0.042  # of the brush: a pen of 1.2 pixels' radius in MNIST's 28
LEAST_RADIUS = 0.55  # in pixels: a thinner brush could miss all middles of pixels


@dataclass(frozen=True, slots=True)
class Mark:
    """A stroke from `start` to `end`, each (x, y) in shares of the square's side, and the `radius` of its brush."""

    start: tuple[float, float]
    end: tuple[float, float]
    erases: bool = False
    radius: float = RADIUS

    def shortened(self, first: float, last: float) -> "Mark":
        """The same stroke without these shares of its length at its two ends."""
        (x, y), (to_x, to_y) = self.start, self.end
        across, down = to_x - x, to_y - y
        return replace(
            self, start=(x + first * across, y + first * down), end=(to_x - last * across, to_y - last * down)
        )


def on(ink: np.ndarray, stroke: np.ndarray, *, erases: bool) -> np.ndarray:
    """Ink 0..1 after a stroke of the same shape has been added to it, or erased from it."""
    return ink * (1 - stroke) if erases else np.maximum(ink, stroke)


@functools.lru_cache(maxsize=2)
def marks_for(shape: Pair) -> tuple[list[Mark], np.ndarray]:
    """All marks that are tried on a square of this shape, and the stroke of each in its pixels (n, h w)."""
    marks = []
    for x in GRID:
        for y in GRID:
            marks.append(Mark((x, y), (x, y)))
            for turn in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
                ends = [(x + far * np.cos(turn), y + far * np.sin(turn)) for far in LENGTHS]
                marks += [Mark((x, y), end) for end in ends if max(end) < 0.95 and min(end) > 0.05]
    sides = np.array(shape[::-1], np.float32)
    radius = max(RADIUS * min(shape), LEAST_RADIUS)
    strokes = np.concatenate([
        _strokes(sides * [m.start for m in marks[n : n + 200]], sides * [m.end for m in marks[n : n + 200]], radius, shape)
        for n in range(0, len(marks), 200)
    ])  # fmt: skip
    strokes.flags.writeable = False
    return marks, strokes


def _strokes(starts: np.ndarray, ends: np.ndarray, radius: float, shape: Pair) -> np.ndarray:
    """How much ink a round brush leaves on each pixel (n, h w) of squares; places (n, 2) are x, y in pixels."""
    rows, columns = np.divmod(np.arange(shape[0] * shape[1], dtype=np.float32), shape[1])
    across, down = columns + 0.5 - starts[:, :1], rows + 0.5 - starts[:, 1:]
    way = ends - starts
    length = (way * way).sum(axis=1, keepdims=True)
    along = np.clip((across * way[:, :1] + down * way[:, 1:]) / np.maximum(length, 1e-9), 0, 1)
    away = np.hypot(across - along * way[:, :1], down - along * way[:, 1:])
    return np.clip(radius + 0.5 - away, 0, 1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the network's square lies on a drawing: `corner` (x, y) and `sides` (across, down), in pixels of the drawing."""

    corner: tuple[float, float]
    sides: tuple[float, float]

    @classmethod
    def of(cls, seen: Stages, shape: Pair) -> "Frame":
        """The square of a drawing that was prepared for a network of this shape."""
        cells, box = geometry_for(shape).cells, bounding_box(seen.drawn > INK_LEVEL)
        each = [seen.cropped.shape[axis] / seen.scaled.shape[axis] for axis in (0, 1)]  # pixels to a cell
        top, left = (box[axis].start - seen.place[axis] * each[axis] for axis in (0, 1))
        return cls((left, top), (shape[1] * cells * each[1], shape[0] * cells * each[0]))

    def drawn(self, ink: np.ndarray, mark: Mark) -> np.ndarray:
        """A drawing's ink (H, W) after this mark."""
        corner, sides = np.array(self.corner), np.array(self.sides)
        start, end = corner + sides * mark.start, corner + sides * mark.end
        radius = mark.radius * float(np.sqrt(sides.prod()))
        low = np.clip(np.floor(np.minimum(start, end) - radius - 1), 0, ink.shape[::-1]).astype(int)
        high = np.clip(np.ceil(np.maximum(start, end) + radius + 1), 0, ink.shape[::-1]).astype(int)
        (left, top), (right, bottom) = low, high
        after = ink.copy()
        if right > left and bottom > top:
            part = ink[top:bottom, left:right]
            stroke = _strokes((start - low)[None], (end - low)[None], radius, part.shape).reshape(part.shape)
            after[top:bottom, left:right] = on(part, stroke, erases=mark.erases)
        return after
