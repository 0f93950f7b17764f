"""Blog A's second program: its network on Taichi, one sample at a time. It was slower than its NumPy; this shows why.

Every picture and every label is moved across by itself, every product is the plain triple loop, and each is a launch of
its own: some 60,000 times eight launches an epoch, each of which costs more than its arithmetic. The author names batches
as the cure. Imported only in a contender's own process, because it starts Taichi.
"""

import numpy as np
import taichi as ti

from core.bench.blog import blog
from core.bench.cases import Case, Turn
from core.datasets import Dataset
from core.engines.taichi.runtime import start


@ti.data_oriented
class BlogTaichiNetwork:
    """The arithmetic of `core.bench.blog.BlogNetwork` in float32, line by line, each line a kernel."""

    def __init__(self, wih: np.ndarray, who: np.ndarray, rate: float) -> None:
        hidden, inputs = wih.shape
        self.lr = rate  # a constant of the compiled kernels
        self.wih, self.who = ti.field(ti.f32, (hidden, inputs)), ti.field(ti.f32, (10, hidden))
        self.inputs, self.targets = ti.field(ti.f32, (inputs, 1)), ti.field(ti.f32, (10, 1))
        self.hidden_outputs, self.hidden_errors = ti.field(ti.f32, (hidden, 1)), ti.field(ti.f32, (hidden, 1))
        self.final_outputs, self.output_errors = ti.field(ti.f32, (10, 1)), ti.field(ti.f32, (10, 1))
        self.wih.from_numpy(wih.astype(np.float32))
        self.who.from_numpy(who.astype(np.float32))

    def train(self, pixels: np.ndarray, label: int) -> None:
        """Learn from one picture (784,) 0..255 and its digit."""
        self.inputs.from_numpy((np.asarray(pixels, np.float32) / 255.0 * 0.99 + 0.01)[:, None])
        targets = np.full((10, 1), 0.01, np.float32)
        targets[label] = 0.99
        self.targets.from_numpy(targets)
        self.multiply_and_squash(self.wih, self.inputs, self.hidden_outputs)
        self.multiply_and_squash(self.who, self.hidden_outputs, self.final_outputs)
        self.subtract(self.targets, self.final_outputs, self.output_errors)
        self.multiply_transposed(self.who, self.output_errors, self.hidden_errors)
        self.learn(self.who, self.output_errors, self.final_outputs, self.hidden_outputs)
        self.learn(self.wih, self.hidden_errors, self.hidden_outputs, self.inputs)

    @ti.kernel
    def multiply_and_squash(self, weights: ti.template(), below: ti.template(), out: ti.template()):
        for i, j in out:
            total = 0.0
            for k in range(weights.shape[1]):
                total += weights[i, k] * below[k, j]
            out[i, j] = 1.0 / (1.0 + ti.exp(-total))

    @ti.kernel
    def multiply_transposed(self, weights: ti.template(), above: ti.template(), out: ti.template()):
        for i, j in out:
            total = 0.0
            for k in range(weights.shape[0]):
                total += weights[k, i] * above[k, j]
            out[i, j] = total

    @ti.kernel
    def subtract(self, a: ti.template(), b: ti.template(), out: ti.template()):
        for i, j in out:
            out[i, j] = a[i, j] - b[i, j]

    @ti.kernel
    def learn(self, weights: ti.template(), errors: ti.template(), outputs: ti.template(), below: ti.template()):
        for i, j in weights:
            weights[i, j] += self.lr * errors[i, 0] * outputs[i, 0] * (1.0 - outputs[i, 0]) * below[j, 0]


def blog_taichi(case: Case, data: Dataset) -> Turn:
    """The loop over pictures, one sample at a time, on Taichi's processor."""
    start("cpu")
    loop = blog(case, data, BlogTaichiNetwork)

    def turn(order: np.ndarray) -> None:
        loop(order)
        ti.sync()

    return turn
