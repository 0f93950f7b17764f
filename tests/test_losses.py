"""Output functions and losses: values by hand, gradients against differences, and the extremes."""

import math

import numpy as np
import pytest

from core.network.losses import LOSSES, OUTPUT_FUNCTIONS, OUTPUTS, delta_of, one_hot, sigmoid, softmax

LN3 = math.log(3)

# For sums z = (0, ln 3) and targets t = (0, 1). Softmax gives (1/4, 3/4); sigmoid gives (1/2, 3/4).
BY_HAND = {
    ("softmax", "cross_entropy"): -math.log(3 / 4),
    ("sigmoid", "cross_entropy"): -math.log(1 - 1 / 2) - math.log(3 / 4),
    ("softmax", "squared_error"): 0.5 * (1 / 16 + 1 / 16),
    ("sigmoid", "squared_error"): 0.5 * (1 / 4 + 1 / 16),
    ("sigmoid", "rashid"): 0.5 * (1 / 4 + 1 / 16),
}
# dL/dz: y - t for cross-entropy. Squared error: (y - t) y (1 - y) for sigmoid; y (e - sum(e y)) for softmax,
# with e = (1/4, -1/4) and sum(e y) = 1/16 - 3/16 = -1/8.
DELTA_BY_HAND = {
    ("softmax", "cross_entropy"): (1 / 4, -1 / 4),
    ("sigmoid", "cross_entropy"): (1 / 2, -1 / 4),
    ("softmax", "squared_error"): (1 / 4 * (1 / 4 + 1 / 8), 3 / 4 * (-1 / 4 + 1 / 8)),
    ("sigmoid", "squared_error"): (1 / 2 * 1 / 4, -1 / 4 * 3 / 16),
    ("sigmoid", "rashid"): (1 / 2 * 1 / 4, -1 / 4 * 3 / 16),
}
WITH_GRADIENT = [pair for pair, loss in LOSSES.items() if loss.has_gradient]


def outputs_of(pair: tuple[str, str], z: np.ndarray) -> np.ndarray:
    y = z.copy()
    OUTPUT_FUNCTIONS[pair[0]](y)
    return y


def test_every_pair_of_output_and_loss_is_there():
    assert set(WITH_GRADIENT) == {(output, loss) for output in OUTPUTS for loss in ("cross_entropy", "squared_error")}
    assert set(LOSSES) - set(WITH_GRADIENT) == {("sigmoid", "rashid")}
    assert set(OUTPUT_FUNCTIONS) == set(OUTPUTS)


def test_softmax_by_hand():
    z = np.array([[0.0, LN3], [5.0, 5.0], [-1.0, -1.0 + LN3]])
    softmax(z)
    np.testing.assert_allclose(z, [[0.25, 0.75], [0.5, 0.5], [0.25, 0.75]], rtol=1e-14)


def test_sigmoid_by_hand():
    z = np.array([[0.0, LN3, -LN3]])
    sigmoid(z)
    np.testing.assert_allclose(z, [[0.5, 0.75, 0.25]], rtol=1e-14)


@pytest.mark.parametrize("pair", LOSSES)
def test_value_and_delta_by_hand(pair):
    z, t = np.array([[0.0, LN3]]), np.array([[0.0, 1.0]])
    y = outputs_of(pair, z)
    np.testing.assert_allclose(LOSSES[pair].value(z, y, t), [BY_HAND[pair]], rtol=1e-14)
    assert LOSSES[pair].delta(y, t) is None
    np.testing.assert_allclose(y, [DELTA_BY_HAND[pair]], rtol=1e-14)


def test_rashid_s_rule_hands_down_the_plain_error():
    """y - t = (1/2, -1/4), while the output weights change by (y - t) y (1 - y)."""
    z, t = np.array([[0.0, LN3]]), np.array([[0.0, 1.0]])
    y = outputs_of(("sigmoid", "rashid"), z)
    assert LOSSES["sigmoid", "rashid"].handed_down(y, t) is None
    np.testing.assert_allclose(y, [[1 / 2, -1 / 4]], rtol=1e-14)


@pytest.mark.parametrize("pair", WITH_GRADIENT)
@pytest.mark.parametrize("targets", [(0.0, 1.0), (0.01, 0.99)])
def test_delta_equals_the_difference_quotient(pair, targets):
    """The targets 0.01 and 0.99 add up to 1.08: softmax with cross-entropy must not rely on a sum of one."""
    rng, step = np.random.default_rng(3), 1e-6
    z = rng.normal(size=(4, 10))
    t = one_hot(rng.integers(0, 10, 4), targets, "float64")
    numeric = np.empty_like(z)
    for place in np.ndindex(z.shape):
        above, below = z.copy(), z.copy()
        above[place] += step
        below[place] -= step
        values = [LOSSES[pair].value(sums, outputs_of(pair, sums), t)[place[0]] for sums in (above, below)]
        numeric[place] = (values[0] - values[1]) / (2 * step)
    analytic = outputs_of(pair, z)
    LOSSES[pair].delta(analytic, t)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("pair", LOSSES)
@pytest.mark.filterwarnings("error")
def test_extreme_sums_give_finite_losses_and_gradients(pair):
    z = np.array([[1e4, 0.0, -1e4]], dtype=np.float32)
    t = np.array([[0.0, 0.0, 1.0]], dtype=np.float32)
    y = outputs_of(pair, z)
    assert np.isfinite(LOSSES[pair].value(z, y, t)).all()
    LOSSES[pair].delta(y, t)
    assert np.isfinite(y).all() and y.dtype == np.float32


def test_cross_entropy_of_a_sure_mistake_is_exact():
    """A logarithm of the rounded output would be infinite: -log softmax = 1000, log(1 + e^1000) = 1000."""
    z, t = np.array([[1000.0, 0.0]]), np.array([[0.0, 1.0]])
    assert LOSSES["softmax", "cross_entropy"].value(z, outputs_of(("softmax", ""), z), t) == pytest.approx(1000.0)
    expected = 1000.0 + math.log(2)
    assert LOSSES["sigmoid", "cross_entropy"].value(z, outputs_of(("sigmoid", ""), z), t) == pytest.approx(expected)


def test_losses_are_per_sample():
    z, t = np.array([[0.0, LN3], [LN3, 0.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    values = LOSSES["softmax", "cross_entropy"].value(z, outputs_of(("softmax", ""), z), t)
    np.testing.assert_allclose(values, [-math.log(3 / 4), -math.log(1 / 4)], rtol=1e-14)


def test_one_hot():
    rows = one_hot(np.array([2, 0]), (0.01, 0.99), "float32", outputs=3)
    np.testing.assert_array_equal(rows, np.array([[0.01, 0.01, 0.99], [0.99, 0.01, 0.01]], dtype=np.float32))
    assert rows.dtype == np.float32


@pytest.mark.parametrize("pair", LOSSES)
@pytest.mark.parametrize("targets", [(0.0, 1.0), (0.01, 0.99)])
def test_the_shorter_delta_is_the_same(pair, targets):
    rng = np.random.default_rng(0)
    t = one_hot(rng.integers(0, 10, 30), targets, "float64")
    y = outputs_of(pair, rng.normal(size=t.shape))
    shorter = y.copy()
    LOSSES[pair].delta(y, t)
    delta_of(*pair, targets)(shorter, t)
    np.testing.assert_array_equal(shorter, y)
