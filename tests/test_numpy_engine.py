"""The NumPy engine: gradients against finite differences and by hand, batches, totals, and its interface."""

import inspect
import math
import sys

import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Engine, Totals, create_engine
from core.engines.numpy.engine import NumpyEngine
from core.engines.numpy.first_layer import LitPixels
from core.errors import DigitLabError
from core.models.model import Model
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES, OUTPUT_FUNCTIONS, one_hot
from core.network.optimizers import OPTIMIZERS

LN2, LN3 = math.log(2), math.log(3)
WITH_GRADIENT = [pair for pair, loss in LOSSES.items() if loss.has_gradient]


def make_engine(network: NetworkConfig, data: Dataset | None = None, **training) -> NumpyEngine:
    config = TrainingConfig(**{"dtype": "float64", "batch_size": 4, "optimizer": "sgd"} | training)
    engine = NumpyEngine(network, config, Parameters.initial(network, 1, config.dtype))
    if data is not None:
        engine.load(data)
    return engine


def network_of(**changes) -> NetworkConfig:
    return NetworkConfig(**{"inputs": 4, "hidden": (3,), "activation": "tanh", "initializer": "glorot"} | changes)


def set_parameters(engine: NumpyEngine, flat: np.ndarray) -> None:
    engine.load_state(engine.state() | {"parameters": flat})


