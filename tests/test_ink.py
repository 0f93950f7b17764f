"""Ink on photographs: uneven light, rules and squares, chalk, large pictures; drawings are left as they were."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from core.drawings.ink import BlankDrawing, find_ink, reduction
from core.drawings.photo import block_mean, is_even, without_rules
from core.drawings.pictures import read_picture
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from dashboard.pads.strokes import inked
from tests.photographs import photograph
from tests.test_preprocess import seven


@pytest.mark.parametrize("settings", [{}, {"shadow": 0.65, "noise": 0.03}, {"chalk": True}, {"shadow": 0.0}])
def test_a_photograph_is_read_like_the_drawing(settings) -> None:
    photo = photograph(seven() / 255, np.random.default_rng(1), **settings)
    assert np.abs(from_drawing(photo) - from_drawing(seven())).mean() < 0.04


@pytest.mark.parametrize("paper", ["ruled", "squared"])
def test_rules_are_no_ink(paper) -> None:
    photo = photograph(seven() / 255, np.random.default_rng(2), paper=paper)
    assert np.abs(from_drawing(photo) - from_drawing(seven())).mean() < 0.06


def test_an_empty_sheet_in_uneven_light_is_blank() -> None:
    with pytest.raises(BlankDrawing):
        find_ink(photograph(np.zeros((300, 300)), np.random.default_rng(3), shadow=0.15))


def test_rules_go_and_what_crosses_them_stays() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[60:63] = ink[120:123] = 0.5
    ink[30:170, 140:155] = 1
    without = without_rules(ink)
    assert (without[:, 140:155] == ink[:, 140:155]).all()
    assert not without[:, :130].any() and not without[:, 165:].any()


def test_a_bar_that_ends_before_the_edge_is_no_rule() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[60:63, 20:280] = 1
    assert (without_rules(ink) == ink).all()


def test_one_colour_of_border_is_even_and_a_gradient_is_not() -> None:
    assert is_even(np.full((3, 50), 0.8)) and not is_even(np.linspace(0.4, 0.9, 50)[None])


def test_block_means_by_hand() -> None:
    plane = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    np.testing.assert_allclose(block_mean(plane, 2), [[[(0 + 1 + 4 + 5 + 8 + 9) / 6, (2 + 3 + 6 + 7 + 10 + 11) / 6]]])


def test_twelve_megapixels_are_quick() -> None:
    light = np.linspace(90, 230, 4000)[None, :, None]
    photo = np.broadcast_to(light, (3000, 4000, 3)).astype(np.uint8)
    photo[1000:2000, 1900:2010] = 30
    start = time.process_time()
    ink = find_ink(photo)
    assert time.process_time() - start < 1.5
    assert reduction(photo.shape) == 3 and ink.shape == (1000, 1333)
    assert ink[400, 650] > 0.99 and ink[100, 100] == 0


def test_a_picture_that_claims_too_many_pixels_is_refused() -> None:
    buffer = io.BytesIO()
    Image.new("1", (11_000, 10_000)).save(buffer, "PNG")
    with pytest.raises(DigitLabError, match="bomb.png"):
        read_picture(io.BytesIO(buffer.getvalue()), "bomb.png")


def pad(*strokes: tuple[slice, slice]) -> np.ndarray:
    """A pad's picture with rectangles of ink."""
    ink = np.zeros((280, 280), np.uint8)
    for stroke in strokes:
        ink[stroke] = 255
    return inked(ink)


def test_what_is_drawn_along_the_edges_of_a_pad_is_ink() -> None:
    zero = pad(np.s_[:20], np.s_[-20:], np.s_[:, :20], np.s_[:, -20:])
    with pytest.raises(BlankDrawing):
        find_ink(zero)  # as a picture it is a dark sheet with a hole
    seen = from_drawing(zero, drawn=True)
    assert seen[4:24, 4:24].mean() > 0.2 and seen[8:20, 8:20].max() == 0


def test_a_thin_line_from_edge_to_edge_of_a_pad_is_no_rule() -> None:
    seven = pad(np.s_[60:64, :], np.s_[60:240, 180:184])
    assert find_ink(seven)[62, 90] == 0 and find_ink(seven, drawn=True)[62, 90] == 1


def test_a_pad_without_ink_is_blank() -> None:
    with pytest.raises(BlankDrawing):
        find_ink(pad(), drawn=True)
