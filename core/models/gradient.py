"""Which way a picture would have to change to move what a network says: the gradient by the pixels, of anything it says.

The pass back is that of training (`core.engines.plain`), carried on through the first weights and the scaling to the
pixels; no parameter changes. What is differentiated is a value of its own kind, one number for each picture:

    value, slope = input_gradient(model, x, LogProbability(3))     # how sure it is that these are threes, and how to be surer
    value, slope = input_gradient(model, x, Score.lead(4, 9))      # how far 4 is ahead of 9, before softmax or sigmoid
    value, slope = input_gradient(model, x, Unit(0, 17))           # what the eighteenth unit of the first layer gives
    value, slope = input_gradient(model, x, Error(targets))        # the loss against wanted outputs, one row a picture
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.errors import DigitLabError
from core.models.forward import Trace
from core.models.model import Model
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.scaling import gain_and_offset

Whole = int | np.ndarray  # one number for all pictures, or one each (n,)


class Said(Protocol):
    """Something that a network says of each picture, and that can be differentiated."""

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        """Its value for each picture (n,); the layer (0 is the first after the input) from whose sums it follows; and its
        derivative by these sums (n, units)."""


def input_gradient(model: Model, x: np.ndarray, of: Said) -> tuple[np.ndarray, np.ndarray]:
    """What a network says of pictures, and how that changes with each of their pixels.

    Parameters
    ----------
    x : (n, inputs) or (n, height, width) pixels in 0..1; values outside are taken as they are.
    of : what is differentiated, one number for each picture.

    Returns
    -------
    value : (n,) that number.
    gradient : (n, inputs) its derivative by the pixels, before the network's own scaling; of the parameters' precision.

    Raises `DigitLabError` for pictures of another size, and for digits, units or losses that the network has not.
    """
    trace = model.trace(x)
    value, layer, delta = of.slope(model, trace)
    activation, weights = ACTIVATIONS[model.network.activation], model.parameters.weights
    for above in range(layer, 0, -1):
        delta = delta @ weights[above].T
        activation.backward(trace.activations[above], delta)
    gain, _ = gain_and_offset(model.network.scaling, model.network.mean, model.network.std)
    gradient = delta @ weights[0].T
    gradient *= gain
    return value, gradient


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """A mixture of scores, the last sums before softmax or sigmoid: `weights` (outputs,), or (n, outputs) for each its own."""

    weights: np.ndarray

    @classmethod
    def lead(cls, answer: int, rival: int, outputs: int = 10) -> "Score":
        """How far one answer is ahead of another."""
        return cls(np.eye(outputs)[answer] - np.eye(outputs)[rival])

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        sums = trace.sums[-1]
        delta = _each(self.weights, sums)
        return (delta * sums).sum(axis=1), _last(trace), delta


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """What the output for `digit` gives, before any temperature; sigmoid outputs need not add up to one."""

    digit: Whole

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        y = trace.activations[-1]
        chosen = _chosen(self.digit, y)
        value = (y * chosen).sum(axis=1)
        if model.network.output == "softmax":
            return value, _last(trace), value[:, None] * (chosen - y)
        return value, _last(trace), chosen * y * (1.0 - y)


@dataclass(frozen=True, slots=True, eq=False)
class LogProbability:
    """The logarithm of the probability that `Model.predict` gives to `digit`, temperature and all.

    The best thing to climb: far from an answer, where its probability is flat, its logarithm still slopes.
    """

    digit: Whole

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        return LogLikelihood(_chosen(self.digit, trace.sums[-1])).slope(model, trace)


@dataclass(frozen=True, slots=True, eq=False)
class LogLikelihood:
    """The logarithms of all probabilities that `Model.predict` gives, each times its weight, added up.

    `weights` (outputs,), or (n, outputs) for each picture its own. Of weights that add up to one it is highest where the
    probabilities are these weights: it is the cross-entropy, with the other sign.
    """

    weights: np.ndarray

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        z, cold = trace.sums[-1], 1.0 / model.calibration.temperature
        weights = _each(self.weights, z)
        # Sigmoid outputs are divided by their sum: so their logarithms are to these probabilities what sums are to softmax.
        sigmoid = model.network.output == "sigmoid"
        logs = cold * (-np.logaddexp(0.0, -z) if sigmoid else z)
        logs -= logs.max(axis=1, keepdims=True)
        logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
        delta = cold * (weights - weights.sum(axis=1, keepdims=True) * np.exp(logs))
        if sigmoid:
            delta *= 1.0 - trace.activations[-1]
        return (weights * logs).sum(axis=1), _last(trace), delta


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What a unit of hidden layer `layer` (0 is the first) gives."""

    layer: int
    unit: Whole

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        if not 0 <= self.layer < len(model.network.hidden):
            raise DigitLabError(
                "This network has {count} layers between picture and answers; there is no layer {layer}.",
                count=len(model.network.hidden),
                layer=self.layer + 1,
            )
        values = trace.activations[self.layer + 1]
        delta = _chosen(self.unit, values)
        value = (values * delta).sum(axis=1)
        ACTIVATIONS[model.network.activation].backward(values, delta)
        return value, self.layer, delta


@dataclass(frozen=True, slots=True, eq=False)
class Error:
    """The loss of each picture against `targets` (outputs,) or (n, outputs), which may be anything between 0 and 1.

    `loss` is one that goes with the network's outputs; by default the one it was trained with. Rashid's rule is the slope
    of nothing (see `core.network.losses`): of it, this is the squared error and its true slope.
    """

    targets: np.ndarray
    loss: str = ""

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        name = self.loss or model.config.training.loss
        if (model.network.output, name) not in LOSSES:
            raise DigitLabError(
                "There is no loss called {loss} for {outputs} outputs.", loss=name, outputs=model.network.output
            )
        loss, z, y = LOSSES[model.network.output, name], trace.sums[-1], trace.activations[-1]
        targets, delta = _each(self.targets, y), y.copy()
        loss.delta(delta, targets)
        return loss.value(z, y, targets), _last(trace), delta


def _last(trace: Trace) -> int:
    return len(trace.sums) - 1


def _each(rows: np.ndarray, like: np.ndarray) -> np.ndarray:
    """One row for all pictures, or one for each, as a new array like `like` (n, units)."""
    rows = np.asarray(rows)
    if rows.shape not in (like.shape, like.shape[1:]):
        raise DigitLabError(
            "Give {units} numbers for all pictures, or {shape} for each of them its own; this is an array of shape {given}.",
            units=like.shape[1],
            shape=like.shape,
            given=rows.shape,
        )
    return np.broadcast_to(rows, like.shape).astype(like.dtype)


def _chosen(which: Whole, like: np.ndarray) -> np.ndarray:
    """Ones (n, units) at one unit for all pictures, or at one for each, and zeros elsewhere."""
    places = np.asarray(which)
    if places.dtype.kind not in "iu" or places.shape not in ((), like.shape[:1]):
        raise DigitLabError("Give one whole number for all pictures, or one for each of the {n}.", n=len(like))
    if places.min() < 0 or places.max() >= like.shape[1]:
        raise DigitLabError(
            "The units of this layer go from 0 to {last}; there is no {wrong}.",
            last=like.shape[1] - 1,
            wrong=int(places.min() if places.min() < 0 else places.max()),
        )
    ones = np.zeros_like(like)
    ones[np.arange(len(like)), places] = 1.0
    return ones
