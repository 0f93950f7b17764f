"""What remarks are made from: a run's events as curves, and how large a difference luck makes."""

import math
from dataclasses import dataclass, field

import numpy as np

from core.config import Config
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, FinishEvent

SURE = 1.96  # standard deviations that hold 95 of 100 chance differences


@dataclass(frozen=True, slots=True)
class Curves:
    """A run as far as it is.

    Attributes
    ----------
    config : its settings at the start.
    batches, epochs, changes : its events of these kinds, in their order.
    end : the event that ends it, if it has come to it.
    """

    config: Config
    batches: list[BatchEvent] = field(default_factory=list)
    epochs: list[EpochEvent] = field(default_factory=list)
    changes: list[ChangeEvent] = field(default_factory=list)
    end: FinishEvent | None = None

    @property
    def last(self) -> EpochEvent:
        return self.epochs[-1]

    @property
    def train_loss(self) -> np.ndarray:
        """(epochs,) the mean loss of each epoch as it went by."""
        return np.array([event.train_loss for event in self.epochs])

    @property
    def loss(self) -> np.ndarray:
        """(epochs,) the loss of digits held back, not a number where none were."""
        return np.array([math.nan if e.validation_loss is None else e.validation_loss for e in self.epochs])

    @property
    def accuracy(self) -> np.ndarray:
        """(epochs,) the share of digits held back that is read rightly, not a number where none were."""
        return np.array([math.nan if e.validation_accuracy is None else e.validation_accuracy for e in self.epochs])

    @property
    def held_back(self) -> bool:
        return bool(self.epochs) and all(event.validation_loss is not None for event in self.epochs)

    @property
    def confusions(self) -> list[np.ndarray]:
        """After each epoch that has one, digits by answers (outputs, outputs); of another network's there is none."""
        found = [np.array(event.confusion) for event in self.epochs if event.confusion is not None]
        return [each for each in found if len(each) == self.config.network.outputs]

    @property
    def count(self) -> int:
        """How many digits were looked at after an epoch."""
        return int(self.confusions[-1].sum()) if self.confusions else 0

    @property
    def chance_loss(self) -> float:
        """The cross-entropy of a blind choice."""
        return math.log(self.config.network.outputs)


def curves(config: Config, events: list[Event]) -> Curves:
    """The curves of a run's events, see `core.training.events.follow`."""
    read = Curves(
        config,
        [event for event in events if isinstance(event, BatchEvent)],
        [event for event in events if isinstance(event, EpochEvent)],
        [event for event in events if isinstance(event, ChangeEvent)],
    )
    ends = [event for event in events if isinstance(event, FinishEvent)]
    return Curves(config, read.batches, read.epochs, read.changes, ends[-1] if ends else None)


def luck(accuracy: float, n: int) -> float:
    """How far two shares of n digits lie apart by luck alone, in 95 of 100 cases, where the true share is this one."""
    within = min(max(accuracy, 0.5 / n), 1.0 - 0.5 / n)  # none or all of n is no certainty
    return SURE * math.sqrt(2.0 * within * (1.0 - within) / n)
