"""Blog A's first program: its network on NumPy, one sample at a time."""

import numpy as np
import scipy

from core.bench.cases import Case, Turn
from core.datasets import Dataset
from core.models.parameters import Parameters


class BlogNetwork:
    """Blog A's network, after T. Rashid, Make Your Own Neural Network (2016): its arithmetic, line by line.

    Weights are (fan_out, fan_in) float64, as there; `train` takes one picture (784,) 0..255 and its digit. What goes
    down to the hidden layer is t - y as it is, where the gradient has (t - y) y (1 - y).
    """

    def __init__(self, wih: np.ndarray, who: np.ndarray, rate: float) -> None:
        self.wih, self.who, self.lr = wih.astype(np.float64, "C"), who.astype(np.float64, "C"), rate

    def train(self, pixels: np.ndarray, label: int) -> None:
        inputs = np.array((np.asarray(pixels, dtype=float) / 255.0 * 0.99) + 0.01, ndmin=2).T
        targets = np.zeros(10) + 0.01
        targets[label] = 0.99
        targets = np.array(targets, ndmin=2).T
        hidden_outputs = scipy.special.expit(np.dot(self.wih, inputs))
        final_outputs = scipy.special.expit(np.dot(self.who, hidden_outputs))
        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.who.T, self.sent_down(output_errors, final_outputs))
        self.who += self.lr * np.dot(
            (output_errors * final_outputs * (1.0 - final_outputs)), np.transpose(hidden_outputs)
        )
        self.wih += self.lr * np.dot((hidden_errors * hidden_outputs * (1.0 - hidden_outputs)), np.transpose(inputs))

    def sent_down(self, output_errors: np.ndarray, final_outputs: np.ndarray) -> np.ndarray:
        return output_errors


def blog(case: Case, data: Dataset, kind: type = BlogNetwork) -> Turn:
    """The blog's loop over pictures, one sample at a time, with its network or its Taichi port's."""
    config = case.config("numpy")
    first, last = Parameters.initial(config.network, 0).weights
    network = kind(first.T, last.T, config.training.learning_rate)

    def turn(order: np.ndarray) -> None:
        for row in order:
            network.train(data.pixels[row], data.labels[row])

    return turn
