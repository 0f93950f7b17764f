"""Activations: values by hand, derivatives against differences, inverses, and the extremes."""

import math

import numpy as np
import pytest

from core.network.activations import ACTIVATIONS

# Worked by hand: sigmoid(ln 3) = 3 / (3 + 1); tanh(ln 2) = (4 - 1) / (4 + 1).
BY_HAND = {
    "sigmoid": ([0.0, math.log(3), -math.log(3)], [0.5, 0.75, 0.25]),
    "tanh": ([0.0, math.log(2), -math.log(3)], [0.0, 0.6, -0.8]),
    "relu": ([0.0, 2.5, -2.5], [0.0, 2.5, 0.0]),
    "leaky_relu": ([0.0, 2.5, -2.0], [0.0, 2.5, -0.02]),
    "identity": ([0.0, 2.5, -2.0], [0.0, 2.5, -2.0]),
}


def test_every_activation_has_a_case():
    assert set(ACTIVATIONS) == set(BY_HAND)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_by_hand_in_place(name, dtype):
    sums, expected = BY_HAND[name]
    z = np.array([sums], dtype=dtype)
    assert ACTIVATIONS[name].forward(z) is None
    assert z.dtype == dtype
    np.testing.assert_allclose(z[0], expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_from_the_output_equals_the_difference_quotient(name):
    activation, step = ACTIVATIONS[name], 1e-6
    z = np.linspace(-3.1, 3.0, 50).reshape(5, 10)  # 0 itself, where ReLU has a corner, is not among them
    above, at, below = z + step, z.copy(), z - step
    for values in (above, at, below):
        activation.forward(values)
    delta = np.full_like(z, 2.0)
    kept = at.copy()
    assert activation.backward(at, delta) is None
    np.testing.assert_allclose(delta, 2.0 * (above - below) / (2 * step), rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(at, kept)  # the outputs are needed again for the weights' gradient


@pytest.mark.parametrize(("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01)])
def test_derivative_at_the_corner_is_that_of_the_left_side(name, slope):
    delta = np.array([[3.0]])
    ACTIVATIONS[name].backward(np.zeros((1, 1)), delta)
    assert delta[0, 0] == pytest.approx(3.0 * slope)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].inverse])
def test_inverse_gives_the_sums_back(name):
    z = np.linspace(-4.0, 4.0, 33).reshape(3, 11)
    a = z.copy()
    ACTIVATIONS[name].forward(a)
    np.testing.assert_allclose(ACTIVATIONS[name].inverse(a), z, atol=1e-12)


def test_relu_alone_has_no_inverse():
    assert [name for name in ACTIVATIONS if ACTIVATIONS[name].inverse is None] == ["relu"]


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.filterwarnings("error")
def test_huge_sums_stay_in_range_without_a_warning(name):
    activation = ACTIVATIONS[name]
    a = np.array([[-1e4, -50.0, 0.0, 50.0, 1e4]], dtype=np.float32)
    activation.forward(a)
    assert np.isfinite(a).all()
    assert (a >= activation.low).all() and (a <= activation.high).all()
    delta = np.ones_like(a)
    activation.backward(a, delta)
    assert np.isfinite(delta).all() and delta.dtype == np.float32


def test_every_activation_has_a_title_of_its_own():
    assert len({activation.title for activation in ACTIVATIONS.values()}) == len(ACTIVATIONS)
