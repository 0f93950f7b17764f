"""A drawing is read: what comes of it, in one voice, wherever it is shown."""

from dataclasses import dataclass

import numpy as np
import scipy.ndimage  # noqa: F401 - with the page, and not while the first visitor draws
import scipy.special  # noqa: F401

from core.drawings.preprocess import Stages, from_drawing, stages
from core.errors import DigitLabError
from core.models.model import Model
from core.scores.doubt import GUARD_SHAPE, counted, judge
from dashboard import shared, words
from dashboard.pads.strokes import is_full
from dashboard.say import say

SMALLEST, SMALL = (
    0.12,
    0.25,
)  # of the pad's side: smaller is a dot, and up to twice that it is one if nothing can be read


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What came of a drawing.

    Attributes
    ----------
    seen : (h, w) float32 in 0..1, what the network gets; empty while there is no digit.
    probabilities : (10,) what it gives, or None while there is no digit.
    sentence : the answer in words, or why there is none.
    picture : (H, W, 4) uint8 RGBA as drawn, or None.
    stages : the drawing on its way to `seen`, or None.
    kind : "sure", "unsure" or "no digit" (see `core.scores.doubt`), or "waiting" while there is nothing to read.
    counted : how often the network was right on test digits when it was about as sure; empty where that says nothing.
    """

    seen: np.ndarray
    probabilities: np.ndarray | None
    sentence: str
    picture: np.ndarray | None = None
    stages: Stages | None = None
    kind: str = "waiting"
    counted: str = ""

    @property
    def digit(self) -> int | None:
        return None if self.probabilities is None else int(self.probabilities.argmax())


def read(model: Model, picture: np.ndarray | None) -> Reading:
    """Let a model read a drawing, a pad's picture (H, W, 4) uint8."""
    blank = np.zeros(model.shape, dtype=np.float32)
    if picture is None:
        return Reading(blank, None, say(words.EMPTY_PAD))
    if is_full(picture):
        return Reading(blank, None, say(words.FULL_OF_INK), picture)
    try:
        steps = stages(picture, model.shape, drawn=True)
    except DigitLabError as error:
        return Reading(blank, None, say(error.message), picture)
    probabilities = model.predict(steps.centred[None])[0]
    usual = steps.centred if model.shape == GUARD_SHAPE else from_drawing(picture, GUARD_SHAPE, drawn=True)
    verdict = judge(shared.guard(), usual, probabilities)
    size = max(steps.cropped.shape) / max(steps.drawn.shape)
    if size < (SMALLEST if verdict.kind == "sure" else SMALL):
        return Reading(steps.centred, probabilities, say(words.TOO_SMALL), picture, steps, "no digit")
    told = counted(model, verdict, float(probabilities[verdict.digit]))
    sentence, often = say(verdict.sentence), say(told) if told else ""
    return Reading(steps.centred, probabilities, sentence, picture, steps, verdict.kind, often)
