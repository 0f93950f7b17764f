"""Back-query: a case whose answer is plain, the book's algorithm, and what cannot be walked back."""

from dataclasses import replace

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.explain.back_query.inverse import _weighed, back_query, back_query_all, can_back_query, targets_for
from core.models.model import Model
from core.models.parameters import Parameters
from core.network.losses import OUTPUT_FUNCTIONS
from tests.changed import changed, emptied


def model_of(seed: int = 0, **network) -> Model:
    config = NetworkConfig(
        **{"inputs": 16, "hidden": (12,), "activation": "sigmoid", "output": "sigmoid", "bias": False} | network
    )
    return Model(Config(config), Parameters.initial(config, seed, "float64"))


def test_targets():
    np.testing.assert_array_equal(targets_for(2), [0.01, 0.01, 0.99] + [0.01] * 7)
    for digit in (-1, 10):
        with pytest.raises(DigitLabError, match="from 0 to 9"):
            targets_for(digit)


@pytest.mark.parametrize("hidden", [(), (16,)], ids=str)
def test_where_the_transpose_is_the_inverse(hidden):
    """Output k copies pixel k; a hidden layer of sixteen, where there is one, is a permutation.

    The walk starts from logit(0.99) = L for the digit, -L for the other nine, and finds 0 for the six pixels
    that no output hears: stretched, these are 0.99, 0.01 and 0.5.
    """
    model = model_of(hidden=hidden)
    order = np.random.default_rng(1).permutation(16) if hidden else np.arange(16)
    weights = [np.eye(16)[:, order], np.eye(16)[:, :10]] if hidden else [np.eye(16)[:, :10]]
    pictures = back_query_all(changed(model, **{f"W{n}": array for n, array in enumerate(weights, start=1)}))
    assert pictures.shape == (10, 4, 4)
    for digit in range(10):
        expected = np.full(16, 0.5)
        expected[order[:10]] = 0.01
        expected[order[digit]] = 0.99
        np.testing.assert_allclose(pictures[digit].ravel(), expected, atol=1e-12)


def test_biases_are_taken_off():
    """Without a hidden layer the pixels are the logits less the biases: with biases equal to the logits all
    are 0.
    """
    model = changed(model_of(hidden=(), bias=True), W1=np.eye(16)[:, :10], b1=np.log(np.arange(1, 11)))
    outputs = np.full(10, 0.5)  # logits of 0 leave -ln 1, -ln 2 ... -ln 10, and 0 for the rest
    expected = np.concatenate([1 - np.log(np.arange(1, 11)) / np.log(10), np.ones(6)])
    np.testing.assert_allclose(back_query(model, outputs)[0], 0.01 + 0.98 * expected, atol=1e-12)


def test_softmax_is_undone_by_the_logarithm():
    """Output k copies pixel k. ln 0.99 and nine times ln 0.01 less their mean are 0.9 L and -0.1 L with L = ln 99: the six
    pixels that no output hears, at 0, lie a tenth of the way from the lowest to the highest (by logit it would be half).
    """
    model = changed(model_of(hidden=(), output="softmax"), W1=np.eye(16)[:, :10])
    expected = np.full(16, 0.01 + 0.98 * 0.1)
    expected[:10] = 0.01
    expected[4] = 0.99
    np.testing.assert_allclose(back_query(model, targets_for(4))[0], expected, atol=1e-12)


@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("hidden", [(), (12,)], ids=str)
def test_the_first_step_back_gives_the_wanted_outputs_again(output, hidden):
    """What the last weights shall give, put through biases and output function, is what was asked for."""
    last = f"b{len(hidden) + 1}"
    model = changed(
        model_of(4, output=output, hidden=hidden, bias=True), **{last: np.random.default_rng(1).normal(size=10)}
    )
    wanted = np.random.default_rng(2).uniform(0.02, 0.9, (3, 10))
    if output == "softmax":
        wanted /= wanted.sum(axis=1, keepdims=True)
    sums = _weighed(model, wanted) + model.parameters.biases[-1]
    OUTPUT_FUNCTIONS[output](sums)
    np.testing.assert_allclose(sums, wanted, rtol=1e-12)


