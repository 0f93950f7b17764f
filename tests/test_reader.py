"""What the page says of a drawing: one voice in the answer, the sentence, the bars and the counts."""

import numpy as np
import pytest

from core import load_model
from core.drawings.strokes import draw
from core.models.model import Model
from dashboard import words
from dashboard.draw.stage.verdict import Verdict, verdict_of
from dashboard.pads import strokes
from dashboard.parts import reader


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model()


def on_paper(*lines: list[tuple[float, float]], pen: float = 20) -> np.ndarray:
    """Lines through points of a box of 0..1 as the pad's picture (280, 280, 4)."""
    return strokes.inked(255 - draw([280 * np.array(line) for line in lines], width=pen))


def said(reading: reader.Reading) -> Verdict:
    return verdict_of(reading, version=1, sequence=2)


def test_what_is_refused_is_claimed_nowhere(model: Model) -> None:
    """An A: the network alone is more than 99.8 % sure of a 4."""
    reading = reader.read(model, on_paper([(0.3, 0.85), (0.5, 0.15), (0.7, 0.85)], [(0.38, 0.6), (0.62, 0.6)]))
    assert reading.kind == "no digit" and reading.probabilities.max() > 0.99
    told = said(reading)
    assert "That looks like no digit" in told.sentence and told.shown == "?"
    assert told.probabilities is None and told.remark == ""


def test_a_letter_that_passes_for_a_digit_is_not_called_right_without_a_word_of_doubt(model: Model) -> None:
    bows = [(0.32, 0.16), (0.55, 0.17), (0.66, 0.27), (0.62, 0.42), (0.48, 0.48), (0.34, 0.49), (0.58, 0.52), (0.7, 0.64),
            (0.66, 0.78), (0.52, 0.85), (0.32, 0.85)]  # fmt: skip
    reading = reader.read(model, on_paper([(0.32, 0.15), (0.32, 0.85)], bows))
    assert (reading.kind, reading.digit) == ("sure", 8), "the guard lets this B pass"
    assert "so far" not in reading.counted and "of a test digit" in reading.counted
    assert "A letter can fool it" in reading.counted


def test_a_box_full_of_ink_is_not_blank(model: Model) -> None:
    full = strokes.inked(np.full((280, 280), 255, np.uint8))
    assert reader.read(model, full).sentence == words.FULL_OF_INK
    full[100:120, 90:110, 3] = 0  # a hole in it
    assert reader.read(model, full).sentence == words.FULL_OF_INK
    assert "blank" in reader.read(model, np.zeros_like(full)).sentence
    assert reader.read(model, None).sentence == words.EMPTY_PAD
