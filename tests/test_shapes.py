"""The shape of written digits, measured on shapes that are drawn with a known thickness, slant, size and number of holes."""

import numpy as np
import pytest

from core.drawings.preprocess import from_drawing
from core.drawings.strokes import another_hand, draw, fit
from core.drawings.styles import crossed as with_bar
from core.drawings.styles import slashed as with_slash
from core.scores import shapes

FINE = 8  # points a pixel and side, whose mean a pixel is


def drawn(inside, size: int = 28) -> np.ndarray:
    """The picture (1, size, size) of a shape: `inside(x, y)` says which points it holds, in pixels from the middle."""
    places = (np.arange(size * FINE) + 0.5) / FINE - size / 2
    y, x = np.meshgrid(places, places, indexing="ij")
    held = inside(x, y).astype(float).reshape(size, FINE, size, FINE)
    return held.mean(axis=(1, 3))[None]


def bar(width: float, degrees: float, length: float = 18.0):
    """A straight stroke that leans so many degrees to the right."""
    lean = np.radians(degrees)

    def inside(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        across, along = x * np.cos(lean) + y * np.sin(lean), -x * np.sin(lean) + y * np.cos(lean)
        return (np.abs(across) <= width / 2) & (np.abs(along) <= length / 2)

    return inside


def ring(radius: float, width: float):
    return lambda x, y: np.abs(np.hypot(x, y) - radius) <= width / 2


@pytest.mark.parametrize("width", [1.5, 2.0, 3.0, 4.0, 5.0])
@pytest.mark.parametrize("degrees", [0, 20, 45, 70])
def test_thickness_of_a_stroke(width, degrees):
    """A short stroke loses its ends too, so that it seems thinner by its width in its length; one of 1.5 pixels seems thicker."""
    found = shapes.thickness(drawn(bar(width, degrees)))[0]
    assert found == pytest.approx(width / (1 + width / 18), abs=0.55 if width < 2 else 0.35)


@pytest.mark.parametrize("width", [1.5, 2.0, 3.0, 4.0])
def test_thickness_of_a_ring_which_has_no_ends(width):
    assert shapes.thickness(drawn(ring(8, width)))[0] == pytest.approx(width, abs=0.35)


@pytest.mark.parametrize("degrees", [-30, -10, 0, 10, 25, 40])
def test_slant_of_a_thin_stroke(degrees):
    assert shapes.slant(drawn(bar(1.5, degrees)))[0] == pytest.approx(degrees, abs=1.0)


def test_slant_of_a_digit_does_not_depend_on_its_place():
    shifted = np.roll(drawn(bar(2, 15, 12)), (3, -4), axis=(1, 2))
    assert shapes.slant(shifted)[0] == pytest.approx(shapes.slant(drawn(bar(2, 15, 12)))[0], abs=1e-6)


def test_width_and_height_of_a_box_and_its_ink():
    picture = np.zeros((1, 28, 28))
    picture[0, 4:24, 10:17] = 1.0
    heights, widths = shapes.boxes(picture)
    assert (heights[0], widths[0]) == (20, 7) and shapes.ink(picture)[0] == pytest.approx(100 * 140 / 784)
    assert [int(side[0]) for side in shapes.boxes(np.zeros((1, 28, 28)))] == [0, 0]


def test_holes_are_counted_picture_by_picture():
    def eight(x, y):
        return ring(4, 2)(x, y - 4.5) | ring(4, 2)(x, y + 4.5)

    pictures = np.concatenate(
        [drawn(bar(3, 10)), drawn(ring(7, 3)), drawn(eight), drawn(ring(7, 3)), np.zeros((1, 28, 28))]
    )
    assert shapes.holes(pictures).tolist() == [0, 1, 2, 1, 0]


def test_a_bar_through_a_seven_is_found_and_a_hook_is_none():
    def seven(x, y):
        top = (np.abs(y + 9) <= 1) & (np.abs(x) <= 6)
        return top | bar(2, 15)(x - 2, y)

    def hooked(x, y):
        return seven(x, y) | (np.abs(x + 6) <= 1) & (y > -9) & (y < 0)

    def barred(x, y):
        return seven(x, y) | (np.abs(y - 0.5) <= 1) & (np.abs(x - 2) <= 5)

    assert shapes.crossed(np.concatenate([drawn(seven), drawn(hooked), drawn(barred)])).tolist() == [False, False, True]


def test_a_slash_through_a_zero_is_found_and_a_loop_at_its_top_is_none():
    def slashed(x, y):
        return ring(8, 2)(x, y) | bar(2, 35, 16)(x, y)

    def looped(x, y):
        return ring(8, 2)(x, y) | ring(1.6, 1)(x, y + 9)

    assert shapes.slashed(np.concatenate([drawn(ring(8, 2)), drawn(slashed), drawn(looped)])).tolist() == [
        False,
        True,
        False,
    ]


RING = [np.stack([0.5 + 0.35 * np.cos(a), 0.5 + 0.5 * np.sin(a)], axis=1) for a in [np.linspace(0, 2 * np.pi, 40)]]
SEVEN = [np.array([[0.0, 0.0], [0.8, 0.0], [0.4, 1.0]])]


def prepared(strokes, seed: int) -> np.ndarray:
    """What a hand wrote with these strokes, prepared as a visitor's drawing: (28, 28)."""
    written = fit(another_hand(strokes, np.random.default_rng(seed)), size=200, centre=(140, 140))
    return from_drawing(draw(written, width=14))


@pytest.mark.parametrize(
    ("strokes", "change", "measure"), [(SEVEN, with_bar, shapes.crossed), (RING, with_slash, shapes.slashed)]
)
def test_what_a_pen_adds_is_found(strokes, change, measure):
    """With bar or slash at least 18 of 20 are found, without it at most one."""
    changed = [prepared(change(strokes, np.random.default_rng(seed)), seed) for seed in range(20)]
    plain = [prepared(strokes, seed) for seed in range(20)]
    assert measure(np.stack(changed)).sum() >= 16 and measure(np.stack(plain)).sum() <= 1
