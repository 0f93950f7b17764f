"""Schedules: factors worked by hand, and the same rate for a step whatever is asked with it."""

import numpy as np
import pytest

from core.network.schedules import SCHEDULES, learning_rates

# Cosine: (1 + cos(pi p)) / 2, so 3/4 at p = 1/3 (cos 60 degrees = 1/2).
# One-cycle rises from 0.04 along half a cosine: a third of the way, at p = 0.1, 0.04 + 0.96 / 4; half-way, at
# p = 0.15, 0.04 + 0.96 / 2. It falls from p = 0.3 on: half-way, at 0.65, (1 + 4e-6) / 2; at the end 4e-6.
BY_HAND = {
    "constant": {0.0: 1.0, 0.37: 1.0, 1.0: 1.0},
    "cosine": {0.0: 1.0, 1 / 3: 0.75, 0.5: 0.5, 2 / 3: 0.25, 1.0: 0.0},
    "one_cycle": {0.0: 0.04, 0.1: 0.28, 0.15: 0.52, 0.3: 1.0, 0.65: 0.500002, 1.0: 4e-6},
}


def test_every_schedule_has_a_case():
    assert set(SCHEDULES) == set(BY_HAND)


@pytest.mark.parametrize("name", SCHEDULES)
def test_factors_by_hand(name):
    progress, expected = np.array(list(BY_HAND[name])), list(BY_HAND[name].values())
    np.testing.assert_allclose(SCHEDULES[name].factor(progress), expected, rtol=1e-12, atol=1e-15)


def test_one_cycle_peaks_at_30_percent_and_nowhere_else():
    factors = learning_rates("one_cycle", 1.0, 0, 100, 100)
    assert factors[0] == pytest.approx(1 / 25)
    assert factors.argmax() == 30 and factors[30] == pytest.approx(1.0)
    assert (np.diff(factors[:31]) > 0).all() and (np.diff(factors[30:]) < 0).all()


def test_rates_of_a_part_of_a_run():
    """Steps 2 and 3 of 4 of a cosine: p = 1/2 and 3/4, (1 + cos(135 degrees)) / 2 = (1 - sqrt(1/2)) / 2."""
    rates = learning_rates("cosine", 0.2, first=2, count=2, total=4)
    np.testing.assert_allclose(rates, [0.1, 0.1 * (1 - 0.5**0.5)], rtol=1e-12)
    assert rates.dtype == np.float64


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [1, 7, 1000])
def test_the_rate_of_a_step_does_not_depend_on_the_chunk(name, total):
    """Chunks follow the clock: a rate that differed in its last bit would make a run unrepeatable."""
    whole = learning_rates(name, 1e-3, 0, total, total)
    for size in (1, 2, 3, 5, 16):
        parts = [learning_rates(name, 1e-3, at, min(size, total - at), total) for at in range(0, total, size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
