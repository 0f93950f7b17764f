"""Changed digits: worked by hand where the change is known, and by their bounds where it is random."""

import numpy as np
import pytest

from core.drawings.augment import AUGMENTATIONS, augment, turned
from core.drawings.warp import sample
from core.errors import DigitLabError

RANDOM = ("affine", "elastic")


def strokes(n: int, side: int = 28) -> np.ndarray:
    """n digits (n, side * side) uint8: a thick upright bar and a paler one across, in the middle half."""
    digits = np.zeros((n, side, side), np.uint8)
    quarter, width = side // 4, side // 8
    digits[:, quarter:-quarter, side // 2 - width : side // 2 + width] = 250
    digits[:, quarter : 2 * quarter, quarter : side // 2] = 180
    return digits.reshape(n, side * side)


def places_of(height: int, width: int, n: int = 1) -> np.ndarray:
    """Every pixel's own place, (n, 2, h * w)."""
    grid = np.indices((height, width)).reshape(2, -1)
    return np.repeat(grid[None], n, axis=0).astype(np.float32)


def changed(name: str, n: int = 200, side: int = 28, seed: int = 0) -> np.ndarray:
    pixels, _ = augment(name, strokes(n, side), np.zeros(n, np.int64), (side, side), rng=np.random.default_rng(seed))
    return pixels.reshape(-1, side, side)


def centres(digits: np.ndarray) -> np.ndarray:
    """Centres of mass, (n, 2) rows and columns."""
    weights = digits / digits.sum(axis=(1, 2), keepdims=True, dtype=np.float64)
    rows, columns = np.indices(digits.shape[1:])
    return np.stack([(weights * rows).sum(axis=(1, 2)), (weights * columns).sum(axis=(1, 2))], axis=1)


def test_every_pixel_read_at_its_own_place_gives_the_digit():
    digits = np.random.default_rng(0).integers(0, 256, (3, 5, 7), dtype=np.uint8)
    np.testing.assert_array_equal(sample(digits, places_of(5, 7, 3)), digits)


def test_reading_between_pixels_mixes_four_of_them():
    digit = np.array([[[0, 100], [40, 200]]], np.uint8)
    # a quarter down and half across: 0.75 (0 + 100) / 2 + 0.25 (40 + 200) / 2 = 67.5, rounded up
    places = np.tile(np.array([0.25, 0.5], np.float32)[None, :, None], (1, 1, 4))
    np.testing.assert_array_equal(sample(digit, places), np.full((1, 2, 2), 68))


def test_beyond_the_edge_there_is_no_ink():
    digit = np.full((1, 2, 2), 200, np.uint8)
    places = np.array([[[-0.5, -9.0, 1.25, 50.0], [0.0, 0.0, 1.0, 1.0]]], np.float32)
    assert sample(digit, places).ravel().tolist() == [100, 0, 150, 0]


def test_each_digit_is_read_from_itself():
    digits = np.zeros((3, 4, 4), np.uint8)
    digits[1] = 9
    shifted = sample(digits, places_of(4, 4, 3) + np.float32(1))
    assert not shifted[[0, 2]].any() and shifted[1, :3, :3].min() == 9


def test_none_gives_the_same_digits():
    pixels, labels = strokes(4), np.array([3, 1, 4, 1])
    same, same_labels = augment("none", pixels, labels, (28, 28), rng=np.random.default_rng(0))
    np.testing.assert_array_equal(same, pixels)
    np.testing.assert_array_equal(same_labels, labels)


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (10, 6)])
def test_shapes_and_labels(name, shape):
    labels = np.arange(7, dtype=np.int64)
    pixels = np.random.default_rng(1).integers(0, 256, (7, shape[0] * shape[1]), dtype=np.uint8)
    before = pixels.copy()
    pixels.flags.writeable = False
    result, result_labels = augment(name, pixels, labels, shape, rng=np.random.default_rng(0))
    assert result.shape == (7, shape[0] * shape[1]) and result.dtype == np.uint8
    assert result_labels.dtype == np.int64 and result_labels.tolist() == list(range(7))
    np.testing.assert_array_equal(pixels, before)


def test_no_digits_at_all():
    for name in AUGMENTATIONS:
        empty, labels = augment(name, strokes(0), np.zeros(0, int), (28, 28), rng=np.random.default_rng(0))
        assert empty.shape == (0, 784) and labels.shape == (0,)


ANGLES = AUGMENTATIONS["rotations"].angles


