"""Written: the network moves a pen. No picture of a digit goes in.

Random strokes are shown to the network; those of which it thinks most, for each digit, are what it starts from. Then it
moves their control points so that it is surer of the digit and the guard, which tells digits from what is none, agrees:
while the drawing is shaken, drawn thicker and thinner, and partly covered by a blot, so that all of the digit must be
there and no single pixel can be what convinces. A bend, a long way and a second stroke have a price.

Who is sure has nothing left to climb, so the network is asked with a temperature, at which it would never be quite sure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.drawings.preprocess import from_drawing
from core.drawings.strokes import CANVAS, draw, fit
from core.explain.back_query.climb import Climber, best, drops_out, left_after, pace
from core.explain.back_query.pen import USUAL, Candidates, Shake, Sheet, curve, framed, random_strokes
from core.models.calibration import Calibration, with_temperature
from core.models.gradient import LogProbability, input_gradient
from core.models.model import Model
from core.seeding import BACK_QUERY, generator

POOL = 2_000  # random drawings to choose from
STARTS, STEPS = 16, 180  # drawings for each digit to begin with, and steps of each
SIZE = 0.6  # of the first steps, in pixels
BEND, LENGTH, SECOND = 0.004, 0.002, 0.4  # prices: of bends in squared pixels, of a pixel's way, and of a second stroke
BLOT, BLOT_WIDTH = 0.9, 3 / 28  # how much ink a blot takes in its middle, and its width in shares of the picture
WARY = 0.33  # how sure the network is to be of random strokes, on average, once it is asked with a temperature
SHAKES = 8  # with which the last candidates are compared
TELL_EVERY = 6  # steps
PEN, LONG_SIDE = 20, 200  # pixels on the pad of 280: the drawing as a visitor would make it


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What stands on the paper: the ten digits as well as they are written by now, and how much is `done`, 0 to 1."""

    done: float
    written: Candidates


def write(model: Model, guard: Model, *, seed: int = 0, steps: int = STEPS, starts: int = STARTS) -> Iterator[Draft]:
    """Let a network write the ten digits: drafts, the last of which is final.

    `guard` tells digits (1) from what is none (0), in pictures of 28 x 28.
    """
    rng = generator(seed, BACK_QUERY)
    search = _Search(model, guard, rng, starts)
    yield search.draft(0.0)
    for step in range(steps):
        search.step(step / steps)
        if drops_out(step, steps):
            search.drop_out()
        if step % TELL_EVERY == TELL_EVERY - 1:
            yield search.draft((step + 1) / steps)
    yield Draft(1.0, in_writing_order(search.finish()))


