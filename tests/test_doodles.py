import numpy as np
import pytest

from core.datasets import Dataset, TrainingData
from core.datasets.digit_or_not import MORE_PAIRS, SEVERAL, add_test_doodles, doodles
from core.drawings.doodles import KINDS, doodle, several_digits


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_prepared_picture_and_never_the_same(kind):
    rng = np.random.default_rng(0)
    made = [doodle(kind, rng) for _ in range(6)]
    assert all(picture.shape == (28, 28) and picture.dtype == np.uint8 and picture.max() == 255 for picture in made)
    assert all(not np.array_equal(made[0], other) for other in made[1:])
    again = np.random.default_rng(0)
    assert np.array_equal(made[0], doodle(kind, again))


def test_several_digits_lie_side_by_side():
    bar = np.zeros((28, 28), np.uint8)
    bar[4:24, 12:16] = 255
    for seed in range(5):
        picture = several_digits(np.stack([bar, bar, bar]), np.random.default_rng(seed))
        assert picture.shape == (28, 28)
        middle = picture[14] > 100
        if seed == 0:
            starts = np.count_nonzero(np.diff(middle.astype(int)) == 1)
            assert 1 <= starts <= 3


def test_the_guards_test_digits_are_followed_by_what_is_none(monkeypatch):
    monkeypatch.setattr("core.datasets.digit_or_not.COUNTED", 2)
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (5, 784), dtype=np.uint8)
    digits = Dataset("few", pixels, np.arange(5), (28, 28))
    data = add_test_doodles(digits)
    others = 2 * len(KINDS) + 2 * MORE_PAIRS
    assert data.labels.tolist() == [1] * 5 + [0] * others
    np.testing.assert_array_equal(data.pixels[:5], pixels)
    assert [kind for kind, _ in doodles(digits, 1, rng)] == [*KINDS, SEVERAL]
    assert TrainingData(data, None).train is data
