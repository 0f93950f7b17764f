"""All of a step that lies above the first weights: from the first layer's sums up to the loss and back down."""

import numpy as np

from core.config import NetworkConfig, TrainingConfig
from core.engines.numpy.batch import Batch
from core.models.parameters import Parameters
from core.network import dropout
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES, OUTPUT_FUNCTIONS, delta_of


class Passes:
    """The passes forward and back of one network, into arrays that are made once.

    Attributes
    ----------
    parameters : the network's, which the passes read and steps change.
    gradient : what the pass back fills: all but the first weights.
    """

    def __init__(self, network: NetworkConfig, training: TrainingConfig, parameters: Parameters) -> None:
        self.network, self.training, self.parameters = network, training, parameters
        self.gradient = Parameters(network, np.zeros_like(parameters.flat))
        self._activation = ACTIVATIONS[network.activation]
        self._output = OUTPUT_FUNCTIONS[network.output]
        self._handed_down = LOSSES[network.output, training.loss].handed_down
        self._delta = delta_of(network.output, training.loss, training.targets)

    def above(
        self, batch: Batch, sums: np.ndarray, targets: np.ndarray, scale: float, *, step: int, biased_from: int = 0
    ) -> np.ndarray:
        """Takes the products of inputs and weights from where the first layer's sums belong: in `batch.hidden`, or `sums`.

        Parameters
        ----------
        sums : (n, 10) is filled with the output layer's.
        scale : of the loss summed over the batch, for the gradient.
        step : how many steps were taken before, for dropout.
        biased_from : the first layer whose biases are still to be added, and differentiated.

        Returns
        -------
        The delta (n, units) that the first weights need.
        """
        weights, biases = self.parameters.weights, self.parameters.biases
        for layer, z in enumerate((*batch.hidden, sums)):
            if layer:
                np.dot(batch.hidden[layer - 1], weights[layer], out=z)
            if biases and layer >= biased_from:
                z += biases[layer]
            if layer < len(batch.hidden):
                self._activation.forward(z)
                if self.network.dropout:
                    self._drop(batch, layer, step)
        delta = batch.deltas[-1]
        np.copyto(delta, sums)
        self._output(delta)
        handed = delta
        if self._handed_down and batch.hidden:
            handed = delta.copy(order="K")
            self._handed_down(handed, targets)
            handed *= scale
        self._delta(delta, targets)
        delta *= scale
        for layer in range(len(batch.hidden), -1, -1):
            if biases and layer >= biased_from:
                np.dot(batch.ones, delta, out=self.gradient.biases[layer])
            if layer:
                values, below = batch.hidden[layer - 1], batch.deltas[layer - 1]
                np.dot(values.T, delta, out=self.gradient.weights[layer])
                np.dot(handed, weights[layer].T, out=below)
                if self.network.dropout:
                    below *= batch.masks[layer - 1]
                    values *= 1.0 - self.network.dropout  # the derivative is of the activation before dropout
                self._activation.backward(values, below)
                delta = handed = below
        return delta

    def _drop(self, batch: Batch, layer: int, step: int) -> None:
        training, values = self.training, batch.hidden[layer]
        batch.masks[layer] = dropout.keep_mask(
            training.seed, step, layer, values.shape, self.network.dropout, training.dtype
        )
        values *= batch.masks[layer]
