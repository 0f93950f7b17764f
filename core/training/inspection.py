"""A look into a network between two epochs: what it takes each digit for, which units say nothing, how far its weights moved.

It is taken on digits held back, by NumPy whatever the engine, and on fewer of them the larger the network is, so that it
costs a small part of an epoch.
"""

import numpy as np

from core.config import NetworkConfig
from core.datasets import Dataset
from core.models.forward import ROWS_AT_ONCE, forward
from core.models.parameters import Parameters
from core.training.events import LayerFigures

MULTIPLICATIONS = 2e9  # of a look, a tenth of a second or less on two cores
FEWEST = 500  # digits, whatever that costs
STILL = 0.01  # a unit whose answers to all digits lie so close together tells nothing apart


class Inspector:
    """Looks into one network again and again.

    Parameters
    ----------
    network, seed : what is looked into, and the seed of its start, which is drawn anew at each look: to keep it would take
        room, and a run that goes on from a checkpoint has it as well.
    digits : the digits held back (n), of which as many as can be afforded are shown.
    """

    def __init__(self, network: NetworkConfig, seed: int, digits: Dataset) -> None:
        self._network, self._seed = network, seed
        affordable = int(MULTIPLICATIONS / network.parameter_count)
        self.digits = digits.subset(slice(0, max(affordable, FEWEST))) if len(digits) > affordable else digits

    @np.errstate(over="ignore", invalid="ignore")  # a loss that is no number tells of it, see Training
    def look(self, parameters: Parameters) -> tuple[tuple[tuple[int, ...], ...], tuple[LayerFigures, ...]]:
        """How it stands.

        Returns
        -------
        confusion : (outputs, outputs) counts; row is the true digit, column the answer.
        layers : the figures of each layer after the input.
        """
        lowest = [np.full(units, np.inf) for units in self._network.hidden]
        highest = [np.full(units, -np.inf) for units in self._network.hidden]
        confusion = np.zeros((self._network.outputs,) * 2, dtype=np.int64)
        for start in range(0, len(self.digits), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            trace = forward(self._network, parameters, self.digits.x(part))
            for low, high, values in zip(lowest, highest, trace.activations[1:-1], strict=True):
                np.minimum(low, values.min(axis=0), out=low)
                np.maximum(high, values.max(axis=0), out=high)
            np.add.at(confusion, (self.digits.labels[part], trace.sums[-1].argmax(axis=1)), 1)
        silent = [int(np.count_nonzero(high - low < STILL)) for low, high in zip(lowest, highest, strict=True)]
        figures = self._figures(parameters, [*silent, 0])
        return tuple(tuple(row) for row in confusion.tolist()), figures

    def _figures(self, parameters: Parameters, silent: list[int]) -> tuple[LayerFigures, ...]:
        start = Parameters.initial(self._network, self._seed, parameters.flat.dtype.name)
        figures = []
        for weights, began, still in zip(parameters.weights, start.weights, silent, strict=True):
            began -= weights
            size = _root_mean_square(weights)
            figures.append(LayerFigures(weights.shape[1], still, size, _root_mean_square(began) / max(size, 1e-12)))
        return tuple(figures)


def _root_mean_square(values: np.ndarray) -> float:
    return float(np.sqrt(np.square(values).mean(dtype=np.float64)))
