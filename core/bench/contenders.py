"""Who runs: our engines, the bare matrix products that bound them, and the blog's two loops.

A contender is made from a case and its data and gives `turn(order)`, which trains on those samples. Those that need
packages of their own are in `core.bench.peers`.
"""

import numpy as np

from core.bench.blog import blog
from core.bench.cases import Case, Turn
from core.config import ENGINES
from core.datasets import Dataset
from core.engines import create_engine
from core.models.parameters import Parameters

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
