"""What training reports: batches (at most ten a second), epochs, what a person changed, and the end.

An event is a value and a line of JSON. Lines can grow: a field that a reader does not know is skipped, and so is a kind
that it does not know; a field that an older writer left out has a default.
"""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import numpy as np

from core.files import DAMAGED

# What a line may say; a file that says otherwise is damaged, and no chart has a place for it.
Steps = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
Some = Annotated[int, msgspec.Meta(ge=1, le=1 << 40)]
Epochs = Annotated[float, msgspec.Meta(ge=0.0, le=1e6)]
Epoch = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=1e12)]
Loss = Annotated[float, msgspec.Meta(ge=-1e300, le=1e300)]
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Amount = Annotated[float, msgspec.Meta(ge=0.0, le=1e30)]


class BatchEvent(msgspec.Struct, frozen=True, tag_field="event", tag="batch"):
    """A moment within an epoch.

    `step` batches are done in the whole run, `seconds` of training time after its start. Loss and accuracy are means
    over the samples seen since the previous event, taken before each batch's own step.
    """

    step: Steps
    epoch: Epochs
    seconds: Seconds
    loss: Loss
    accuracy: Share
    learning_rate: Amount
    samples_per_second: Amount


class LayerFigures(msgspec.Struct, frozen=True):
    """A layer at the end of an epoch.

    Attributes
    ----------
    units, silent : how many it has, and how many answer every digit alike.
    weights : the root mean square of the weights that lead to it.
    moved : the root mean square of their change since the start, in parts of that.
    """

    units: Some
    silent: Count
    weights: Amount
    moved: Amount


class EpochEvent(msgspec.Struct, frozen=True, tag_field="event", tag="epoch"):
    """The end of an epoch (counted from 1).

    Training figures are means over the epoch as it went by; validation figures are measured at its end, and None when
    nothing is held back for validation. So are `confusion` (digits by answers, counts) and the figures of its `layers`,
    see `core.training.inspection`.
    """

    step: Steps
    epoch: Epoch
    seconds: Seconds
    train_loss: Loss
    train_accuracy: Share
    validation_loss: Loss | None = None
    validation_accuracy: Share | None = None
    confusion: tuple[tuple[Count, ...], ...] | None = None
    layers: tuple[LayerFigures, ...] = ()

    def __post_init__(self) -> None:
        if self.confusion is not None and any(len(row) != len(self.confusion) for row in self.confusion):
            raise ValueError("each digit can be taken for each")


class Kept(msgspec.Struct, frozen=True):
    """The epoch whose weights are kept, and how many of the `n` digits held back were read rightly after it."""

    epoch: Epoch
    correct: Count
    n: Count


class FinishEvent(msgspec.Struct, frozen=True, tag_field="event", tag="finish"):
    """The end of training: all epochs are done, or it ended `early` (see `core.training.stopping`).

    `kept` is the best epoch, where one was looked for: its weights are what the training leaves behind.
    """

    step: Steps
    epoch: Epoch
    seconds: Seconds
    kept: Kept | None = None
    early: bool = False


class ChangeEvent(msgspec.Struct, frozen=True, tag_field="event", tag="change"):
    """A person changed a setting while it trained: from `step` on, `field` of the training is `value`."""

    step: Steps
    field: str
    value: Amount
    seconds: Seconds = 0.0
    by: str = ""


class PauseEvent(msgspec.Struct, frozen=True, tag_field="event", tag="pause"):
    """A person made it wait after `step` batches; whatever follows came after they let it go on."""

    step: Steps
    seconds: Seconds = 0.0
    by: str = ""


class ResumeEvent(msgspec.Struct, frozen=True, tag_field="event", tag="resume"):
    """Another process goes on from a checkpoint, `step` batches and `epochs` reported epochs into the run.

    What an earlier process wrote past that is lost, and done again: see `follow`.
    """

    step: Steps
    epochs: Epoch = 0
    seconds: Seconds = 0.0


class SnapshotEvent(msgspec.Struct, frozen=True, tag_field="event", tag="snapshot"):
    """The parameters after epoch `number` (0 is the start, 0.25 a quarter of the first) were kept: the model `RUN@number`."""

    step: Steps
    number: int | float
    seconds: Seconds = 0.0


Event = BatchEvent | EpochEvent | FinishEvent | ChangeEvent | PauseEvent | ResumeEvent | SnapshotEvent


def _number(value: Any) -> Any:
    """NumPy's numbers, which an engine may give, as Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(type(value))


_ENCODER = msgspec.json.Encoder(enc_hook=_number)
_DECODER = msgspec.json.Decoder(Event)


def to_line(event: Event) -> str:
    """One line of JSON, without the newline."""
    return _ENCODER.encode(event).decode()


def from_line(line: str | bytes) -> Event | None:
    """The event of a line; None for a damaged one, and for a kind that this version does not know."""
    try:
        return _DECODER.decode(line)
    except DAMAGED:
        return None


def follow(kept: list[Event], news: Iterable[Event]) -> list[Event]:
    """Put `news` behind the events of the same run in `kept`, which is changed and given back.

    At a `ResumeEvent` everything goes that an earlier process wrote past it. It stays in the list itself.
    """
    left: list[Event] = []
    back: ResumeEvent | None = None  # as far back as any of those behind goes
    for event in reversed(list(news)):
        if back is None or not is_lost(event, back):
            left.append(event)
        if isinstance(event, ResumeEvent):
            step, epochs = (
                (event.step, event.epochs)
                if back is None
                else (min(back.step, event.step), min(back.epochs, event.epochs))
            )
            back = ResumeEvent(step, epochs)
    if back is not None:
        kept[:] = [before for before in kept if not is_lost(before, back)]
    kept += reversed(left)
    return kept


def is_lost(event: Event, resumption: ResumeEvent) -> bool:
    """Whether an earlier process wrote `event` past the checkpoint from which another one goes on."""
    if resumption.step == 0:
        return True
    if isinstance(event, EpochEvent):  # the last batch may be kept, and the report of its epoch still to come
        return event.step > resumption.step or event.epoch > resumption.epochs
    if isinstance(event, SnapshotEvent):
        early = event.number != int(event.number)
        return event.step > resumption.step or (event.number > resumption.epochs and not early)
    return event.step > resumption.step or isinstance(event, FinishEvent)
