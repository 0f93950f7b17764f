"""Why this answer and not that one: how far each pixel and each unit moves one digit's score ahead of another's.

A digit's *score* is its output unit's sum, before softmax or sigmoid; the *lead* of an answer over a rival is the
difference of their scores. Pixels are credited by DeepLIFT's rescale rule (Shrikumar, Greenside, Kundaje, "Learning
Important Features Through Propagating Activation Differences", 2017) against an empty sheet: a unit counts as a straight
line from what it gives for the empty sheet to what it gives for the drawing, so the credits add up exactly to what the
drawing adds to the lead. The units of the last hidden layer need no such rule: lead = sum of weight x activation.
"""

from dataclasses import dataclass

import numpy as np

from core.models.forward import forward
from core.models.model import Model
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.scaling import gain_and_offset

EXACT_UP_TO = 10_000_000  # parameters are worked with in float64; beyond, the copy alone would take seconds and 300 MB
NO_CHANGE = 1e-9  # below it a slope is the derivative: the quotient of two roundings would be noise


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """One unit's sum, term by term: `inputs * weights` and the offset add up to `z`; `a` is what the unit makes of it."""

    inputs: np.ndarray
    weights: np.ndarray
    offset: float
    z: float
    a: float

    @property
    def products(self) -> np.ndarray:
        return self.inputs * self.weights


class Explanation:
    """Everything that can be said about how a model reads one picture.

    Parameters
    ----------
    model : who reads.
    picture : (h, w) or (inputs,) pixels in 0..1.

    Attributes
    ----------
    pixels : (inputs,) float64, the picture.
    trace, empty : what the layers make of the picture, and of an empty sheet (all pixels 0, scaled as any input).
    """

    def __init__(self, model: Model, picture: np.ndarray) -> None:
        self.network = model.network
        exact = model.network.parameter_count <= EXACT_UP_TO
        flat = model.parameters.flat
        self.parameters = Parameters(model.network, flat.astype(np.float64, copy=False) if exact else flat)
        self.pixels = np.asarray(picture, dtype=np.float64).reshape(-1)
        both = forward(self.network, self.parameters, np.stack([self.pixels, np.zeros_like(self.pixels)]))
        self.trace, self.empty = both.row(0), both.row(1)
        self._slopes = [self._slope(layer) for layer in range(len(self.network.hidden))]

    def pixel_credits(self, answer: int, rival: int) -> np.ndarray:
        """What each pixel adds to the lead (inputs,): their sum is the lead on the drawing less that on the empty sheet."""
        return self._moved(0) * self._paths(answer, rival)[0]

    def unit_credits(self, answer: int, rival: int, layer: int) -> np.ndarray:
        """The same for the units of hidden layer `layer` (0 is the first); every layer's credits have the same sum."""
        return self._moved(layer + 1) * self._paths(answer, rival)[layer + 1]

    def unit_shares(self, answer: int, rival: int) -> tuple[np.ndarray, float]:
        """What each unit of the last hidden layer puts into the lead on the drawing, and what the offsets put in.

        Without a hidden layer, the units are the pixels. Shares and offset add up to the lead; nothing is approximated.
        """
        weights = self.parameters.weights[-1][:, answer] - self.parameters.weights[-1][:, rival]
        offset = self.parameters.biases[-1][answer] - self.parameters.biases[-1][rival] if self.network.bias else 0.0
        return self.trace.activations[-2] * weights, float(offset)

    def unit_pictures(self, units: np.ndarray) -> np.ndarray:
        """What excites units of the last hidden layer: (n, inputs) weights back to the pixels.

        For a unit of a first layer these are its own weights. Further back the layers between count as straight lines,
        as above; then picture x pixels adds up to how far the drawing moves the unit's sum.
        """
        gain, _ = gain_and_offset(self.network.scaling, self.network.mean, self.network.std)
        *below, last = self.parameters.weights[:-1]
        paths = last[:, units]
        for weights, slope in zip(reversed(below), reversed(self._slopes[:-1]), strict=True):
            paths = weights @ (slope[:, None] * paths)
        return gain * paths.T

    def sum_of(self, layer: int, unit: int) -> Sum:
        """The sum of one unit; layers count from 0, the first after the input, and the last is the outputs."""
        return Sum(
            inputs=self.trace.activations[layer],
            weights=self.parameters.weights[layer][:, unit],
            offset=float(self.parameters.biases[layer][unit]) if self.network.bias else 0.0,
            z=float(self.trace.sums[layer][unit]),
            a=float(self.trace.activations[layer + 1][unit]),
        )

    @property
    def _activation(self):
        return ACTIVATIONS[self.network.activation]

    def _moved(self, layer: int) -> np.ndarray:
        """How far the drawing moves what a layer gives (0 is the input) from what it gives for the empty sheet."""
        return self.trace.activations[layer] - self.empty.activations[layer]

    def _slope(self, layer: int) -> np.ndarray:
        """The straight line that each unit of a hidden layer counts as: change of its activation per change of its sum."""
        change = self.trace.sums[layer] - self.empty.sums[layer]
        derivative = np.ones_like(change)
        self._activation.backward(self.empty.activations[layer + 1], derivative)
        return np.divide(self._moved(layer + 1), change, out=derivative, where=np.abs(change) > NO_CHANGE)

    def _paths(self, answer: int, rival: int) -> list[np.ndarray]:
        """For every layer from the input on, how much a unit's activation counts for the lead."""
        weights = self.parameters.weights
        paths = [weights[-1][:, answer] - weights[-1][:, rival]]
        for layer in reversed(range(len(self._slopes))):
            paths.append(weights[layer] @ (self._slopes[layer] * paths[-1]))
        return paths[::-1]
