"""Drawings as strokes and pictures: rendering, rubbing out, putting pictures on the page, taking back. By hand."""

import base64
import io
import sys

import msgspec
import numpy as np
import pytest
from PIL import Image

from core.drawings.pictures import read_picture, to_png
from core.drawings.preprocess import from_drawing
from core.messages import Message
from dashboard.look.bars import bars
from dashboard.pads import strokes
from dashboard.pads.fabric import PAPER, as_stroke, path
from dashboard.pads.keyboard_pad import PRESETS, preset
from dashboard.pads.strokes import LARGEST, LONGEST, MOST_BYTES, MOST_STROKES, Drawing, Snapshot


def pixels(png: bytes) -> np.ndarray:
    return read_picture(io.BytesIO(png))


def test_a_line_is_as_wide_as_the_pen_and_round_at_its_ends() -> None:
    picture = pixels(strokes.picture_of([path([(20, 40), (60, 40)], 10)], 80, 80))
    alpha = picture[..., 3].astype(float) / 255
    assert picture.shape == (80, 80, 4) and tuple(picture[40, 40, :3]) == strokes.INK_RGB
    assert alpha[:, 40].sum() == pytest.approx(10, abs=0.6)
    assert alpha[40].sum() == pytest.approx(40 + 10, abs=0.8)  # half a pen more at either end
    assert alpha[35, 16] < 0.5 < alpha[40, 16]  # round, not square


def test_a_dot_is_a_disc() -> None:
    alpha = pixels(strokes.picture_of([path([(30, 30)], 20)], 60, 60))[..., 3] / 255
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
    line = path([(1, 1)], 2)
    drawing.note([line], to_png(canvas))
    np.testing.assert_array_equal(drawing.picture(), canvas)
    drawing.note([line, line | {"stroke": PAPER}], to_png(canvas))
    np.testing.assert_array_equal(drawing.picture(), strokes.without_paper(canvas))


def test_an_earlier_drawing_comes_back_when_what_was_put_on_the_page_is_taken_back() -> None:
    page = strokes.inked(np.full((6, 6), 200, np.uint8))
    drawing = Drawing()
    line = path([(1, 1)], 2)
    for count in (1, 2, 3):
        drawing.note([line] * count, to_png(page))
    drawing.put(*strokes.image(page), told=(Message("A test digit"),))
    assert drawing.last.told == (Message("A test digit"),) and drawing.begun_with == 1
    np.testing.assert_array_equal(drawing.picture(), page)
    drawing.note([*drawing.strokes, line], to_png(page))  # drawn on, which leaves the earlier ones alone
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2, 3, 1, 2]
    drawing.undo(6, 6)
    drawing.undo(6, 6)
    assert drawing.last.count == 3 and drawing.start == {"objects": [line] * 3}


def test_a_test_digit_stays_one_whatever_is_drawn_on_it() -> None:
    """A drawing knows where it comes from: what is taught must not come from what a copy is tested with."""
    page = strokes.inked(np.full((6, 6), 200, np.uint8))
    other = strokes.inked(np.full((6, 6), 100, np.uint8))
    line = path([(1, 1), (5, 5)], 2)
    drawing = Drawing()
    assert drawing.source == "hand"
    drawing.note([line], to_png(page))
    assert drawing.source == "hand"
    test_digit, png = strokes.image(page)
    drawing.put(test_digit, png, source=strokes.TEST)
    assert drawing.source == "test"
    drawing.note([*test_digit, line, {**line, "stroke": PAPER}], to_png(page))
    assert drawing.source == "test"
    drawing.put(*strokes.image(other), source="photo")
    assert drawing.source == "photo"
    drawing.undo(6, 6)
    assert drawing.source == "test"
    drawing.clear()
    assert drawing.source == "hand"
    drawing.note([*test_digit, line, line], to_png(page))  # sent before Clear, heard after it
    assert drawing.source == "test"
    drawing.clear()
    drawing.note([*strokes.image(strokes.inked(np.full((6, 6), 50, np.uint8)))[0], line], to_png(page))
    assert drawing.source == "test", "a picture that nobody has put here"


