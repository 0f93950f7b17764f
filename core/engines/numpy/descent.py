"""Ways to take steps: by any optimiser, straight down without one, and on one sample after another.

Which way a training takes follows from its configuration alone: see `way_of`.
"""

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.engines import Samples
from core.engines.numpy.blas import gemm
from core.engines.numpy.first_layer import KEPT, EveryPixel, LitPixels
from core.engines.numpy.passes import Passes
from core.network.optimizers import SGD, Optimizer
from core.network.scaling import gain_and_offset

SINGLES = KEPT  # samples whose changes of the first layer are made together when training goes one by one


class Descent:
    """Steps by any optimiser: the whole gradient, and then what the optimiser makes of it.

    Attributes
    ----------
    stride : how many batches are worked out together.
    """

    stride = 1

    def __init__(self, passes: Passes, optimizer: Optimizer) -> None:
        self.passes, self.optimizer = passes, optimizer

    def load(self, samples: Samples) -> None:
        """Take the samples that steps then speak of by index."""
        self.first = EveryPixel(samples, self.passes, None)

    def train(self, order: np.ndarray, rates: np.ndarray, sums: np.ndarray, targets: np.ndarray) -> None:
        """Take a step at each of the rates, on batches of the samples `order` (m,).

        Parameters
        ----------
        sums : (m, outputs) is filled with the output layer's, before the step of their own batch.
        targets : (m, outputs).
        """
        size = self.passes.training.batch_size
        for number, rate in enumerate(rates.tolist()):
            part = slice(number * size, min((number + 1) * size, len(order)))
            self._step(order[part], rate, sums[part], targets[part])

    def differentiate(self, rows: np.ndarray, sums: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """The gradient (p,) of the mean loss over the samples `rows` with the L2 term, and the last layer's `sums`."""
        passes, l2 = self.passes, self.passes.training.l2
        inputs, delta = self._first_delta(self.first, rows, sums, targets, 1.0 / len(rows))
        np.dot(inputs.T, delta, out=passes.gradient.weights[0])
        if l2:
            count = passes.gradient.weight_count
            passes.gradient.flat[:count] += l2 * passes.parameters.flat[:count]
        return passes.gradient.flat

    def _step(self, rows: np.ndarray, rate: float, sums: np.ndarray, targets: np.ndarray) -> None:
        self.optimizer.step(self.differentiate(rows, sums, targets), rate)

    def _first_delta(
        self, first: EveryPixel, rows: np.ndarray, sums: np.ndarray, targets: np.ndarray, scale: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """The inputs (n, pixels) and the first layer's delta (n, units), and all that `Passes.above` fills."""
        batch = first.batch(len(rows))
        inputs = first.gather(batch, rows)
        first.sums(inputs, batch.hidden[0] if batch.hidden else sums)
        delta = self.passes.above(batch, sums, targets, scale, step=self.optimizer.steps, biased_from=first.biased_from)
        return inputs, delta


class PlainDescent(Descent):
    """Steps straight down: the change of the first weights is added as it is worked out.

    w <- (1 - rate l2) w - rate g: the deltas of the outputs take in the rate, so that the gradient need not.
    """

    def __init__(self, passes: Passes, optimizer: Optimizer) -> None:
        super().__init__(passes, optimizer)
        self._multiply = gemm(passes.training.dtype)

    def load(self, samples: Samples) -> None:
        self.first = self.read = EveryPixel(samples, self.passes, self._multiply)
        network, training = self.passes.network, self.passes.training
        unscaled = gain_and_offset(network.scaling, network.mean, network.std) == (1.0, 0.0)
        if self._multiply and network.hidden and not training.l2 and unscaled and samples.pixels.dtype == np.uint8:
            self.read = LitPixels(samples, self.passes, self._multiply)

    def train(self, order: np.ndarray, rates: np.ndarray, sums: np.ndarray, targets: np.ndarray) -> None:
        self.read.begin()
        try:
            super().train(order, rates, sums, targets)
        finally:
            self.read.end()

    def _step(self, rows: np.ndarray, rate: float, sums: np.ndarray, targets: np.ndarray) -> None:
        parameters, gradient, l2 = self.passes.parameters, self.passes.gradient, self.passes.training.l2
        inputs, delta = self._first_delta(self.read, rows, sums, targets, rate / len(rows))
        if l2:
            parameters.flat[: parameters.weight_count] *= 1.0 - rate * l2
        self.read.descend(inputs, delta)
        above = parameters.weights[0].size
        parameters.flat[above:] -= gradient.flat[above:]
        self.optimizer.steps += 1


class OneByOne(Descent):
    """Plain descent on samples one after another, by products of matrices and not of vectors.

    By sample k the first weights W have become W - sum_{j<k} x_j d_j, where d_j is the delta of sample j times its
    rate. So its sums x_k W are those of the old W less sum_{j<k} (x_k . x_j) d_j: two products for all samples
    give x W and x x', and a third changes W when they are done. All else in the network changes sample by sample.
    """

    stride = SINGLES

    def train(self, order: np.ndarray, rates: np.ndarray, sums: np.ndarray, targets: np.ndarray) -> None:
        for start in range(0, len(order), self.stride):
            part = slice(start, start + self.stride)
            self._together(order[part], rates[part].tolist(), sums[part], targets[part])

    def _together(self, rows: np.ndarray, rates: list[float], sums: np.ndarray, targets: np.ndarray) -> None:
        parameters, gradient = self.passes.parameters, self.passes.gradient
        weights, change, single = parameters.weights[0], gradient.weights[0], self.first.batch(1)
        above, change_above = parameters.flat[weights.size :], gradient.flat[weights.size :]
        inputs = self.first.gather(self.first.batch(len(rows)), rows)
        old_sums, likeness = inputs @ weights, inputs @ inputs.T
        deltas = np.empty_like(old_sums)
        for k, rate in enumerate(rates):
            row = slice(k, k + 1)
            np.dot(likeness[row, :k], deltas[:k], out=single.hidden[0])
            np.subtract(old_sums[row], single.hidden[0], out=single.hidden[0])
            deltas[row] = self.passes.above(single, sums[row], targets[row], rate, step=self.optimizer.steps)
            above -= change_above
            self.optimizer.steps += 1
        np.dot(inputs.T, deltas, out=change)
        weights -= change


def way_of(network: NetworkConfig, training: TrainingConfig, optimizer: Optimizer) -> type[Descent]:
    """How a training takes its steps."""
    if not isinstance(optimizer, SGD):
        return Descent
    return OneByOne if training.batch_size == 1 and network.hidden and not training.l2 else PlainDescent
