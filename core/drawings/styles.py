"""Ways to write digits that MNIST hardly has: slashed zeros, crossed sevens, ones with flag and base, open fours.

MNIST was written by Americans. What others write is made here from strokes (`printed` and the changes of strokes that
were really drawn) and on finished pictures (`restyle`). Points are (x, y) in a box of 0 to 1, y down.
"""

from collections.abc import Callable

import numpy as np

from core.drawings.preprocess import from_drawing
from core.drawings.strokes import Strokes

Points = list[tuple[float, float]]


def slashed(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """A zero with a line through it, from below left to above right (now and then the other way)."""
    reach = rng.uniform(-0.15, 0.15, 2)
    low, high = (0.2 - reach[0], 0.85 + reach[0]), (0.8 + reach[1], 0.15 - reach[1])
    if rng.random() < 0.15:
        low, high = (1 - low[0], low[1]), (1 - high[0], high[1])
    points = np.concatenate(strokes)
    corner, side = points.min(axis=0), np.ptp(points, axis=0)
    return [*strokes, np.array([low, high]) * side + corner]


def crossed(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """A seven with a bar across its stem."""
    points = _dense(strokes)
    top, height = points[:, 1].min(), np.ptp(points[:, 1])
    level = top + height * rng.uniform(0.4, 0.62)
    stem = points[np.abs(points[:, 1] - level).argmin(), 0]
    left, right, tilt = rng.uniform(0.12, 0.35), rng.uniform(0.12, 0.35), rng.normal(0, 0.04)
    return [*strokes, np.array([(stem - left * height, level + tilt), (stem + right * height, level - tilt)])]


def _dense(strokes: Strokes) -> np.ndarray:
    """Points every hundredth of the box or so along the strokes, (m, 2)."""
    parts = []
    for stroke in strokes:
        steps = np.linspace(0, len(stroke) - 1, 100)
        parts.append(np.stack([np.interp(steps, range(len(stroke)), stroke[:, axis]) for axis in (0, 1)], axis=1))
    return np.concatenate(parts)


def _arc(x: float, y: float, wide: float, high: float, start: float, end: float, count: int) -> Points:
    """Points on an ellipse about (x, y); angles in degrees from the right, clockwise on the page."""
    angles = np.deg2rad(np.linspace(start, end, count))
    return [(x + wide * float(np.cos(a)), y + high * float(np.sin(a))) for a in angles]


def _zero(rng: np.random.Generator, fine: int) -> list[Points]:
    start = rng.uniform(-120, -60)
    ring = _arc(0.5, 0.5, rng.uniform(0.25, 0.42), 0.5, start, start - 360, 2 * fine)
    return [ring, [(0.25, 0.85), (0.75, 0.15)]] if rng.random() < 0.5 else [ring]


def _one(rng: np.random.Generator, fine: int) -> list[Points]:
    x, lean = 0.5, rng.uniform(-0.12, 0.05)
    stem = [(x, 0.0), (x + lean, 1.0)]
    if rng.random() < 0.75:  # a flag, from a tick to a third of the way down
        reach = rng.uniform(0.12, 0.6)  # a long one goes well down, or it would be a seven's bar
        stem = [(x - reach, rng.uniform(0.12, 0.4) if reach < 0.4 else rng.uniform(0.3, 0.5)), *stem]
    base = [(x + lean - rng.uniform(0.15, 0.3), 1.0), (x + lean + rng.uniform(0.15, 0.3), 1.0)]
    return [stem, base] if rng.random() < 0.5 else [stem]


def _two(rng: np.random.Generator, fine: int) -> list[Points]:
    bow = _arc(0.5, 0.27, 0.38, 0.27, rng.uniform(-190, -160), rng.uniform(10, 40), fine)
    foot = (rng.uniform(0.05, 0.15), 1.0)
    return [[*bow, foot, (rng.uniform(0.85, 1.0), rng.uniform(0.94, 1.0))]]


def _three(rng: np.random.Generator, fine: int) -> list[Points]:
    belly = _arc(0.42, 0.7, 0.42, 0.3, -80, rng.uniform(130, 170), fine)
    if rng.random() < 0.4:  # a flat top
        return [[(0.1, 0.0), (0.85, 0.0), (0.4, 0.4), *belly]]
    return [[*_arc(0.42, 0.21, 0.36, 0.21, rng.uniform(-170, -130), 80, fine), (0.35, 0.42), *belly]]


def _four(rng: np.random.Generator, fine: int) -> list[Points]:
    bar = rng.uniform(0.5, 0.72)
    if rng.random() < 0.6:  # open: the left arm does not meet the stem
        x = rng.uniform(0.55, 0.75)
        arm = [(rng.uniform(0.1, 0.35), 0.0), (rng.uniform(0.02, 0.12), bar), (rng.uniform(0.85, 1.0), bar)]
        return [arm, [(x, rng.uniform(0.0, 0.45)), (x + rng.uniform(-0.1, 0.03), 1.0)]]
    x = rng.uniform(0.6, 0.75)
    return [[(x, 0.0), (0.02, bar), (0.98, bar)], [(x, rng.uniform(0.0, 0.3)), (x, 1.0)]]


def _five(rng: np.random.Generator, fine: int) -> list[Points]:
    left = rng.uniform(0.12, 0.25)
    belly = _arc(0.42, 0.68, 0.43, 0.32, rng.uniform(-130, -100), rng.uniform(120, 160), fine)
    if rng.random() < 0.5:  # the hat as a stroke of its own
        return [[(left, 0.02), (left - 0.05, 0.45), *belly], [(left, 0.0), (rng.uniform(0.75, 0.95), 0.0)]]
    return [[(0.85, 0.0), (left, 0.0), (left - 0.05, 0.45), *belly]]


def _six(rng: np.random.Generator, fine: int) -> list[Points]:
    neck = (rng.uniform(0.5, 0.85), 0.0)
    ring = _arc(0.48, 0.7, 0.36, 0.3, 195, 195 - rng.uniform(350, 380), 2 * fine)
    return [[neck, (0.25, 0.3), *ring]]


def _seven(rng: np.random.Generator, fine: int) -> list[Points]:
    foot = rng.uniform(0.2, 0.5)
    stem = [(rng.uniform(0.0, 0.1), 0.0), (rng.uniform(0.85, 1.0), rng.uniform(0.0, 0.04)), (foot, 1.0)]
    if rng.random() < 0.2:
        stem = [(stem[0][0], 0.15), *stem]
    if rng.random() < 0.5:
        level = rng.uniform(0.42, 0.6)
        x = stem[-2][0] + (foot - stem[-2][0]) * level
        return [stem, [(x - rng.uniform(0.15, 0.35), level), (x + rng.uniform(0.15, 0.3), level)]]
    return [stem]


def _eight(rng: np.random.Generator, fine: int) -> list[Points]:
    wide = rng.uniform(0.22, 0.34)
    if rng.random() < 0.5:  # two rings
        return [_arc(0.5, 0.24, wide, 0.24, 90, 450, 2 * fine), _arc(0.5, 0.73, wide + 0.06, 0.27, -90, 270, 2 * fine)]
    upper, lower = _arc(0.5, 0.25, wide, 0.25, -30, -220, fine), _arc(0.5, 0.74, wide + 0.05, 0.26, -40, 220, fine)
    return [[*upper, *lower, upper[0]]]


def _nine(rng: np.random.Generator, fine: int) -> list[Points]:
    ring = _arc(0.48, 0.3, 0.36, 0.3, -10, -10 - rng.uniform(345, 370), 2 * fine)
    if rng.random() < 0.5:  # a straight leg
        return [[*ring, (rng.uniform(0.6, 0.84), 1.0)]]
    return [[*ring, (0.82, 0.6), *_arc(0.4, 0.7, 0.4, 0.3, 20, rng.uniform(100, 150), fine)]]


_PRINTED: tuple[Callable[[np.random.Generator, int], list[Points]], ...] = (
    _zero, _one, _two, _three, _four, _five, _six, _seven, _eight, _nine)  # fmt: skip


def printed(label: int, rng: np.random.Generator) -> list[np.ndarray]:
    """A digit written as school books print it, in one of its styles, with bows smooth or of a few straight lines."""
    strokes = _PRINTED[label](rng, int(rng.choice([4, 6, 12])))
    return [np.array(stroke) + rng.normal(0, 0.015, (len(stroke), 2)) for stroke in strokes]


CHANGES: dict[int, Callable[[Strokes, np.random.Generator], list[np.ndarray]]] = {0: slashed, 7: crossed}


def restyle(picture: np.ndarray, label: int, rng: np.random.Generator) -> np.ndarray:
    """A finished zero, one or seven with a slash, a base (perhaps a flag), or a bar: (28, 28) uint8 to the same.

    The line is as thick as the digit's own strokes, and the digit is prepared anew with it.
    """
    ink = picture.astype(np.float32) / 255
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.2), np.flatnonzero(ink.max(axis=0) > 0.2)
    top, bottom, left, right = rows[0], rows[-1], columns[0], columns[-1]
    thick = float(np.clip(np.median(ink[rows].sum(axis=1)) / (3.5 if label == 0 else 1), 1.0, 4.0))
    lines: list[tuple[float, float, float, float]] = []
    if label == 0:
        reach = rng.uniform(-3, 2)
        lines = [(bottom + reach, left - reach, top - reach, right + reach)]
    elif label == 7:
        level = top + (bottom - top) * rng.uniform(0.4, 0.65)
        row = ink[round(level)]
        middle = float(np.average(np.arange(28), weights=row + 1e-6))
        lines = [(level + rng.normal(0, 0.7), middle - rng.uniform(2.5, 6), level, middle + rng.uniform(2.5, 6))]
    else:
        foot = float(np.average(np.arange(28), weights=ink[bottom - 1] + 1e-6))
        head = float(np.average(np.arange(28), weights=ink[top + 1] + 1e-6))
        if rng.random() < 0.7:
            lines.append((bottom, foot - rng.uniform(3, 6), bottom, foot + rng.uniform(3, 6)))
        if rng.random() < 0.7:
            lines.append((top, head, top + rng.uniform(2, 7), head - rng.uniform(3, 6)))
    drawn = np.maximum.reduce([ink, *(_line(line, thick, ink.shape) for line in lines)])
    return np.round(255 * from_drawing(1 - drawn)).astype(np.uint8)


def _line(ends: tuple[float, float, float, float], thick: float, shape: tuple[int, ...]) -> np.ndarray:
    """A line from (row, column) to (row, column): full ink nearer than half its thickness, soft over one pixel."""
    start, end = np.array(ends[:2]), np.array(ends[2:])
    places = np.moveaxis(np.indices(shape), 0, -1) - start
    along = end - start
    share = np.clip(places @ along / max(float(along @ along), 1e-9), 0, 1)
    distance = np.linalg.norm(places - share[..., None] * along, axis=-1)
    return np.clip(thick / 2 + 0.5 - distance, 0, 1).astype(np.float32)
