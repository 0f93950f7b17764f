"""The model: a tiny network worked by hand, scalings, many pictures at once, and shapes that do not fit."""

import dataclasses
import math

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.calibration import Calibration
from core.models.forward import ROWS_AT_ONCE, scale_inputs
from core.models.model import Model, Score
from core.models.parameters import Parameters
from tests.changed import changed

LN2, LN3 = math.log(2), math.log(3)


def tiny(**changes) -> Model:
    """Four pixels, two hidden units, ten outputs; pixel 0 drives unit 0, pixel 1 drives unit 1."""
    network = NetworkConfig(**{"inputs": 4, "hidden": (2,), "activation": "sigmoid"} | changes)
    parameters = Parameters(network, np.zeros(network.parameter_count))
    first, last = parameters.weights
    first[0, 0] = first[1, 1] = LN3
    last[1, 0] = 2 * LN3
    last[0, 1] = 4 / 3 * LN2
    return Model(Config(network), parameters)


def test_softmax_network_by_hand():
    """Sums (ln 3, 0) -> sigmoid (3/4, 1/2) -> sums (ln 3, ln 2, 0 x 8) -> (3, 2, 1 x 8) / 13."""
    activations = tiny().trace(np.array([[1.0, 0.0, 0.0, 0.0]])).activations
    np.testing.assert_array_equal(activations[0], [[1, 0, 0, 0]])
    np.testing.assert_allclose(activations[1], [[3 / 4, 1 / 2]], rtol=1e-14)
    np.testing.assert_allclose(activations[2], [[3 / 13, 2 / 13] + [1 / 13] * 8], rtol=1e-14)


def test_sigmoid_network_by_hand():
    """The same sums through a sigmoid: 3/4, 2/3, 1/2 x 8, which add up to 65/12."""
    model, x = tiny(output="sigmoid"), np.array([[1.0, 0.0, 0.0, 0.0]])
    np.testing.assert_allclose(model.outputs(x), [[3 / 4, 2 / 3] + [1 / 2] * 8], rtol=1e-14)
    np.testing.assert_allclose(model.predict(x), [[9 / 65, 8 / 65] + [6 / 65] * 8], rtol=1e-14)


def test_biases_are_added():
    """A bias of -ln 3 makes unit 0 sigmoid(0) = 1/2, so output 1 sums 2/3 ln 2; its bias makes it ln 2."""
    model = changed(tiny(), b1=[-LN3, 0.0], b2=np.eye(10)[1] * LN2 / 3)
    np.testing.assert_allclose(model.predict(np.array([[1.0, 0, 0, 0]]))[0, :3], np.array([3, 2, 1]) / 13, rtol=1e-14)


def test_the_model_applies_its_own_scaling():
    """With mean 1 and spread 2 a pixel of 1 becomes 0 and an empty one -1/2."""
    x = np.array([[1.0, 0.0, 0.0, 0.0]])
    activations = tiny(scaling="standard", mean=1.0, std=2.0).trace(x).activations
    np.testing.assert_allclose(activations[0], [[0.0, -0.5, -0.5, -0.5]])
    np.testing.assert_allclose(activations[1], [[1 / 2, 1 / (1 + 3**0.5)]])
    np.testing.assert_allclose(tiny(scaling="offset").trace(x).activations[0], [[1.0, 0.01, 0.01, 0.01]])


def test_scaling_leaves_the_pixels_alone():
    x = np.ones((2, 4), dtype=np.float32)
    scaled = scale_inputs(NetworkConfig(inputs=4, scaling="offset"), x, "float64")
    scaled[:] = 5.0
    assert scaled.dtype == np.float64
    np.testing.assert_array_equal(x, 1.0)


def test_prediction_leaves_pixels_and_parameters_alone():
    model, x = tiny(), np.random.default_rng(0).random((3, 4))
    kept, flat = x.copy(), model.parameters.flat.copy()
    model.predict(x)
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(model.parameters.flat, flat)


def test_a_model_never_changes():
    """One model is shared by all who read: neither its parts nor its values can be written, and another is made of it."""
    model = tiny()
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.calibration = Calibration(2.0)
    with pytest.raises(ValueError, match="read-only"):
        model.parameters.biases[0][0] = 1.0
    surer = dataclasses.replace(model, calibration=Calibration(0.5))
    x = np.array([[1.0, 0.0, 0.0, 0.0]])
    assert surer.predict(x)[0, 0] == pytest.approx(9 / 21) and model.predict(x)[0, 0] == pytest.approx(3 / 13)


def test_silent_outputs_are_all_equally_likely():
    """A sigmoid far below zero is 0 in float32: no division by a sum of zero."""
    network = NetworkConfig(inputs=4, hidden=(), output="sigmoid")
    parameters = Parameters(network, np.zeros(50, dtype=np.float32))
    parameters.biases[0][:] = -1e4
    with np.errstate(all="raise", under="ignore"):
        np.testing.assert_allclose(Model(Config(network), parameters).predict(np.zeros((2, 4))), 0.1, rtol=1e-6)


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_probabilities_of_more_pictures_than_fit_at_once(output):
    network = NetworkConfig(inputs=9, hidden=(5,), output=output)
    model = Model(Config(network), Parameters.initial(network, 0))
    x = np.random.default_rng(1).random((2 * ROWS_AT_ONCE + 3, 9), dtype=np.float32)
    p = model.predict(x)
    assert p.shape == (len(x), 10) and p.dtype == np.float32
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(p[[0, ROWS_AT_ONCE, -1]], model.predict(x[[0, ROWS_AT_ONCE, -1]]), rtol=1e-5)


def test_pictures_and_rows_are_read_alike():
    network = NetworkConfig(inputs=64, hidden=(5,))
    model = Model(Config(network), Parameters.initial(network, 0))
    pictures = np.random.default_rng(1).random((3, 8, 8))
    np.testing.assert_array_equal(model.predict(pictures), model.predict(pictures.reshape(3, 64)))
    assert model.shape == (8, 8)


@pytest.mark.parametrize("shape", [(4,), (1, 5), (0, 4), (2, 3, 3), (1, 1, 2, 2), ()])
def test_other_shapes_are_refused(shape):
    with pytest.raises(DigitLabError, match="2 × 2 pixels.*shape"):
        tiny().predict(np.zeros(shape))


def test_score():
    assert Score(8, 6).accuracy == 0.75