def test_a_growing_stroke_is_one_step_back() -> None:
    drawing = Drawing()
    for level in (10, 20, 30):  # our pad sends a stroke while it grows
        drawing.note([path([(1, 1), (level, 1)], 2)], to_png(np.full((2, 2, 4), level, np.uint8)))
    assert len(drawing.snapshots) == 1 and drawing.picture()[0, 0, 0] == 30


def test_strokes_that_were_sent_together_are_taken_back_one_by_one() -> None:
    lines = [path([(10, y), (50, y)], 6) for y in (10, 30, 50)]
    curved = {**lines[2], "path": [["M", 10, 50], ["Q", 20, 50, 30, 50], ["L", 50, 50]]}  # as a canvas tells it
    rubber = {**path([(30, 0), (30, 60)], 8), "stroke": PAPER}
    drawing = Drawing()
    drawing.note(lines[:1], strokes.picture_of(lines[:1], 60, 60))
    drawing.note([*lines[:2], curved, rubber, lines[0]], to_png(np.zeros((60, 60, 4), np.uint8)))
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
    page, line = to_png(np.full((2, 2, 4), 9, np.uint8)), path([(1, 1)], 2)
    drawing = Drawing()
    drawing.take_pen(20, False)
    drawing.take_pen(22, False)
    assert drawing.loads == 0, "nothing has been drawn"
    drawing.note([line], page)
    drawing.take_pen(22, False)
    assert drawing.loads == 0, "the same pen: a canvas that is told anew would lose the stroke that is being drawn"
    drawing.take_pen(22, True)
    assert drawing.loads == 1 and drawing.start == {"objects": [line]}
    drawing.take_pen(24, True)
    assert drawing.loads == 1, "it has been told already"
    drawing.note([line], page)  # what the canvas says once it has begun anew
    drawing.note([line, line], page)
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2]
    drawing.undo(2, 2)
    assert drawing.start == {"objects": [line]} and drawing.last.count == 1


def test_a_plain_digit_is_taken_back_as_one() -> None:
    drawing = Drawing()
    four, picture = preset(4, width=60, height=60, pen=5)
    drawing.put(four, picture)
    drawing.note([*four, *four], picture)  # two strokes more, sent together
    drawing.undo(60, 60)
    assert drawing.last.count == 3
    drawing.undo(60, 60)
    assert drawing.last.count == 2 and drawing.last.png == picture
    drawing.undo(60, 60)
    assert drawing.last is None


def test_a_drawing_goes_back_stroke_by_stroke() -> None:
    one, two = path([(0, 0)], 1), path([(1, 1)], 1)
    pictures = [to_png(np.full((2, 2, 4), level, dtype=np.uint8)) for level in (10, 20)]
    drawing = Drawing()
    drawing.note([one], pictures[0])
    drawing.note([one, two], pictures[1])
    assert drawing.picture()[0, 0, 0] == 20
    drawing.undo(2, 2)
    assert drawing.picture()[0, 0, 0] == 10 and drawing.start == {"objects": [one]}
    drawing.note([], pictures[1])  # a canvas just put there may send itself still empty
    drawing.note([one], pictures[1])
    assert drawing.snapshots == [Snapshot(1, pictures[0])]
    drawing.clear()
    assert drawing.picture() is None and drawing.start is None


def test_what_the_canvas_takes_back_by_its_own_button_is_taken_back() -> None:
    one, two = path([(0, 0)], 1), path([(1, 1)], 1)
    pictures = [to_png(np.full((2, 2, 4), level, dtype=np.uint8)) for level in (10, 20, 30)]
    drawing = Drawing()
    drawing.note([one], pictures[0])
    drawing.note([one, two], pictures[1])
    drawing.note([one], pictures[0])
    assert drawing.strokes == [one] and drawing.picture()[0, 0, 0] == 10
    drawing.note([], pictures[2])
    assert drawing.strokes == [] and drawing.picture() is None


