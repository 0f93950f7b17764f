"""Activation functions: what a hidden unit makes of its weighted sum.

Each works in place on the sums, and gives its derivative from its own *output*, so that a backward pass needs to keep
one array per layer. The inverse, where there is one, serves the back-query.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from core.messages import N_

LEAK = 0.01  # slope of the leaky ReLU below zero (Maas, Hannun, Ng 2013)


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of one real number, applied to every element.

    Attributes
    ----------
    title : its name for a person.
    forward : `forward(z)` overwrites the sums `z` (any shape) with the activations.
    backward : `backward(a, delta)` multiplies `delta` in place by the derivative, written in terms of the output `a`.
    inverse : `inverse(a)` gives the sums back, or None when the function has no inverse.
    low, high : the open range of the outputs; infinite where it is unbounded.
    """

    title: str
    forward: Callable[[np.ndarray], None]
    backward: Callable[[np.ndarray, np.ndarray], None]
    inverse: Callable[[np.ndarray], np.ndarray] | None
    low: float
    high: float


def _sigmoid(z: np.ndarray) -> None:
    scipy.special.expit(z, out=z)


def _sigmoid_inverse(a: np.ndarray) -> np.ndarray:
    return scipy.special.logit(a)


def _sigmoid_backward(a: np.ndarray, delta: np.ndarray) -> None:
    """sigma' = a (1 - a): delta a - delta a a, without a second temporary."""
    slope = np.subtract(1.0, a, dtype=a.dtype)
    slope *= a
    delta *= slope


def _tanh(z: np.ndarray) -> None:
    np.tanh(z, out=z)


def _tanh_backward(a: np.ndarray, delta: np.ndarray) -> None:
    slope = np.square(a)
    np.subtract(1.0, slope, out=slope)
    delta *= slope


def _relu(z: np.ndarray) -> None:
    np.maximum(z, np.zeros(z.shape[-1:], z.dtype), out=z)  # a row of zeros takes NumPy half as long as one zero


def _relu_backward(a: np.ndarray, delta: np.ndarray) -> None:
    """The derivative at exactly 0 is taken as 0, as every framework does."""
    np.multiply(delta, a > 0.0, out=delta)


def _leaky_relu(z: np.ndarray) -> None:
    np.maximum(z, LEAK * z, out=z)


def _leaky_relu_backward(a: np.ndarray, delta: np.ndarray) -> None:
    np.multiply(delta, LEAK, out=delta, where=a <= 0.0)


def _leaky_relu_inverse(a: np.ndarray) -> np.ndarray:
    return np.where(a > 0.0, a, a / LEAK)


def _identity(z: np.ndarray) -> None:
    pass


def _identity_backward(a: np.ndarray, delta: np.ndarray) -> None:
    pass


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(N_("Sigmoid"), _sigmoid, _sigmoid_backward, _sigmoid_inverse, 0.0, 1.0),
    "tanh": Activation(N_("Tanh"), _tanh, _tanh_backward, np.arctanh, -1.0, 1.0),
    "relu": Activation(N_("ReLU"), _relu, _relu_backward, None, 0.0, np.inf),
    "leaky_relu": Activation(N_("Leaky ReLU"), _leaky_relu, _leaky_relu_backward, _leaky_relu_inverse, -np.inf, np.inf),
    "identity": Activation(N_("Identity"), _identity, _identity_backward, np.copy, -np.inf, np.inf),
}