class _Search:
    """Candidates for all ten digits, moved together: a step of all is one pass through the network."""

    def __init__(self, model: Model, guard: Model, rng: np.random.Generator, starts: int) -> None:
        self._guard, self._rng = guard, rng
        self._model, self._sheet, self._usual = model, Sheet(model.shape), Sheet(USUAL)
        pool = random_strokes(POOL, rng)
        pictures = self._sheet.paint(pool, Shake.none(len(pool)))[0]
        sure = model.uncorrected(pictures)
        self._asked = replace(model, calibration=Calibration(_temperature(model, sure)))
        # half of them of one stroke and half of two, as they are in the pool
        parts = [(half, sure[half]) for half in np.array_split(np.arange(POOL), 2)]
        chosen = [half[np.argsort(-of[:, digit])[: starts // 2]] for digit in range(10) for half, of in parts]
        self._digits = np.repeat(np.arange(10), starts // 2 * 2)
        self._used = pool.used[np.concatenate(chosen)]
        self._climber = Climber(pool.controls[np.concatenate(chosen)])

    @property
    def _now(self) -> Candidates:
        return Candidates(self._climber.at, self._used)

    def draft(self, done: float) -> Draft:
        return Draft(done, self._now[best(self._climber.value, self._digits)])

    def step(self, done: float) -> None:
        value, slope = objective(
            self._asked, self._guard, self._now, self._digits, Shake.drawn(len(self._digits), self._rng), self._rng
        )
        self._climber.step(value, slope, SIZE * pace(done))
        self._climber.at = framed(self._now).controls

    def drop_out(self) -> None:
        kept = best(self._climber.value, self._digits, left_after(len(self._digits), 10))
        self._climber.keep(kept)
        self._used, self._digits = self._used[kept], self._digits[kept]

    def finish(self) -> Candidates:
        """Of those that are left, for each digit the one that holds best when it is shaken, and as a drawing on the pad."""
        total = np.zeros(len(self._digits))
        for _ in range(SHAKES):
            shake = Shake.drawn(len(self._digits), self._rng)
            total += objective(self._asked, self._guard, self._now, self._digits, shake, self._rng)[0] / SHAKES
        drawn = as_drawings(self._now, self._model.shape)
        sure = self._asked.predict(drawn)[np.arange(len(drawn)), self._digits]
        total += np.log(np.maximum(sure, 1e-9))
        return self._now[best(total, self._digits)]


def objective(
    model: Model,
    guard: Model,
    candidates: Candidates,
    digits: np.ndarray,
    shake: Shake,
    rng: np.random.Generator | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """How good each drawing is as its digit (n,), and how that changes with its control points, an array like them.

    Without `rng` there is no blot.
    """
    total, slope = _prices(candidates)
    readers: dict[tuple[int, int], list[tuple[Model, LogProbability]]] = {}
    readers.setdefault(model.shape, []).append((model, LogProbability(digits)))
    readers.setdefault(USUAL, []).append((guard, LogProbability(1)))
    for shape, asked in readers.items():
        ink, pull = Sheet(shape).paint(candidates, shake)
        left = _blots(len(ink), shape, rng) if rng else np.ones_like(ink)
        seen, by_ink = (ink * left).reshape(len(ink), -1), np.zeros((len(ink), ink[0].size), ink.dtype)
        for reader, of in asked:
            value, by_pixels = input_gradient(reader, seen, of)
            total += value
            by_ink += by_pixels
        slope += pull(by_ink.reshape(ink.shape) * left)
    return total, slope


def _prices(candidates: Candidates) -> tuple[np.ndarray, np.ndarray]:
    """What bends, length and a second stroke take off (n,), and the derivative by the control points."""
    there = candidates.used[:, :, None, None]
    ways = np.diff(candidates.controls, axis=2) * there
    bends = np.diff(ways, axis=2)
    far = np.sqrt((ways * ways).sum(axis=3, keepdims=True) + 1e-6)
    price = BEND * (bends * bends).sum(axis=(1, 2, 3)) + LENGTH * (far * there).sum(axis=(1, 2, 3))
    by_ways = LENGTH * ways / far
    by_ways[:, :, 1:] += 2 * BEND * bends
    by_ways[:, :, :-1] -= 2 * BEND * bends
    slope = np.zeros_like(candidates.controls)
    slope[:, :, 1:] -= by_ways
    slope[:, :, :-1] += by_ways
    return -(price + SECOND * candidates.used[:, 1]).astype(np.float64), slope


def _blots(n: int, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """How much ink is left of each pixel (n, h, w) beside a blot of bleach somewhere on each picture."""
    squares = []
    for side in shape:
        middle = rng.uniform(0.15, 0.85, (n, 1)) * side
        squares.append(((np.arange(side) - middle) / (BLOT_WIDTH * side)) ** 2)
    return (1 - BLOT * np.exp(-(squares[0][:, :, None] + squares[1][:, None]) / 2)).astype(np.float32)


def _temperature(model: Model, sure: np.ndarray) -> float:
    """At which the likeliest digit of random strokes has a probability of `WARY` on average; `sure` (n, 10) is without any.

    Sigmoid outputs end at 1, so their logarithms are never as far apart as those of softmax: they are asked as they are.
    """
    if model.network.output == "sigmoid":
        return 1.0
    low, high = 1.0, 20.0
    for _ in range(20):
        middle = (low + high) / 2
        if with_temperature(sure, middle).max(axis=1).mean() > WARY:
            low = middle
        else:
            high = middle
    return high


def strokes(candidates: Candidates, which: int) -> list[np.ndarray]:
    """One of the drawings as strokes on the pad: each (60, 2) points x, y in its 280 pixels."""
    there = [curve(c) for c, used in zip(candidates.controls[which], candidates.used[which], strict=True) if used]
    return fit(there, size=LONG_SIDE, centre=(CANVAS / 2, CANVAS / 2))


def as_drawings(candidates: Candidates, shape: tuple[int, int]) -> np.ndarray:
    """What a network of this shape gets (n, h, w) when they are drawn on the pad by a visitor."""
    return np.stack(
        [from_drawing(draw(strokes(candidates, which), width=PEN), shape) for which in range(len(candidates))]
    )


def in_writing_order(candidates: Candidates) -> Candidates:
    """The same drawings as people write: each stroke begins at its upper end, or left where it lies, the higher one first."""
    controls, used = candidates.controls.copy(), candidates.used.copy()
    for drawing, there in zip(controls, used, strict=True):
        for stroke in drawing:
            if (stroke[-1] - stroke[0]) @ (0.4, 1.0) < 0:
                stroke[:] = stroke[::-1].copy()
        if there.all() and drawing[1, 0] @ (0.4, 1.0) < drawing[0, 0] @ (0.4, 1.0):
            drawing[:] = drawing[::-1].copy()
    return Candidates(controls, used)