def numeric_gradient(engine: NumpyEngine, order: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """Central differences of the loss along every parameter."""
    flat = engine.parameters().flat
    numeric = np.empty_like(flat)
    for place in range(len(flat)):
        losses = []
        for change in (step, -step):
            moved = flat.copy()
            moved[place] += change
            set_parameters(engine, moved)
            losses.append(engine.gradient(order)[0])
        numeric[place] = (losses[0] - losses[1]) / (2 * step)
    set_parameters(engine, flat)
    return numeric


def assert_gradient(network: NetworkConfig, data: Dataset, **training) -> None:
    engine = make_engine(network, data, **training)
    rng = np.random.default_rng(5)  # biases of zero would hide a bias that is used wrongly
    set_parameters(engine, engine.parameters().flat + rng.normal(0.0, 0.1, network.parameter_count))
    order = np.array([3, 0, 4, 1, 3])
    np.testing.assert_allclose(engine.gradient(order)[1], numeric_gradient(engine, order), rtol=2e-6, atol=1e-9)


@pytest.mark.parametrize("l2", [0.0, 0.3], ids=["", "l2"])
@pytest.mark.parametrize("bias", [True, False], ids=["bias", ""])
@pytest.mark.parametrize("pair", WITH_GRADIENT, ids="-".join)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient(make_data, activation, pair, bias, l2):
    network = network_of(activation=activation, output=pair[0], bias=bias)
    assert_gradient(network, make_data(6, side=2), loss=pair[1], l2=l2)


@pytest.mark.parametrize("pair", WITH_GRADIENT, ids="-".join)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_of_everything_together(make_data, activation, pair):
    """Two hidden layers, dropout, L2, the targets 0.01 and 0.99, scaled inputs, biases."""
    network = network_of(
        hidden=(4, 3),
        activation=activation,
        output=pair[0],
        dropout=0.4,
        scaling="standard",
        mean=0.4,
        std=0.3,
    )
    assert_gradient(network, make_data(6, side=2), loss=pair[1], l2=0.05, targets=(0.01, 0.99))


@pytest.mark.parametrize("hidden", [(), (3,), (4, 3), (3, 4, 3)], ids=str)
@pytest.mark.parametrize("pair", WITH_GRADIENT, ids="-".join)
@pytest.mark.parametrize("targets", [(0.0, 1.0), (0.01, 0.99)], ids=str)
def test_gradient_of_every_depth(make_data, hidden, pair, targets):
    network = network_of(hidden=hidden, output=pair[0], scaling="offset")
    assert_gradient(network, make_data(6, side=2), loss=pair[1], targets=targets)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dropout", [0.2, 0.9])
def test_gradient_with_dropout(make_data, activation, dropout):
    assert_gradient(network_of(hidden=(6,), activation=activation, dropout=dropout), make_data(6, side=2))


def test_a_wrong_gradient_would_be_noticed(make_data, monkeypatch):
    """The test of the tests above: with a sign turned, they fail."""
    wrong = LOSSES["softmax", "cross_entropy"]
    monkeypatch.setitem(LOSSES, ("softmax", "cross_entropy"), type(wrong)("", wrong.value, lambda y, t: None))
    with pytest.raises(AssertionError):
        assert_gradient(network_of(), make_data(6, side=2))


@pytest.mark.parametrize("hidden", [(), (3,), (4, 3)], ids=str)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", ""])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_rashid_s_rule_is_two_slopes(make_data, hidden, bias, dropout):
    """Of the output layer the squared error's, of the layers below the cross-entropy's; so it is no loss's gradient."""
    network = network_of(hidden=hidden, output="sigmoid", bias=bias, dropout=dropout)
    data, order = make_data(6, side=2), np.array([3, 0, 4, 1, 3])
    rule, squared, entropy = (
        make_engine(network, data, loss=loss, l2=0.1, targets=(0.01, 0.99))
        for loss in ("rashid", "squared_error", "cross_entropy")
    )
    found = Parameters(network, rule.gradient(order)[1])
    outputs, below = (Parameters(network, engine.gradient(order)[1]) for engine in (squared, entropy))
    for mine, top, low in (
        (found.weights, outputs.weights, below.weights),
        (found.biases, outputs.biases, below.biases),
    ):
        for layer, values in enumerate(mine):
            np.testing.assert_allclose(values, (top if layer == len(mine) - 1 else low)[layer], rtol=1e-12, atol=1e-15)
    assert rule.gradient(order)[0] == squared.gradient(order)[0]
    differ = not np.allclose(found.flat, numeric_gradient(rule, order), rtol=1e-3)
    assert differ == bool(hidden)


@pytest.mark.parametrize("bias", [True, False], ids=["bias", ""])
@pytest.mark.parametrize("hidden", [(3,), (4, 3)], ids=str)
def test_rashid_s_rule_one_by_one(make_data, hidden, bias):
    """The shortcut for single samples goes the way of plain steps, each by the rule's own direction."""
    data = make_data(40, side=2)
    network = network_of(hidden=hidden, output="sigmoid", bias=bias, activation="sigmoid", scaling="offset")
    quick, plain = (make_engine(network, data, loss="rashid", batch_size=1, targets=(0.01, 0.99)) for _ in range(2))
    assert quick.stride > 1
    for sample in range(40):
        step = plain.gradient(np.array([sample]))[1]
        set_parameters(plain, plain.parameters().flat - 0.2 * step)
    quick.train(np.arange(40), np.full(40, 0.2))
    np.testing.assert_allclose(quick.parameters().flat, plain.parameters().flat, rtol=0, atol=1e-13)


# -- a network worked by hand


@pytest.fixture
def by_hand() -> NumpyEngine:
    """Pixels 0 and 1 drive a hidden unit each with ln 3; outputs 1 and 0 hear one of these units each."""
    network = NetworkConfig(inputs=4, hidden=(2,), activation="sigmoid")
    parameters = Parameters(network, np.zeros(network.parameter_count))
    first, last = parameters.weights
    first[0, 0] = first[1, 1] = LN3
    last[1, 0] = 2 * LN3
    last[0, 1] = 4 / 3 * LN2
    engine = NumpyEngine(network, TrainingConfig(dtype="float64", optimizer="sgd", batch_size=1), parameters)
    engine.load(Dataset("one", np.array([[255, 0, 0, 0]], dtype=np.uint8), np.array([0]), (2, 2)))
    return engine


def test_gradient_by_hand(by_hand):
    """Forward: hidden (3/4, 1/2), outputs (3, 2, 1 x 8) / 13, so the loss of the digit 0 is ln(13/3).

    Back: delta = y - t = (-10, 2, 1 x 8) / 13. The weights below output j get hidden x delta_j. The hidden
    units hear 2/13 x 4/3 ln 2 and -10/13 x 2 ln 3, times the slopes 3/4 x 1/4 and 1/2 x 1/2: ln 2 / 26 and
    -5/13 ln 3. Only pixel 0 is lit, so only its row of weights gets them.
    """
    loss, flat = by_hand.gradient(np.array([0]))
    gradient = Parameters(by_hand.network, flat)
    delta = np.array([-10, 2] + [1] * 8) / 13
    hidden_delta = [LN2 / 26, -5 / 13 * LN3]
    assert loss == pytest.approx(math.log(13 / 3), rel=1e-14)
    np.testing.assert_allclose(gradient.weights[1], np.outer([3 / 4, 1 / 2], delta), rtol=1e-13)
    np.testing.assert_allclose(gradient.weights[0], [hidden_delta, [0, 0], [0, 0], [0, 0]], rtol=1e-13)
    np.testing.assert_allclose(gradient.biases[1], delta, rtol=1e-13)
    np.testing.assert_allclose(gradient.biases[0], hidden_delta, rtol=1e-13)


def test_one_step_by_hand(by_hand):
    before = by_hand.parameters()
    totals = by_hand.train(np.array([0]), np.array([0.13]))
    after = by_hand.parameters()
    assert totals.n == 1 and totals.correct == 1  # measured before the step
    assert totals.loss == pytest.approx(math.log(13 / 3), rel=1e-14)
    np.testing.assert_allclose(before.biases[1] - after.biases[1], np.array([-0.1, 0.02] + [0.01] * 8), rtol=1e-12)
    np.testing.assert_allclose(after.weights[0][0], [LN3 - 0.005 * LN2, 0.05 * LN3], rtol=1e-12)


# -- steps and batches


def test_a_step_of_sgd_is_the_rate_times_the_gradient_of_its_batch(make_data):
    """Ten samples in batches of four: four, four and two, each averaged over its own number."""
    data, order, rates = (
        make_data(10, side=2),
        np.random.default_rng(0).permutation(10),
        np.array([0.5, 0.3, 0.2]),
    )
    trained, followed = (make_engine(network_of(), data, l2=0.1) for _ in range(2))
    trained.train(order, rates)
    for batch, rate in zip((order[:4], order[4:8], order[8:]), rates, strict=True):
        flat = followed.parameters().flat
        set_parameters(followed, flat - rate * followed.gradient(batch)[1])
    np.testing.assert_allclose(trained.parameters().flat, followed.parameters().flat, rtol=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("l2", [0.0, 1e-3])
def test_one_call_or_many_give_the_same_bits(make_data, optimizer, dtype, l2):
    data = make_data(50, side=3)
    network = network_of(inputs=9, hidden=(7, 5), dropout=0.3)
    order, rates = np.random.default_rng(0).permutation(50), np.linspace(0.02, 0.01, 13)
    whole, parts = (make_engine(network, data, optimizer=optimizer, dtype=dtype, l2=l2) for _ in range(2))
    total = whole.train(order, rates)
    summed = Totals()
    for first, last in ((0, 1), (1, 6), (6, 13)):
        summed += parts.train(order[first * 4 : last * 4], rates[first:last])
    np.testing.assert_array_equal(whole.parameters().flat, parts.parameters().flat)
    assert (total.n, total.correct) == (summed.n, summed.correct) == (50, summed.correct)
    assert total.loss == pytest.approx(summed.loss, rel=1e-6)
    for name, array in whole.state().items():
        np.testing.assert_array_equal(array, parts.state()[name], err_msg=name)


def test_totals_are_measured_before_each_batch_takes_its_step(make_data):
    data, order = make_data(10, side=2), np.arange(10)
    engine, follower = (make_engine(network_of(), data) for _ in range(2))
    totals, expected = engine.train(order, np.array([5.0, 5.0, 5.0])), Totals()
    for first in (0, 4, 8):
        batch = order[first : first + 4]
        expected += follower.evaluate(data.subset(batch))
        follower.train(batch, np.array([5.0]))
    assert (totals.n, totals.correct) == (10, expected.correct)
    assert totals.loss == pytest.approx(expected.loss, rel=1e-6)  # evaluation goes by float32 pixels
    assert totals.loss != pytest.approx(make_engine(network_of(), data).evaluate(data).loss, rel=1e-3)


@pytest.mark.parametrize(("samples", "steps"), [(0, 0), (0, 1), (4, 2), (9, 2), (5, 1), (3, 0)])
def test_samples_that_do_not_fill_the_batches_are_refused(make_data, samples, steps):
    engine = make_engine(network_of(), make_data(10, side=2))
    with pytest.raises(DigitLabError, match=f"{samples} samples do not make {steps} batches of 4"):
        engine.train(np.arange(samples), np.full(steps, 0.1))


@pytest.mark.parametrize(("samples", "steps"), [(1, 1), (4, 1), (5, 2), (8, 2)])
def test_samples_that_fill_them_are_taken(make_data, samples, steps):
    engine = make_engine(network_of(), make_data(10, side=2))
    assert engine.train(np.arange(samples), np.full(steps, 0.1)).n == samples
    assert int(engine.state()["steps"]) == steps


def test_dropout_follows_the_step_and_is_off_in_evaluation(make_data):
    data, order = make_data(10, side=2), np.arange(4)
    network = network_of(hidden=(20,), dropout=0.5)
    engine, plain = make_engine(network, data), make_engine(network_of(hidden=(20,)), data)
    first = engine.gradient(order)[0]
    assert engine.gradient(order)[0] == first != plain.gradient(order)[0]
    assert engine.evaluate(data) == plain.evaluate(data)
    engine.load_state(engine.state() | {"steps": np.array(1)})
    assert engine.gradient(order)[0] != first


def test_training_uses_a_new_mask_at_each_step(make_data):
    data, order = make_data(4, side=2), np.arange(4)
    engine = make_engine(network_of(hidden=(20,), dropout=0.5), data)
    losses = {engine.train(order, np.array([0.0])).loss for _ in range(4)}
    assert len(losses) == 4


def test_l2_counts_weights_and_not_biases(make_data):
    """The gradient gains l2 w and the loss half of l2 times the sum of w^2; totals leave the term out."""
    data, order = make_data(4, side=2), np.arange(4)
    plain, decayed = make_engine(network_of(), data), make_engine(network_of(), data, l2=0.2)
    flat = np.random.default_rng(0).normal(size=network_of().parameter_count)
    for engine in (plain, decayed):
        set_parameters(engine, flat)
    weights = np.where(np.arange(len(flat)) < 42, flat, 0.0)  # 4 x 3 and 3 x 10 weights, then 13 biases
    (loss, gradient), (more, steeper) = plain.gradient(order), decayed.gradient(order)
    np.testing.assert_allclose(steeper - gradient, 0.2 * weights, atol=1e-15)
    assert more - loss == pytest.approx(0.1 * np.square(weights).sum())
    assert plain.train(order, np.array([0.0])) == decayed.train(order, np.array([0.0]))


# -- totals and predictions


@pytest.mark.parametrize("pair", LOSSES, ids="-".join)
def test_evaluation_agrees_with_the_model(make_data, pair):
    """More samples than are evaluated at once; loss and answers worked out again from the model's outputs."""
    data = make_data(5000, side=3)
    network = network_of(inputs=9, output=pair[0], scaling="offset")
    engine = make_engine(network, loss=pair[1], targets=(0.01, 0.99))
    totals = engine.evaluate(data)
    activations = Model(Config(network), engine.parameters()).trace(data.x()).activations
    sums = activations[-2] @ engine.parameters().weights[-1] + engine.parameters().biases[-1]
    y, t = sums.copy(), one_hot(data.labels, (0.01, 0.99), "float64")
    OUTPUT_FUNCTIONS[pair[0]](y)
    assert totals.n == 5000
    assert totals.correct == np.count_nonzero(activations[-1].argmax(axis=1) == data.labels)
    assert totals.loss == pytest.approx(LOSSES[pair].value(sums, y, t).sum(), rel=1e-9)


def test_totals_add_up():
    totals = Totals(3, 1.5, 2) + Totals(1, 0.5, 1)
    assert totals == Totals(4, 2.0, 3)
    assert (totals.mean_loss, totals.accuracy) == (0.5, 0.75)


def test_pixels_of_another_range_are_brought_to_0_to_1():
    """16 of 16 is full ink, as 255 of 255 is."""
    small = Dataset("small", np.array([[16, 8, 0, 4]], dtype=np.uint8), np.array([3]), (2, 2), pixel_max=16)
    large = Dataset("large", np.array([[240, 120, 0, 60]], dtype=np.uint8), np.array([3]), (2, 2), pixel_max=240)
    gradients = [make_engine(network_of(scaling="offset"), data).gradient(np.array([0]))[1] for data in (small, large)]
    np.testing.assert_allclose(*gradients, rtol=1e-13)
    assert gradients[0].any()


def test_float32_agrees_with_float64(make_data):
    data, order = make_data(40, side=3), np.arange(40)
    network = network_of(inputs=9, hidden=(8, 6), activation="sigmoid")
    single, double = (make_engine(network, data, dtype=dtype) for dtype in ("float32", "float64"))
    assert single.parameters().flat.dtype == single.gradient(order)[1].dtype == np.float32
    np.testing.assert_allclose(single.gradient(order)[1], double.gradient(order)[1], rtol=1e-3, atol=1e-6)
    for engine in (single, double):
        for _ in range(5):
            engine.train(order, np.full(10, 0.1))
    np.testing.assert_allclose(single.parameters().flat, double.parameters().flat, atol=1e-5)


# -- what stays as it is


def test_looking_changes_nothing(make_data):
    data = make_data(20, side=2)
    engine = make_engine(network_of(), data, optimizer="adam")
    engine.train(np.arange(8), np.array([0.1, 0.1]))
    before = engine.state()
    engine.gradient(np.arange(20))  # larger than a batch
    engine.evaluate(data)
    engine.parameters().flat[:] = 0.0
    for name, array in engine.state().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)
    before["parameters"][:] = 0.0  # nor does the caller's copy of the state reach in
    assert engine.parameters().flat.any()


def test_the_engine_copies_the_parameters_it_is_given(make_data):
    network = network_of()
    given = Parameters.initial(network, 0, "float64")
    kept = given.flat.copy()
    engine = create_engine(network, TrainingConfig(dtype="float64", batch_size=4), given)
    engine.load(make_data(4, side=2))
    engine.train(np.arange(4), np.array([0.1]))
    np.testing.assert_array_equal(given.flat, kept)
    assert not np.array_equal(engine.parameters().flat, kept)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_state_goes_on_to_the_same_bits(make_data, optimizer):
    data, order = make_data(20, side=3), np.arange(20)
    network = network_of(inputs=9, dropout=0.2)
    straight = make_engine(network, data, optimizer=optimizer, dtype="float32")
    straight.train(order, np.full(5, 0.01))
    resumed = make_engine(network, data, optimizer=optimizer, dtype="float32")
    resumed.load_state(straight.state())
    for engine in (straight, resumed):
        engine.train(order, np.full(5, 0.01))
    np.testing.assert_array_equal(resumed.parameters().flat, straight.parameters().flat)


# -- the interface


def methods_of(kind: type) -> dict[str, inspect.Signature]:
    own = {name: value for name, value in vars(kind).items() if inspect.isfunction(value)}
    return {name: inspect.signature(own[name]) for name in own if not name.startswith("_") or name == "__init__"}


def test_the_engine_has_the_methods_of_the_interface_and_no_others():
    promised = {name: sign for name, sign in methods_of(Engine).items() if name in vars(Engine)}
    assert set(promised) == {
        "__init__", "load", "train", "gradient", "evaluate", "parameters", "state", "load_state", "close"
    }  # fmt: skip
    assert methods_of(NumpyEngine) == promised


def test_the_configuration_names_the_engine():
    network = network_of()
    engine = create_engine(network, TrainingConfig(engine="numpy"), Parameters.initial(network, 0))
    assert isinstance(engine, NumpyEngine)


def test_an_engine_that_is_not_installed_is_a_sentence(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("core.engines.taichi.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "taichi", None)  # its import fails, as where it is not installed
    network = network_of()
    with pytest.raises(DigitLabError, match="[Tt]aichi"):
        create_engine(network, TrainingConfig(engine="taichi"), Parameters.initial(network, 0))


@pytest.mark.parametrize("hidden", [(6,), (6, 5)])
@pytest.mark.parametrize("bias", [True, False])
def test_dark_pixels_are_left_out_and_change_nothing(hidden, bias, monkeypatch):
    """Steps that spare the pixels which no sample lights end where steps that read them all do."""
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (20, 16)).astype(np.uint8)
    dark = [0, 3, 15]
    pixels[:, dark] = 0
    data = Dataset("test", pixels, rng.integers(0, 10, 20), (4, 4))
    network = NetworkConfig(inputs=16, hidden=hidden, bias=bias, activation="tanh", initializer="glorot")
    sparing = make_engine(network, data)
    monkeypatch.setattr("core.engines.numpy.descent.gemm", lambda dtype: None)
    plain = make_engine(network, data)
    if isinstance(read := sparing._descent.read, LitPixels):  # NumPy's BLAS is that of its wheels
        assert read._lit.tolist() == sorted(set(range(16)) - set(dark))
    before, order = plain.parameters(), rng.permutation(20)
    for engine in (sparing, plain):
        engine.train(order[:12], np.full(3, 0.5))
        assert engine.parameters().weights[0].shape == (16, 6)
        engine.train(order[12:], np.full(2, 0.5))
    np.testing.assert_allclose(sparing.parameters().flat, plain.parameters().flat, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(sparing.parameters().weights[0][dark], before.weights[0][dark])
    assert sparing.gradient(order)[0] == pytest.approx(plain.gradient(order)[0], abs=1e-14)


def test_other_digits_may_light_other_pixels(monkeypatch):
    rng = np.random.default_rng(4)
    labels, first = rng.integers(0, 10, 8), rng.integers(1, 256, (8, 16)).astype(np.uint8)
    second = first.copy()
    first[:, :4], second[:, 12:] = 0, 0
    network, order, rates = NetworkConfig(inputs=16, hidden=(5,)), np.arange(8), np.full(2, 0.1)
    sparing = make_engine(network)
    monkeypatch.setattr("core.engines.numpy.descent.gemm", lambda dtype: None)
    plain = make_engine(network)
    for engine in (sparing, plain):
        for pixels in (first, second):
            engine.load(Dataset("test", pixels, labels, (4, 4)))
            engine.train(order, rates)
    np.testing.assert_allclose(sparing.parameters().flat, plain.parameters().flat, rtol=0, atol=1e-14)


@pytest.mark.parametrize("scaling", [{"scaling": "raw"}, {"scaling": "standard", "mean": 0.0, "std": 0.25}])
def test_full_ink_that_is_not_one_stands_for_no_bias(make_data, scaling, monkeypatch):
    """Scalings without an offset: the pixel that is always lit would add 255 or 4 times the bias."""
    network = network_of(inputs=9, hidden=(5,), activation="sigmoid", **scaling)
    data, order = make_data(20, side=3), np.arange(20)
    sparing = make_engine(network, data)
    monkeypatch.setattr("core.engines.numpy.descent.gemm", lambda dtype: None)
    plain = make_engine(network, data)
    for engine in (sparing, plain):
        engine.train(order, np.full(5, 0.5))
    np.testing.assert_allclose(sparing.parameters().flat, plain.parameters().flat, rtol=0, atol=1e-13)


def test_of_equal_sums_the_first_answer_counts():
    """As in a prediction: a network of zeros says 0 to everything."""
    network = NetworkConfig(inputs=4, hidden=(3,))
    data = Dataset("test", np.full((4, 4), 9, np.uint8), np.array([0, 3, 0, 9]), (2, 2))
    engine = make_engine(network, data)
    set_parameters(engine, np.zeros(network.parameter_count))
    assert engine.evaluate(data).correct == 2
