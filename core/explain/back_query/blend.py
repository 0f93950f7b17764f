"""A blend from one digit to another: at each place of the way, a picture of which the network says just so much of both.

The way begins as one picture fading into the other. Then all frames climb together towards what the network shall say of
them, (1 - t, t), along the directions in which digits differ (`ink`); each is drawn towards its neighbours, so that it is one
smooth way and not many pictures.
"""

from dataclasses import dataclass

import numpy as np

from core.explain.back_query.climb import Climber, pace
from core.explain.back_query.ink import Ink
from core.models.gradient import LogLikelihood, input_gradient
from core.models.model import Model

FRAMES = 21
STEPS, SIZE = 150, 0.15
UNUSUAL = 0.002  # price of a squared standard deviation
TOGETHER = 0.15  # how strongly a frame is drawn to its neighbours
ENOUGH = 0.03  # how near to the wanted probabilities all frames are when the climb ends early
CLOSE = 0.05  # how near they have to be for the blend to be called true


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """A way from one digit to another.

    Attributes
    ----------
    shares : (n,) how far along each frame is, 0 to 1: the wanted probability of the second digit.
    pictures : (n, h, w) float32 in steps of 1/255, as the network gets them.
    probabilities : (n, 10) what the network says of each.
    digits : the first and the second.
    """

    shares: np.ndarray
    pictures: np.ndarray
    probabilities: np.ndarray
    digits: tuple[int, int]

    @property
    def off(self) -> float:
        """By how much the two probabilities are away from the wanted ones where they are farthest away."""
        wanted = np.stack([1 - self.shares, self.shares], axis=1)
        return float(np.abs(self.probabilities[:, self.digits] - wanted).max())


def blend(model: Model, ink: Ink, pictures: np.ndarray, first: int, second: int, *, frames: int = FRAMES) -> Blend:
    """Go from the picture of `first` to that of `second`, of ten `pictures` (10, h, w) that the network reads as the digits."""
    shares = np.linspace(0, 1, frames)
    climb = _Climb(model, ink, np.asarray(pictures, np.float32).reshape(10, -1), first, second, shares)
    for step in range(STEPS):
        found = climb.blend()
        if found.off < ENOUGH:
            return found
        climb.step(step / STEPS)
    return climb.blend()


class _Climb:
    """All frames of one way."""

    def __init__(
        self, model: Model, ink: Ink, pictures: np.ndarray, first: int, second: int, shares: np.ndarray
    ) -> None:
        self._model, self._digits, self._shares = model, (first, second), shares
        self._directions = ink.directions.reshape(len(ink.directions), -1)
        wanted = np.zeros((len(shares), model.network.outputs), np.float32)
        wanted[:, first], wanted[:, second] = 1 - shares, shares
        self._wanted = LogLikelihood(wanted)
        self._faded = wanted[:, [first]] * pictures[first] + wanted[:, [second]] * pictures[second]
        self._climber = Climber(np.zeros((len(shares), len(self._directions)), np.float32))

    def _pictures(self) -> np.ndarray:
        return self._faded + self._climber.at @ self._directions

    def step(self, done: float) -> None:
        pictures, mixtures = self._pictures(), self._climber.at
        value, slope = input_gradient(self._model, np.clip(pictures, 0, 1), self._wanted)
        slope[((pictures < 0) & (slope < 0)) | ((pictures > 1) & (slope > 0))] = 0  # no farther beyond white or black
        slope = slope @ self._directions.T - UNUSUAL * mixtures + TOGETHER * _apart(mixtures)
        self._climber.step(value, slope, SIZE * pace(done))

    def blend(self) -> Blend:
        """What there is by now, in steps of 1/255: it is these pictures that the network is asked about."""
        pictures = np.round(np.clip(self._pictures(), 0, 1) * 255).astype(np.float32) / 255
        said = self._model.predict(pictures)
        return Blend(self._shares, pictures.reshape(-1, *self._model.shape), said, self._digits)


def _apart(mixtures: np.ndarray) -> np.ndarray:
    """How far each frame's neighbours are from it on average, twice; the two ends, which are given, are not drawn away."""
    apart = np.zeros_like(mixtures)
    apart[1:-1] = mixtures[2:] + mixtures[:-2] - 2 * mixtures[1:-1]
    return apart
