"""Digits as pen strokes: how they are drawn on the canvas, and how they differ from hand to hand.

A stroke is (m, 2) points, x to the right and y down. `draw` makes of strokes the picture that the page's canvas would
hold, so that what learns from strokes learns from what visitors draw.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

CANVAS = 280  # pixels, the side of the page's pad
FINER = 2  # drawn on a sheet so many times finer, then averaged: smooth edges, as the browser's

Strokes = Sequence[np.ndarray]

TURN = np.deg2rad(14.0)  # turns and slants are drawn evenly between minus and plus these
SLANT = 0.3
STRETCH = 0.18  # standard deviation of the logarithm of height over width, halved
WAVE = 0.03  # how far a smooth bend of the paper moves a point, standard deviation in shares of the side
APART = 0.03  # how far one stroke of several is set off, standard deviation in shares of the side
CUT = 0.08  # largest share of a stroke that is missing at either end


def draw(strokes: Strokes, *, width: float, side: int = CANVAS) -> np.ndarray:
    """The canvas after these strokes: (side, side) uint8, black ink on white.

    Parameters
    ----------
    strokes : points in pixels of the canvas; a single point is a dot.
    width : of the pen in pixels; its tip is round.
    """
    sheet = Image.new("L", (side * FINER, side * FINER), 255)
    pen = ImageDraw.Draw(sheet)
    thick, radius = width * FINER, width * FINER / 2
    for stroke in strokes:
        points = [(float(x) * FINER, float(y) * FINER) for x, y in stroke]
        if len(points) > 1:
            pen.line(points, fill=0, width=max(1, round(thick)))
        for x, y in points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return np.asarray(sheet.reduce(FINER))


def fit(strokes: Strokes, *, size: float, centre: tuple[float, float]) -> list[np.ndarray]:
    """The strokes scaled, with their aspect, so that their longer side is `size` pixels, about `centre` (x, y)."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = size / max(float((high - low).max()), 1e-9)
    return [(np.asarray(stroke, float) - (low + high) / 2) * scale + np.asarray(centre, float) for stroke in strokes]


def draw_anywhere(
    strokes: Strokes, rng: np.random.Generator, *, widths: tuple[float, float], sizes: tuple[float, float]
) -> np.ndarray:
    """The strokes drawn with some pen, at some place and size: (280, 280) uint8.

    `widths` and `sizes` in pixels. A small digit gets no pen that would make a blob of it: at most a fifth of its size.
    """
    size = rng.uniform(*sizes)
    width = min(rng.uniform(*widths), size / 5)
    free = (CANVAS - size - width) / 2
    centre = CANVAS / 2 + rng.uniform(-1, 1, 2) * max(free, 0.0)
    return draw(fit(strokes, size=size, centre=tuple(centre)), width=width)


def another_hand(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """The same digit as someone else might write it: turned, slanted, stretched, gently bent, its strokes set apart.

    Takes points of any scale; gives points in a box of about 0 to 1.
    """
    unit = fit(strokes, size=1.0, centre=(0.0, 0.0))
    turn, slant = rng.uniform(-TURN, TURN), rng.uniform(-SLANT, SLANT)
    stretch = np.exp(rng.normal(0, STRETCH))
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine], [sine, cosine]]) @ np.array([[1 / stretch, -slant], [0, stretch]])
    waves = rng.normal(0, WAVE, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2, 2))
    bent = [_bend(_shortened(stroke, rng) @ matrix.T, *waves) + 0.5 for stroke in unit]
    return [stroke + rng.normal(0, APART, 2) for stroke in bent] if len(bent) > 1 else bent


def _shortened(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A stroke that begins a little later and ends a little earlier; one of few points stays whole."""
    if len(points) < 12:
        return points
    start, end = (int(len(points) * rng.uniform(0, CUT)) for _ in range(2))
    return points[start : len(points) - end]


def _bend(points: np.ndarray, size: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """Move points by sine waves one and two sides long: smooth, so that no stroke breaks."""
    moved = points.copy()
    for axis in range(2):
        for number in range(2):
            along = points[:, 1 - axis] if number == 0 else points[:, axis]
            moved[:, axis] += size[axis, number, 0] * np.sin(np.pi * along + phase[axis, number, 0])
            moved[:, axis] += size[axis, number, 1] * np.sin(2 * np.pi * along + phase[axis, number, 1])
    return moved
