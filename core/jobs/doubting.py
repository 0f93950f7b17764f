"""Doubtful labels of a data set are looked for in a process of its own, and watched while they are."""

from core.heldout.labels import Doubts
from core.heldout.worker import doubts_of
from core.jobs.executor import DOUBTING, Work
from core.jobs.limits import threads_of
from core.jobs.queue import Ticket
from core.jobs.telling import Telling
from core.messages import N_, Message

USUAL, MEGABYTES = 15.0, 300


def work_of(dataset: str, owner: str) -> Work:
    """The piece of work that looks at the labels of a data set."""
    return Work(DOUBTING, ("core.heldout.worker", dataset), owner=owner, seconds=USUAL, megabytes=MEGABYTES,
                threads=threads_of())  # fmt: skip


class Doubting(Telling):
    """One look at all labels."""

    NOTHING = Message(N_("Looking at the labels came to no end. Try again in a moment."))

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(ticket)
        self._found: Doubts | None = None

    @property
    def stands(self) -> bool:
        """What was found is not kept elsewhere: it stands as long as this is remembered."""
        return self.live or self.found is not None

    @property
    def found(self) -> Doubts | None:
        if self._found is None:
            results = [event["result"] for event in list(self.ticket.events) if "result" in event]
            self._found = doubts_of(results[-1]) if results else None
        return self._found
