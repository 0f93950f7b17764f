"""Curves with fewer points: what is kept, worked out by hand."""

import numpy as np
import pytest

from dashboard.look.thinning import MOST_POINTS, smooth, thin


def test_short_curves_stay_as_they_are():
    x, y = np.arange(500.0), np.arange(500.0) ** 2
    assert thin(x, y)[0] is x and thin(x, y)[1] is y


def test_the_lowest_and_the_highest_of_each_stretch_are_kept():
    """Twelve points, at most eight: stretches of four, three of them, and both ends."""
    y = np.array([5, 9, 1, 5, 5, 6, 7, 8, 0, 0, 0, 3.0])
    x, thinned = thin(np.arange(12.0), y, 8)
    assert x.tolist() == [0, 1, 2, 4, 7, 8, 11] and thinned.tolist() == [5, 9, 1, 5, 8, 0, 3]


@pytest.mark.parametrize("n", [501, 1_000, 1_023, 4_096, 99_999])
def test_a_peak_of_one_point_stays(n: int):
    y = np.random.default_rng(1).normal(size=n)
    y[n // 3], y[n // 2] = 100.0, -100.0
    x, thinned = thin(np.arange(float(n)), y)
    assert len(x) <= MOST_POINTS and (np.diff(x) > 0).all() and (x[0], x[-1]) == (0, n - 1)
    assert thinned.max() == 100.0 and thinned.min() == -100.0 and (y[x.astype(int)] == thinned).all()


def test_a_growing_curve_does_not_change_where_it_was():
    y = np.random.default_rng(2).normal(size=2_000)
    shown = [thin(np.arange(float(n)), y[:n])[0] for n in (1_500, 1_600)]  # stretches of eight
    before = [x[x < 1_490].tolist() for x in shown]
    assert before[0] == before[1]


def test_what_is_not_a_number_is_no_extreme():
    y = np.full(1_000, np.nan)
    y[500] = 3.0
    assert np.nanmax(thin(np.arange(1_000.0), y)[1]) == 3.0


def test_smoothing_is_a_mean_that_forgets():
    """By hand with a half: 4, (2 + 4/2) / 1.5, (0 + 2/2 + 4/4) / 1.75."""
    assert smooth(np.array([4.0, 2.0, 0.0]), 0.5) == pytest.approx([4.0, 4.0 / 1.5, 2.0 / 1.75])
    assert smooth(np.array([4.0, 2.0]), 0.0).tolist() == [4.0, 2.0] and not len(smooth(np.array([]), 0.5))
