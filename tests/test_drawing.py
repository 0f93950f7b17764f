"""Drawings as strokes and pictures: rendering, rubbing out, putting pictures on the page, taking back. By hand."""

import io

import numpy as np
import pytest
from PIL import Image

from core.drawings.pictures import read_picture, to_png
from core.drawings.preprocess import from_drawing
from dashboard.look.bars import bars
from dashboard.pads import strokes
from dashboard.pads.keyboard_pad import PRESETS, preset
from dashboard.pads.strokes import PAPER, Drawing


def pixels(png: bytes) -> np.ndarray:
    return read_picture(io.BytesIO(png))


def test_a_line_is_as_wide_as_the_pen_and_round_at_its_ends() -> None:
    picture = pixels(strokes.picture_of([strokes.path([(20, 40), (60, 40)], 10)], 80, 80))
    alpha = picture[..., 3].astype(float) / 255
    assert picture.shape == (80, 80, 4) and tuple(picture[40, 40, :3]) == strokes.INK_RGB
    assert alpha[:, 40].sum() == pytest.approx(10, abs=0.6)
    assert alpha[40].sum() == pytest.approx(40 + 10, abs=0.8)  # half a pen more at either end
    assert alpha[35, 16] < 0.5 < alpha[40, 16]  # round, not square


def test_a_dot_is_a_disc() -> None:
    alpha = pixels(strokes.picture_of([strokes.path([(30, 30)], 20)], 60, 60))[..., 3] / 255
    assert alpha.sum() == pytest.approx(np.pi * 10**2, rel=0.03)


def test_what_is_painted_with_paper_is_gone_however_much_of_it_there_is() -> None:
    canvas = np.zeros((10, 10, 4), np.uint8)
    canvas[:, 2] = (*strokes.INK_RGB, 255)
    canvas[:, 4:] = 255  # an eraser's strokes cover more than half of the sheet
    canvas[5, 2] = (141, 143, 147, 255)  # the half-covered edge of one: half ink (28 + 255) / 2, ...
    cleared = strokes.without_paper(canvas)
    assert cleared[0, 2, 3] == 255 and cleared[:, 4:, 3].max() == 0 and cleared[:, :2, 3].max() == 0
    assert cleared[5, 2, 3] == pytest.approx(255 * (255 - 147) / (255 - 0x28), abs=1)
    assert (cleared[..., :3] == strokes.INK_RGB).all()


def test_a_drawing_without_an_eraser_is_given_as_it_was_sent() -> None:
    canvas = np.random.default_rng(0).integers(0, 256, (4, 4, 4), dtype=np.uint8)
    drawing = Drawing()
    drawing.note({"objects": [{"stroke": "#1c2028"}]}, to_png(canvas))
    np.testing.assert_array_equal(drawing.picture(), canvas)
    drawing.note({"objects": [{"stroke": "#1c2028"}, {"stroke": PAPER}]}, to_png(canvas))
    np.testing.assert_array_equal(drawing.picture(), strokes.without_paper(canvas))


def test_an_earlier_drawing_comes_back_when_what_was_put_on_the_page_is_taken_back() -> None:
    page = strokes.inked(np.full((6, 6), 200, np.uint8))
    drawing = Drawing()
    for count in (1, 2, 3):
        drawing.note({"objects": ["line"] * count}, to_png(page))
    drawing.put(*strokes.image(page), told="A test digit")
    assert drawing.last.told == "A test digit" and drawing.begun_with == 1
    np.testing.assert_array_equal(drawing.picture(), page)
    drawing.note({"objects": ["picture", "line"]}, to_png(page))  # drawn on, which leaves the earlier ones alone
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2, 3, 1, 2]
    drawing.undo(6, 6)
    drawing.undo(6, 6)
    assert drawing.last.count == 3 and drawing.start == {"objects": ["line"] * 3}


def test_a_test_digit_stays_one_whatever_is_drawn_on_it() -> None:
    """A drawing knows where it comes from: what is taught must not come from what a copy is tested with."""
    page = strokes.inked(np.full((6, 6), 200, np.uint8))
    other = strokes.inked(np.full((6, 6), 100, np.uint8))
    line = strokes.path([(1, 1), (5, 5)], 2)
    drawing = Drawing()
    assert drawing.source == "hand"
    drawing.note({"objects": [line]}, to_png(page))
    assert drawing.source == "hand"
    test_digit, png = strokes.image(page)
    drawing.put(test_digit, png, source=strokes.TEST)
    assert drawing.source == "test"
    drawing.note({"objects": [*test_digit, line, {**line, "stroke": PAPER}]}, to_png(page))
    assert drawing.source == "test"
    drawing.put(*strokes.image(other), source="photo")
    assert drawing.source == "photo"
    drawing.undo(6, 6)
    assert drawing.source == "test"
    drawing.clear()
    assert drawing.source == "hand"
    drawing.note({"objects": [*test_digit, line, line]}, to_png(page))  # sent before Clear, heard after it
    assert drawing.source == "test"
    drawing.clear()
    drawing.note({"objects": [*strokes.image(strokes.inked(np.full((6, 6), 50, np.uint8)))[0], line]}, to_png(page))
    assert drawing.source == "test", "a picture that nobody has put here"


def test_a_growing_stroke_is_one_step_back() -> None:
    drawing = Drawing()
    for level in (10, 20, 30):  # our pad sends a stroke while it grows
        drawing.note({"objects": [{"path": [level]}]}, to_png(np.full((2, 2, 4), level, np.uint8)))
    assert len(drawing.snapshots) == 1 and drawing.picture()[0, 0, 0] == 30


