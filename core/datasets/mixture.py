"""MNIST with what it lacks: digits drawn with a pen by other hands, other styles, and typed digits.

All of it is made by the steps that a visitor's drawing goes through (`core.drawings`), once, from one seed; a run's own
augmentation then changes it anew in every epoch. Without `$PEN_DIGITS` the pen digits are left out.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.datasets.dataset import Dataset, TrainingData
from core.datasets.pen import PenDigit, part_writers, pen_path, read_pen
from core.drawings.preprocess import from_drawing
from core.drawings.strokes import another_hand, draw, draw_anywhere, fit
from core.drawings.styles import CHANGES, printed, restyle

PEN_COPIES = 18  # of each pen digit, every one by another hand, pen, place and size
PRINTED, TYPED = 700, 100  # of each of the ten digits
RESTYLED = {0: 0.15, 1: 0.1, 7: 0.2}  # share of MNIST's zeros, ones and sevens that are also shown in another style
CHANGED = 0.25  # share of the pen's zeros and sevens that get a slash or a bar
WIDTHS, SIZES = (8.0, 32.0), (100.0, 250.0)  # pixels on the canvas: a little beyond what the page offers
VALIDATION_WIDTHS, VALIDATION_SIZE = (10.0, 30.0), 200.0

Samples = Iterator[tuple[np.ndarray, int]]


def mix(mnist: TrainingData) -> TrainingData:
    """MNIST's two training parts, each with what else there is to learn from and to choose by."""
    path = pen_path()
    learn, choose = part_writers(read_pen(path).digits) if path else ([], [])
    rng = np.random.default_rng(0)
    made = (*_restyled(mnist.train, rng), *_pen(learn, rng), *_printed(rng), *_typed(rng))
    validation = mnist.validation
    if validation and choose:
        validation = _with(validation, held_back(choose, rng))
    return TrainingData(_with(mnist.train, made), validation)


def _with(data: Dataset, samples: Iterable[tuple[np.ndarray, int]]) -> Dataset:
    pictures, labels = zip(*samples, strict=True)
    pixels = np.stack(pictures).reshape(len(labels), -1)
    return Dataset(
        "mnist+pen",
        np.concatenate([data.pixels, pixels]),
        np.concatenate([data.labels, np.array(labels, np.int64)]),
        data.shape,
    )


def _prepared(sheet: np.ndarray) -> np.ndarray:
    return np.round(255 * from_drawing(sheet)).astype(np.uint8)


def _restyled(mnist: Dataset, rng: np.random.Generator) -> Samples:
    for label, share in RESTYLED.items():
        rows = np.flatnonzero(mnist.labels == label)
        for row in rng.choice(rows, round(share * len(rows)), replace=False):
            yield restyle(mnist.pixels[row].reshape(mnist.shape), label, rng), label


def _pen(digits: list[PenDigit], rng: np.random.Generator) -> Samples:
    for digit in digits:
        for _ in range(PEN_COPIES):
            strokes = list(digit.strokes)
            if digit.label in CHANGES and rng.random() < CHANGED:
                strokes = CHANGES[digit.label](fit(strokes, size=1.0, centre=(0.5, 0.5)), rng)
            yield _prepared(draw_anywhere(another_hand(strokes, rng), rng, widths=WIDTHS, sizes=SIZES)), digit.label


def held_back(digits: list[PenDigit], rng: np.random.Generator) -> Samples:
    """Pen digits as they were drawn, each with some pen."""
    for digit in digits:
        strokes = fit(digit.strokes, size=VALIDATION_SIZE, centre=(140.0, 140.0))
        yield _prepared(draw(strokes, width=rng.uniform(*VALIDATION_WIDTHS))), digit.label


def _printed(rng: np.random.Generator) -> Samples:
    for label in range(10):
        for _ in range(PRINTED):
            strokes = another_hand(printed(label, rng), rng)
            yield _prepared(draw_anywhere(strokes, rng, widths=WIDTHS, sizes=SIZES)), label


def _typed(rng: np.random.Generator) -> Samples:
    """Digits in the typeface that comes with Pillow, light to bold, narrow to wide."""
    font = ImageFont.load_default(120)
    for label in range(10):
        for _ in range(TYPED):
            sheet = Image.new("L", (240, 240), 255)
            bold = int(rng.integers(0, 7))
            ImageDraw.Draw(sheet).text((80, 40), str(label), fill=0, font=font, stroke_width=bold)
            size = (round(240 * np.exp(rng.normal(0, 0.15))), round(240 * rng.uniform(0.3, 1.0)))
            yield _prepared(np.asarray(sheet.resize(size, Image.Resampling.BILINEAR))), label
