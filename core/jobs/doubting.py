"""Doubtful labels of a data set are looked for in a process of its own, and watched while they are."""

from core.heldout.labels import Doubts
from core.heldout.worker import doubts_of
from core.jobs.executor import DOUBTING, Work
from core.jobs.limits import threads_of
from core.jobs.queue import Ticket
from core.messages import N_, Message

USUAL, MEGABYTES = 15.0, 300
NOTHING = Message(N_("Looking at the labels came to no end. Try again in a moment."))


def work_of(dataset: str, owner: str) -> Work:
    """The piece of work that looks at the labels of a data set."""
    return Work(DOUBTING, ("core.heldout.worker", dataset), owner=owner, seconds=USUAL, megabytes=MEGABYTES,
                threads=threads_of())  # fmt: skip


class Doubting:
    """One look at all labels, from the moment it is handed in.

    Attributes
    ----------
    ticket : its place in the queue.
    """

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self._found: Doubts | None = None

    @property
    def live(self) -> bool:
        """Whether it waits or goes on; once it does not, `found` is there, or `error` says why not."""
        return self.ticket.live

    @property
    def done(self) -> float:
        """How much is done, 0 to 1."""
        return next((event["done"] for event in reversed(list(self.ticket.events)) if "done" in event), 0.0)

    @property
    def found(self) -> Doubts | None:
        if self._found is None:
            results = [event["result"] for event in list(self.ticket.events) if "result" in event]
            self._found = doubts_of(results[-1]) if results else None
        return self._found

    @property
    def error(self) -> Message | None:
        """Why nothing was found, once it has ended."""
        return None if self.live or self.found else self.ticket.error or NOTHING