def test_strokes_that_were_sent_together_are_taken_back_one_by_one() -> None:
    lines = [strokes.path([(10, y), (50, y)], 6) for y in (10, 30, 50)]
    curved = {**lines[2], "path": [["M", 10, 50], ["Q", 20, 50, 30, 50], ["L", 50, 50]]}  # as a canvas tells it
    rubber = {**strokes.path([(30, 0), (30, 60)], 8), "stroke": PAPER}
    drawing = Drawing()
    drawing.note({"objects": lines[:1]}, strokes.picture_of(lines[:1], 60, 60))
    drawing.note({"objects": [*lines[:2], curved, rubber, lines[0]]}, to_png(np.zeros((60, 60, 4), np.uint8)))
    drawing.undo(60, 60)
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 4]
    assert drawing.start == {"objects": [*lines[:2], curved, rubber]}
    alpha = drawing.picture()[..., 3]
    assert all(alpha[y, 15] == 255 and alpha[y, 30] == 0 for y in (10, 30, 50))  # rubbed out in the middle
    drawing.undo(60, 60)
    np.testing.assert_array_equal(drawing.picture(), pixels(strokes.picture_of([*lines[:2], curved], 60, 60)))
    drawing.undo(60, 60)
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2]
    drawing.undo(60, 60)
    drawing.undo(60, 60)
    drawing.undo(60, 60)
    assert drawing.snapshots == [] and drawing.start is None


def test_with_another_pen_the_canvas_is_told_all_that_has_been_drawn() -> None:
    """A canvas that Streamlit puts in the place of another begins with it."""
    page, line = to_png(np.full((2, 2, 4), 9, np.uint8)), strokes.path([(1, 1)], 2)
    drawing = Drawing()
    drawing.take_pen(20, False)
    drawing.take_pen(22, False)
    assert drawing.loads == 0, "nothing has been drawn"
    drawing.note({"objects": [line]}, page)
    drawing.take_pen(22, False)
    assert drawing.loads == 0, "the same pen: a canvas that is told anew would lose the stroke that is being drawn"
    drawing.take_pen(22, True)
    assert drawing.loads == 1 and drawing.start == {"objects": [line]}
    drawing.take_pen(24, True)
    assert drawing.loads == 1, "it has been told already"
    drawing.note({"objects": [line]}, page)  # what the canvas says once it has begun anew
    drawing.note({"objects": [line, line]}, page)
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2]
    drawing.undo(2, 2)
    assert drawing.start == {"objects": [line]} and drawing.last.count == 1


def test_a_plain_digit_is_taken_back_as_one() -> None:
    drawing = Drawing()
    four, picture = preset(4, width=60, height=60, pen=5)
    drawing.put(four, picture)
    drawing.note({"objects": [*four, *four]}, picture)  # two strokes more, sent together
    drawing.undo(60, 60)
    assert drawing.last.count == 3
    drawing.undo(60, 60)
    assert drawing.last.count == 2 and drawing.last.png == picture
    drawing.undo(60, 60)
    assert drawing.last is None


@pytest.mark.parametrize("stroke", [
    "line", {}, {"type": "Image"}, {"path": 3, "strokeWidth": 2}, {"path": [["M"]], "strokeWidth": 2},
    {"path": [], "strokeWidth": 2}, {"path": [["M", 1, 1]], "strokeWidth": float("inf")},
    {"path": [["M", float("nan"), 1]], "strokeWidth": 2}, {"path": [["M", 1, 1e9]], "strokeWidth": 2},
    {"path": [["M", 1, 1]], "strokeWidth": "wide"}, {"path": [["M", "a", "b"]], "strokeWidth": 2},
])  # fmt: skip
def test_what_cannot_be_drawn_again_is_taken_back_with_what_came_with_it(stroke: object) -> None:
    drawing = Drawing()
    drawing.note({"objects": [stroke, strokes.path([(1, 1)], 2)]}, to_png(np.zeros((6, 6, 4), np.uint8)))
    drawing.undo(6, 6)
    assert drawing.last is None and drawing.picture() is None


def test_a_picture_that_claims_to_be_huge_is_not_unpacked() -> None:
    buffer = io.BytesIO()
    Image.new("1", (3_000, 3_000)).save(buffer, "PNG")
    drawing = Drawing()
    drawing.note({"objects": ["line"]}, buffer.getvalue())
    assert drawing.picture() is None
    drawing.note({"objects": ["line", "line"]}, b"no picture at all")
    assert drawing.picture() is None


def test_plain_digits_lie_in_the_middle_and_are_read() -> None:
    from core import load_model

    model = load_model()
    assert len(PRESETS) == 10
    for digit in range(10):
        lines, png = preset(digit, width=420, height=280, pen=20)
        picture = pixels(png)
        assert picture.shape == (280, 420, 4) and all(line["strokeWidth"] == 20 for line in lines)
        columns = np.flatnonzero(picture[..., 3].any(axis=0))
        assert abs((columns[0] + columns[-1]) / 2 - 209.5) < 30
        assert model.predict(from_drawing(picture)[None])[0].argmax() == digit


def test_bars_are_ten_and_one_is_marked() -> None:
    values = np.zeros(10)
    values[3], values[5] = 0.75, 0.25
    made = bars(values)
    assert made.count('class="bar') == 11 and made.count('class="bar best"') == 1
    assert '<div class="bar best"><b>3</b><i><u style="width:75.0%">' in made
    assert "Probabilities: 3: 75 %, 5: 25 %" in made
    assert "best" not in bars(None) and "empty" in bars(None) and " %" not in bars(None), "no answer, no claim"
