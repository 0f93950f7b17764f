"""Back-query: run the network from an answer back to a picture.

Rashid's walk ("Make Your Own Neural Network", 2016) undoes each step in turn: the inverse of the activation, then the
transposed weights. A transpose is not an inverse, so the picture is what the network connects with the answer, not a
picture that it would read best.
"""

import numpy as np
import scipy

from core.errors import DigitLabError
from core.models.model import Model
from core.network.activations import ACTIVATIONS, Activation

LOW, HIGH = 0.01, 0.99


def targets_for(digit: int, outputs: int = 10) -> np.ndarray:
    """Outputs (outputs,) that say one digit: 0.99 for it and 0.01 for the others."""
    if not 0 <= digit < outputs:
        raise DigitLabError("Digits go from 0 to {outputs}; there is no {digit}.", outputs=outputs - 1, digit=digit)
    return np.where(np.arange(outputs) == digit, HIGH, LOW)


def can_back_query(model: Model) -> bool:
    """Whether the inverse walk exists for this model: its activation must have an inverse."""
    return ACTIVATIONS[model.network.activation].inverse is not None or not model.network.hidden


def back_query(model: Model, outputs: np.ndarray) -> np.ndarray:
    """Walk from wanted outputs (outputs,) or (n, outputs) back to pictures (n, inputs) float in 0.01..0.99.

    It starts from the last sums that give these outputs (`_weighed`). Each layer's values are stretched to 0.01..0.99 (or
    into the open range of the activation) before the next inverse is taken, as in the book. Raises `DigitLabError` for a
    network whose activation has no inverse (ReLU).
    """
    undo = ACTIVATIONS[model.network.activation].inverse
    if not can_back_query(model):
        raise DigitLabError(
            "This network's units forget part of what they are given (ReLU), so it cannot be run backwards step by step. "
            "Choose a network with sigmoid or tanh units."
        )
    activation = ACTIVATIONS[model.network.activation]
    weights, biases = model.parameters.weights, model.parameters.biases
    values = np.atleast_2d(np.asarray(outputs, dtype=np.float64))
    if values.shape[1] != model.network.outputs or not ((values > 0) & (values < 1)).all():
        raise DigitLabError(
            "Give {outputs} wanted outputs for each picture, each between 0 and 1.", outputs=model.network.outputs
        )
    sums = _weighed(model, values)
    for layer in range(len(weights) - 1, -1, -1):
        if biases and layer < len(weights) - 1:
            sums = sums - biases[layer]
        values = sums @ weights[layer].T.astype(np.float64)
        if layer and undo is not None:  # there is one where there are hidden layers
            sums = undo(_stretched(values, activation))
    return _rescale(values, LOW, HIGH)


def back_query_all(model: Model) -> np.ndarray:
    """The pictures (10, height, width) of the ten digits, 0 to 9."""
    pictures = back_query(model, np.stack([targets_for(digit) for digit in range(model.network.outputs)]))
    return pictures.reshape(-1, *model.shape)


def _weighed(model: Model, outputs: np.ndarray) -> np.ndarray:
    """What the last weights must give, h W (n, outputs), for these outputs: the output function's inverse less the biases.

    A sigmoid y = 1 / (1 + exp(-z)) has z = logit(y). For softmax y_k = exp(z_k) / S, where S is the sum of all exp(z_j), so
    z_k = log y_k + log S: the logarithm up to one number for all k, which y does not tell, for softmax forgets it. Of all
    z - b that give y we take the shortest, whose mean is 0: what is forgotten leaves no trace in the picture.
    """
    biases = model.parameters.biases[-1] if model.parameters.biases else 0.0
    if model.network.output == "softmax":
        sums = np.log(outputs) - biases
        return sums - sums.mean(axis=1, keepdims=True)
    return scipy.special.logit(outputs) - biases


def _stretched(values: np.ndarray, activation: Activation) -> np.ndarray:
    """Values brought into the range that the activation can give; unbounded activations take them as they are."""
    if np.isinf(activation.low) or np.isinf(activation.high):
        return values
    span = activation.high - activation.low
    return _rescale(values, activation.low + LOW * span, activation.low + HIGH * span)


def _rescale(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Each row stretched linearly to low..high; a constant row, which has no scale, becomes the middle."""
    smallest = values.min(axis=1, keepdims=True)
    span = values.max(axis=1, keepdims=True) - smallest
    share = np.divide(values - smallest, span, out=np.full_like(values, 0.5), where=span > 0)
    return low + (high - low) * share
