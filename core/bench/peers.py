"""Other people's libraries on the same network, for comparison; none is needed to use Digit Lab.

Each trains 784-hidden-10 with ReLU, softmax and cross-entropy by plain descent in float32, from pixels that it may
prepare as it likes before the clock starts; shuffling and gathering count.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.bench.cases import Case
from core.datasets import Dataset
from core.errors import DigitLabError


@dataclass(frozen=True, slots=True)
class Peer:
    """A library: the package that it needs, and how it trains."""

    package: str
    create: Callable[[Case, Dataset], Callable[[np.ndarray], object]]

    def is_installed(self) -> bool:
        return importlib.util.find_spec(self.package) is not None


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise DigitLabError("{name} cannot be imported: {error}.", name=name, error=error) from error


def _pytorch(case: Case, data: Dataset) -> Callable[[np.ndarray], object]:
    """PyTorch, eager: a Sequential, its optimiser, and tensors gathered by index."""
    torch, nn = _package("torch"), _package("torch.nn")
    x, labels = torch.from_numpy(data.x()), torch.from_numpy(data.labels.copy())
    model = nn.Sequential(nn.Linear(784, case.hidden), nn.ReLU(), nn.Linear(case.hidden, 10))
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.01)

    def turn(order: np.ndarray) -> None:
        for rows in torch.from_numpy(order).split(case.batch_size):
            optimizer.zero_grad()
            loss(model(x[rows]), labels[rows]).backward()
            optimizer.step()

    return turn


def _jax(case: Case, data: Dataset) -> Callable[[np.ndarray], object]:
    """JAX, a whole epoch compiled as one `lax.scan` over batches; a last short batch is left out."""
    jax, jnp = _package("jax"), _package("jax.numpy")
    x, labels = jnp.asarray(data.x()), jnp.asarray(data.labels)
    keys = jax.random.split(jax.random.key(0))
    weights = [
        jax.random.normal(key, shape) * (2 / shape[0]) ** 0.5
        for key, shape in zip(keys, ((784, case.hidden), (case.hidden, 10)), strict=True)
    ]
    parameters = [weights, [jnp.zeros(case.hidden), jnp.zeros(10)]]

    def loss(parameters: Any, rows: Any) -> Any:
        (w1, w2), (b1, b2) = parameters
        z = jax.nn.relu(x[rows] @ w1 + b1) @ w2 + b2
        return -jnp.take_along_axis(jax.nn.log_softmax(z), labels[rows][:, None], axis=1).mean()

    def step(parameters: Any, rows: Any) -> Any:
        value, slopes = jax.value_and_grad(loss)(parameters, rows)
        return jax.tree.map(lambda p, g: p - 0.01 * g, parameters, slopes), value

    epoch = jax.jit(lambda parameters, batches: jax.lax.scan(step, parameters, batches))

    def turn(order: np.ndarray) -> None:
        nonlocal parameters
        whole = len(order) // case.batch_size * case.batch_size
        parameters, losses = epoch(parameters, jnp.asarray(order[:whole].reshape(-1, case.batch_size)))
        losses.block_until_ready()

    return turn


def _scikit_learn(case: Case, data: Dataset) -> Callable[[np.ndarray], object]:
    """scikit-learn's MLPClassifier, an epoch at a time; it shuffles by itself."""
    classifier = _package("sklearn.neural_network").MLPClassifier(
        (case.hidden,), solver="sgd", alpha=0.0, batch_size=case.batch_size, learning_rate_init=0.01, momentum=0.0
    )
    x, labels = data.x(), data.labels
    return lambda order: classifier.partial_fit(x[: len(order)], labels[: len(order)], classes=np.arange(10))


PEERS = {
    "pytorch": Peer("torch", _pytorch),
    "jax": Peer("jax", _jax),
    "scikit-learn": Peer("sklearn", _scikit_learn),
}
