"""The NumPy engine: back-propagation as a handful of in-place matrix products per batch.

All arrays of a step are made once; a step gathers its samples, runs forward, runs backward and lets the optimiser
change the parameters. Losses are worked out from the kept sums once per call, not once per batch.
"""

import numpy as np

from core import dropout
from core.activations import ACTIVATIONS
from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Totals, batches
from core.losses import LOSSES, OUTPUT_FUNCTIONS, one_hot
from core.model import ROWS_AT_ONCE, forward
from core.optimizers import OPTIMIZERS
from core.parameters import Parameters
from core.scaling import gain_and_offset


class NumpyEngine:
    """Training on the CPU with NumPy and its BLAS. See `core.engines.Engine` for the methods."""

    def __init__(self, network: NetworkConfig, training: TrainingConfig, parameters: Parameters) -> None:
        self.network = network
        self.training = training
        self._parameters = Parameters(network, parameters.flat.astype(training.dtype))
        self._gradient = Parameters(network, np.zeros_like(self._parameters.flat))
        self._optimizer = OPTIMIZERS[training.optimizer](
            self._parameters.flat,
            self._parameters.weight_count,
            momentum=training.momentum,
            weight_decay=training.weight_decay,
        )
        self._activation = ACTIVATIONS[network.activation]
        self._output = OUTPUT_FUNCTIONS[network.output]
        self._loss = LOSSES[network.output, training.loss]
        self._scale = gain_and_offset(network.scaling, network.mean, network.std)
        self._data: Dataset | None = None
        self._make_buffers(training.batch_size)

    def _make_buffers(self, rows: int) -> None:
        dtype, (inputs, *hidden, outputs) = self.training.dtype, self.network.sizes
        self._pixels = np.empty((rows, inputs), dtype=np.uint8)
        self._inputs = np.empty((rows, inputs), dtype=dtype)
        self._hidden = [np.empty((rows, width), dtype=dtype) for width in hidden]
        self._deltas = [np.empty((rows, width), dtype=dtype) for width in (*hidden, outputs)]

    def load(self, data: Dataset) -> None:
        self._data = data

    def train(self, order: np.ndarray, rates: np.ndarray) -> Totals:
        size = self.training.batch_size
        batches(order, rates, size)
        labels = self._data.labels[order]
        targets = one_hot(labels, self.training.targets, self.training.dtype)
        sums = np.empty_like(targets)
        for number, rate in enumerate(rates.tolist()):
            part = slice(number * size, min((number + 1) * size, len(order)))
            self._backward(order[part], sums[part], targets[part], self._optimizer.steps)
            self._optimizer.step(self._gradient.flat, rate)
        return self._totals(sums, targets, labels)

    def gradient(self, order: np.ndarray) -> tuple[float, np.ndarray]:
        if len(order) > len(self._inputs):
            self._make_buffers(len(order))
        labels = self._data.labels[order]
        targets = one_hot(labels, self.training.targets, self.training.dtype)
        sums = np.empty_like(targets)
        self._backward(order, sums, targets, self._optimizer.steps)
        squares = sum(float(np.square(weights).sum()) for weights in self._parameters.weights)
        loss = self._totals(sums, targets, labels).mean_loss + 0.5 * self.training.l2 * squares
        return loss, self._gradient.flat.copy()

    def _gather(self, rows: np.ndarray) -> np.ndarray:
        """The scaled inputs (n, inputs) of these samples, in a buffer."""
        pixels = np.take(self._data.pixels, rows, axis=0, out=self._pixels[: len(rows)], mode="clip")
        gain, offset = self._scale
        inputs = self._inputs[: len(rows)]
        np.multiply(pixels, inputs.dtype.type(gain / self._data.pixel_max), out=inputs)
        if offset:
            inputs += inputs.dtype.type(offset)
        return inputs

    def _backward(self, rows: np.ndarray, sums: np.ndarray, targets: np.ndarray, step: int) -> None:
        """Forward and back for one batch: fills `sums` (n, 10) and the gradient of the mean loss with the L2 term."""
        values, masks = self._forward(rows, sums, step)
        delta = self._deltas[-1][: len(rows)]
        np.copyto(delta, sums)
        self._output(delta)
        self._loss.delta(delta, targets)
        delta *= delta.dtype.type(1.0 / len(rows))
        parameters, gradient = self._parameters, self._gradient
        for layer in range(len(parameters.weights) - 1, -1, -1):
            np.dot(values[layer].T, delta, out=gradient.weights[layer])
            if gradient.biases:
                delta.sum(axis=0, out=gradient.biases[layer])
            if layer:
                below = self._deltas[layer - 1][: len(rows)]
                np.dot(delta, parameters.weights[layer].T, out=below)
                if masks:
                    below *= masks[layer - 1]
                    values[layer] *= 1.0 - self.network.dropout  # the derivative is of the activation before dropout
                self._activation.backward(values[layer], below)
                delta = below
        if self.training.l2:
            count = parameters.weight_count
            gradient.flat[:count] += self.training.l2 * parameters.flat[:count]

    def _forward(
        self, rows: np.ndarray, sums: np.ndarray, step: int
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What enters each layer, with dropout, and the dropout masks; the output layer's sums go to `sums`."""
        values, masks = [self._gather(rows)], []
        weights, biases = self._parameters.weights, self._parameters.biases
        for layer, buffer in enumerate(self._hidden):
            hidden = buffer[: len(rows)]
            np.dot(values[-1], weights[layer], out=hidden)
            if biases:
                hidden += biases[layer]
            self._activation.forward(hidden)
            if self.network.dropout:
                masks.append(
                    dropout.keep_mask(
                        self.training.seed, step, layer, hidden.shape, self.network.dropout, self.training.dtype
                    )
                )
                hidden *= masks[-1]
            values.append(hidden)
        np.dot(values[-1], weights[-1], out=sums)
        if biases:
            sums += biases[-1]
        return values, masks

    def _totals(self, sums: np.ndarray, targets: np.ndarray, labels: np.ndarray) -> Totals:
        outputs = sums.copy()
        self._output(outputs)
        loss = self._loss.value(sums, outputs, targets).sum(dtype=np.float64)
        correct = np.count_nonzero(sums.argmax(axis=1) == labels)
        return Totals(len(labels), float(loss), int(correct))

    def evaluate(self, data: Dataset) -> Totals:
        totals = Totals()
        for start in range(0, len(data), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            labels = data.labels[part]
            _, sums = forward(self.network, self._parameters, data.x(part))
            totals += self._totals(sums, one_hot(labels, self.training.targets, self.training.dtype), labels)
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
        self._data = None


ENGINE = NumpyEngine
