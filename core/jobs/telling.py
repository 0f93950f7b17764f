"""Work that tells how far it is, and at its end that it is done: what all of that kind have in common."""

from typing import ClassVar

from core.jobs.ticket import Ticket
from core.messages import Message


class Telling:
    """Such work, from the moment it is handed in.

    Attributes
    ----------
    ticket : its place in the queue.
    """

    NOTHING: ClassVar[Message]  # what is said of work that came to no end, and does not say why

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket

    @property
    def live(self) -> bool:
        """Whether it waits or goes on; once it does not, what came of it is there, or `error` says why not."""
        return self.ticket.live

    @property
    def done(self) -> float:
        """How much of it is done, 0 to 1."""
        return float(next((event["done"] for event in reversed(list(self.ticket.events)) if "done" in event), 0.0))

    @property
    def error(self) -> Message | None:
        """Why nothing came of it, once it has ended."""
        if self.live or any("result" in event for event in self.ticket.events):
            return None
        return self.ticket.error or self.NOTHING
