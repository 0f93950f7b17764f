"""Many pictures, one answer: a walk from a picture to quite another along directions in which the network is blind.

Ten scores decide what a network says. Each changes along one direction of the picture's pixels, its gradient, and along all that
is at right angles to these ten the network notices nothing, at first order: of 784 directions at least 774. The walk heads for
another picture, less what the ten gradients would notice of the step; what bends away in spite of that is taken back by Newton's
method, along the gradients, so that the scores stay what they were.
"""

from dataclasses import dataclass

import numpy as np

from core.models.gradient import Score, input_gradient
from core.models.model import Model

FRAMES = 21
STRIDE = 0.08  # of the way that is left, for each frame
CORRECTIONS = 4  # after each step, at most
STILL = 1e-4  # no probability has moved by more when a step is corrected well enough
HELD = 1e-3  # no probability may move by more in any picture that is shown
LEVELS = 255  # a pixel's steps from paper to ink


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Pictures that are one to a network.

    Attributes
    ----------
    pictures : (n, h, w) float32 in steps of 1/255; the first is where the walk begins.
    probabilities : (n, 10) what the network says of each.
    """

    pictures: np.ndarray
    probabilities: np.ndarray

    @property
    def changed(self) -> float:
        """How much ink has come or gone from the first picture to the last, as a share of the first one's."""
        return float(np.abs(self.pictures[-1] - self.pictures[0]).sum() / self.pictures[0].sum())

    @property
    def moved(self) -> float:
        """By how much any probability has moved in any of the pictures."""
        return float(np.abs(self.probabilities - self.probabilities[0]).max())


def walk(model: Model, start: np.ndarray, towards: np.ndarray, *, frames: int = FRAMES) -> Walk:
    """Walk from a picture (h, w) towards another, as far as the network notices nothing."""
    here, goal = (_in_steps(np.asarray(each, np.float64)).reshape(-1) for each in (start, towards))
    pictures = [here]
    said = model.predict(here[None])[0]
    sums = model.trace(here[None]).sums[-1][0]
    while len(pictures) < frames:
        here = _corrected(model, _step(model, here, goal), sums)
        seen = _in_steps(here)
        if np.abs(model.predict(seen[None])[0] - said).max() > HELD:
            break
        pictures.append(seen)
    shown = np.stack(pictures).astype(np.float32)
    return Walk(shown.reshape(-1, *model.shape), model.predict(shown))


def _step(model: Model, here: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """A stride towards the goal, less what the network would notice of it."""
    way = STRIDE * (goal - here)
    _, slopes = _scores(model, here)
    return np.clip(here + way - _least(slopes, slopes @ way), 0, 1)


def _corrected(model: Model, here: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """The nearest picture, as far as first order tells, whose scores are `sums`; pixels that are at an end stay there."""
    for _ in range(CORRECTIONS):
        values, slopes = _scores(model, here)
        off = values - sums
        if np.abs(off).max() < STILL:
            break
        back = _least(slopes, off)
        slopes[:, ((here <= 0) & (back > 0)) | ((here >= 1) & (back < 0))] = 0
        here = np.clip(here - _least(slopes, off), 0, 1)
    return here


def _scores(model: Model, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The scores (10,) of one picture, and the slope of each (10, inputs)."""
    outputs = model.network.outputs
    values, slopes = input_gradient(model, np.repeat(here[None], outputs, axis=0), Score(np.eye(outputs)))
    return values.astype(np.float64), slopes.astype(np.float64)


def _least(slopes: np.ndarray, change: np.ndarray) -> np.ndarray:
    """The smallest step (inputs,) that changes the scores by `change` (10,)."""
    products = slopes @ slopes.T
    products[np.diag_indices_from(products)] += 1e-6 * np.trace(products) / len(products) + 1e-12
    return slopes.T @ np.linalg.solve(products, change)


def _in_steps(picture: np.ndarray) -> np.ndarray:
    return np.round(picture * LEVELS) / LEVELS
