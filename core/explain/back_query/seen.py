"""Seen: a picture is changed until the network is sure of what it sees (activation maximization: Erhan et al. 2009).

The picture is the mean of all training digits plus a mixture of the directions in which digits differ (`ink`), under a
price for what is unusual; it is moved by a pixel or two and made noisy at every step, so that nothing convinces that hangs
on single pixels. Nothing in it knows which digit is which. Several starts climb at once, and the best is what holds best.

`tricks` is the same without any of this: any pixels will do. The network becomes quite sure of what nobody can read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.drawings.ink import BlankDrawing
from core.drawings.preprocess import from_drawing
from core.explain.back_query.climb import Climber, best, drops_out, left_after, pace
from core.explain.back_query.ink import Ink
from core.explain.back_query.pen import USUAL
from core.models.calibration import Calibration
from core.models.gradient import LogProbability, input_gradient
from core.models.model import Model
from core.seeding import BACK_QUERY, generator

STARTS, STEPS = 8, 120
SPREAD = 0.7  # of the starts, in standard deviations of the training digits
SIZE = 0.1  # of the first steps, in standard deviations
UNUSUAL = 0.04  # price of a squared standard deviation
GUARD = 0.5  # how much the guard's agreement counts
TEMPERATURE = 6.0  # at which softmax is asked: see `core.explain.back_query.written`
NOISE, MOVED = 0.15, 2  # standard deviation of a pixel's noise; pixels that a picture is moved by, of 28
SHAKES = 12  # with which the last ones are compared
TELL_EVERY = 6
FAINT = 0.08  # ink below this is paper: directions leave a haze
TRICK_STEPS, TRICK_SIZE = 80, 0.04
MARGIN = 4  # pixels of paper around a picture that is read as a drawing


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """The ten pictures (10, h, w) as they are by now, and how much is `done`, 0 to 1."""

    done: float
    pictures: np.ndarray


def see(
    model: Model, guard: Model, ink: Ink, *, seed: int = 0, steps: int = STEPS, starts: int = STARTS
) -> Iterator[Sight]:
    """What the network wants to see for each digit; the last are final, as the network gets them of drawings like these.

    `ink` is of the model's shape. The guard is asked where it can be: it reads 28 x 28.
    """
    rng = generator(seed, BACK_QUERY)
    search = _Search(model, guard, ink, rng, starts)
    yield search.sight(0.0)
    for step in range(steps):
        search.step(step / steps)
        if drops_out(step, steps):
            search.drop_out()
        if step % TELL_EVERY == TELL_EVERY - 1:
            yield search.sight((step + 1) / steps)
    yield Sight(1.0, np.stack([as_read(picture, model.shape) for picture in search.finish()]))


class _Search:
    """Mixtures of directions for all ten digits, climbing together."""

    def __init__(self, model: Model, guard: Model, ink: Ink, rng: np.random.Generator, starts: int) -> None:
        temperature = TEMPERATURE if model.network.output == "softmax" else 1.0
        self._asked = replace(model, calibration=Calibration(temperature))
        self._guard, self._rng, self._shape = guard, rng, model.shape
        self._mean = ink.mean.reshape(-1)
        self._directions = ink.directions.reshape(len(ink.directions), -1)
        self._digits = np.repeat(np.arange(10), starts)
        self._moved = round(MOVED * model.shape[0] / 28)
        mixtures = rng.normal(0, SPREAD, (len(self._digits), len(self._directions)))
        self._climber = Climber(mixtures.astype(np.float32))

    def _pictures(self) -> np.ndarray:
        return self._mean + self._climber.at @ self._directions

    def step(self, done: float) -> None:
        pictures = self._pictures()
        value, slope = self._value(pictures)
        # what lies beyond white or black already is not pushed further
        slope[((pictures < 0) & (slope < 0)) | ((pictures > 1) & (slope > 0))] = 0
        mixtures = self._climber.at
        self._climber.step(
            value - UNUSUAL / 2 * (mixtures * mixtures).sum(axis=1),
            slope @ self._directions.T - UNUSUAL * mixtures,
            SIZE * pace(done),
        )

    def _value(self, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How sure the readers are of the moved, noisy pictures (n, h w), and the derivative by the pictures."""
        by = tuple(self._rng.integers(-self._moved, self._moved + 1, 2))
        moved = self._roll(np.clip(pictures, 0, 1), by)
        moved = moved + self._rng.normal(0, NOISE, moved.shape).astype(np.float32)
        value, slope = input_gradient(self._asked, moved, LogProbability(self._digits))
        if self._shape == USUAL:
            digit, by_digit = input_gradient(self._guard, moved, LogProbability(1))
            value, slope = value + GUARD * digit, slope + GUARD * by_digit
        return value, self._roll(slope, (-by[0], -by[1]))

    def _roll(self, rows: np.ndarray, by: tuple[int, ...]) -> np.ndarray:
        return np.roll(rows.reshape(-1, *self._shape), by, axis=(1, 2)).reshape(len(rows), -1)

    def sight(self, done: float) -> Sight:
        chosen = best(self._climber.value, self._digits)
        return Sight(done, np.clip(self._pictures()[chosen], 0, 1).reshape(-1, *self._shape))

    def drop_out(self) -> None:
        kept = best(self._climber.value, self._digits, left_after(len(self._digits), 10))
        self._climber.keep(kept)
        self._digits = self._digits[kept]

    def finish(self) -> np.ndarray:
        """For each digit the picture that holds best when it is moved and made noisy: (10, h, w)."""
        pictures, mixtures = self._pictures(), self._climber.at
        total = -UNUSUAL / 2 * (mixtures * mixtures).sum(axis=1)
        for _ in range(SHAKES):
            total += self._value(pictures)[0] / SHAKES
        return np.clip(pictures[best(total, self._digits)], 0, 1).reshape(-1, *self._shape)


def as_read(picture: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A picture (h, w) of ink in 0..1 as a network of a `shape` gets it when somebody draws it: found, framed, centred."""
    try:
        return from_drawing(np.pad(np.where(picture < FAINT, 0, picture), MARGIN), shape)
    except BlankDrawing:
        return np.zeros(shape, np.float32)


def tricks(model: Model, *, seed: int = 0) -> Iterator[Sight]:
    """Ascent of the bare pixels (10, h, w) from grey noise."""
    rng = generator(seed, BACK_QUERY)
    digits = np.arange(10)
    climber = Climber(rng.uniform(0.0, 0.5, (10, model.network.inputs)).astype(np.float32))
    for step in range(TRICK_STEPS):
        value, slope = input_gradient(model, climber.at, LogProbability(digits))
        climber.step(value, slope, TRICK_SIZE * pace(step / TRICK_STEPS))
        climber.at = np.clip(climber.at, 0, 1)
        if step % TELL_EVERY == TELL_EVERY - 1:
            yield Sight(step / TRICK_STEPS, climber.at.reshape(-1, *model.shape))
    yield Sight(1.0, climber.at.reshape(-1, *model.shape))
