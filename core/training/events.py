"""What training reports: batches (at most ten a second), epochs, and the end. An event is a value and a line of JSON."""

import dataclasses
import json
from dataclasses import dataclass

from core.errors import DigitLabError


@dataclass(frozen=True, slots=True)
class BatchEvent:
    """A moment within an epoch.

    `step` batches are done in the whole run, `seconds` of training time after its start. Loss and accuracy are means
    over the samples seen since the previous event, taken before each batch's own step.
    """

    step: int
    epoch: float
    seconds: float
    loss: float
    accuracy: float
    learning_rate: float
    samples_per_second: float


@dataclass(frozen=True, slots=True)
class EpochEvent:
    """The end of an epoch (counted from 1).

    Training figures are means over the epoch as it went by; validation figures are measured at its end, and None when
    nothing is held back for validation.
    """

    step: int
    epoch: int
    seconds: float
    train_loss: float
    train_accuracy: float
    validation_loss: float | None
    validation_accuracy: float | None


@dataclass(frozen=True, slots=True)
class FinishEvent:
    """The end of training, when all epochs are done."""

    step: int
    epoch: int
    seconds: float


Event = BatchEvent | EpochEvent | FinishEvent
KINDS: dict[str, type] = {"batch": BatchEvent, "epoch": EpochEvent, "finish": FinishEvent}
_NAMES = {kind: name for name, kind in KINDS.items()}


def to_line(event: Event) -> str:
    """One line of JSON, without the newline."""
    return json.dumps({"event": _NAMES[type(event)]} | dataclasses.asdict(event))


def from_line(line: str) -> Event:
    """The event of a line; a line that is not one raises `DigitLabError`."""
    try:
        fields = json.loads(line)
        return KINDS[fields.pop("event")](**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DigitLabError(f"This is not an event of a run: {line[:80]!r}.") from error
