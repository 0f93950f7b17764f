"""Optimisers: every step worked by hand, on one weight and one bias."""

import numpy as np
import pytest

from core.network.optimizers import OPTIMIZERS

# A weight of 1 and a bias of -2; gradients (0.5, -1), (0.25, 1), (0, 0).
# Learning rate 0.1, momentum 0.9, decay 0.5.
START = (1.0, -2.0)
GRADIENTS = ((0.5, -1.0), (0.25, 1.0), (0.0, 0.0))
BY_HAND = {
    # p - 0.1 g: 1 - 0.05, -2 + 0.1; 0.95 - 0.025, -1.9 - 0.1; no gradient, no step
    "sgd": ((0.95, -1.9), (0.925, -2.0), (0.925, -2.0)),
    # v = (0.5, -1); (0.45 + 0.25, -0.9 + 1) = (0.7, 0.1); (0.63, 0.09); p - 0.1 v each time
    "momentum": ((0.95, -1.9), (0.88, -1.91), (0.817, -1.919)),
    # g + 0.9 v: (0.5 + 0.45, -1 - 0.9); v = (0.7, 0.1): (0.25 + 0.63, 1 + 0.09);
    # v = (0.63, 0.09): (0.567, 0.081)
    "nesterov": ((0.905, -1.81), (0.817, -1.919), (0.7603, -1.9271)),
    # s = 0.1 g^2 = (0.025, 0.1): both step 0.1 x sqrt(10) = 0.3162278 against their sign.
    # s = (0.0225 + 0.00625, 0.09 + 0.1) = (0.02875, 0.19):
    # steps 0.025 / 0.1695582 = 0.1474419 and 0.1 / 0.4358899 = 0.2294157
    "rmsprop": ((0.6837722, -1.6837722), (0.5363303, -1.9131879), (0.5363303, -1.9131879)),
    # m^ = g, s^ = g^2: both step 0.1 x g / |g| = 0.1.
    # m = (0.9 x 0.05 + 0.025, -0.09 + 0.1) = (0.07, 0.01), over 1 - 0.81 = 0.19: (0.3684211, 0.0526316);
    # s = (0.00024975 + 0.0000625, 0.000999 + 0.001) = (0.00031225, 0.001999), over 1 - 0.998001 = 0.001999:
    # (0.1562031, 1), roots (0.3952254, 1); steps 0.1 x (0.9321796, 0.0526316).
    # m = (0.063, 0.009), over 1 - 0.729 = 0.271: (0.2324723, 0.0332103);
    # s = (0.00031193775, 0.001997001), over 1 - 0.997002999 = 0.002997001: (0.1040833, 0.6663331),
    # roots (0.3226195, 0.8162923); ratios (0.7205775, 0.0406843)
    "adam": ((0.9, -1.9), (0.8067820, -1.9052632), (0.7347243, -1.9093316)),
    # The same steps, after the weight alone has shrunk by 1 - 0.1 x 0.5 = 0.95:
    # 0.95 - 0.1 = 0.85; 0.8075 - 0.0932180 = 0.7142820; 0.6785679 - 0.0720577 = 0.6065102
    "adamw": ((0.85, -1.9), (0.7142820, -1.9052632), (0.6065102, -1.9093316)),
}
SLOTS = {
    "sgd": set(),
    "momentum": {"velocity"},
    "nesterov": {"velocity"},
    "rmsprop": {"square"},
    "adam": {"mean", "square"},
    "adamw": {"mean", "square"},
}


def make(name: str, start=START, dtype="float64", **options):
    options = {"momentum": 0.9, "weight_decay": 0.5} | options
    return OPTIMIZERS[name](np.array(start, dtype=dtype), 1, **options)


def test_every_optimizer_has_a_case():
    assert set(OPTIMIZERS) == set(BY_HAND) == set(SLOTS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_three_steps_by_hand(name):
    optimizer = make(name)
    parameters = optimizer.parameters
    for gradient, expected in zip(GRADIENTS, BY_HAND[name], strict=True):
        optimizer.step(np.array(gradient), 0.1)
        np.testing.assert_allclose(optimizer.parameters, expected, atol=6e-7)
    assert optimizer.parameters is parameters  # changed in place: the network's matrices are views into it
    assert optimizer.steps == 3
    assert set(optimizer.state) == SLOTS[name]


@pytest.mark.parametrize(("name", "second"), [("momentum", 0.9), ("nesterov", 0.81)])
def test_a_new_learning_rate_counts_from_this_step_on(name, second):
    """The velocity holds gradients, not steps. After g = 1 and then g = 0 it is 0.9: momentum goes rate x
    0.9,
    Nesterov rate x 0.9 x 0.9, whatever the rate was before."""
    optimizer = make(name, start=(1.0, 0.0))
    optimizer.step(np.array([1.0, 0.0]), 0.1)
    before = optimizer.parameters[0]
    optimizer.step(np.zeros(2), 0.2)
    assert before - optimizer.parameters[0] == pytest.approx(0.2 * second)


def test_momentum_of_zero_is_plain_descent():
    for name in ("momentum", "nesterov"):
        optimizer = make(name, momentum=0.0)
        for gradient, expected in zip(GRADIENTS, BY_HAND["sgd"], strict=True):
            optimizer.step(np.array(gradient), 0.1)
            np.testing.assert_allclose(optimizer.parameters, expected, atol=1e-12)


def test_epsilon_of_rmsprop_stands_outside_the_root():
    """g = 1e-7: s = 1e-15, root 3.162278e-8; g / (root + 1e-7) = 1 / 1.3162278 = 0.7597469."""
    optimizer = make("rmsprop", start=(0.0, 0.0))
    optimizer.step(np.array([1e-7, 0.0]), 1.0)
    np.testing.assert_allclose(optimizer.parameters, [-0.7597469, 0.0], rtol=1e-6)


def test_epsilon_of_adam_meets_the_corrected_root():
    """g = 1e-8: m^ = 1e-8, root of s^ = 1e-8; 1e-8 / (1e-8 + 1e-8) = 1/2, in the second step as in the
    first.
    """
    optimizer = make("adam", start=(0.0, 0.0))
    for expected in (-0.5, -1.0):
        optimizer.step(np.array([1e-8, 0.0]), 1.0)
        np.testing.assert_allclose(optimizer.parameters, [expected, 0.0], rtol=1e-9)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays_float32_and_agrees(name):
    single, double = make(name, dtype="float32"), make(name)
    for gradient in GRADIENTS:
        single.step(np.array(gradient, dtype=np.float32), 0.1)
        double.step(np.array(gradient), 0.1)
    assert single.parameters.dtype == np.float32
    assert all(vector.dtype == np.float32 for vector in single.state.values())
    np.testing.assert_allclose(single.parameters, double.parameters, rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_state_and_steps_are_all_that_is_needed_to_go_on(name):
    straight, first = make(name), make(name)
    for optimizer in (straight, first):
        optimizer.step(np.array(GRADIENTS[0]), 0.1)
    second = make(name, start=first.parameters)
    second.steps = first.steps
    for slot, vector in first.state.items():
        second.state[slot][...] = vector
    for optimizer in (straight, second):
        optimizer.step(np.array(GRADIENTS[1]), 0.1)
    np.testing.assert_array_equal(second.parameters, straight.parameters)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_the_bottom_of_a_bowl(name):
    optimizer = make(name, start=(3.0, -2.0), weight_decay=0.0)
    for _ in range(1000):
        optimizer.step(2.0 * optimizer.parameters, 0.02)
    assert np.abs(optimizer.parameters).max() < 0.05
