"""What people draw that is no digit: scribbles, noise, crosses, letters, shapes, two digits at once.

The guard (`core.scores.doubt`) learns from these what not to read. Strokes are points (x, y) in a box of about 0 to 1, y down.
Left out is what may well be a digit: the letters B D G I J L O Q S Z and Y C U, small b g l o q s y z, an upright line,
a ring, a square, a corner, a fork.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.drawings.ink import BlankDrawing
from core.drawings.preprocess import from_drawing
from core.drawings.strokes import CANVAS, another_hand, draw_anywhere, fit

Sheet = np.ndarray  # (rows, columns) uint8, dark on white

LETTERS: dict[str, str] = {
    "A": "0,10 5,0 10,10 | 2,6 8,6",
    "E": "9,0 0,0 0,10 9,10 | 0,5 7,5",
    "F": "9,0 0,0 0,10 | 0,5 7,5",
    "H": "0,0 0,10 | 9,0 9,10 | 0,5 9,5",
    "K": "0,0 0,10 | 8,0 0,6 | 3,4 8,10",
    "M": "0,10 1,0 5,7 9,0 10,10",
    "N": "0,10 0,0 8,10 8,0",
    "P": "0,10 0,0 6,0 8,2 8,4 6,5 0,5",
    "R": "0,10 0,0 6,0 8,2 8,4 6,5 0,5 | 3,5 8,10",
    "T": "0,0 10,0 | 5,0 5,10",
    "V": "0,0 4,10 8,0",
    "W": "0,0 2,10 5,3 8,10 10,0",
    "X": "0,0 8,10 | 8,0 0,10",
    "a": "7,2 4,0 1,2 0,6 2,9 5,9 7,5 | 7,0 7,8 9,10",
    "d": "7,5 3,4 0,6 1,9 4,10 7,8 | 7,0 7,10",
    "e": "0,5 8,5 8,2 5,0 2,0 0,4 0,7 3,10 8,9",
    "f": "8,1 5,0 3,2 3,10 | 0,4 6,4",
    "h": "0,0 0,10 | 0,6 3,4 6,5 6,10",
    "k": "0,0 0,10 | 5,4 0,7 | 2,6 6,10",
    "m": "0,3 0,10 | 0,5 2,3 4,4 4,10 | 4,5 6,3 8,4 8,10",
    "n": "0,2 0,10 | 0,5 3,2 6,4 6,10",
    "r": "0,2 0,10 | 0,6 2,3 6,2",
    "t": "3,0 3,8 5,10 8,9 | 0,3 6,3",
    "w": "0,2 2,10 4,4 6,10 8,2",
    "x": "0,0 7,7 | 7,0 0,7",
    "Pi": "0,0 10,0 | 2,0 2,10 | 8,0 8,10",
    "Sigma": "9,0 0,0 5,5 0,10 9,10 | 9,0 9,1",
    "Zhe": "5,0 5,10 | 0,0 10,10 | 10,0 0,10",
    "Sha": "0,0 0,10 10,10 10,0 | 5,0 5,10",
}
TYPED = "AEFHKMNPRTVWXaefhkmnrtvwx&@#%?$"

SHAPES: dict[str, str] = {
    "plus": "5,0 5,10 | 0,5 10,5",
    "cross": "0,0 10,10 | 10,0 0,10",
    "asterisk": "5,0 5,10 | 1,2 9,8 | 9,2 1,8",
    "hash": "3,0 2,10 | 8,0 7,10 | 0,3 10,3 | 0,7 10,7",
    "equals": "0,3 10,3 | 0,7 10,7",
    "dash": "0,5 10,5",
    "arrow": "0,5 10,5 | 6,1 10,5 6,9",
    "arrow up": "5,10 5,0 | 1,4 5,0 9,4",
    "tick": "0,6 4,10 10,0",
    "triangle": "5,0 10,9 0,9 5,0",
    "star": "2,10 5,0 8,10 0,4 10,4 2,10",
    "house": "0,10 0,4 5,0 10,4 10,10 0,10",
    "zigzag": "0,3 2,8 4,2 6,8 8,2 10,8",
    "heart": "5,10 0,4 1,1 3,0 5,3 7,0 9,1 10,4 5,10",
    "stairs": "0,10 0,7 3,7 3,4 6,4 6,1 9,1 9,0",
    "window": "0,0 10,0 10,10 0,10 0,0 | 5,0 5,10 | 0,5 10,5",
    "three lines": "0,0 0,10 | 4,0 4,10 | 8,0 8,10",
    "two lines": "0,0 0,10 | 5,0 5,10",
    "roof": "0,6 5,0 10,6",
    "double cross": "5,0 5,10 | 1,3 9,3 | 1,6 9,6",
}


def _strokes(text: str) -> list[np.ndarray]:
    return [
        np.array([tuple(map(float, point.split(","))) for point in stroke.split()]) / 10 for stroke in text.split("|")
    ]


def _drawn(strokes: Sequence[np.ndarray], rng: np.random.Generator) -> Sheet:
    return draw_anywhere(another_hand(strokes, rng), rng, widths=(8.0, 32.0), sizes=(100.0, 250.0))


def _letter(rng: np.random.Generator) -> Sheet:
    strokes = _strokes(LETTERS[rng.choice(list(LETTERS))])
    return _drawn([_rounded(stroke, rng) + rng.normal(0, 0.03, (1, 2)) for stroke in strokes], rng)


def _shape(rng: np.random.Generator) -> Sheet:
    name = rng.choice(list(SHAPES))
    strokes = _strokes(SHAPES[name])
    if name not in ("triangle", "house"):  # which with round corners might be zeros
        strokes = [_rounded(stroke, rng) + rng.normal(0, 0.03, (1, 2)) for stroke in strokes]
    return _drawn(strokes, rng)


def _cross(rng: np.random.Generator) -> Sheet:
    return _drawn(_strokes(SHAPES[rng.choice(["plus", "cross", "asterisk", "hash", "double cross"])]), rng)


def _rounded(stroke: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The stroke with its points moved a little and, half of the time, its corners cut round (Chaikin 1974)."""
    stroke = stroke + rng.normal(0, 0.03, stroke.shape)
    for _ in range(int(rng.integers(0, 3)) if len(stroke) > 2 else 0):
        ahead, behind = 0.75 * stroke[:-1] + 0.25 * stroke[1:], 0.25 * stroke[:-1] + 0.75 * stroke[1:]
        stroke = np.concatenate([stroke[:1], np.stack([ahead, behind], axis=1).reshape(-1, 2), stroke[-1:]])
    return stroke


