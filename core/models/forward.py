"""A picture's way through a trained network: the one forward pass of everything that reads, explains or runs backwards.

Engines have their own, for they learn on the way; `core.engines.plain` says what all of them compute.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.config import NetworkConfig
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.losses import OUTPUT_FUNCTIONS
from core.network.scaling import gain_and_offset

ROWS_AT_ONCE = 2_048  # bounds the memory of a prediction to some tens of MB at any network size


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What every layer makes of n pictures, or of one.

    Attributes
    ----------
    sums : per layer after the input, its weighted sums (n, units); the last are those before softmax or sigmoid.
    activations : what each layer gives, from the scaled input (n, inputs) to the outputs (n, outputs).
    """

    sums: list[np.ndarray]
    activations: list[np.ndarray]

    def row(self, number: int) -> "Trace":
        """What the layers make of one of the pictures: arrays (units,)."""
        return Trace([z[number] for z in self.sums], [a[number] for a in self.activations])

    def lead(self, answer: int, rival: int) -> float:
        """How far the answer's score is ahead of the rival's, of one picture."""
        return float(self.sums[-1][answer] - self.sums[-1][rival])


def scale_inputs(network: NetworkConfig, x: np.ndarray, dtype: str | np.dtype) -> np.ndarray:
    """Pixels in 0..1 (n, inputs) to what the first layer gets, in a new array of `dtype`."""
    gain, offset = gain_and_offset(network.scaling, network.mean, network.std)
    scaled = np.multiply(x, gain, dtype=dtype)
    scaled += offset
    return scaled


def forward(network: NetworkConfig, parameters: Parameters, x: np.ndarray) -> Trace:
    """Run pixels (n, inputs) in 0..1 through the network, without dropout, and keep what every layer makes of them."""
    inputs = scale_inputs(network, x, parameters.flat.dtype)
    layers = list(_layers(network, parameters, inputs))
    return Trace([sums for sums, _ in layers], [inputs, *(values for _, values in layers)])


def last_layer(network: NetworkConfig, parameters: Parameters, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Only the end of it, the last sums and the outputs (n, outputs): the other layers are let go of on the way."""
    inputs = scale_inputs(network, x, parameters.flat.dtype)
    return deque(_layers(network, parameters, inputs), maxlen=1).pop()


def _layers(
    network: NetworkConfig, parameters: Parameters, inputs: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The sums of each layer after the input, and what it makes of them."""
    values, last = inputs, len(parameters.weights) - 1
    for layer, weights in enumerate(parameters.weights):
        sums = values @ weights
        if parameters.biases:
            sums += parameters.biases[layer]
        values = sums.copy()
        (OUTPUT_FUNCTIONS[network.output] if layer == last else ACTIVATIONS[network.activation].forward)(values)
        yield sums, values
