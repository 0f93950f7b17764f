import numpy as np
import pytest
from scipy import ndimage

from core.drawings.styles import CHANGES, crossed, printed, restyle, slashed

RING = [np.stack([0.5 + 0.3 * np.cos(a), 0.5 + 0.5 * np.sin(a)], axis=1) for a in [np.linspace(0, 2 * np.pi, 40)]]
SEVEN = [np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]])]


def test_a_slash_goes_through_the_middle_of_a_zero():
    for seed in range(20):
        strokes = slashed(RING, np.random.default_rng(seed))
        assert len(strokes) == 2
        (x0, y0), (x1, y1) = strokes[1]
        assert abs((x0 + x1) / 2 - 0.5) < 0.2 and abs((y0 + y1) / 2 - 0.5) < 0.2
        assert abs(y1 - y0) > 0.3


def test_a_bar_crosses_the_stem_of_a_seven():
    for seed in range(20):
        (x0, y0), (x1, y1) = crossed(SEVEN, np.random.default_rng(seed))[1]
        level = (y0 + y1) / 2
        stem = 1.0 - 0.5 * level  # the line from (1, 0) to (0.5, 1)
        assert x0 < stem < x1 and 0.3 < level < 0.7


def test_zeros_and_sevens_are_what_is_changed():
    assert CHANGES == {0: slashed, 7: crossed}


@pytest.mark.parametrize("label", range(10))
def test_printed_digits_are_strokes_about_the_box_and_vary(label):
    rng = np.random.default_rng(label)
    made = [printed(label, rng) for _ in range(30)]
    for strokes in made:
        points = np.concatenate(strokes)
        assert points.shape[1] == 2 and points.min() > -0.35 and points.max() < 1.35
        assert np.ptp(points[:, 1]) > 0.8
    assert len({len(strokes) for strokes in made}) > 1 or not np.allclose(made[0][0][0], made[1][0][0])


def _picture(label):
    picture = np.zeros((28, 28), np.uint8)
    if label == 0:
        y, x = np.indices((28, 28))
        radius = np.hypot((y - 14) / 10, (x - 14) / 7)
        picture[(radius < 1) & (radius > 0.7)] = 255
    elif label == 7:
        picture[4:7, 8:20] = 255
        for row in range(7, 24):
            picture[row, 18 - row // 3 : 21 - row // 3] = 255
    else:
        picture[4:24, 13:15] = 255
    return picture


def test_a_slash_parts_the_hole_of_a_finished_zero():
    before = ndimage.label(_picture(0) < 100)[1]
    parted = [ndimage.label(restyle(_picture(0), 0, np.random.default_rng(s)) < 100)[1] for s in range(10)]
    assert before == 2 and np.median(parted) >= 3


@pytest.mark.parametrize("label", [1, 7])
def test_a_base_or_bar_makes_a_finished_digit_wider_somewhere(label):
    changed = [restyle(_picture(label), label, np.random.default_rng(s)) for s in range(20)]
    assert all(picture.shape == (28, 28) and picture.dtype == np.uint8 for picture in changed)
    widest = [np.count_nonzero(picture > 60, axis=1).max() for picture in changed]
    assert np.median(widest) >= (8 if label == 1 else 12) or label == 7
    assert any(not np.array_equal(changed[0], other) for other in changed[1:])