def test_turning_leaves_a_dot_in_the_middle_and_turns_a_bar_both_ways():
    digits = np.zeros((2, 21, 21), np.uint8)
    digits[0, 10, 10] = 255
    digits[1, 1:20, 10] = 255  # upright: 9 pixels up and down from the middle
    pixels = turned(ANGLES, digits.reshape(2, -1), (21, 21), np.arange(6), "float64")
    dots, bars = pixels.reshape(2, 3, 21, 21)
    assert (dots.reshape(3, -1).argmax(axis=1) == 10 * 21 + 10).all()
    np.testing.assert_array_equal(bars[0], digits[1])
    # 8 pixels above the middle the bar has moved by 8 tan 10 degrees = 1.41: to the left, then to the right
    assert bars[1, 2] @ np.arange(21) / bars[1, 2].sum() == pytest.approx(10 - 1.41, abs=0.1)
    assert bars[2, 2] @ np.arange(21) / bars[2, 2].sum() == pytest.approx(10 + 1.41, abs=0.1)
    np.testing.assert_allclose(bars[1], bars[2, :, ::-1], atol=1e-9)


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (10, 6)])
def test_turning_is_scipy_s_rotate_of_the_scaled_inputs(shape):
    """As the book does it: inputs scaled to 0.01..1 first, ground 0.01, splines of the third order, nothing clipped."""
    from scipy.ndimage import rotate

    pixels = np.random.default_rng(2).integers(0, 256, (3, shape[0] * shape[1]), dtype=np.uint8)
    mine = turned(ANGLES, pixels, shape, np.array([7, 1, 2]), "float64") / 255 * 0.99 + 0.01  # +10 of 2, of 0, -10 of 0
    for row, (digit, degrees) in zip(mine, ((2, 10), (0, 10), (0, -10)), strict=True):
        scaled = (pixels[digit] / 255 * 0.99 + 0.01).reshape(shape)
        theirs = rotate(scaled, degrees, cval=0.01, order=3, reshape=False)
        np.testing.assert_allclose(row, theirs.ravel(), rtol=0, atol=1e-12)


def test_turning_in_single_precision_rounds_only():
    single, double = (turned(ANGLES, strokes(2), (28, 28), np.arange(6), dtype) for dtype in ("float32", "float64"))
    assert single.dtype == np.float32 and np.abs(single - double).max() < 1e-3  # of 255


@pytest.mark.parametrize("name", RANDOM)
def test_random_changes_replay_by_seed_and_differ_between_calls(name):
    np.testing.assert_array_equal(changed(name, seed=3), changed(name, seed=3))
    assert (changed(name, seed=3) != changed(name, seed=4)).any(axis=(1, 2)).all()
    rng = np.random.default_rng(0)
    first, second = (augment(name, strokes(5), np.zeros(5, int), (28, 28), rng=rng)[0] for _ in range(2))
    assert (first != second).any(axis=1).all()
    assert (first[0] != first[1]).any()  # equal digits in one call change differently too


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("side", [28, 8])
def test_random_changes_keep_the_ink_and_its_place(name, side):
    before, after = strokes(1_500, side).reshape(-1, side, side), changed(name, 1_500, side)
    ink = after.sum(axis=(1, 2)) / before.sum(axis=(1, 2))
    assert 0.95 < ink.mean() < 1.05
    assert (np.abs(np.log2(ink)) < 0.8).mean() > 0.98  # between 0.57 and 1.74 times
    moved = (centres(after) - centres(before)) * 28 / side
    assert np.abs(moved.mean(axis=0)).max() < 0.2  # no preferred direction
    assert 0.5 < moved.std(axis=0).min() and moved.std(axis=0).max() < 1.5
    assert np.abs(moved).max() < 5


def test_elastic_bends_what_affine_leaves_straight():
    bars = np.zeros((200, 28, 28), np.uint8)
    bars[:, 4:24, 13:16] = 255

    def crookedness(name: str) -> float:
        """Mean square distance, in pixels, of the bar's middle from the straight line nearest to it."""
        pixels, _ = augment(name, bars.reshape(200, -1), np.zeros(200, int), (28, 28), rng=np.random.default_rng(0))
        rows = pixels.reshape(200, 28, 28)[:, 8:20].astype(float)
        middles = (rows @ np.arange(28)) / rows.sum(axis=2)
        slopes = np.polynomial.polynomial.polyfit(np.arange(12), middles.T, 1)
        return float(((middles - np.polynomial.polynomial.polyval(np.arange(12), slopes)) ** 2).mean())

    assert crookedness("affine") < 0.005
    assert crookedness("elastic") > 0.02


def test_mistakes_are_refused_with_a_sentence():
    rng = np.random.default_rng(0)
    with pytest.raises(DigitLabError, match="'mirror'; choose 'none', 'rotations', 'affine' or 'elastic'"):
        augment("mirror", strokes(1), np.zeros(1, int), (28, 28), rng=rng)
    with pytest.raises(DigitLabError, match="for 2 labels"):
        augment("affine", strokes(1), np.zeros(2, int), (28, 28), rng=rng)
    with pytest.raises(DigitLabError, match="64 for each label"):
        augment("affine", strokes(1), np.zeros(1, int), (8, 8), rng=rng)
    with pytest.raises(DigitLabError, match="float64"):
        augment("none", strokes(1) / 255, np.zeros(1, int), (28, 28), rng=rng)


def test_every_way_explains_itself():
    for way in AUGMENTATIONS.values():
        assert way.title and way.help.endswith(".")
