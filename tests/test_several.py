"""Two digits on a pad that is meant for one are read as a number, and one digit never is."""

import io
import itertools

import numpy as np
import pytest

from core import load_model
from core.catalog import load_guard
from core.drawings.pictures import read_picture
from core.models.model import Model
from core.numbers.several import several
from dashboard.draw.stage.verdict import verdict_of
from dashboard.pads import strokes
from dashboard.pads.fabric import path
from dashboard.pads.keyboard_pad import PRESETS
from dashboard.parts import reader


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def sheet(*digits: int, side: float = 200, pen: float = 20) -> np.ndarray:
    """Plain digits side by side on a pad, each in a box of its own."""
    step = 280 / len(digits)
    lines = [
        path([(place * step + (step - 100 * scale) / 2 + scale * x, 140 + scale * (y - 50)) for x, y in line], pen)
        for place, digit in enumerate(digits)
        for scale in [min(side, 1.6 * step) / 100]
        for line in PRESETS[digit]
    ]
    return read_picture(io.BytesIO(strokes.picture_of(lines, 280, 280)))


@pytest.mark.parametrize("digit", range(10))
def test_one_digit_is_one(model: Model, digit: int) -> None:
    assert several(model, load_guard(), sheet(digit)) is None


def test_two_digits_are_a_number(model: Model) -> None:
    pairs = list(itertools.product(range(10), repeat=2))[::7]
    found = {pair: several(model, load_guard(), sheet(*pair, pen=14)) for pair in pairs}
    right = [pair for pair, number in found.items() if number and number.text == "".join(map(str, pair))]
    assert len(right) >= 0.8 * len(pairs), [(pair, number and number.text) for pair, number in found.items()]


def test_a_number_is_said_in_one_voice(model: Model) -> None:
    picture = sheet(4, 7, pen=14)
    reading = reader.read(model, picture)
    number = several(model, load_guard(), picture)
    told = verdict_of(reading, version=1, sequence=1, number=number)
    assert reading.kind != "sure" and number is not None and number.text == "47"
    assert told.shown == "47" and "number 47" in told.sentence and told.probabilities is None
    (four, _), (seven, _) = told.boxes
    assert four.right < 140 < seven.left


def test_what_is_too_small_asks_for_more(model: Model) -> None:
    for points in ([(140, 140)], [(120, 120), (128, 126)], [(120, 120), (150, 130), (122, 140)]):
        reading = reader.read(model, read_picture(io.BytesIO(strokes.picture_of([path(points, 20)], 280, 280))))
        told = verdict_of(reading, version=1, sequence=1)
        assert "Draw larger" in told.sentence and told.shown == "?" and told.probabilities is None, points


def test_a_test_digit_is_told_apart_from_what_people_say(model: Model) -> None:
    reading = reader.read(model, sheet(7))
    assert reading.digit == 7
    for label, sentence in ((7, "It is right: people say 7 too."), (3, "It is fooled: people say 3.")):
        assert verdict_of(reading, version=1, sequence=1, label=label).remark == sentence
    drawing = strokes.Drawing()
    drawing.put(*strokes.image(sheet(7)), source=strokes.TEST, label=3)
    assert drawing.label == 3
    drawing.note([*drawing.strokes, path([(1, 1)], 2)], drawing.last.png)
    assert drawing.label is None, "drawn on, it is another"