def _typed(rng: np.random.Generator) -> Sheet:
    sheet = Image.new("L", (260, 260), 255)
    font = ImageFont.load_default(int(rng.integers(90, 160)))
    ImageDraw.Draw(sheet).text(
        (60, 40), rng.choice(list(TYPED)), fill=0, font=font, stroke_width=int(rng.integers(0, 7))
    )
    return np.asarray(sheet.rotate(rng.normal(0, 8), fillcolor=255))


def _scribble(rng: np.random.Generator) -> Sheet:
    """A pen that wanders: its direction drifts, now gently, now wildly."""
    strokes = []
    for _ in range(int(rng.integers(1, 4))):
        count = int(rng.integers(25, 120))
        turns = rng.normal(0, rng.uniform(0.3, 1.5)) * 0.3 + rng.normal(0, rng.uniform(0.2, 1.0), count)
        heading = rng.uniform(0, 2 * np.pi) + np.cumsum(turns)
        steps = np.stack([np.cos(heading), np.sin(heading)], axis=1) * rng.uniform(0.05, 0.15)
        strokes.append(_folded(0.5 + np.cumsum(steps, axis=0)))
    return draw_anywhere(strokes, rng, widths=(8.0, 32.0), sizes=(130.0, 260.0))


def _folded(points: np.ndarray) -> np.ndarray:
    """Points outside the box mirrored back into it."""
    return 1 - np.abs(np.mod(points, 2) - 1)


