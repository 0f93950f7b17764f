"""Optimisers: how a gradient becomes a change of the parameters.

All parameters of a network lie in one flat vector (weights first, then biases), so an optimiser is a few in-place
operations on a few vectors, whatever the network's depth. Formulas follow the papers in PyTorch's conventions.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from core.messages import N_

ADAM_BETAS = (0.9, 0.999)
ADAM_EPSILON = 1e-8
RMSPROP_DECAY = 0.9
RMSPROP_EPSILON = 1e-7


class Optimizer(ABC):
    """Base of all optimisers.

    Parameters
    ----------
    parameters : (p,) the flat vector that `step` changes in place.
    weight_count : how many of its first entries are weights; only these are subject to weight decay.
    momentum, weight_decay : used by the optimisers that have them.

    Attributes
    ----------
    state : the vectors that must be saved to go on exactly where a run stopped, by name.
    steps : number of steps taken.
    """

    title: ClassVar[str]
    slots: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, parameters: np.ndarray, weight_count: int, *, momentum: float = 0.9, weight_decay: float = 0.01
    ) -> None:
        self.parameters = parameters
        self.weights = parameters[:weight_count]
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.steps = 0
        self.state = {slot: np.zeros_like(parameters) for slot in self.slots}
        self._scratch = np.empty_like(parameters)

    def step(self, gradient: np.ndarray, rate: float) -> None:
        """Take one step of size `rate` against `gradient` (p,), which is used up as working space."""
        self.steps += 1
        self._apply(gradient, rate)

    @abstractmethod
    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        """Change the parameters; `self.steps` already counts this step."""


class SGD(Optimizer):
    """p <- p - rate g."""

    title = N_("SGD")

    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        gradient *= rate
        self.parameters -= gradient


class Momentum(Optimizer):
    """v <- mu v + g; p <- p - rate v (Polyak 1964)."""

    title = N_("Momentum")
    slots = ("velocity",)

    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        velocity = self.state["velocity"]
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, rate, out=self._scratch)
        self.parameters -= self._scratch


class Nesterov(Optimizer):
    """v <- mu v + g; p <- p - rate (g + mu v) (Nesterov 1983, in the form of Sutskever et al. 2013)."""

    title = N_("Nesterov")
    slots = ("velocity",)

    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        velocity = self.state["velocity"]
        velocity *= self.momentum
        velocity += gradient
        np.multiply(velocity, self.momentum, out=self._scratch)
        self._scratch += gradient
        self._scratch *= rate
        self.parameters -= self._scratch


class RMSprop(Optimizer):
    """s <- 0.9 s + 0.1 g^2; p <- p - rate g / (sqrt(s) + 1e-7) (Tieleman, Hinton 2012; Keras' constants)."""

    title = N_("RMSprop")
    slots = ("square",)

    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        square, scratch = self.state["square"], self._scratch
        np.square(gradient, out=scratch)
        scratch *= 1.0 - RMSPROP_DECAY
        square *= RMSPROP_DECAY
        square += scratch
        np.sqrt(square, out=scratch)
        scratch += RMSPROP_EPSILON
        np.divide(gradient, scratch, out=scratch)
        scratch *= rate
        self.parameters -= scratch


class Adam(Optimizer):
    """Running means of g and g^2, both corrected for their start at zero (Kingma, Ba 2015)."""

    title = N_("Adam")
    slots = ("mean", "square")

    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        beta1, beta2 = ADAM_BETAS
        mean, square, scratch = self.state["mean"], self.state["square"], self._scratch
        np.multiply(gradient, 1.0 - beta1, out=scratch)
        mean *= beta1
        mean += scratch
        np.square(gradient, out=scratch)
        scratch *= 1.0 - beta2
        square *= beta2
        square += scratch
        # rate m / (1 - beta1^t) / (sqrt(s / (1 - beta2^t)) + eps), with the corrections drawn together
        np.sqrt(square, out=scratch)
        root = (1.0 - beta2**self.steps) ** 0.5
        scratch += ADAM_EPSILON * root
        np.divide(mean, scratch, out=scratch)
        scratch *= rate * root / (1.0 - beta1**self.steps)
        self.parameters -= scratch


class AdamW(Adam):
    """Adam with the decay of the weights kept apart from the gradient (Loshchilov, Hutter 2019); biases do not decay."""

    title = N_("AdamW")

    def _apply(self, gradient: np.ndarray, rate: float) -> None:
        self.weights *= 1.0 - rate * self.weight_decay
        super()._apply(gradient, rate)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}
