"""Who runs: our engines, the bare matrix products that bound them, and the blog's two loops.

A contender is made from a case and its data and gives `turn(order)`, which trains on those samples. Those that need
packages of their own are in `core.bench.peers`.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from core.bench.cases import Case
from core.config import ENGINES
from core.datasets import Dataset
from core.engines import create_engine
from core.network.parameters import Parameters

Turn = Callable[[np.ndarray], object]
BLOG_TAICHI = "blog-taichi"


def engine(name: str, case: Case, data: Dataset) -> Turn:
    """One of our engines, as a run uses it: gathering, training, loss and accuracy."""
    config = case.config(name)
    worker = create_engine(config.network, config.training, Parameters.initial(config.network, 0))
    worker.load(data)
    rates = np.full(case.steps, config.training.learning_rate)
    return lambda order: worker.train(order, rates)


def floor(case: Case, data: Dataset) -> Turn:
    """The products of a step and nothing else, on operands that never change: no training by NumPy can be faster.

    (One sample at a time can: the NumPy engine then multiplies matrices where this multiplies vectors.)
    """
    n, rng = case.batch_size, np.random.default_rng(0)
    x, w1, w2 = (rng.random(shape, dtype=np.float32) for shape in ((n, 784), (784, case.hidden), (case.hidden, 10)))
    hidden, below = (np.empty((n, case.hidden), np.float32) for _ in range(2))
    outputs, g1, g2 = np.empty((n, 10), np.float32), np.empty_like(w1), np.empty_like(w2)

    def turn(order: np.ndarray) -> None:
        for _ in range(case.steps):
            np.dot(x, w1, out=hidden)
            np.dot(hidden, w2, out=outputs)
            np.dot(hidden.T, outputs, out=g2)
            np.dot(outputs, w2.T, out=below)
            np.dot(x.T, below, out=g1)

    return turn


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
        hidden_outputs = expit(np.dot(self.wih, inputs))
        final_outputs = expit(np.dot(self.who, hidden_outputs))
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


def create(name: str, case: Case, data: Dataset) -> Turn:
    """The contender of a name."""
    if name in ENGINES:
        return engine(name, case, data)
    if name == "floor":
        return floor(case, data)
    if name == "blog":
        return blog(case, data)
    if name == BLOG_TAICHI:
        from core.bench.blog_taichi import blog_taichi  # only now, because it imports Taichi

        return blog_taichi(case, data)
    from core.bench.peers import PEERS

    return PEERS[name].create(case, data)
