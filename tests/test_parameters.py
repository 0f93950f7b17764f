"""Parameters: one vector seen as matrices, the same start in both precisions, and arrays that do not fit."""

import numpy as np
import pytest

from core.config import NetworkConfig
from core.errors import DigitLabError
from core.models.parameters import Parameters

NETWORK = NetworkConfig(inputs=4, hidden=(3,))  # 4 x 3 and 3 x 10 weights, 3 and 10 biases


def test_layout_by_hand():
    parameters = Parameters(NETWORK, np.arange(55.0))
    assert parameters.weight_count == 42
    np.testing.assert_array_equal(parameters.weights[0], np.arange(12.0).reshape(4, 3))
    np.testing.assert_array_equal(parameters.weights[1], np.arange(12.0, 42.0).reshape(3, 10))
    np.testing.assert_array_equal(parameters.biases[0], [42, 43, 44])
    np.testing.assert_array_equal(parameters.biases[1], np.arange(45.0, 55.0))


def test_matrices_are_views():
    parameters = Parameters(NETWORK, np.zeros(55))
    parameters.weights[1][0, 0] = 7.0
    parameters.biases[0][2] = 8.0
    assert parameters.flat[12] == 7.0 and parameters.flat[44] == 8.0


def test_without_biases():
    parameters = Parameters(NetworkConfig(inputs=4, hidden=(3,), bias=False), np.zeros(42))
    assert parameters.biases == [] and parameters.weight_count == 42
    assert set(parameters.arrays()) == {"W1", "W2"}


@pytest.mark.parametrize("size", [0, 54, 56])
def test_a_vector_of_another_length_is_refused(size):
    with pytest.raises(DigitLabError, match="55 parameters"):
        Parameters(NETWORK, np.zeros(size))


def test_initial_biases_are_zero_and_weights_are_not():
    parameters = Parameters.initial(NETWORK, seed=0)
    assert parameters.flat.dtype == np.float32
    assert not parameters.flat[42:].any()
    assert parameters.flat[:42].all()


def test_biases_that_are_drawn_leave_the_weights_as_they_would_be_without():
    drawn = Parameters.initial(NetworkConfig(inputs=4, hidden=(3,), initializer="standard_normal_biases"), seed=0)
    plain = Parameters.initial(NetworkConfig(inputs=4, hidden=(3,), initializer="standard_normal"), seed=0)
    np.testing.assert_array_equal(drawn.flat[:42], plain.flat[:42])
    assert drawn.flat[42:].all() and not plain.flat[42:].any()
    assert not np.isin(drawn.flat[42:45], drawn.flat[45:]).any()


def test_a_network_without_biases_draws_none():
    network = NetworkConfig(inputs=4, hidden=(3,), initializer="uniform_fan_in", bias=False)
    assert Parameters.initial(network, seed=0).biases == []


def test_initial_follows_from_the_seed():
    first, again, other = (Parameters.initial(NETWORK, seed).flat for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.isin(first[:42], other[:42]).any()


def test_both_precisions_start_alike():
    single, double = (Parameters.initial(NETWORK, 5, dtype).flat for dtype in ("float32", "float64"))
    assert double.dtype == np.float64
    np.testing.assert_array_equal(double.astype(np.float32), single)
    assert not np.array_equal(double, single)


def test_layers_do_not_start_alike():
    parameters = Parameters.initial(NetworkConfig(inputs=9, hidden=(9, 9), initializer="standard_normal"), 0)
    assert not np.array_equal(parameters.weights[0], parameters.weights[1])


def test_arrays_there_and_back():
    parameters = Parameters.initial(NETWORK, 3)
    assert {name: array.shape for name, array in parameters.arrays().items()} == {
        "W1": (4, 3), "W2": (3, 10), "b1": (3,), "b2": (10,)
    }  # fmt: skip
    again = Parameters.from_arrays(NETWORK, parameters.arrays())
    np.testing.assert_array_equal(again.flat, parameters.flat)
    again.flat[0] += 1.0
    assert parameters.flat[0] != again.flat[0]  # a copy


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("W2", None, "lacks the array W2"),
        ("b1", None, "lacks the array b1"),
        ("W1", np.zeros((3, 4)), r"W1 has the shape \(3, 4\)"),
        ("b2", np.zeros((10, 1)), r"b2 has the shape \(10, 1\)"),
        ("W1", np.full((4, 3), np.nan), "W1 holds values"),
        ("b1", np.array([0, np.inf, 0]), "b1 holds values"),
        ("W1", np.full((4, 3), 1e300), "W1 holds values"),  # infinity in float32
    ],
)
def test_arrays_that_do_not_fit(name, array, says):
    arrays = Parameters.initial(NETWORK, 3).arrays() | {name: array}
    with pytest.raises(DigitLabError, match=says):
        Parameters.from_arrays(NETWORK, {key: value for key, value in arrays.items() if value is not None})
