"""What a person can ask of a training while it goes on. A command is a value and a line of JSON; it says who asked, and when."""

import time
from collections.abc import Callable

import msgspec

from core.errors import DigitLabError
from core.files import DAMAGED

MAX_RATE = 100.0
LASTED_LONG = "lasted_long"  # it was at work for as long as this server allows
PAUSED_LONG = "paused_long"  # it was paused while others waited for their turn


class _Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="command"):
    """`by` is who asked (a visitor's id, "terminal"; empty where nobody is known), `at` when, in seconds since 1970."""

    by: str = ""
    at: float = msgspec.field(default_factory=time.time)


class Stop(_Command, frozen=True, tag="stop"):
    """End, and keep what has been learned. `why` is empty where a person asked for it; else one of the keys above."""

    why: str = ""


class Pause(_Command, frozen=True, tag="pause"):
    """Wait, until `Go` or `Step`."""


class Go(_Command, frozen=True, tag="go"):
    """Go on after a pause."""


class Step(_Command, frozen=True, tag="step", kw_only=False):
    """Train so many batches, or to the end of the epoch under way, and wait.

    An engine that works several batches at once rounds up to whole lots of them.
    """

    batches: int = 1
    to_epoch_end: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.batches <= 1_000_000:
            raise DigitLabError("A step is 1 to 1,000,000 batches, not {batches}.", batches=self.batches)


class SetRate(_Command, frozen=True, tag="set_rate", kw_only=False):
    """Learn at this rate from now on; a schedule goes on from there, as if it had begun with this rate."""

    value: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= MAX_RATE:
            raise DigitLabError(
                "Learning rate must be a number from 0 to {most:g}, not {value:g}.", most=MAX_RATE, value=self.value
            )


class Resume(_Command, frozen=True, tag="resume"):
    """Not obeyed but noted: another process goes on with the run, and what was asked before this is over."""


Command = Stop | Pause | Go | Step | SetRate | Resume
Inbox = Callable[[], list[Command]]  # the commands that have come since it was asked before

_DECODER = msgspec.json.Decoder(Command)


def to_line(command: Command) -> str:
    """One line of JSON, without the newline."""
    return msgspec.json.encode(command).decode()


def from_line(line: str | bytes) -> Command | None:
    """The command of a line; None for what is none, or asks for what is impossible."""
    try:
        return _DECODER.decode(line)
    except DAMAGED:
        return None
