"""The gradient by the picture: by hand, against finite differences for every kind of network, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest

from core.catalog import load_model, shipped_models
from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.models.calibration import Calibration
from core.models.gradient import Error, LogLikelihood, LogProbability, Output, Said, Score, Unit, input_gradient
from core.models.model import Model
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.scaling import SCALINGS
from tests.changed import changed, emptied

STEP = 1e-6


def model_of(
    *, hidden: tuple[int, ...] = (7, 6), loss: str = "cross_entropy", dtype: str = "float64", **network
) -> Model:
    config = NetworkConfig(inputs=9, hidden=hidden, **network)
    if config.scaling == "standard":
        config = replace(config, mean=0.13, std=0.31)
    # "raw" feeds 255 times as much: with weights so much smaller its sums are those of the others.
    spread = 0.7 / (255 if config.scaling == "raw" else 1)
    flat = np.random.default_rng(5).normal(0.0, 0.7, config.parameter_count)
    flat[: 9 * config.sizes[1]] *= spread / 0.7
    model = Model(Config(config, TrainingConfig(loss=loss)), Parameters(config, flat.astype(dtype)))
    return replace(model, calibration=Calibration(1.7))


def pictures(n: int = 4) -> np.ndarray:
    return np.random.default_rng(6).random((n, 9))


def by_differences(model: Model, x: np.ndarray, of: Said) -> np.ndarray:
    """The gradient (n, inputs) from the value a little to both sides of each pixel."""
    columns = []
    for pixel in np.eye(9):
        up, down = (input_gradient(model, x + sign * STEP * pixel, of)[0] for sign in (1, -1))
        columns.append((up - down) / (2 * STEP))
    return np.stack(columns, axis=1)


SAID = {
    "score": Score(np.linspace(-1, 1, 10)),
    "lead": Score.lead(4, 9),
    "scores of each": Score(np.random.default_rng(2).normal(size=(4, 10))),
    "output": Output(3),
    "output of each": Output(np.array([0, 9, 2, 2])),
    "log probability": LogProbability(8),
    "log probability of each": LogProbability(np.array([5, 5, 0, 9])),
    "log likelihood": LogLikelihood(np.array([0.2, 0, 0, 0.8, 0, 0, 0, 0, 0, 0])),
    "log likelihood of each": LogLikelihood(np.random.default_rng(5).random((4, 10))),
    "first layer": Unit(0, np.array([2, 3, 4, 5])),
    "second layer": Unit(1, 4),
    "error": Error(np.full(10, 0.3)),
    "error of each": Error(np.random.default_rng(3).random((4, 10))),
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize(("output", "loss"), LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_network_against_finite_differences(activation, output, loss, said):
    model = model_of(activation=activation, output=output, loss=loss)
    _, gradient = input_gradient(model, pictures(), SAID[said])
    np.testing.assert_allclose(gradient, by_differences(model, pictures(), SAID[said]), atol=2e-8, rtol=1e-6)
    assert np.abs(gradient).max() > 1e-6


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("hidden", [(), (7,), (7, 6, 5)], ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_every_scaling_and_depth_against_finite_differences(hidden, scaling, bias):
    model = model_of(hidden=hidden, scaling=scaling, bias=bias, activation="tanh")
    for of in (LogProbability(1), Error(np.eye(10)[7]), Score.lead(0, 5)):
        _, gradient = input_gradient(model, pictures(), of)
        np.testing.assert_allclose(gradient, by_differences(model, pictures(), of), atol=2e-8, rtol=1e-6)


def test_by_hand():
    """Two pixels, two ReLU units, sums 2·1 + 0·½ = 2 and −1·1 + 0·½ = −1, so the second unit is silent.

    Answer 0 hears the first three times, scaled by 0.99: its score's slope is 0.99 · 3 · (2, 4). The silent unit, with
    whatever weight, adds nothing.
    """
    last = np.zeros((2, 10))
    last[0, 0], last[1, 0] = 3.0, 100.0
    network = NetworkConfig(inputs=4, hidden=(2,), activation="relu", scaling="offset", bias=False)
    model = Model(Config(network), Parameters(network, np.zeros(network.parameter_count)))
    model = changed(model, W1=[[2.0, -1.0], [4.0, 0.0], [0.0, 0.0], [0.0, 0.0]], W2=last)
    value, gradient = input_gradient(model, np.array([[1.0, 0.0, 0.0, 0.0]]), Score(np.eye(10)[0]))
    np.testing.assert_allclose(value, [3 * (2 * 1.0 + 4 * 0.01)])
    np.testing.assert_allclose(gradient, [[0.99 * 6, 0.99 * 12, 0.0, 0.0]])
    value, gradient = input_gradient(model, np.array([[1.0, 0.0, 0.0, 0.0]]), Unit(0, 1))
    assert not value.any() and not gradient.any()


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_the_values_are_what_the_model_says(output):
    model, x, rows = model_of(output=output), pictures(), np.arange(4)
    digits = np.array([5, 5, 0, 9])
    value, _ = input_gradient(model, x, LogProbability(digits))
    np.testing.assert_allclose(np.exp(value), model.predict(x)[rows, digits], rtol=1e-12)
    value, _ = input_gradient(model, x, Output(digits))
    np.testing.assert_array_equal(value, model.outputs(x)[rows, digits])
    value, _ = input_gradient(model, x.reshape(4, 3, 3), Unit(1, 3))
    np.testing.assert_array_equal(value, model.trace(x).activations[2][:, 3])


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_an_answer_ruled_out_wholly_still_has_a_slope(output):
    """A score 2,000 below the others has the probability 0 in any precision; its logarithm has not, and can be climbed."""
    model = model_of(hidden=(), output=output, dtype="float32")
    model = changed(model, b1=np.where(np.arange(10) == 4, -2_000.0, 0.0))
    assert model.outputs(pictures())[:, 4].max() == 0.0
    value, gradient = input_gradient(model, pictures(), LogProbability(4))
    assert np.isfinite(value).all() and value.max() < -1_000 and np.isfinite(gradient).all()
    assert np.abs(gradient).max(axis=1).min() > 0.1


def test_rashids_rule_is_differentiated_as_the_squared_error_that_it_reports():
    targets = np.eye(10)[2] * 0.98 + 0.01
    model = model_of(activation="sigmoid", output="sigmoid", loss="rashid")
    theirs = input_gradient(model, pictures(), Error(targets, "squared_error"))
    for mine, other in zip(input_gradient(model, pictures(), Error(targets)), theirs, strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("name", shipped_models())
def test_a_step_along_the_gradient_does_what_it_says(name):
    """Shipped networks, in their own precision: a small step makes the answer as much surer as the slope has it."""
    model = load_model(name)
    x = np.random.default_rng(1).random((3, model.network.inputs)).astype(np.float32)
    value, gradient = input_gradient(model, x, LogProbability(5))
    assert gradient.shape == x.shape and gradient.dtype == value.dtype == model.parameters.flat.dtype
    size = 1e-3 / np.abs(gradient).sum(axis=1, keepdims=True)
    after, _ = input_gradient(model, x + size * np.sign(gradient), LogProbability(5))
    np.testing.assert_allclose(after - value, 1e-3, rtol=0.1)


def test_nothing_of_the_model_or_the_pictures_changes():
    model, x = model_of(), pictures()
    flat, kept = model.parameters.flat.copy(), x.copy()
    for of in SAID.values():
        input_gradient(model, x, of)
    np.testing.assert_array_equal(model.parameters.flat, flat)
    np.testing.assert_array_equal(x, kept)


def test_a_network_that_knows_nothing_has_no_slope():
    value, gradient = input_gradient(emptied(model_of()), pictures(), LogProbability(3))
    np.testing.assert_allclose(value, np.log(0.1))
    assert not gradient.any()


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (Output(10), "from 0 to 9; there is no 10"),
        (LogProbability(-1), "there is no -1"),
        (LogProbability(np.array([0, 1])), "one for each of the 4"),
        (Unit(0, 7), "from 0 to 6; there is no 7"),
        (Unit(2, 0), "2 layers between picture and answers; there is no layer 3"),
        (Unit(-1, 0), "no layer 0"),
        (Score(np.ones(9)), "10 numbers"),
        (Error(np.ones((3, 10))), "shape"),
        (Error(np.ones(10), "rashid"), "no loss called rashid for softmax"),
    ],
)
def test_what_the_network_has_not_is_refused(of, words):
    with pytest.raises(DigitLabError, match=words):
        input_gradient(model_of(), pictures(), of)
