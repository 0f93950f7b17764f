import numpy as np
import pytest

from core.drawings.strokes import CANVAS, another_hand, draw, draw_anywhere, fit

CORNER = [np.array([[0.0, 0.0], [0.0, 4.0], [2.0, 4.0]])]


def test_a_dot_is_a_disc_of_the_pens_width():
    sheet = draw([np.array([[140.0, 100.0]])], width=20)
    assert sheet.shape == (CANVAS, CANVAS) and sheet.dtype == np.uint8
    ink = (255 - sheet.astype(float)) / 255
    assert ink.sum() == pytest.approx(np.pi * 10**2, rel=0.05)
    assert ink[100, 140] == 1 and ink[140, 100] == 0  # x goes to the right, y down


def test_a_line_has_round_ends():
    ink = (255 - draw([np.array([[50.0, 140.0], [150.0, 140.0]])], width=10).astype(float)) / 255
    assert ink.sum() == pytest.approx(100 * 10 + np.pi * 5**2, rel=0.05)
    assert ink[140, 46] == 1 and ink[136, 46] < 1


def test_fit_keeps_the_aspect():
    placed = fit(CORNER, size=200, centre=(140, 120))
    assert placed[0].tolist() == [[90, 20], [90, 220], [190, 220]]


def test_fit_of_a_single_point():
    assert fit([np.array([[7.0, 7.0]])], size=200, centre=(140, 140))[0].tolist() == [[140, 140]]


def test_drawn_anywhere_makes_no_blob():
    rng = np.random.default_rng(0)
    for _ in range(50):
        sheet = draw_anywhere(CORNER, rng, widths=(8, 32), sizes=(100, 200))
        ink = sheet < 128
        assert ink.sum() < 0.3 * ink.any(axis=1).sum() ** 2


def test_another_hand_writes_differently_and_nearly_the_same():
    rng = np.random.default_rng(0)
    unit = fit(CORNER, size=1.0, centre=(0.5, 0.5))[0]
    hands = np.stack([another_hand(CORNER, rng)[0] for _ in range(200)])
    moved = np.linalg.norm(hands - unit, axis=2)
    assert moved.std(axis=0).min() > 0.01
    assert np.quantile(moved, 0.95) < 0.35  # of the side
