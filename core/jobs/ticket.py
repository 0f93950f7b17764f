"""A piece of work in a queue, and where it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.jobs.executor import Handle, Work
from core.messages import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of work stands: `number` 1 is the next to begin, of `of` that wait, in about `seconds` if that is known."""

    number: int
    of: int
    seconds: float | None


class Ticket:
    """A piece of work in the queue, from the moment it is handed in.

    Attributes
    ----------
    number : counts arrivals.
    handle : who does it, once it has begun.
    begun : when that was, on the queue's clock; None while it waits.
    refused : why it could not begin, where it could not.
    stopped : whether somebody asked for its end, before or after it had begun.
    taken_back : whether it left the line before its turn came.
    on_end : what is told once of its end.
    """

    def __init__(self, work: Work, number: int, on_end: Callable[["Ticket"], None] | None = None) -> None:
        self.work, self.number, self.on_end = work, number, on_end
        self.handle: Handle | None = None
        self.begun: float | None = None
        self.stopped = False
        self.taken_back = False
        self.refused: Message | None = None

    @property
    def waiting(self) -> bool:
        """Whether its turn has not come yet."""
        return self.live and (self.handle is None or not self.handle.running())

    @property
    def live(self) -> bool:
        """Whether it waits or goes on; once it is False, `events` and `error` are complete."""
        if self.taken_back or self.refused:
            return False
        return self.handle is None or not self.handle.done()

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it has told so far."""
        return self.handle.events if self.handle else []

    @property
    def error(self) -> Message | None:
        """What is to be said when it failed; None as long as it did not, and when it was stopped."""
        return self.refused or (self.handle.error if self.handle and not self.stopped else None)
