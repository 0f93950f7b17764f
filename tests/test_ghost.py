"""What the ghost hand writes is read as what it is meant to be, and each of its turns is a real one."""

import json
from typing import Any

import numpy as np
import pytest

from core.catalog import load_guard, load_model
from core.drawings.preprocess import from_drawing
from core.drawings.strokes import CANVAS, draw
from core.folders import PROJECT
from dashboard.pads.drawing import PEN

SOURCE = PROJECT / "dashboard" / "draw" / "stage" / "written.js"


def written() -> list[dict[str, Any]]:
    """The kept strokes: what stands in the script is JSON."""
    _, literal = SOURCE.read_text(encoding="utf-8").split("export const WRITTEN = ")
    return json.loads(literal.rstrip().removesuffix(";"))


def states(digit: dict[str, Any]) -> list[tuple[int, list[np.ndarray]]]:
    """What is to be read, and the strokes then: of a digit that tips, before its last stroke and after it."""
    strokes = [np.array(stroke) for stroke in digit["strokes"]]
    finished = [(digit["digit"], strokes)]
    return [(digit["was"], strokes[:-1]), *finished] if "was" in digit else finished


WRITTEN = written()


def test_all_ten_digits_are_written_and_every_fourth_tips() -> None:
    assert {digit["digit"] for digit in WRITTEN} == set(range(10))
    assert ["was" in digit for digit in WRITTEN] == [False, False, False, True] * (len(WRITTEN) // 4)
    tips = [(digit["was"], digit["digit"]) for digit in WRITTEN if "was" in digit]
    assert len(set(tips)) == len(tips) and all(before != after for before, after in tips)
    assert all(len(digit["strokes"]) > 1 for digit in WRITTEN if "was" in digit)


def test_the_strokes_lie_on_the_pad_and_no_step_of_them_is_long() -> None:
    for digit in WRITTEN:
        for stroke in digit["strokes"]:
            points = np.array(stroke)
            assert points.min() >= PEN and points.max() <= CANVAS - PEN
            assert np.linalg.norm(np.diff(points, axis=0), axis=1).max() < 12, "a bend would have corners"


@pytest.mark.parametrize("name", ["default", "rashid", "blog"])
def test_each_is_read_as_what_it_is_meant_to_be(name: str) -> None:
    meant = [(digit, strokes) for each in WRITTEN for digit, strokes in states(each)]
    seen = np.stack([from_drawing(draw(strokes, width=PEN)) for _, strokes in meant])
    digits = np.array([digit for digit, _ in meant])
    probabilities = load_model(name).predict(seen)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), digits)
    sure = probabilities[np.arange(len(digits)), digits]
    assert sure.min() > (0.95 if name == "default" else 0.5), "the small ones are less sure of anything"
    assert load_guard().predict(seen)[:, 1].min() > 0.95, "the guard would refuse it"
