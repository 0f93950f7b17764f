"""What is raced: the cases (a network, a batch size), and the data and the order that every contender gets."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import Dataset, available, load_training
from core.models.legacy import legacy_config

Turn = Callable[[np.ndarray], object]  # trains on the samples of these numbers, in this order

SAMPLES = 60_000
MOST_STEPS = 2_000  # in a turn: an epoch of one sample at a time is scaled up from this many
PIXELS_LIT = 0.19  # of MNIST's


@dataclass(frozen=True, slots=True)
class Case:
    """One network and batch size, for everyone who runs: 784-hidden-10 and plain descent unless told otherwise.

    Batches train ReLU units and softmax; one sample at a time trains what the blog systems do: sigmoid units, no biases,
    inputs from 0.01 to 1. Ours go down its cross-entropy there, which reads as many digits rightly after an epoch as the
    blog's own rule (96.7 and 96.6 % with 200 units, held back from training; by squared error it would be 94.6 %).
    """

    hidden: int
    batch_size: int
    samples: int = SAMPLES
    optimizer: str = "sgd"
    device: str = "cpu"

    @property
    def measured_samples(self) -> int:
        """How many samples a turn trains on: a whole epoch, or the first steps of one."""
        return min(self.samples, MOST_STEPS * self.batch_size)

    @property
    def steps(self) -> int:
        """Steps of a turn."""
        return -(-self.measured_samples // self.batch_size)

    @property
    def flops(self) -> int:
        """Floating-point operations of the matrix products for one sample: two for each multiplication and addition.

        Every weight is used on the way up and in its gradient; those above the first layer also on the way down.
        """
        above = self.hidden * 10
        return 2 * (2 * (784 * self.hidden + above) + above)

    def config(self, engine: str) -> Config:
        if self.batch_size == 1:
            config = legacy_config(hidden=self.hidden).with_training(loss="cross_entropy")
        else:
            config = Config(NetworkConfig(hidden=(self.hidden,)), TrainingConfig(learning_rate=0.01))
        device = self.device if engine == "taichi" else "cpu"
        return config.with_training(
            engine=engine, device=device, batch_size=self.batch_size, optimizer=self.optimizer, dtype="float32"
        )

    def order(self, turn: int) -> np.ndarray:
        """The samples of a turn, shuffled anew each time."""
        return np.random.default_rng(turn).permutation(self.samples)[: self.measured_samples]

    def data(self) -> Dataset:
        """The first samples of MNIST, or noise as large and as sparse where MNIST is missing."""
        if available("mnist"):
            return load_training("mnist", validation=False).train.subset(slice(0, self.samples))
        rng = np.random.default_rng(0)
        pixels = rng.integers(1, 256, (self.samples, 784), dtype=np.uint8)
        pixels[rng.random(pixels.shape) > PIXELS_LIT] = 0
        return Dataset("noise", pixels, rng.integers(0, 10, self.samples), (28, 28))

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**fields)
