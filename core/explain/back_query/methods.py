"""The table of methods: from an answer back to a picture, each with its name for people and the work it does."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.datasets import available, load_training
from core.errors import DigitLabError
from core.explain.back_query import seen, typical, written
from core.explain.back_query.found import Found, Step, Tell, in_bytes
from core.explain.back_query.ink import USUAL, Ink, ink_for
from core.explain.back_query.inverse import back_query_all
from core.explain.back_query.pen import Candidates
from core.explain.back_query.proof import prove
from core.explain.nearest import digits_for
from core.messages import N_
from core.models.model import Model


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked: the network, the guard that tells digits from what is none, the judge, and what is known of ink."""

    model: Model
    guard: Model
    judge: Model
    ink: Ink
    seed: int = 0


AT_ONCE = ("inverse", "mean")  # methods that take no time worth waiting for
Result = tuple[np.ndarray, Candidates | None]  # the ten pictures (10, h, w), and their strokes if they were written


@dataclass(frozen=True, slots=True)
class Method:
    """A way from an answer to a picture: its `title` and `sentence` for people, and `find`, which does it."""

    title: str
    sentence: str
    find: Callable[[Asked, Tell], Result]


def _inverse(asked: Asked, tell: Tell) -> Result:
    return back_query_all(asked.model), None


def _seen(asked: Asked, tell: Tell) -> Result:
    for sight in seen.see(asked.model, asked.guard, asked.ink, seed=asked.seed):
        tell(Step(sight.done, pictures=sight.pictures))
    return sight.pictures, None


def _tricks(asked: Asked, tell: Tell) -> Result:
    for sight in seen.tricks(asked.model, seed=asked.seed):
        tell(Step(sight.done, pictures=sight.pictures))
    return sight.pictures, None


def _typical(asked: Asked, tell: Tell) -> Result:
    dataset = digits_for(asked.model)
    if not available(dataset):
        raise DigitLabError(
            "The digits that this network learned from are not on this computer. Fetch them on the Train page, and come back."
        )
    return typical.best_examples(asked.model, load_training(dataset).train), None


def _mean(asked: Asked, tell: Tell) -> Result:
    return asked.ink.digits, None


def _written(asked: Asked, tell: Tell) -> Result:
    for draft in written.write(asked.model, asked.guard, seed=asked.seed):
        tell(Step(draft.done, written=draft.written))
    return written.as_drawings(draft.written, asked.model.shape), draft.written


METHODS: dict[str, Method] = {
    "written": Method(
        N_("Written"),
        N_("The network moves a pen until it reads the digit it wants. Nobody showed it a digit: this is its own idea."),
        _written,
    ),
    "seen": Method(
        N_("Imagined"),
        N_("Grey ink changes until the network is sure that it sees the digit. It knows how ink looks, but not which digit."),
        _seen,
    ),
    "typical": Method(
        N_("Real"),
        N_("Of all the digits that the network learned from, the ones it is surest of. These were written by people."),
        _typical,
    ),
    "mean": Method(
        N_("Average"),
        N_("The average of all training digits of each class. No network had a part in it."),
        _mean,
    ),
    "inverse": Method(
        N_("Step by step"),
        N_("Every step of the network is undone, from the answer back to the picture."),
        _inverse,
    ),
    "tricks": Method(
        N_("Any pixels"),
        N_("Nothing says what ink looks like: any pixels will do. The network is sure, and you see nothing. "
           "To be sure is not to be right."),
        _tricks,
    ),
}  # fmt: skip


def find(method: str, asked: Asked, tell: Tell = lambda step: None) -> Found:
    """The ten digits by this method, and the proof under them. Raises `DigitLabError` where the network cannot be asked so.

    `tell` hears now and then what there is by then.
    """
    if method not in METHODS:
        raise DigitLabError("There is no method {method}. Known: {methods}.", method=method, methods=", ".join(METHODS))
    pictures, strokes = METHODS[method].find(asked, tell)
    pictures = in_bytes(pictures).astype(np.float32) / 255  # as they are kept
    drawn = written.as_drawings(strokes, USUAL) if strokes and asked.model.shape != USUAL else None
    return Found(method, pictures, prove(asked.model, asked.judge, asked.ink, pictures, drawn), strokes)


def asked(model: Model, guard: Model, judge: Model, seed: int = 0) -> Asked:
    """A network and its company, with what is known of ink in pictures of its size."""
    return Asked(model, guard, judge, ink_for(model.shape), seed)
