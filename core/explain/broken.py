"""A network with a part of it switched off, or with noise in its weights: a copy, for nothing ever changes a model."""

from dataclasses import dataclass, replace

import numpy as np

from core.datasets import Dataset
from core.errors import DigitLabError
from core.explain.back_query.ink import Ink
from core.explain.back_query.proof import Proof, prove
from core.explain.back_query.seen import see
from core.models.model import Model, Score
from core.models.parameters import Parameters
from core.seeding import BACK_QUERY, generator

MOST_NOISE = 2.0  # of the weights' own size
QUICK_STARTS, QUICK_STEPS = 5, 36  # of the search for what it imagines, which has to be over within half a second
FEWEST_STEPS, LARGE = (
    12,
    4_000_000,
)  # steps that there are at least; weights from which on a network takes fewer of them
ROWS = 256  # of weights that get their noise at a time
HALF, NOISE = 2, 3  # positions of random choices, see `core.seeding`


@dataclass(frozen=True, slots=True)
class Damage:
    """What is broken.

    Attributes
    ----------
    off : the units that are switched off, as (layer, unit); layer 0 is the first hidden one.
    noise : how much is added to each weight, as a share of the size (root mean square) of the weights of its layer.
    """

    off: frozenset[tuple[int, int]] = frozenset()
    noise: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.noise <= MOST_NOISE:
            raise DigitLabError("The noise goes from 0 to {most}.", most=MOST_NOISE)

    def __bool__(self) -> bool:
        return bool(self.off) or self.noise > 0

    def toggled(self, layer: int, unit: int) -> "Damage":
        """The same with one unit switched the other way."""
        return replace(self, off=self.off ^ {(layer, unit)})


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """How a broken network does.

    Attributes
    ----------
    score : on the digits it was shown.
    pictures : (10, h, w) what it imagines now, after a short search, for the ten digits.
    proof : what it and the judge make of them.
    """

    score: Score
    pictures: np.ndarray
    proof: Proof


def damaged(model: Model, damage: Damage, *, seed: int = 0) -> Model:
    """A broken copy: who is switched off gives nothing to the next layer. Raises `DigitLabError` for units it has not."""
    flat = model.parameters.flat.copy()
    parameters = Parameters(model.network, flat)
    if damage.noise:
        for layer, weights in enumerate(parameters.weights):
            size = damage.noise * float(np.linalg.norm(weights)) / weights.size**0.5
            rng = generator(seed, BACK_QUERY, NOISE + layer)
            for rows in np.array_split(weights, -(-len(weights) // ROWS)):  # a second copy of all would be too much
                rows += size * rng.standard_normal(rows.shape, dtype=np.float32)
    for layer, unit in damage.off:
        if not (0 <= layer < len(model.network.hidden) and 0 <= unit < model.network.hidden[layer]):
            raise DigitLabError("This network has no unit {unit} in a layer {layer}.", unit=unit + 1, layer=layer + 1)
        parameters.weights[layer + 1][unit] = 0.0
    return replace(model, parameters=parameters)


def half_at_random(model: Model, *, seed: int = 0) -> frozenset[tuple[int, int]]:
    """Half of the units of each hidden layer (rounded down), drawn by lot."""
    rng = generator(seed, BACK_QUERY, HALF)
    return frozenset(
        (layer, int(unit))
        for layer, units in enumerate(model.network.hidden)
        for unit in rng.choice(units, units // 2, replace=False)
    )


def whole_layer(model: Model, layer: int) -> frozenset[tuple[int, int]]:
    """All units of a hidden layer."""
    return frozenset((layer, unit) for unit in range(model.network.hidden[layer]))


def try_out(broken: Model, digits: Dataset, guard: Model, judge: Model, ink: Ink) -> Broken:
    """How a network does on these digits, and what it imagines; `ink` is of its shape. Chance falls alike for all networks."""
    right = int(np.count_nonzero(broken.predict(digits.x()).argmax(axis=1) == digits.labels))
    steps = max(FEWEST_STEPS, min(QUICK_STEPS, QUICK_STEPS * LARGE // broken.network.parameter_count))
    *_, last = see(broken, guard, ink, steps=steps, starts=QUICK_STARTS)
    return Broken(Score(len(digits), right), last.pictures, prove(broken, judge, ink, last.pictures))
