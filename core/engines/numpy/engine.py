"""The NumPy engine: back-propagation as a handful of matrix products per batch, into arrays that are made once.

A step gathers its samples, runs forward, runs backward and changes the parameters. Each part has its file: `first_layer` is
how pixels are read, `passes` what lies above the first weights, `descent` the ways to take steps, `counting` how losses are
worked out from the kept sums, once per call and not once per batch.
"""

from dataclasses import dataclass

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Samples, Totals, batches, check_samples
from core.engines.memory import too_large
from core.engines.numpy.counting import totals_of
from core.engines.numpy.descent import way_of
from core.engines.numpy.passes import Passes
from core.models.forward import ROWS_AT_ONCE, last_layer
from core.models.parameters import Parameters
from core.network.losses import one_hot
from core.network.optimizers import OPTIMIZERS


@dataclass(frozen=True, slots=True, eq=False)
class Nothing:
    """No samples at all: what an engine holds before it is given some, and after it has let go of them."""

    pixels: np.ndarray
    labels: np.ndarray
    pixel_max: int = 1

    def __len__(self) -> int:
        return 0


class NumpyEngine:
    """Training on the CPU with NumPy and its BLAS. See `core.engines.Engine` for the methods.

    Attributes
    ----------
    stride : how many steps are worked out together. Calls of `train` that take a multiple of it give the same bits
        however they are cut; others agree to rounding.
    """

    stride = 1
    refuses = staticmethod(too_large)

    def __init__(self, network: NetworkConfig, training: TrainingConfig, parameters: Parameters) -> None:
        self.network = network
        self.training = training
        self._parameters = Parameters(network, parameters.flat.astype(training.dtype))
        self._optimizer = OPTIMIZERS[training.optimizer](
            self._parameters.flat,
            self._parameters.weight_count,
            momentum=training.momentum,
            weight_decay=training.weight_decay,
        )
        passes = Passes(network, training, self._parameters)
        self._descent = way_of(network, training, self._optimizer)(passes, self._optimizer)
        self.stride = self._descent.stride
        self._hold(self._nothing())

    def load(self, data: Samples) -> None:
        check_samples(self.network, data)
        self._hold(data)

    def _hold(self, samples: Samples) -> None:
        self._samples = samples
        self._descent.load(samples)

    def _nothing(self) -> Nothing:
        return Nothing(np.empty((0, self.network.inputs), np.float32), np.empty(0, np.int64))

    @np.errstate(over="ignore", invalid="ignore")  # a loss that is no number tells of it, see Training
    def train(self, order: np.ndarray, rates: np.ndarray) -> Totals:
        batches(order, rates, self.training.batch_size)
        labels, targets, sums = self._answers(order)
        self._descent.train(order, rates, sums, targets)
        return totals_of(self.network, self.training, sums, targets, labels)

    def gradient(self, order: np.ndarray) -> tuple[float, np.ndarray]:
        labels, targets, sums = self._answers(order)
        gradient = self._descent.differentiate(order, sums, targets).copy()
        squares = sum(float(np.square(weights).sum()) for weights in self._parameters.weights)
        loss = totals_of(self.network, self.training, sums, targets, labels).mean_loss
        return loss + 0.5 * self.training.l2 * squares, gradient

    def _answers(self, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The labels (n,) of samples, their targets (n, 10), and room for the output layer's sums (n, 10)."""
        labels = self._samples.labels[order]
        targets = np.asfortranarray(self._targets(labels))
        return labels, targets, np.empty(targets.shape, targets.dtype)

    def _targets(self, labels: np.ndarray) -> np.ndarray:
        return one_hot(labels, self.training.targets, self.training.dtype, self.network.outputs)

    @np.errstate(over="ignore", invalid="ignore")
    def evaluate(self, data: Dataset) -> Totals:
        check_samples(self.network, data)
        totals = Totals()
        for start in range(0, len(data), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            labels = data.labels[part]
            sums, _ = last_layer(self.network, self._parameters, data.x(part))
            totals += totals_of(self.network, self.training, sums, self._targets(labels), labels)
        return totals

    def parameters(self) -> Parameters:
        return Parameters(self.network, self._parameters.flat.copy())

    def state(self) -> dict[str, np.ndarray]:
        vectors = {name: vector.copy() for name, vector in self._optimizer.state.items()}
        return vectors | {"parameters": self._parameters.flat.copy(), "steps": np.array(self._optimizer.steps)}

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        self._parameters.flat[...] = state["parameters"]
        for name, vector in self._optimizer.state.items():
            vector[...] = state[name]
        self._optimizer.steps = int(state["steps"])

    def close(self) -> None:
        self._hold(self._nothing())


ENGINE = NumpyEngine
