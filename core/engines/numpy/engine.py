"""The NumPy engine: back-propagation as a handful of matrix products per batch, into arrays that are made once.

A step gathers its samples, runs forward, runs backward and changes the parameters. Losses are worked out from the kept
sums once per call, not once per batch. Training on one sample at a time has a shortcut: see `NumpyEngine._one_by_one`.

Plain descent leaves out what changes nothing. A pixel that is dark in every sample (67 of MNIST's 784 are) adds nothing to
any sum, and its weights have no slope; whole numbers 0..255 need no scaling when the product that reads them scales; and
the first biases are the weights of one more pixel, which is always lit.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.engines import Samples, Totals, batches, check_samples
from core.engines.memory import too_large
from core.engines.numpy.batch import Batch
from core.engines.numpy.blas import gemm
from core.models.forward import ROWS_AT_ONCE, last_layer
from core.models.parameters import Parameters
from core.network import dropout
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES, OUTPUT_FUNCTIONS, delta_of, one_hot
from core.network.optimizers import OPTIMIZERS, SGD
from core.network.scaling import gain_and_offset

ROWS_COUNTED = 2_048  # samples whose losses are worked out together
SINGLES = 32  # samples whose changes of the first layer are made together when training goes one by one


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
        self._gradient = Parameters(network, np.zeros_like(self._parameters.flat))
        self._optimizer = OPTIMIZERS[training.optimizer](
            self._parameters.flat,
            self._parameters.weight_count,
            momentum=training.momentum,
            weight_decay=training.weight_decay,
        )
        self._plain = isinstance(self._optimizer, SGD)
        self._multiply = gemm(training.dtype) if self._plain else None
        one_by_one = training.batch_size == 1 and self._plain and bool(network.hidden) and not training.l2
        self.stride = SINGLES if one_by_one else 1
        self._activation = ACTIVATIONS[network.activation]
        self._output = OUTPUT_FUNCTIONS[network.output]
        self._loss = LOSSES[network.output, training.loss]
        self._delta = delta_of(network.output, training.loss, training.targets)
        self._scale = gain_and_offset(network.scaling, network.mean, network.std)
        # Only for pixels in 0..1: the pixel that is always lit stands for a bias when full ink is 1.
        unscaled = self._scale == (1.0, 0.0)
        self._spares = bool(self._multiply and network.hidden and not training.l2 and not one_by_one and unscaled)
        self._batches: dict[tuple[int, int], Batch] = {}
        self._lit: np.ndarray | None = None
        self._lit_pixels: np.ndarray | None = None
        # What a step reads: pixels, their weights, the gain that is left to the products, and the first layer whose biases
        # are not among those weights.
        self._pixels, self._labels, self._pixel_max = np.empty((0, network.inputs), np.uint8), np.empty(0, np.int64), 1
        self._first, self._gain, self._biased_from = self._parameters.weights[0], 1.0, 0

    def load(self, data: Samples) -> None:
        check_samples(self.network, data)
        self._pixels, self._labels, self._pixel_max = data.pixels, data.labels, data.pixel_max
        self._lit = None
        self._batches.clear()  # other digits may have other pixels lit
        if self._spares and data.pixels.dtype == np.uint8:
            self._lit = np.flatnonzero(data.pixels.max(axis=0))
            self._lit_pixels = np.full((len(data), len(self._lit) + self.network.bias), data.pixel_max, np.uint8)
            data.pixels.take(self._lit, axis=1, out=self._lit_pixels[:, : len(self._lit)], mode="clip")

    @contextmanager
    def _sparing(self) -> Iterator[None]:
        """Meanwhile steps read the lit pixels only, unscaled, with a copy of their weights; then the weights are put back."""
        if self._lit is None or self._lit_pixels is None:
            yield
            return
        weights, biases = self._parameters.weights[0], self._parameters.biases[:1]
        self._gain, self._biased_from = self._scale[0] / self._pixel_max, 1
        for gradient in self._gradient.biases[:1]:
            gradient[...] = 0.0
        every_pixel, self._pixels = self._pixels, self._lit_pixels
        self._first = np.concatenate([weights[self._lit], *(b[None] for b in biases)])
        try:
            yield
        finally:
            weights[self._lit] = self._first[: len(self._lit)]
            for bias in biases:
                bias[...] = self._first[-1]
            self._pixels, self._first, self._gain, self._biased_from = every_pixel, weights, 1.0, 0

    @np.errstate(over="ignore", invalid="ignore")  # a loss that is no number tells of it, see Training
    def train(self, order: np.ndarray, rates: np.ndarray) -> Totals:
        size = self.training.batch_size
        batches(order, rates, size)
        labels, targets, sums = self._answers(order)
        if self.stride > 1:
            for start in range(0, len(order), self.stride):
                part = slice(start, start + self.stride)
                self._one_by_one(order[part], rates[part].tolist(), sums[part], targets[part])
        else:
            with self._sparing():
                for number, rate in enumerate(rates.tolist()):
                    part = slice(number * size, min((number + 1) * size, len(order)))
                    self._step(order[part], rate, sums[part], targets[part])
        return self._totals(sums, targets, labels)

    def gradient(self, order: np.ndarray) -> tuple[float, np.ndarray]:
        labels, targets, sums = self._answers(order)
        self._differentiate(order, sums, targets, 1.0 / len(order))
        self._add_l2()
        squares = sum(float(np.square(weights).sum()) for weights in self._parameters.weights)
        loss = self._totals(sums, targets, labels).mean_loss + 0.5 * self.training.l2 * squares
        return loss, self._gradient.flat.copy()

    def _answers(self, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The labels (n,) of samples, their targets (n, 10), and room for the output layer's sums (n, 10)."""
        labels = self._labels[order]
        targets = np.asfortranarray(self._targets(labels))
        return labels, targets, np.empty(targets.shape, targets.dtype)

    def _targets(self, labels: np.ndarray) -> np.ndarray:
        return one_hot(labels, self.training.targets, self.training.dtype, self.network.outputs)

    def _batch(self, n: int) -> Batch:
        width = len(self._first)
        if n > max(self.training.batch_size, SINGLES):  # a gradient over many samples: not worth keeping
            return Batch(n, width, self.network, self.training.dtype, self._pixels.dtype)
        if (n, width) not in self._batches:
            self._batches[n, width] = Batch(n, width, self.network, self.training.dtype, self._pixels.dtype)
        return self._batches[n, width]

    def _step(self, rows: np.ndarray, rate: float, sums: np.ndarray, targets: np.ndarray) -> None:
        """One step on one batch, the samples `rows`."""
        n, l2, parameters, gradient = len(rows), self.training.l2, self._parameters, self._gradient
        if not self._plain:
            self._differentiate(rows, sums, targets, 1.0 / n)
            self._add_l2()
            self._optimizer.step(gradient.flat, rate)
            return
        # w <- (1 - rate l2) w - rate g: the ten outputs' deltas take in the rate, so that the gradient need not.
        inputs, delta = self._first_delta(rows, sums, targets, rate / n)
        if l2:
            parameters.flat[: parameters.weight_count] *= 1.0 - rate * l2
        if self._multiply:
            self._multiply(inputs, np.ascontiguousarray(delta), self._first, by=-self._gain, onto=True)
        else:
            self._first -= np.dot(inputs.T, delta, out=gradient.weights[0])
        above = parameters.weights[0].size
        parameters.flat[above:] -= gradient.flat[above:]
        self._optimizer.steps += 1

    def _one_by_one(self, rows: np.ndarray, rates: list[float], sums: np.ndarray, targets: np.ndarray) -> None:
        """Plain descent on samples one after another, by products of matrices and not of vectors.

        By sample k the first weights W have become W - sum_{j<k} x_j d_j, where d_j is the delta of sample j times its
        rate. So its sums x_k W are those of the old W less sum_{j<k} (x_k . x_j) d_j: two products for all samples
        give x W and x x', and a third changes W when they are done. All else in the network changes sample by sample.
        """
        weights, change, single = self._parameters.weights[0], self._gradient.weights[0], self._batch(1)
        above, change_above = self._parameters.flat[weights.size :], self._gradient.flat[weights.size :]
        inputs = self._gather(self._batch(len(rows)), rows)
        old_sums, likeness = inputs @ weights, inputs @ inputs.T
        deltas = np.empty_like(old_sums)
        for k, rate in enumerate(rates):
            row = slice(k, k + 1)
            np.dot(likeness[row, :k], deltas[:k], out=single.hidden[0])
            np.subtract(old_sums[row], single.hidden[0], out=single.hidden[0])
            deltas[row] = self._above(single, sums[row], targets[row], rate)
            above -= change_above
            self._optimizer.steps += 1
        np.dot(inputs.T, deltas, out=change)
        weights -= change

    def _differentiate(self, rows: np.ndarray, sums: np.ndarray, targets: np.ndarray, scale: float) -> None:
        """Fill the gradient of `scale` times the summed loss over the samples `rows`, and the last layer's `sums`."""
        inputs, delta = self._first_delta(rows, sums, targets, scale)
        np.dot(inputs.T, delta, out=self._gradient.weights[0])

    def _first_delta(
        self, rows: np.ndarray, sums: np.ndarray, targets: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The inputs (n, inputs) and the first layer's delta (n, units), and all that `_above` fills."""
        batch = self._batch(len(rows))
        inputs = self._gather(batch, rows)
        if self._gain == 1.0 or self._multiply is None:
            np.dot(inputs, self._first, out=batch.hidden[0] if batch.hidden else sums)
        else:
            self._multiply(inputs, self._first, batch.hidden[0], by=self._gain)
        return inputs, self._above(batch, sums, targets, scale)

    def _add_l2(self) -> None:
        if self.training.l2:
            count = self._gradient.weight_count
            self._gradient.flat[:count] += self.training.l2 * self._parameters.flat[:count]

    def _gather(self, batch: Batch, rows: np.ndarray) -> np.ndarray:
        """The inputs (n, width) of these samples, scaled unless the products do it."""
        self._pixels.take(rows, axis=0, out=batch.pixels, mode="clip")  # "raise" would gather twice
        gain, offset = self._scale
        np.copyto(batch.inputs, batch.pixels)  # to convert and to multiply at once takes NumPy twice as long
        if self._gain == 1.0:
            batch.inputs *= gain / self._pixel_max
        if offset:
            batch.inputs += offset
        return batch.inputs

    def _above(self, batch: Batch, sums: np.ndarray, targets: np.ndarray, scale: float) -> np.ndarray:
        """All of a step above the first weights: from the first layer's sums up to the loss and back down.

        Takes the products of inputs and weights from where the first layer's sums belong. Fills `sums` (n, 10) and the
        gradient, times `scale`, of all parameters but the first weights; returns the delta (n, units) that they need.
        """
        weights, biases = self._parameters.weights, self._parameters.biases
        for layer, z in enumerate((*batch.hidden, sums)):
            if layer:
                np.dot(batch.hidden[layer - 1], weights[layer], out=z)
            if biases and layer >= self._biased_from:
                z += biases[layer]
            if layer < len(batch.hidden):
                self._activation.forward(z)
                if self.network.dropout:
                    self._drop(batch, layer)
        delta = batch.deltas[-1]
        np.copyto(delta, sums)
        self._output(delta)
        handed = delta
        if self._loss.handed_down and batch.hidden:
            handed = delta.copy(order="K")
            self._loss.handed_down(handed, targets)
            handed *= scale
        self._delta(delta, targets)
        delta *= scale
        for layer in range(len(batch.hidden), -1, -1):
            if biases and layer >= self._biased_from:
                np.dot(batch.ones, delta, out=self._gradient.biases[layer])
            if layer:
                values, below = batch.hidden[layer - 1], batch.deltas[layer - 1]
                np.dot(values.T, delta, out=self._gradient.weights[layer])
                np.dot(handed, weights[layer].T, out=below)
                if self.network.dropout:
                    below *= batch.masks[layer - 1]
                    values *= 1.0 - self.network.dropout  # the derivative is of the activation before dropout
                self._activation.backward(values, below)
                delta = handed = below
        return delta

    def _drop(self, batch: Batch, layer: int) -> None:
        training, values = self.training, batch.hidden[layer]
        batch.masks[layer] = dropout.keep_mask(
            training.seed, self._optimizer.steps, layer, values.shape, self.network.dropout, training.dtype
        )
        values *= batch.masks[layer]

    def _totals(self, sums: np.ndarray, targets: np.ndarray, labels: np.ndarray) -> Totals:
        """Totals from the output layer's sums (n, 10), in parts whose temporary arrays stay in the processor's cache."""
        totals = Totals()
        for start in range(0, len(labels), ROWS_COUNTED):
            part = slice(start, start + ROWS_COUNTED)
            totals += self._part_of_totals(sums[part], targets[part], labels[part])
        return totals

    def _part_of_totals(self, sums: np.ndarray, targets: np.ndarray, labels: np.ndarray) -> Totals:
        sums, targets = np.asfortranarray(sums), np.asfortranarray(targets)  # for the reason given in `Batch`
        highest = sums == sums.max(axis=1, keepdims=True)
        if np.count_nonzero(highest) == len(labels):
            correct = np.count_nonzero(highest[np.arange(len(labels)), labels])
        else:  # of equal sums the first counts, as in a prediction; this is five times as slow
            correct = np.count_nonzero(sums.argmax(axis=1) == labels)
        outputs = sums
        if self.training.loss != "cross_entropy":  # which is worked out from the sums alone
            outputs = sums.copy(order="F")
            self._output(outputs)
        loss = self._loss.value(sums, outputs, targets).sum(dtype=np.float64)
        return Totals(len(labels), float(loss), int(correct))

    @np.errstate(over="ignore", invalid="ignore")
    def evaluate(self, data: Dataset) -> Totals:
        check_samples(self.network, data)
        totals = Totals()
        for start in range(0, len(data), ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            labels = data.labels[part]
            sums, _ = last_layer(self.network, self._parameters, data.x(part))
            totals += self._totals(sums, self._targets(labels), labels)
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
        self._pixels, self._labels = np.empty((0, self.network.inputs), np.uint8), np.empty(0, np.int64)
        self._lit = self._lit_pixels = None


ENGINE = NumpyEngine
