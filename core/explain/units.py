"""What the units of a hidden layer are for: what each gives for digits of each class, and which digits move it most.

A unit is said to be *for* the class on which it gives most on average. How strongly is how far that lies above its mean over
all ten classes. A unit that gives the same for every digit is for none: it tells nothing apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.errors import DigitLabError
from core.models.forward import ROWS_AT_ONCE, Trace
from core.models.model import Model
from core.network.activations import ACTIVATIONS

CLASSES = 10
STILL = 0.01  # as `core.training.inspection`: answers to all digits that lie so close together tell nothing apart
MOST_BYTES = 100_000_000  # of what all layers make of digits at a time
SHOWN = 6  # digits that fire a unit most, and least


@dataclass(frozen=True, slots=True, eq=False)
class LayerLook:
    """A hidden layer as some digits see it.

    Attributes
    ----------
    profile : (units, 10) mean activation on the digits of each class; 0 for a class without any.
    spread : (units,) standard deviation of the unit's sum before its activation.
    most, least : (units, `SHOWN`) places of the digits on which it gives most, and least, the outermost first.
    meant : (units,) the class that each unit is for, -1 for one that is for none.
    strength : (units,) how far its profile's maximum lies above its mean.
    """

    profile: np.ndarray
    spread: np.ndarray
    most: np.ndarray
    least: np.ndarray
    meant: np.ndarray
    strength: np.ndarray

    @property
    def nbytes(self) -> int:
        arrays = (self.profile, self.spread, self.most, self.least, self.meant, self.strength)
        return sum(each.nbytes for each in arrays)

    def order(self) -> np.ndarray:
        """The units, those for 0 first and those for none last, the strongest of each class first."""
        classes = np.where(self.meant < 0, CLASSES, self.meant)
        return np.lexsort((-self.strength, classes))


def checked_layer(model: Model, layer: int, unit: int = 0) -> None:
    """Raises `DigitLabError` where the network has no such hidden layer (0 is the first), or that layer no such unit."""
    hidden = model.network.hidden
    if not hidden:
        raise DigitLabError("This network has no units in between: its picture goes straight to the ten answers.")
    if not 0 <= layer < len(hidden):
        raise DigitLabError(
            "The layers between picture and answers go from 1 to {last}; there is no {layer}.",
            last=len(hidden),
            layer=layer + 1,
        )
    if not 0 <= unit < hidden[layer]:
        raise DigitLabError(
            "The units of this layer go from 1 to {last}; there is no {unit}.", last=hidden[layer], unit=unit + 1
        )


def look_at(model: Model, digits: Dataset, layer: int) -> LayerLook:
    """What a hidden layer makes of these digits, of which there should be no more than some thousands."""
    checked_layer(model, layer)
    values = np.empty((len(digits), model.network.hidden[layer]), model.parameters.flat.dtype)
    sums = np.empty_like(values)
    for rows, trace in _traces(model, digits):
        values[rows], sums[rows] = trace.activations[layer + 1], trace.sums[layer]
    profile = np.stack([_mean(values[digits.labels == digit]) for digit in range(CLASSES)], axis=1)
    ranked = np.argsort(-values, axis=0, kind="stable").T
    silent = np.ptp(values, axis=0) < STILL
    return LayerLook(
        profile,
        sums.std(axis=0),
        ranked[:, :SHOWN].astype(np.int32),
        ranked[:, ::-1][:, :SHOWN].astype(np.int32),
        np.where(silent, -1, profile.argmax(axis=1)),
        profile.max(axis=1) - profile.mean(axis=1),
    )


def _traces(model: Model, digits: Dataset) -> Iterator[tuple[slice, Trace]]:
    """What all layers make of the digits, a few at a time: of the largest networks a thousand would take a gigabyte."""
    rows = int(np.clip(MOST_BYTES // (2 * 8 * sum(model.network.sizes)), 1, ROWS_AT_ONCE))
    for start in range(0, len(digits), rows):
        part = slice(start, min(start + rows, len(digits)))
        yield part, model.trace(digits.x(part))


def _mean(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=0) if len(values) else np.zeros(values.shape[1], values.dtype)


def weight_pictures(model: Model, layer: int, units: np.ndarray) -> np.ndarray:
    """What each of these units looks for, (n, h, w): ink is for it where this is positive, and against it where negative.

    Of the first layer these are its weights. Further up they are a mix of the first layer's pictures, added up by the weights
    on the way: what the layers between bend or cut off is left out.
    """
    checked_layer(model, layer)
    weights = model.parameters.weights
    mix = weights[layer][:, units]
    for below in range(layer - 1, -1, -1):
        mix = weights[below] @ mix
    return mix.T.reshape(-1, *model.shape)


def most_important(model: Model, digits: Dataset, count: int) -> list[tuple[int, int]]:
    """The (layer, unit) without which right answers would lose most of their lead, the most important first.

    A unit's share in the lead of a digit's own score over the best other one is what it gives, times how the lead changes
    with it (the first term of Taylor's series, as in Molchanov et al., "Pruning Convolutional Neural Networks", 2017). The
    mean over all digits is how important it is.
    """
    hidden = model.network.hidden
    shares = [np.zeros(units) for units in hidden]
    for rows, trace in _traces(model, digits):
        for layer, part in enumerate(_shares(model, trace, digits.labels[rows])):
            shares[layer] += part / len(digits)
    found = [
        (float(shares[layer][unit]), layer, int(unit))
        for layer in range(len(hidden))
        for unit in np.argsort(-shares[layer], kind="stable")[:count]
    ]
    found.sort(key=lambda each: (-each[0], each[1:]))
    return [(layer, unit) for _, layer, unit in found[:count]]


def _shares(model: Model, trace: Trace, labels: np.ndarray) -> list[np.ndarray]:
    """Of each hidden layer, how much its units have of the right answers' leads, added up over the digits: (units,)."""
    sums, rows = trace.sums[-1], np.arange(len(labels))
    others = sums.copy()
    others[rows, labels] = -np.inf
    slope = np.zeros_like(sums)
    slope[rows, labels] = 1.0
    slope[rows, others.argmax(axis=1)] = -1.0
    activation, found = ACTIVATIONS[model.network.activation], list[np.ndarray]()
    for layer in range(len(model.network.hidden) - 1, -1, -1):
        values = trace.activations[layer + 1]
        slope = slope @ model.parameters.weights[layer + 1].T
        found.append((values * slope).sum(axis=0))
        activation.backward(values, slope)
    return found[::-1]
