"""Work that tells how far it is, and at its end that it is done, and that is done once, whoever asks for it."""

import threading
from collections.abc import Callable, Hashable
from typing import ClassVar, Generic, TypeVar

from core.jobs.ticket import Ticket
from core.messages import Message

MOST = 50  # pieces of work that are remembered of a kind


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
    def stands(self) -> bool:
        """Whether it need not be done again for who asks for the same: as long as it goes on; then what came of it is kept."""
        return self.live

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


K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Telling)


class Once(Generic[K, T]):
    """Work of one kind, which is done once, whoever asks for it; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[K, T] = {}

    def of(self, key: K) -> T | None:
        """What waits or goes on under this key, or the last that did."""
        return self._known.get(key)

    def begin(self, key: K, begin: Callable[[], T]) -> T:
        """What stands under this key, or what `begin` hands in; it may raise what handing in raises."""
        with self._lock:
            known = self._known.get(key)
            if known is None or not known.stands:
                known = begin()
                standing = [(each, work) for each, work in self._known.items() if each != key and work.stands]
                self._known = dict([*standing[-(MOST - 1) :], (key, known)])
            return known