def test_what_softmax_forgets_leaves_no_trace():
    """Outputs that differ by a factor, and biases that differ by a number, are the same to softmax: so are the pictures."""
    biases = np.random.default_rng(1).normal(size=10)
    model = changed(model_of(4, output="softmax", bias=True), b2=biases)
    wanted = np.random.default_rng(2).uniform(0.1, 0.9, (3, 10))
    pictures = back_query(model, wanted)
    np.testing.assert_allclose(back_query(model, wanted / 3), pictures, atol=1e-12)
    np.testing.assert_allclose(back_query(changed(model, b2=biases + 5.0), wanted), pictures, atol=1e-12)


def rashid(wih: np.ndarray, who: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The back-query of "Make Your Own Neural Network" (2016), transcribed: one column vector at a time."""

    def logit(p):
        return np.log(p / (1 - p))

    final_outputs = np.array(targets, ndmin=2).T
    hidden_outputs = np.dot(who.T, logit(final_outputs))
    hidden_outputs -= np.min(hidden_outputs)
    hidden_outputs /= np.max(hidden_outputs)
    hidden_outputs *= 0.98
    hidden_outputs += 0.01
    inputs = np.dot(wih.T, logit(hidden_outputs))
    inputs -= np.min(inputs)
    inputs /= np.max(inputs)
    inputs *= 0.98
    inputs += 0.01
    return inputs[:, 0]


@pytest.mark.parametrize("seed", range(3))
def test_equals_the_algorithm_of_the_book(seed):
    model = model_of(seed, inputs=784, hidden=(100,), initializer="normal_fan_out")
    wih, who = (weights.T for weights in model.parameters.weights)
    pictures = back_query_all(model).reshape(10, 784)
    for digit in range(10):
        np.testing.assert_allclose(pictures[digit], rashid(wih, who, targets_for(digit)), rtol=1e-9)


def test_a_stack_is_one_picture_after_another():
    model, rng = model_of(), np.random.default_rng(0)
    outputs = rng.uniform(0.1, 0.9, (3, 10))
    together = back_query(model, outputs)
    assert together.shape == (3, 16)
    for row in range(3):
        np.testing.assert_allclose(together[row], back_query(model, outputs[row])[0], rtol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "leaky_relu", "identity"])
def test_constant_values_have_no_scale(activation):
    np.testing.assert_allclose(back_query_all(emptied(model_of(activation=activation))), 0.5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("output", ["sigmoid", "softmax"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "leaky_relu", "identity"])
def test_every_activation_with_an_inverse(activation, output):
    model = model_of(activation=activation, output=output, hidden=(12, 14), bias=True)
    flat = np.random.default_rng(2).normal(size=model.parameters.flat.shape)
    model = replace(model, parameters=Parameters(model.network, flat))
    assert can_back_query(model)
    pictures = back_query_all(model).reshape(10, 16)
    np.testing.assert_allclose(pictures.min(axis=1), 0.01)
    np.testing.assert_allclose(pictures.max(axis=1), 0.99)
    assert len(np.unique(pictures.round(6), axis=0)) == 10


def test_without_hidden_layers_nothing_is_left_to_undo():
    """Whatever their units would be: there are none."""
    model = model_of(hidden=(), activation="relu")
    assert can_back_query(model)
    np.testing.assert_array_equal(back_query_all(model), back_query_all(model_of(hidden=(), activation="sigmoid")))


def test_relu_cannot_be_undone():
    model = model_of(activation="relu")
    assert not can_back_query(model)
    with pytest.raises(DigitLabError, match="cannot be run backwards.*sigmoid or tanh"):
        back_query_all(model)
    assert can_back_query(model_of(activation="relu", hidden=()))  # no hidden unit, no ReLU


@pytest.mark.parametrize(
    "outputs", [np.full(9, 0.5), np.full((2, 11), 0.5), np.zeros(10), np.ones(10), np.full(10, np.nan)]
)
def test_wanted_outputs_lie_between_0_and_1(outputs):
    with pytest.raises(DigitLabError, match="10 wanted outputs"):
        back_query(model_of(), outputs)


def test_a_float32_model_gives_the_same_pictures():
    double = model_of(inputs=64, hidden=(20,))
    single = Model(double.config, Parameters(double.network, double.parameters.flat.astype(np.float32)))
    np.testing.assert_allclose(back_query_all(single), back_query_all(double), atol=1e-5)
