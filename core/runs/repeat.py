"""A run that was trained again: is it the same, to the last bit?"""

from collections.abc import Sequence

import numpy as np

from core.config import Config
from core.errors import DigitLabError
from core.messages import N_, Message, message
from core.runs.run import Run, open_run
from core.training.events import ChangeEvent, EpochEvent, Event

FIGURES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
SAME = N_(
    "Trained again from the same seed: the same curve to the last bit over {n} epochs, and the same {weights:,} weights."
)
SAME_CURVE = N_("Trained again from the same seed: the same curve to the last bit over the {n} epochs that both have.")
DIFFERS = N_("Trained again from the same seed, but from epoch {epoch} on the curve is another one. {why}")
OTHER_WEIGHTS = N_(
    "Trained again from the same seed: the same curve over {n} epochs, but other weights at the end. {why}"
)
WHY = {
    "hand": N_("One of the two was changed by hand while it trained."),
    "engine": N_("They were computed by different engines, which add up in another order."),
    "card": N_("A graphics card adds up in another order each time."),
    "unknown": N_(
        "Another version of the programs that compute, or another number of threads, adds up in another order."
    ),
}


def is_repeat(config: Config, other: Config) -> bool:
    """Whether two trainings begin alike: the same settings and the same seed, whoever computes them."""
    same_engine = {"engine": config.training.engine, "device": config.training.device}
    return other.with_training(**same_engine) == config


def repeated(again: Run, before: Run) -> Message | None:
    """What is to be said of a run that was trained again; None as long as the two have no epoch in common.

    Their figures are compared as they are, without rounding, and so are their weights where both are over.
    """
    mine, theirs = again.events()[0], before.events()[0]
    epochs = list(zip(_epochs(mine), _epochs(theirs), strict=False))
    if not epochs:
        return None
    why = message(WHY[_why(again.config(), before.config(), (*mine, *theirs))])
    for first, second in epochs:
        if any(getattr(first, name) != getattr(second, name) for name in FIGURES):
            return message(DIFFERS, epoch=first.epoch, why=why)
    if len(_epochs(mine)) != len(_epochs(theirs)) or not (again.model_path.is_file() and before.model_path.is_file()):
        return message(SAME_CURVE, n=len(epochs))
    weights, others = again.model().parameters.flat, before.model().parameters.flat
    if not np.array_equal(weights, others):
        return message(OTHER_WEIGHTS, n=len(epochs), why=why)
    return message(SAME, n=len(epochs), weights=len(weights))


def _epochs(events: Sequence[Event]) -> list[EpochEvent]:
    return [event for event in events if isinstance(event, EpochEvent)]


def _why(config: Config, other: Config, events: Sequence[Event]) -> str:
    if any(isinstance(event, ChangeEvent) for event in events):
        return "hand"
    if config.training.engine != other.training.engine:
        return "engine"
    return "unknown" if config.training.device == other.training.device == "cpu" else "card"


def parent_of(run: Run) -> Run | None:
    """The run that this one was begun from, where it is still here."""
    try:
        return open_run(run.record().parent.partition("@")[0], run.path.parent)
    except DigitLabError:
        return None
