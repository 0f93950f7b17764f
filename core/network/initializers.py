"""How weights are filled before training: small random numbers whose spread keeps signals alive through the layers.

Each function draws a matrix (fan_in, fan_out) in float64 from an explicit generator. Biases start at zero, except where a
tutorial's own code draws them too.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.messages import N_


@dataclass(frozen=True, slots=True)
class Initializer:
    """A named way to begin.

    Attributes
    ----------
    title : its name for a person.
    draw : `draw(rng, fan_in, fan_out) -> (fan_in, fan_out) float64`, a weight matrix.
    draw_biases : `draw_biases(rng, fan_in, fan_out) -> (fan_out,) float64`, or None when biases start at zero.
    """

    title: str
    draw: Callable[[np.random.Generator, int, int], np.ndarray]
    draw_biases: Callable[[np.random.Generator, int, int], np.ndarray] | None = None


def _normal_fan_out(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """N(0, 1/sqrt(fan_out)), as in Rashid, "Make Your Own Neural Network" (2016), where it is `pow(nodes, -0.5)`."""
    return rng.normal(0.0, fan_out**-0.5, (fan_in, fan_out))


def _normal_fan_in(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """N(0, 1/sqrt(fan_in)) (LeCun, Bottou, Orr, Müller 1998, "Efficient BackProp")."""
    return rng.normal(0.0, fan_in**-0.5, (fan_in, fan_out))


def _uniform_half(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return rng.uniform(-0.5, 0.5, (fan_in, fan_out))


def _standard_normal(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return rng.normal(0.0, 1.0, (fan_in, fan_out))


def _standard_normal_biases(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return rng.normal(0.0, 1.0, fan_out)


def _uniform_fan_in(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Uniform in +-1/sqrt(fan_in), as PyTorch's `nn.Linear` begins (its `kaiming_uniform_` with a = sqrt(5))."""
    return rng.uniform(-(fan_in**-0.5), fan_in**-0.5, (fan_in, fan_out))


def _uniform_fan_in_biases(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return rng.uniform(-(fan_in**-0.5), fan_in**-0.5, fan_out)


def _glorot(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot, Bengio 2010)."""
    limit = (6.0 / (fan_in + fan_out)) ** 0.5
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def _he(rng: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """N(0, sqrt(2 / fan_in)) (He, Zhang, Ren, Sun 2015)."""
    return rng.normal(0.0, (2.0 / fan_in) ** 0.5, (fan_in, fan_out))


INITIALIZERS: dict[str, Initializer] = {
    "normal_fan_out": Initializer(N_("Normal, 1/√fan-out"), _normal_fan_out),
    "normal_fan_in": Initializer(N_("Normal, 1/√fan-in"), _normal_fan_in),
    "uniform_half": Initializer(N_("Uniform, ±0.5"), _uniform_half),
    "standard_normal": Initializer(N_("Normal, 1"), _standard_normal),
    "standard_normal_biases": Initializer(N_("Normal, 1, biases too"), _standard_normal, _standard_normal_biases),
    "uniform_fan_in": Initializer(N_("Uniform, ±1/√fan-in, biases too"), _uniform_fan_in, _uniform_fan_in_biases),
    "glorot": Initializer(N_("Glorot"), _glorot),
    "he": Initializer(N_("He"), _he),
}
