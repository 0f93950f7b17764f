"""Explanations put to the test: if what is marked matters, taking it away must cost the answer more than chance would.

The marked pixels are made background and the network reads again; then as many pixels drawn at random from the ink,
many times over. The same with hidden units that are switched off. What comes out is said, whatever it is.
"""

from dataclasses import dataclass

import numpy as np

from core.explain.contributions import Explanation
from core.models.model import Model

INK = 0.3  # pixels from here on are ink: the fringes of a stroke would make random removal look harmless
MARKED_SHARE = 1 / 6  # of the ink is marked
DRAWS = 200
CONVINCED = 0.05  # at most this share of the random draws may do as well


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """What became of the lead of an answer over its rival.

    Attributes
    ----------
    marked : what was taken away for being marked: pixels or units, the strongest first.
    candidates : how many there were to draw from.
    before : the lead with everything in place.
    after : the lead without the marked ones.
    chance : (draws,) the lead without as many drawn at random.
    """

    marked: np.ndarray
    candidates: int
    before: float
    after: float
    chance: np.ndarray

    @property
    def matched(self) -> float:
        """The share of the random draws that cost the lead as much as the marked ones did, or more."""
        return float(np.mean(self.before - self.chance >= self.before - self.after))

    @property
    def holds(self) -> bool:
        """Whether the marked ones matter more than chance would have it."""
        return bool(self.after < self.before and self.matched <= CONVINCED)


def check_pixels(
    model: Model, picture: np.ndarray, credits: np.ndarray, answer: int, rival: int, *, rng: np.random.Generator
) -> Check:
    """Mark the pixels of the ink that speak most for the answer, a sixth of it, and take them away.

    Parameters
    ----------
    picture : (h, w) or (inputs,) pixels in 0..1.
    credits : (inputs,) what each is said to add to the lead; only the order of the positive ones is used.
    """
    pixels = np.asarray(picture, dtype=np.float32).reshape(-1)
    ink = np.flatnonzero(pixels >= INK)
    marked = _strongest(ink, credits, round(MARKED_SHARE * len(ink)))
    batch = np.repeat(pixels[None], DRAWS + 2, axis=0)
    np.put_along_axis(batch[2:], _draws(ink, len(marked), rng), 0.0, axis=1)
    batch[1, marked] = 0.0
    sums = model.trace(batch).sums[-1].astype(np.float64)
    return _check(marked, len(ink), sums[:, answer] - sums[:, rival])


def check_units(explanation: Explanation, answer: int, rival: int, *, count: int, rng: np.random.Generator) -> Check:
    """Switch off the `count` units of the last hidden layer that speak most for the answer.

    The random ones are drawn from the active units: those that give at least a hundredth of the strongest one.
    """
    activations = explanation.trace.activations[-2]
    active = np.flatnonzero(np.abs(activations) >= 0.01 * np.abs(activations).max(initial=1e-12))
    marked = _strongest(active, explanation.unit_shares(answer, rival)[0], min(count, len(active)))
    batch = np.repeat(activations[None], DRAWS + 2, axis=0)
    np.put_along_axis(batch[2:], _draws(active, len(marked), rng), 0.0, axis=1)
    batch[1, marked] = 0.0
    last = explanation.parameters.weights[-1]
    sums = batch @ last
    if explanation.network.bias:
        sums += explanation.parameters.biases[-1]
    return _check(marked, len(active), sums[:, answer] - sums[:, rival])


def _check(marked: np.ndarray, candidates: int, leads: np.ndarray) -> Check:
    return Check(marked, candidates, float(leads[0]), float(leads[1]), leads[2:])


def _strongest(among: np.ndarray, credits: np.ndarray, count: int) -> np.ndarray:
    """Up to `count` (at least one) of the places `among`, those with the largest positive credits first."""
    order = among[np.argsort(-credits[among], kind="stable")][: max(1, count)]
    return order[credits[order] > 0]


def _draws(among: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Random choices (draws, count) of places, none twice in a draw."""
    return among[rng.random((DRAWS, len(among))).argsort(axis=1)[:, :count]]
