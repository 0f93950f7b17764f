"""What a hidden unit wants to see: ink is changed until the unit gives as much as it can (activation maximization).

The picture is the mean of all training digits plus a mixture of the directions in which digits differ, as in
`core.explain.back_query.seen`, under a price for what is unusual, so that it stays about as unusual as a real digit. What is
climbed is the unit's sum, which slopes even where its activation is flat, measured in its own standard deviations.
"""

from dataclasses import dataclass

import numpy as np

from core.explain.back_query.climb import Climber, pace
from core.explain.back_query.ink import Ink
from core.models.forward import Trace
from core.models.gradient import input_gradient
from core.models.model import Model
from core.seeding import BACK_QUERY, generator

STARTS, STEPS = 6, 40  # pictures that climb, and steps of each
SIZE = 0.3  # of the first steps, in standard deviations
SPREAD = 0.5  # of the starts, in standard deviations of the training digits
UNUSUAL = 0.13  # price of a squared standard deviation: a sum that is a straight line ends 1 / 0.13 of them away


@dataclass(frozen=True, slots=True, eq=False)
class _Sum:
    """The sum of a unit of a layer (0 is the first after the input) before its activation."""

    layer: int
    unit: int

    def slope(self, model: Model, trace: Trace) -> tuple[np.ndarray, int, np.ndarray]:
        sums = trace.sums[self.layer]
        delta = np.zeros_like(sums)
        delta[:, self.unit] = 1.0
        return sums[:, self.unit], self.layer, delta


def wanted(model: Model, layer: int, unit: int, spread: float, ink: Ink, *, seed: int = 0) -> np.ndarray:
    """The picture (h, w) in 0..1 that this unit gives most for. `ink` is of the model's shape; `spread` is that of its sum."""
    directions = ink.directions.reshape(len(ink.directions), -1)
    rng, of = generator(seed, BACK_QUERY, 1), _Sum(layer, unit)
    climber = Climber(rng.normal(0, SPREAD, (STARTS, len(directions))).astype(np.float32))
    for step in range(STEPS):
        pictures = ink.mean.reshape(-1) + climber.at @ directions
        value, slope = input_gradient(model, np.clip(pictures, 0, 1), of)
        # beyond white or black there is no more
        slope[((pictures < 0) & (slope < 0)) | ((pictures > 1) & (slope > 0))] = 0
        worth = value / max(spread, 1e-6) - UNUSUAL / 2 * np.square(climber.at).sum(axis=1)
        climber.step(worth, slope @ directions.T / max(spread, 1e-6) - UNUSUAL * climber.at, SIZE * pace(step / STEPS))
    best = climber.at[climber.value.argmax()]
    return np.clip(ink.mean.reshape(-1) + best @ directions, 0, 1).reshape(model.shape)
