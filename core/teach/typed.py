"""The course's typed 3: five typed digits in a row, cut apart and shrunk as a beginner would, and typed 3s to teach.

The picture is cut into five equal parts and each part is shrunk whole: no digit is cropped, kept in its proportions or
moved to the middle. A network that has seen handwriting only misreads some of them, until it is shown typed ones. It is shown
them as drawings are prepared as well, so that it then reads the row in whatever way it is cut and prepared.
"""

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.drawings.preprocess import from_drawing
from core.models.model import Model
from core.teach.samples import TYPED, Sample, sample_of

DIGITS = range(5)
HEIGHT, WIDTH = 100, 80  # of one part, in pixels
SIZE = 110  # of the letters: they fill the height of a part
# Typed pictures to teach, of a digit that was misread and of one that was not: shown typed 3s alone, a network soon takes
# whatever is typed for a 3.
TAUGHT, BESIDE = 12, 4  # in each of two ways
MOST_TURNED = 5.0  # degrees
# Typefaces of common systems, by file name. The one that comes with Pillow is always there, and the row is set in it.
OTHER_FONTS = (
    "DejaVuSans.ttf", "DejaVuSerif.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Verdana.ttf", "Georgia.ttf",
)  # fmt: skip


def typed_row(shape: tuple[int, int]) -> np.ndarray:
    """The typed 0 1 2 3 4 as a network of this shape gets them: (5, h, w) float32 in 0..1, ink bright."""
    return np.stack([shrunk(part(digit), shape) for digit in DIGITS])


def row_picture() -> np.ndarray:
    """The five typed digits before they are cut apart: (100, 400) float32 in 0..1, ink bright."""
    return np.concatenate([part(digit) for digit in DIGITS], axis=1)


def misread(model: Model) -> list[int]:
    """Which of the five typed digits the model does not read rightly."""
    answers = model.predict(typed_row(model.shape)).argmax(axis=1)
    return [digit for digit in DIGITS if answers[digit] != digit]


def typed_samples(model: Model, *, rng: np.random.Generator) -> list[Sample]:
    """Typed digits to teach, mostly those that are misread, in several typefaces, weights, sizes, places and slightly turned.

    Every second one is shrunk whole and the others are prepared as a drawing is. None is there in both ways: one that is held
    out to be read by a copy that was not taught it would be taught as its twin.
    """
    samples, faces = [], _faces()
    prepared = model.predict(np.stack([from_drawing(part(digit), model.shape) for digit in DIGITS])).argmax(axis=1)
    wrong = {*misread(model), *(digit for digit in DIGITS if prepared[digit] != digit)}
    for digit in DIGITS:
        for number in range(2 * (TAUGHT if digit in wrong else BESIDE)):
            picture = part(
                digit,
                face=faces[number // 2 % len(faces)],
                size=round(rng.uniform(0.9, 1.1) * SIZE),
                bold=int(rng.integers(0, 3)),
                move=(round(rng.uniform(-6, 6)), round(rng.uniform(-4, 4))),
                turn=rng.uniform(-MOST_TURNED, MOST_TURNED),
            )
            seen = (from_drawing if number % 2 else shrunk)(picture, model.shape)
            samples.append(sample_of(seen, digit, int(model.predict(seen[None])[0].argmax()), source=TYPED))
    return samples


def part(
    digit: int,
    *,
    face: str | None = None,
    size: int = SIZE,
    bold: int = 0,
    move: tuple[int, int] = (0, 0),
    turn: float = 0.0,
) -> np.ndarray:
    """One typed digit in the middle of its part of the row: (100, 80) float32 in 0..1, ink bright; `turn` in degrees."""
    sheet = Image.new("L", (WIDTH, HEIGHT), 0)
    place = (WIDTH / 2 + move[0], HEIGHT / 2 + move[1])
    ImageDraw.Draw(sheet).text(place, str(digit), fill=255, font=_font(face, size), anchor="mm", stroke_width=bold)
    if turn:
        sheet = sheet.rotate(turn, Image.Resampling.BICUBIC)
    return np.asarray(sheet, dtype=np.float32) / 255


def shrunk(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A picture shrunk whole, by areas, to (h, w), with its strongest ink at 1."""
    height, width = shape
    small = np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX), dtype=np.float32)
    return small / max(float(small.max()), 1e-6)


@functools.cache
def _faces() -> list[str | None]:
    """The typefaces at hand; None is Pillow's own."""
    return [None, *(name for name in OTHER_FONTS if _is_there(name))]


def _is_there(name: str) -> bool:
    try:
        ImageFont.truetype(name, 10)
    except OSError:
        return False
    return True


def _font(face: str | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size) if face is None else ImageFont.truetype(face, size)