def _back_and_forth(rng: np.random.Generator) -> Sheet:
    """Hatching: many lines to and fro, as one strikes something out; or a coil or a spiral of three turns or more."""
    kind = rng.integers(0, 3)
    if kind == 0:
        turns = int(rng.integers(5, 14))
        y = np.linspace(0, 1, turns)
        points = np.stack([np.where(np.arange(turns) % 2, 1.0, 0.0), y], axis=1) + rng.normal(0, 0.06, (turns, 2))
        if rng.random() < 0.5:
            points = points[:, ::-1]
        strokes = [points]
    else:
        angle = np.linspace(0, 2 * np.pi * rng.uniform(3, 6), 120)
        radius = np.linspace(0.02, 0.5, 120) if kind == 1 else np.full(120, 0.2)
        drift = np.linspace(0, 0 if kind == 1 else 1, 120)
        strokes = [np.stack([drift + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], axis=1)]
    return _drawn(strokes, rng)


def _lines(rng: np.random.Generator) -> Sheet:
    """Straight or bent lines thrown across the sheet, three to six."""
    return _drawn([rng.random((int(rng.integers(2, 4)), 2)) for _ in range(int(rng.integers(3, 7)))], rng)


def _dots(rng: np.random.Generator) -> Sheet:
    count = int(rng.integers(3, 60))
    return draw_anywhere(list(rng.random((count, 1, 2))), rng, widths=(8.0, 32.0), sizes=(100.0, 250.0))


def _noise(rng: np.random.Generator) -> Sheet:
    """Grain of some coarseness and density, on the whole sheet or in a part of it."""
    cells = int(rng.integers(5, 57))
    sheet = np.where(rng.random((cells, cells)) < rng.uniform(0.05, 0.6), rng.integers(0, 180, (cells, cells)), 255)
    smooth = Image.Resampling.NEAREST if rng.random() < 0.5 else Image.Resampling.BILINEAR
    side = int(rng.integers(80, CANVAS - 20))
    if rng.random() < 0.3:
        return np.asarray(Image.fromarray(sheet.astype(np.uint8)).resize((CANVAS, CANVAS), smooth))
    whole = Image.new("L", (CANVAS, CANVAS), 255)
    whole.paste(Image.fromarray(sheet.astype(np.uint8)).resize((side, side), smooth), (10, 10))
    return np.asarray(whole)


def _blob(rng: np.random.Generator) -> Sheet:
    """A filled patch, round or with corners."""
    count = int(rng.integers(3, 12))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count)) if rng.random() < 0.6 else np.linspace(0, 2 * np.pi, 40)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1) * rng.uniform(0.6, 1.0, (len(angle), 1))
    sheet = Image.new("L", (CANVAS, CANVAS), 255)
    placed = fit([points], size=rng.uniform(80, 200), centre=(140.0, 140.0))[0]
    ImageDraw.Draw(sheet).polygon([tuple(map(float, point)) for point in placed], fill=0)
    return np.asarray(sheet)


KINDS: dict[str, Callable[[np.random.Generator], Sheet]] = {
    "letters": _letter,
    "typed letters and signs": _typed,
    "scribbles": _scribble,
    "hatching and coils": _back_and_forth,
    "crosses": _cross,
    "shapes": _shape,
    "lines": _lines,
    "dots": _dots,
    "noise": _noise,
    "blobs": _blob,
}


def doodle(kind: str, rng: np.random.Generator) -> np.ndarray:
    """A drawing of this kind, a key of `KINDS`, prepared as a digit would be: (28, 28) uint8."""
    while True:
        try:
            return np.round(255 * from_drawing(KINDS[kind](rng))).astype(np.uint8)
        except BlankDrawing:  # noise so even that nothing stands out of it: there is nothing to refuse
            continue


def several_digits(digits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Two or three digits (n, 28, 28) uint8 side by side on one sheet, prepared as one: (28, 28) uint8."""
    parts = []
    for digit in digits:
        columns = np.flatnonzero(digit.max(axis=0) > 40)
        parts += [digit[:, columns[0] : columns[-1] + 1], np.zeros((len(digit), int(rng.integers(0, 8))), np.uint8)]
    row = np.pad(np.concatenate(parts[:-1], axis=1), 6)
    return np.round(255 * from_drawing(255 - row)).astype(np.uint8)
