"""The output layer and its loss: what the network answers, and the number that training makes small.

Output and loss are one formula, because their joint gradient with respect to the last sums `z` is simple and stable
where the two factors alone are not: for softmax or sigmoid with cross-entropy it is `y - t` (Bishop 2006, section 4.3).
Losses are per sample; an engine averages them over the batch.

One rule is no gradient. T. Rashid, "Make Your Own Neural Network" (2016), changes the output weights by the slope of the
squared error, (y - t) y (1 - y), and splits the plain error y - t among the hidden units, without y (1 - y). So the output
layer goes down the squared error and the layers below go down the cross-entropy; no one function has both slopes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from core.messages import N_

OUTPUTS = ("softmax", "sigmoid")


@dataclass(frozen=True, slots=True)
class Loss:
    """One pair of output function and loss.

    Attributes
    ----------
    title : its name for a person.
    value : `value(z, y, t) -> (n,)`, the loss of each sample from sums `z`, outputs `y` and targets `t`, all (n, 10).
    delta : `delta(y, t)` overwrites the outputs `y` with dL/dz, per sample (not divided by the batch size).
    handed_down : `handed_down(y, t)` overwrites `y` with the error that the layer below gets through the transposed
        output weights, where that is not `delta`; None for every true gradient.
    """

    title: str
    value: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    delta: Callable[[np.ndarray, np.ndarray], None]
    handed_down: Callable[[np.ndarray, np.ndarray], None] | None = None

    @property
    def has_gradient(self) -> bool:
        """Whether its deltas are the derivative of its value; Rashid's rule is the derivative of nothing."""
        return self.handed_down is None


def softmax(z: np.ndarray) -> None:
    """Overwrite each row of `z` (n, k) with exp(z) / sum(exp(z)); the row's maximum is taken off first."""
    z -= np.maximum.reduce(z, axis=1, keepdims=True)  # the methods of the array are the same by a detour
    np.exp(z, out=z)
    z /= np.add.reduce(z, axis=1, keepdims=True)


def sigmoid(z: np.ndarray) -> None:
    """Overwrite `z` with 1 / (1 + exp(-z))."""
    scipy.special.expit(z, out=z)


OUTPUT_FUNCTIONS: dict[str, Callable[[np.ndarray], None]] = {"softmax": softmax, "sigmoid": sigmoid}


def one_hot(labels: np.ndarray, targets: tuple[float, float], dtype: str | np.dtype, outputs: int = 10) -> np.ndarray:
    """Targets (n, outputs): the second value of `targets` at each label, the first elsewhere."""
    rows = np.full((len(labels), outputs), targets[0], dtype=dtype)
    rows[np.arange(len(labels)), labels] = targets[1]
    return rows


def _squared_error(z: np.ndarray, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    return 0.5 * np.square(y - t).sum(axis=1)


def _squared_error_sigmoid_delta(y: np.ndarray, t: np.ndarray) -> None:
    """(y - t) y (1 - y)."""
    slope = y * (1.0 - y)
    y -= t
    y *= slope


def _squared_error_softmax_delta(y: np.ndarray, t: np.ndarray) -> None:
    """With e = y - t the softmax's Jacobian gives y (e - sum(e y))."""
    error = y - t
    error -= (error * y).sum(axis=1, keepdims=True)
    y *= error


def _cross_entropy_softmax(z: np.ndarray, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """-sum t log softmax(z), with log softmax(z) = z - logsumexp(z) so that no logarithm of zero appears."""
    shifted = z - z.max(axis=1, keepdims=True)
    log_total = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return (t * (log_total - shifted)).sum(axis=1)


def _cross_entropy_softmax_delta(y: np.ndarray, t: np.ndarray) -> None:
    """y sum(t) - t, which is y - t when the targets sum to one."""
    y *= t.sum(axis=1, keepdims=True)
    y -= t


def _cross_entropy_sigmoid(z: np.ndarray, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """-sum t log y + (1 - t) log(1 - y), written as log(1 + exp(z)) - t z."""
    return (np.logaddexp(0.0, z) - t * z).sum(axis=1)


def _cross_entropy_sigmoid_delta(y: np.ndarray, t: np.ndarray) -> None:
    y -= t


def delta_of(output: str, loss: str, targets: tuple[float, float]) -> Callable[[np.ndarray, np.ndarray], None]:
    """The `delta` of a pair. For softmax with cross-entropy and targets of zeros and a one it is y - t: they sum to one."""
    delta = LOSSES[output, loss].delta
    return _cross_entropy_sigmoid_delta if delta is _cross_entropy_softmax_delta and targets == (0.0, 1.0) else delta


LOSSES: dict[tuple[str, str], Loss] = {
    ("softmax", "cross_entropy"): Loss(N_("Cross-entropy"), _cross_entropy_softmax, _cross_entropy_softmax_delta),
    ("sigmoid", "cross_entropy"): Loss(N_("Cross-entropy"), _cross_entropy_sigmoid, _cross_entropy_sigmoid_delta),
    ("softmax", "squared_error"): Loss(N_("Squared error"), _squared_error, _squared_error_softmax_delta),
    ("sigmoid", "squared_error"): Loss(N_("Squared error"), _squared_error, _squared_error_sigmoid_delta),
    ("sigmoid", "rashid"): Loss(
        N_("Rashid's rule"), _squared_error, _squared_error_sigmoid_delta, handed_down=_cross_entropy_sigmoid_delta
    ),
}
