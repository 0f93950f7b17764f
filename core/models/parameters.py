"""The trained values of a network: one flat vector, with every weight matrix and bias vector a view into it."""

from collections.abc import Mapping

import numpy as np

from core.config import NetworkConfig
from core.errors import DigitLabError
from core.network.initializers import INITIALIZERS
from core.seeding import INITIAL_WEIGHTS, generator

LARGEST_HALF = 60_000.0  # of what float16 holds, with some room


class Parameters:
    """Weights and biases of one network.

    Attributes
    ----------
    flat : (p,) all values: the weight matrices in order, then the bias vectors in order.
    weights : list of (fan_in, fan_out) views into `flat`, one per layer after the input.
    biases : list of (fan_out,) views into `flat`, empty for a network without biases.
    weight_count : how many entries of `flat` are weights.
    """

    def __init__(self, network: NetworkConfig, flat: np.ndarray) -> None:
        if flat.shape != (network.parameter_count,):
            raise DigitLabError(
                "This network has {parameter_count:,} parameters, not {size:,}.",
                parameter_count=network.parameter_count,
                size=flat.size,
            )
        self.flat = flat
        self.weights: list[np.ndarray] = []
        self.biases: list[np.ndarray] = []
        start = 0
        for fan_in, fan_out in zip(network.sizes[:-1], network.sizes[1:], strict=True):
            self.weights.append(flat[start : start + fan_in * fan_out].reshape(fan_in, fan_out))
            start += fan_in * fan_out
        self.weight_count = start
        for fan_out in network.sizes[1:] if network.bias else ():
            self.biases.append(flat[start : start + fan_out])
            start += fan_out

    @property
    def fits_half(self) -> bool:
        """Whether all values are numbers that half precision can hold: of a training that goes astray they are not."""
        return bool(np.abs(self.flat).max() <= LARGEST_HALF)

    @classmethod
    def initial(cls, network: NetworkConfig, seed: int, dtype: str = "float32") -> "Parameters":
        """Freshly drawn weights, and biases of zero or drawn after them, as the initialiser has it.

        The draw is made in float64, so both precisions start alike.
        """
        parameters = cls(network, np.zeros(network.parameter_count, dtype=dtype))
        rng = generator(seed, INITIAL_WEIGHTS)
        initializer = INITIALIZERS[network.initializer]
        for weights in parameters.weights:
            weights[...] = initializer.draw(rng, *weights.shape)
        if initializer.draw_biases:
            for weights, biases in zip(parameters.weights, parameters.biases, strict=bool(parameters.biases)):
                biases[...] = initializer.draw_biases(rng, *weights.shape)
        return parameters

    @classmethod
    def from_arrays(
        cls, network: NetworkConfig, arrays: Mapping[str, np.ndarray], dtype: str = "float32"
    ) -> "Parameters":
        """From arrays named `W1`, `b1`, `W2`, ... as `arrays()` gives them; a missing or misshapen one is an error."""
        parameters = cls(network, np.zeros(network.parameter_count, dtype=dtype))
        for name, view in parameters.arrays().items():
            if name not in arrays:
                raise DigitLabError("The model file lacks the array {name}.", name=name)
            array = arrays[name]  # once: it may be read from a file now
            if array.shape != view.shape:
                raise DigitLabError(
                    "The array {name} has the shape {shape}; the network needs {needed}.",
                    name=name,
                    shape=array.shape,
                    needed=view.shape,
                )
            with np.errstate(over="ignore"):
                view[...] = array
            if not np.isfinite(view).all():
                raise DigitLabError("The array {name} holds values that are not numbers.", name=name)
        return parameters

    def arrays(self) -> dict[str, np.ndarray]:
        """Views by name: `W1` (inputs, hidden), `b1`, `W2`, ... counted from the input."""
        named = {f"W{number}": weights for number, weights in enumerate(self.weights, start=1)}
        return named | {f"b{number}": biases for number, biases in enumerate(self.biases, start=1)}
