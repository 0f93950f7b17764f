"""Learning curves: pure functions from what a training reported to what a chart draws (`dashboard.parts.curve_chart`).

Axes are fixed before the first point arrives, so that nothing jumps while a run goes on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from core.training.events import BatchEvent, EpochEvent
from dashboard.look.numbers import decimal
from dashboard.look.thinning import smooth, thin
from dashboard.say import N_, say

MAX_MARKERS = 40
CALM = 0.9  # what of a point's neighbour counts where curves are smoothed
FEWEST_DECADES = 1  # that a logarithmic axis shows
LEARNING, TESTED = N_("digits it learns from"), N_("new digits")
SAID = {
    ("accuracy", LEARNING): N_("{y} % of the digits it learns from right"),
    ("accuracy", TESTED): N_("{y} % of new digits right"),
    ("loss", LEARNING): N_("{y}: the loss of digits it learns from"),
    ("loss", TESTED): N_("{y}: the loss of new digits"),
}

What = Literal["accuracy", "loss"]


@dataclass(frozen=True, slots=True)
class View:
    """How curves are looked at.

    Attributes
    ----------
    total : epochs of the whole training.
    whose : names the run; of another one nothing is drawn nearer yet.
    smoothed : whether the line of the digits it learns from is made calm.
    logarithmic : whether the loss has an axis on which each step up is ten times as much.
    """

    total: float
    whose: str = ""
    smoothed: bool = False
    logarithmic: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a remark, on the curve at its epoch."""

    epoch: float
    number: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did at a place on the curves: its sign there, and its sentence."""

    epoch: float
    sign: str
    sentence: str


def learning_curve(
    batches: Sequence[BatchEvent],
    epochs: Sequence[EpochEvent],
    *,
    what: What,
    view: View,
    marks: Sequence[Mark] = (),
    deeds: Sequence[Deed] = (),
) -> dict[str, Any]:
    """Accuracy in percent, or loss: the training digits as a line, those held back as dots, and marks on them."""
    x, y = learning(batches, epochs, what)
    logarithmic = what == "loss" and view.logarithmic
    learned = _series(x, smooth(y, CALM) if view.smoothed else y, what, LEARNING)
    held_back = _series(*tested(epochs, what), what, TESTED)
    foot = _foot(batches, epochs) if logarithmic else 0.0
    percent = what == "accuracy"
    return {
        "label": say("Accuracy over the epochs") if percent else say("Loss over the epochs"),
        "view": f"{view.whose} {logarithmic}",
        "decimal": decimal(0.5, 1)[1],
        "x": {"range": [0, view.total], "title": say("epoch")},
        "y": {
            "range": [0, 100] if percent else [foot, loss_ceiling(batches, epochs)],
            "log": logarithmic,
            "text": say("{percent} %", percent="{y}") if percent else "{y}",
        },
        "series": [learned, held_back],
        "marks": _on_the_curve(marks, epochs),
        "deeds": [{"x": deed.epoch, "sign": deed.sign, "said": deed.sentence} for deed in deeds],
        "words": {
            "at": say("Epoch {x}", x="{x}"),
            "near": say("Draw the end of it larger"),
            "far": say("Show more of it"),
        },
    }


def learning(batches: Sequence[BatchEvent], epochs: Sequence[EpochEvent], what: What) -> tuple[np.ndarray, np.ndarray]:
    """Epochs and figures (n,) of the digits it learns from, accuracy in percent."""
    # where epochs are over in less time than a batch is reported in, the epochs themselves are the finer line
    fine = [(event.epoch, getattr(event, what)) for event in batches]
    coarse = [(event.epoch, getattr(event, f"train_{what}")) for event in epochs]
    return _arrays(max(fine, coarse, key=len), what)


def tested(epochs: Sequence[EpochEvent], what: What) -> tuple[np.ndarray, np.ndarray]:
    """The same of the digits held back."""
    named = f"validation_{what}"
    return _arrays(
        [(event.epoch, getattr(event, named)) for event in epochs if getattr(event, named) is not None], what
    )


def _arrays(pairs: Sequence[tuple[float, float]], what: What) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return x, 100.0 * y if what == "accuracy" else y


def _series(x: np.ndarray, y: np.ndarray, what: What, name: str) -> dict[str, Any]:
    """A curve as the chart draws it, and what it says of a point that is pointed at."""
    x, y = thin(x, y)
    points = np.stack([np.round(x, 3), np.round(y, 5)], axis=1).tolist()
    return {
        "name": say(name),
        "tone": "for" if name == LEARNING else "against",
        "dots": name == TESTED and len(points) <= MAX_MARKERS,
        "points": points,
        "decimals": 1 if what == "accuracy" else 3,
        "said": say(SAID[what, name], y="{y}"),
    }


def _on_the_curve(marks: Sequence[Mark], epochs: Sequence[EpochEvent]) -> list[dict[str, float]]:
    """How high the numbers stand, in percent: on the curve of digits held back, where there is one."""
    reached = {event.epoch: event.train_accuracy if event.validation_accuracy is None else event.validation_accuracy
               for event in epochs}  # fmt: skip
    return [
        {"x": mark.epoch, "y": 100.0 * reached.get(round(mark.epoch), 0.5), "number": mark.number} for mark in marks
    ]


def _losses(batches: Sequence[BatchEvent], epochs: Sequence[EpochEvent]) -> list[float]:
    values = [event.loss for event in batches] + [event.train_loss for event in epochs]
    return values + [event.validation_loss for event in epochs if event.validation_loss is not None]


def loss_ceiling(batches: Sequence[BatchEvent], epochs: Sequence[EpochEvent]) -> float:
    """The top of the loss axis: fixed by the first values, and moved only when a later one would not fit."""
    values = _losses(batches, epochs)
    if not values:
        return 2.5
    return float(2.0 ** np.ceil(np.log2(max(max(values), 1e-3))))


def _foot(batches: Sequence[BatchEvent], epochs: Sequence[EpochEvent]) -> float:
    """The foot of a logarithmic axis of losses: a power of ten, and at least a tenth of its top."""
    above_zero = [value for value in _losses(batches, epochs) if value > 0.0]
    highest = math.floor(math.log10(loss_ceiling(batches, epochs))) - FEWEST_DECADES + 1
    lowest = math.floor(math.log10(min(above_zero))) if above_zero else highest
    return 10.0 ** min(lowest, highest)
