"""The first layer: where most of the weights are, and all of the pixels. It is read in one of two ways.

As it is, every pixel is scaled as the network has it. Plain descent may leave out what changes nothing (`LitPixels`): a
pixel that is dark in every sample (67 of MNIST's 784 are) adds nothing to any sum, and its weights have no slope; whole
numbers 0..255 need no scaling when the product that reads them scales; and the first biases are the weights of one more
pixel, which is always lit.
"""

import numpy as np

from core.engines import Samples
from core.engines.numpy.batch import Batch
from core.engines.numpy.blas import Gemm
from core.engines.numpy.passes import Passes
from core.network.scaling import gain_and_offset

KEPT = 32  # a batch of up to so many samples is worth keeping whatever the training's own size is


class EveryPixel:
    """The first layer as it is.

    Parameters
    ----------
    multiply : NumPy's own BLAS, see `core.engines.numpy.blas`; None where it cannot be called.

    Attributes
    ----------
    weights : (pixels, units) what multiplies the inputs.
    biased_from : the first layer whose biases are not among `weights`.
    """

    biased_from = 0

    def __init__(self, samples: Samples, passes: Passes, multiply: Gemm | None) -> None:
        network = passes.network
        self._passes, self._multiply = passes, multiply
        self._pixels = samples.pixels
        self.weights = passes.parameters.weights[0]
        gain, self._offset = gain_and_offset(network.scaling, network.mean, network.std)
        self._gain = gain / samples.pixel_max
        self._batches: dict[int, Batch] = {}

    def batch(self, n: int) -> Batch:
        """Room for a step on n samples."""
        if n in self._batches:
            return self._batches[n]
        training = self._passes.training
        made = Batch(n, len(self.weights), self._passes.network, training.dtype, self._pixels.dtype)
        if n <= max(training.batch_size, KEPT):  # not that of a gradient over many samples
            self._batches[n] = made
        return made

    def gather(self, batch: Batch, rows: np.ndarray) -> np.ndarray:
        """The inputs (n, pixels) of the samples `rows` (n,), as they are multiplied with the weights."""
        self._pixels.take(rows, axis=0, out=batch.pixels, mode="clip")  # "raise" would gather twice
        np.copyto(batch.inputs, batch.pixels)  # to convert and to multiply at once takes NumPy twice as long
        batch.inputs *= self._gain
        if self._offset:
            batch.inputs += self._offset
        return batch.inputs

    def sums(self, inputs: np.ndarray, out: np.ndarray) -> None:
        """The sums (n, units) of the inputs, without biases where `biased_from` is 0."""
        np.dot(inputs, self.weights, out=out)

    def descend(self, inputs: np.ndarray, delta: np.ndarray) -> None:
        """Take the gradient, inputs' delta, off the weights."""
        if self._multiply:
            self._multiply(inputs, np.ascontiguousarray(delta), self.weights, by=-1.0, onto=True)
        else:
            self.weights -= np.dot(inputs.T, delta, out=self._passes.gradient.weights[0])

    def begin(self) -> None:
        """Steps follow."""

    def end(self) -> None:
        """The parameters are to be as the steps left them."""


class LitPixels(EveryPixel):
    """The first layer without what changes nothing: bytes as they are, of the lit pixels, with a copy of their weights.

    It is for networks that take pixels as 0..1: the pixel that is always lit stands for a bias when full ink is 1.
    """

    biased_from = 1

    def __init__(self, samples: Samples, passes: Passes, multiply: Gemm) -> None:
        super().__init__(samples, passes, multiply)
        self._scaled = multiply
        self._lit = np.flatnonzero(samples.pixels.max(axis=0))
        count = len(self._lit)
        self._pixels = np.full((len(samples), count + passes.network.bias), samples.pixel_max, np.uint8)
        samples.pixels.take(self._lit, axis=1, out=self._pixels[:, :count], mode="clip")

    def gather(self, batch: Batch, rows: np.ndarray) -> np.ndarray:
        self._pixels.take(rows, axis=0, out=batch.pixels, mode="clip")
        np.copyto(batch.inputs, batch.pixels)
        return batch.inputs

    def sums(self, inputs: np.ndarray, out: np.ndarray) -> None:
        self._scaled(inputs, self.weights, out, by=self._gain)

    def descend(self, inputs: np.ndarray, delta: np.ndarray) -> None:
        self._scaled(inputs, np.ascontiguousarray(delta), self.weights, by=-self._gain, onto=True)

    def begin(self) -> None:
        """Copy the weights of the lit pixels, and the biases as one more row."""
        parameters = self._passes.parameters
        self.weights = np.concatenate([parameters.weights[0][self._lit], *(b[None] for b in parameters.biases[:1])])
        for slope in self._passes.gradient.biases[:1]:
            slope[...] = 0.0  # they are weights meanwhile

    def end(self) -> None:
        """Put them back."""
        parameters = self._passes.parameters
        parameters.weights[0][self._lit] = self.weights[: len(self._lit)]
        for bias in parameters.biases[:1]:
            bias[...] = self.weights[-1]