def curve(length: int, start: int = 0) -> dict:
    """A long stroke of the pad's own curves: some 30 bytes of JSON for each of its points."""
    spots = [(round(100.1 + (start + k) % 83, 1), round(100.1 + 7 * k % 91, 1)) for k in range(length)]
    return path(spots[:1], 20) | {"path": [["M", *spots[0]], *(["Q", x, y, x, y] for x, y in spots[1:])]}


def held_by(thing: object, seen: set[int]) -> int:
    """Bytes of memory that a drawing and all that it holds take, each thing counted once."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    inside = thing if isinstance(thing, list) else list(thing.values()) if isinstance(thing, dict) else []
    if isinstance(thing, Drawing | Snapshot):
        inside = list(vars(thing).values())
    return sys.getsizeof(thing) + sum(held_by(each, seen) for each in inside)


def test_two_hundred_long_strokes_are_kept_once() -> None:
    """Held once per stroke they would be 100 times as much: 288 MB were measured for one visitor."""
    rng, drawing, lines = np.random.default_rng(0), Drawing(), []
    for number in range(MOST_STROKES):
        lines.append(curve(20, number))
        # as it comes from a browser: nothing of it is shared with what is kept
        sent = msgspec.json.decode(msgspec.json.encode(lines))
        drawing.note(sent, to_png(rng.integers(0, 256, (50, 50, 4), dtype=np.uint8)))  # 10 kB, more than any drawing's
    assert len(drawing.strokes) == MOST_STROKES and drawing.full
    assert (held := held_by(drawing, set())) < 5e6, f"{held / 1e6:.1f} MB"
    assert drawing.size <= MOST_BYTES
    for left in range(MOST_STROKES - 1, -1, -1):  # undo goes as far back as one drew
        drawing.undo(280, 280)
        assert len(drawing.strokes) == left and (drawing.last.count if drawing.last else 0) == left
    assert not drawing.full and drawing.picture() is None


@pytest.mark.parametrize("more", [[path([(1, 1)], 2)] * (MOST_STROKES + 1), [curve(LONGEST // 20)]],
                         ids=["too many", "too long"])  # fmt: skip
def test_what_does_not_fit_is_refused_and_the_pad_told_so(more: list[dict]) -> None:
    page, line = to_png(np.full((2, 2, 4), 9, np.uint8)), path([(1, 1)], 2)
    drawing = Drawing()
    drawing.note([line], page)
    loads = drawing.loads
    drawing.note([line, *more], page)
    assert drawing.strokes == [line] and drawing.full and drawing.loads == loads + 1
    assert drawing.start == {"objects": [line]}, "the pad goes back to what is kept"
    drawing.note([line, line], page)
    assert not drawing.full and len(drawing.strokes) == 2


def test_pictures_put_on_the_page_again_and_again_are_bounded() -> None:
    rng, drawing = np.random.default_rng(0), Drawing()
    for number in range(6):
        page = strokes.inked(rng.integers(0, 256, (280, 280), dtype=np.uint8))
        photo = np.zeros((280, 280, 4), np.uint8)
        drawing.put(*strokes.image(page), told=(Message(str(number)),), photo=photo)
    assert drawing.size <= MOST_BYTES
    assert drawing.last.told == (Message("5"),) and len(drawing.snapshots) > 1
    while drawing.snapshots:
        drawing.undo(280, 280)
    assert drawing.strokes == [] and drawing.start is None


DEEP = ["L"]
for _ in range(500):
    DEEP = [DEEP]


@pytest.mark.parametrize("stroke", [
    "line", None, 3, [], {}, {"type": "Image"}, {"src": "https://elsewhere.example/picture.png"}, {"src": 3},
    {"path": 3, "strokeWidth": 2}, {"path": [["M"]], "strokeWidth": 2}, {"path": "MMM", "strokeWidth": 2},
    {"path": [], "strokeWidth": 2}, {"path": [["M", 1, 1]], "strokeWidth": float("inf")},
    {"path": [["M", float("nan"), 1]], "strokeWidth": 2}, {"path": [["M", 1, 1e9]], "strokeWidth": 2},
    {"path": [["M", 1, 10**400]], "strokeWidth": 2}, {"path": [["M", 1, 1]], "strokeWidth": "wide"},
    {"path": [["M", "a", "b"]], "strokeWidth": 2}, {"path": [["M", DEEP, 1, 1]], "strokeWidth": 2},
])  # fmt: skip
def test_what_no_pad_sends_is_not_kept(stroke: object) -> None:
    drawing = Drawing()
    drawing.note([stroke, path([(1, 1)], 2)], to_png(np.zeros((6, 6, 4), np.uint8)))
    assert as_stroke(stroke) is None and drawing.last is None and drawing.picture() is None


def test_what_hangs_on_a_stroke_is_not_kept() -> None:
    line = path([(1, 1)], 2)
    assert as_stroke(line | {"more": DEEP, "version": "7", "shadow": None}) == line | {"version": "7", "shadow": None}


def test_a_picture_that_claims_to_be_huge_is_not_unpacked() -> None:
    buffer, line = io.BytesIO(), path([(1, 1)], 2)
    Image.new("1", (3_000, 3_000)).save(buffer, "PNG")
    drawing = Drawing()
    drawing.note([line], buffer.getvalue())
    assert drawing.picture() is None
    drawing.note([line, line], b"no picture at all")
    assert drawing.picture() is None
    drawing.hear([line, line, line], "data:image/png;base64," + "A" * 2 * LARGEST)
    drawing.hear([line, line, line], "data:image/png;base64,é")
    assert drawing.last.count == 2, "what is too large, or no picture's address, is not even looked at"


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
    assert "Probabilities: 3: 75\xa0%, 5: 25\xa0%" in made
    assert "best" not in bars(None) and "empty" in bars(None) and " %" not in bars(None), "no answer, no claim"


def test_what_a_pad_of_ours_sends_is_all_that_lies_on_it() -> None:
    """It takes back by itself: less than before means that less is there, and what still holds is kept."""
    drawing = strokes.Drawing()
    first, second, third = (path([(x, 10), (x, 90)], 8) for x in (10, 30, 50))
    pictures = {count: strokes.picture_of([first, second, third][:count], 100, 100) for count in (1, 2, 3)}
    for count in (1, 2, 3):
        drawing.take([first, second, third][:count], pictures[count])
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2, 3]
    drawing.take([first], pictures[1])
    assert [snapshot.count for snapshot in drawing.snapshots] == [1] and drawing.strokes == [first]
    drawing.take([first, third], strokes.picture_of([first, third], 100, 100))
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 2]
    drawing.take([], pictures[1])
    assert drawing.picture() is None and not drawing.strokes
    drawing.take([first, second, third], pictures[3])  # cleared, and that taken back
    np.testing.assert_array_equal(drawing.picture(), pixels(pictures[3]))


def test_what_was_put_on_a_pad_can_be_taken_back_there() -> None:
    line = path([(10, 10), (10, 90)], 8)
    drawing = strokes.Drawing()
    drawing.take([line], strokes.picture_of([line], 100, 100))
    drawing.put(*strokes.image(strokes.inked(np.full((100, 100), 200, np.uint8))), source=strokes.TEST)
    assert drawing.under == [line] and drawing.source == strokes.TEST
    on_it = [*drawing.strokes, line]
    drawing.take(on_it, drawing.last.png)
    assert [snapshot.count for snapshot in drawing.snapshots] == [1, 1, 2]
    drawing.take(on_it[:1], drawing.last.png)
    assert drawing.last.as_one and drawing.source == strokes.TEST
    drawing.take([line], strokes.picture_of([line], 100, 100))
    assert drawing.source == "hand" and [snapshot.count for snapshot in drawing.snapshots] == [1]


def test_the_very_same_drawing_is_heard_again_on_a_cleared_sheet() -> None:
    line = path([(10, 10), (10, 90)], 8)
    url = "data:image/png;base64," + base64.b64encode(strokes.picture_of([line], 100, 100)).decode()
    drawing = Drawing()
    for _ in range(2):
        drawing.hear([line], url, whole=True)
        assert drawing.strokes == [line]
        drawing.clear()
        assert drawing.picture() is None
