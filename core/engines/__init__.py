"""Engines: who does the arithmetic of training. All share one interface, and only NumPy arrays cross it.

The file's name is the engine's name, and it is imported only when asked for, so that nobody pays for an engine not used.
"""

import importlib
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.config import AUTO, NetworkConfig, TrainingConfig
from core.datasets import Dataset
from core.errors import DigitLabError
from core.messages import Message
from core.models.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over samples: how many, their loss (without the L2 term), and how many were read rightly."""

    n: int = 0
    loss: float = 0.0
    correct: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(self.n + other.n, self.loss + other.loss, self.correct + other.correct)

    @property
    def mean_loss(self) -> float:
        return self.loss / self.n

    @property
    def accuracy(self) -> float:
        return self.correct / self.n


class Samples(Protocol):
    """What an engine is given to train on: a `Dataset`, or digits that were made from one.

    Attributes
    ----------
    pixels : (n, inputs), bytes or floats on one scale, on which `pixel_max` is full ink.
    labels : (n,) int64.
    """

    @property
    def pixels(self) -> np.ndarray: ...
    @property
    def labels(self) -> np.ndarray: ...
    @property
    def pixel_max(self) -> int: ...
    def __len__(self) -> int: ...


class Engine(Protocol):
    """The arithmetic of training one network. An engine is used by one thread, and closed at the end.

    Attributes
    ----------
    stride : calls of `train` that are cut at multiples of so many steps give the same bits as a single call.
    """

    stride: int

    @staticmethod
    def refuses(network: NetworkConfig, training: TrainingConfig) -> Message | None:
        """Why this engine cannot do this training, in a sentence, or None. Nothing is begun, and no device is woken."""

    def __init__(self, network: NetworkConfig, training: TrainingConfig, parameters: Parameters) -> None:
        """Take over the configuration and a copy of the parameters."""

    def load(self, data: Samples) -> None:
        """Take the samples that `train` and `gradient` then speak of by index."""

    def train(self, order: np.ndarray, rates: np.ndarray) -> Totals:
        """Take `len(rates)` steps on batches of the samples `order` (m,), one learning rate each; the last batch may be short.

        Totals are over the m samples, each measured before the step of its own batch.
        """

    def gradient(self, order: np.ndarray) -> tuple[float, np.ndarray]:
        """The mean loss over the samples `order` with the L2 term, and its gradient (p,) float; nothing changes.

        For a loss without one (see `core.network.losses.Loss.has_gradient`): what descent would go down instead.
        """

    def evaluate(self, data: Dataset) -> Totals:
        """Totals over a data set, without dropout; nothing changes."""

    def parameters(self) -> Parameters:
        """A copy of the parameters as they are now."""

    def state(self) -> dict[str, np.ndarray]:
        """All that changes in training, by name: the parameters, the optimiser's vectors and its count of steps."""

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        """Go back to a state that `state` gave."""

    def close(self) -> None:
        """Let go of memory and devices."""


def create_engine(network: NetworkConfig, training: TrainingConfig, parameters: Parameters) -> Engine:
    """The engine that the configuration names, holding a copy of `parameters`. Raises `DigitLabError` where it refuses."""
    check(network, training)
    return _kind(training)(network, training, parameters)


def check(network: NetworkConfig, training: TrainingConfig) -> None:
    """Raise `DigitLabError` where the engine that the configuration names refuses it: before a run is begun, and a form
    or a command can still be changed."""
    if reason := _kind(training).refuses(network, training):
        raise DigitLabError(reason)


def _kind(training: TrainingConfig) -> type[Engine]:
    name = training.engine
    if name == AUTO:  # nobody has settled it, see `core.training.choice`
        name = "numpy" if training.device == "cpu" else "taichi"
    return importlib.import_module(f"core.engines.{name}.engine").ENGINE


def check_samples(network: NetworkConfig, data: Samples) -> None:
    """Raise `DigitLabError` where samples have other pixels than the network reads, or digits that it has no output for."""
    if data.pixels.shape[1] != network.inputs:
        raise DigitLabError(
            "These pictures have {pixels} pixels, and the network reads {inputs}.",
            pixels=data.pixels.shape[1],
            inputs=network.inputs,
        )
    if (highest := int(data.labels.max(initial=0))) >= network.outputs:
        raise DigitLabError(
            "These pictures show digits up to {highest}; a network with {outputs} outputs cannot tell them apart.",
            highest=highest,
            outputs=network.outputs,
        )


def batches(order: np.ndarray, rates: np.ndarray, size: int) -> None:
    """Check that `order` fills exactly `len(rates)` batches of `size`, the last one possibly short."""
    if not 0 < len(order) <= size * len(rates) or len(order) <= size * (len(rates) - 1):
        raise DigitLabError(
            "{samples} samples do not make {batches} batches of {size}.",
            samples=len(order),
            batches=len(rates),
            size=size,
        )
