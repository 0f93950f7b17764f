"""Initialisers: the spread and the shape of each distribution, and the same draw from the same seed."""

import numpy as np
import pytest

from core.network.initializers import INITIALIZERS

FAN_IN, FAN_OUT = 400, 300  # 120,000 draws: the standard error of a standard deviation is 0.2 % of it

SPREAD = {
    "normal_fan_out": 300**-0.5,
    "normal_fan_in": 400**-0.5,
    "uniform_half": 12**-0.5,  # a uniform of width 1
    "standard_normal": 1.0,
    "standard_normal_biases": 1.0,
    "uniform_fan_in": (1 / 400 / 3) ** 0.5,  # a uniform of +-sqrt(1 / 400)
    "glorot": (2 / 700) ** 0.5,  # a uniform of +-sqrt(6 / 700) has the variance 6 / 700 / 3
    "he": (2 / 400) ** 0.5,
}
LIMIT = {"uniform_half": 0.5, "glorot": (6 / 700) ** 0.5, "uniform_fan_in": 400**-0.5}


def draw(name: str, seed: int = 0) -> np.ndarray:
    return INITIALIZERS[name].draw(np.random.default_rng(seed), FAN_IN, FAN_OUT)


def test_every_initializer_has_a_case():
    assert set(INITIALIZERS) == set(SPREAD)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_mean_and_spread(name):
    weights = draw(name)
    assert weights.shape == (FAN_IN, FAN_OUT) and weights.dtype == np.float64
    assert weights.std() == pytest.approx(SPREAD[name], rel=0.01)
    assert abs(weights.mean()) < 5 * SPREAD[name] / weights.size**0.5


@pytest.mark.parametrize("name", INITIALIZERS)
def test_shape_of_the_distribution(name):
    """A uniform fills its range and keeps to it, kurtosis 1.8; a normal has kurtosis 3."""
    weights = draw(name)
    kurtosis = np.mean((weights / weights.std()) ** 4)
    if name in LIMIT:
        assert 0.999 * LIMIT[name] < np.abs(weights).max() <= LIMIT[name]
        assert kurtosis == pytest.approx(1.8, abs=0.05)
    else:
        assert kurtosis == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_generator_alone_decides(name):
    np.testing.assert_array_equal(draw(name, seed=1), draw(name, seed=1))
    assert not np.array_equal(draw(name, seed=1), draw(name, seed=2))


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if INITIALIZERS[name].draw_biases])
def test_biases_are_spread_like_the_weights(name):
    biases = INITIALIZERS[name].draw_biases(np.random.default_rng(0), FAN_IN, 100_000)
    assert biases.shape == (100_000,) and biases.std() == pytest.approx(SPREAD[name], rel=0.01)
    assert np.abs(biases).max() <= LIMIT.get(name, np.inf)


def test_only_the_tutorials_that_draw_biases_draw_them():
    assert {name for name in INITIALIZERS if INITIALIZERS[name].draw_biases} == {
        "standard_normal_biases", "uniform_fan_in"
    }  # fmt: skip
