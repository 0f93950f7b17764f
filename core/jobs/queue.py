"""One queue for all work: what may go on goes on, the rest waits for its turn and can say how long.

There are no processes in here: an executor begins the work, and the clock is given. The rules are in
`core.jobs.schedule`, the numbers in `core.jobs.limits`.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import DigitLabError
from core.jobs.executor import Executor, Handle, Work
from core.jobs.limits import Limits
from core.jobs.schedule import Going, Turns, forecast, going, line, next_to_begin
from core.messages import N_, Message, message

YOURS_ARE_MANY = N_("{count} of your tasks are waiting already. Wait until one of them has begun, or stop one.")
ALL_ARE_MANY = N_("{count} tasks are waiting already, more than this server can take. Try again later.")
NOT_BEGUN = N_(
    "It could not begin: {reason}. The computer may be out of memory or hold too many processes; try again later."
)
SLOW_TO_LEARN = 0.5  # how much the last piece of work of a kind counts in what works of its kind take


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of work stands: `number` 1 is the next to begin, of `of` that wait, in about `seconds`."""

    number: int
    of: int
    seconds: float


class Ticket:
    """A piece of work in the queue, from the moment it is handed in.

    Attributes
    ----------
    number : counts arrivals.
    handle : who does it, once it has begun.
    begun : when that was, on the queue's clock; None while it waits.
    refused : why it could not begin, where it could not.
    stopped : whether somebody asked for its end, before or after it had begun.
    """

    def __init__(self, work: Work, number: int, on_end: Callable[["Ticket"], None] | None = None) -> None:
        self.work, self.number = work, number
        self.handle: Handle | None = None
        self.begun: float | None = None
        self.stopped = False
        self._on_end = on_end
        self.refused: Message | None = None
        self._taken_back = False

    @property
    def waiting(self) -> bool:
        """Whether its turn has not come yet."""
        return self.handle is None and self.live

    @property
    def live(self) -> bool:
        """Whether it waits or goes on; once it is False, `events` and `error` are complete."""
        if self._taken_back or self.refused:
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


class Queue:
    """What waits and what goes on; safe to use from several threads.

    Parameters
    ----------
    clock : seconds that never go back.

    `tend` is to be called again and again: it notices what has ended, and begins what is next.
    """

    def __init__(self, executor: Executor, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._executor, self._limits, self._clock = executor, limits, clock
        self._lock = threading.RLock()
        self._waiting: list[Ticket] = []
        self._at_work: list[Ticket] = []
        self._turns = Turns()
        self._pace: dict[str, float] = {}
        self._arrivals = 0

    def admit(self, owner: str) -> None:
        """Raise `DigitLabError` where this owner's next piece of work would be refused."""
        with self._lock:
            if len(self._waiting) >= self._limits.in_total:
                raise DigitLabError(ALL_ARE_MANY, count=len(self._waiting))
            if (count := sum(ticket.work.owner == owner for ticket in self._waiting)) >= self._limits.per_owner:
                raise DigitLabError(YOURS_ARE_MANY, count=count)

    def submit(self, work: Work, on_end: Callable[[Ticket], None] | None = None) -> Ticket:
        """Hand in a piece of work; it begins at once where it may. `on_end` is told once, when it has ended or was taken
        back, by the thread that notices. Raises `DigitLabError` where too much is waiting already."""
        with self._lock:
            self.admit(work.owner)
            ticket = Ticket(work, self._arrivals, on_end)
            self._arrivals += 1
            self._turns.come(work)
            self._waiting.append(ticket)
        self.tend()
        return ticket

    def stop(self, ticket: Ticket) -> None:
        """End it: what waits is taken back, what goes on is ended by force."""
        with self._lock:
            if not ticket.live:
                return
            ticket.stopped = True
        if not self.take_back(ticket) and ticket.handle:
            ticket.handle.kill()
        self.tend()

    def take_back(self, ticket: Ticket) -> bool:
        """Take work out of the line; False when it is too late for that, because it has begun."""
        with self._lock:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            ticket.stopped = ticket._taken_back = True
        self._tell_of_the_end(ticket)
        return True

    def tend(self) -> None:
        """Notice what has ended, and begin what is next."""
        over: list[Ticket] = []
        with self._lock:
            now = self._clock()
            for ticket in [ticket for ticket in self._at_work if not ticket.live]:
                self._at_work.remove(ticket)
                self._turns.served(ticket.work)
                self._learn(ticket, now)
                over.append(ticket)
            while (following := self._next(now)) is not None:
                self._waiting.remove(following)
                self._begin(following, now)
                (self._at_work if following.live else over).append(following)
            self._turns.forget((line(each.work), each.work.owner) for each in self.tickets)
        for ticket in over:
            self._tell_of_the_end(ticket)

    def _next(self, now: float) -> Ticket | None:
        at_work = self._going(now)
        waiting = self._turns.in_order(self._waiting, at_work)
        return next_to_begin(waiting, at_work, self._limits, now, self._pace)

    def _begin(self, ticket: Ticket, now: float) -> None:
        ticket.begun = now
        try:
            ticket.handle = self._executor.submit(ticket.work)
        except OSError as error:
            ticket.refused = message(NOT_BEGUN, reason=error.strerror or error)

    def _learn(self, ticket: Ticket, now: float) -> None:
        """Note how long work of this kind takes here, over what it was said to take."""
        if ticket.stopped or ticket.error or ticket.begun is None:
            return
        found = (now - ticket.begun) / max(ticket.work.seconds, 1e-3)
        known = self._pace.get(ticket.work.kind, found)
        self._pace[ticket.work.kind] = (1 - SLOW_TO_LEARN) * known + SLOW_TO_LEARN * found

    def _tell_of_the_end(self, ticket: Ticket) -> None:
        if ticket._on_end:
            ticket._on_end(ticket)

    def _going(self, now: float) -> list[Going]:
        return [
            going(ticket.work, ticket.begun, now, self._pace) for ticket in self._at_work if ticket.begun is not None
        ]

    def place(self, ticket: Ticket) -> Place | None:
        """Where a piece of work stands that waits; None for one that has begun or was taken back."""
        with self._lock:
            if ticket not in self._waiting:
                return None
            now = self._clock()
            order = forecast(self._waiting, self._going(now), self._turns, self._limits, now, self._pace)
        number = next(number for number, (entry, _) in enumerate(order, start=1) if entry is ticket)
        return Place(number, len(order), order[number - 1][1])

    @property
    def tickets(self) -> list[Ticket]:
        """All that goes on, and then all that waits, in the order of arrival."""
        with self._lock:
            return [*self._at_work, *self._waiting]

    def close(self) -> None:
        """Take back all that waits, and let the executor end what goes on."""
        for ticket in self.tickets:
            self.take_back(ticket)
        self._executor.shutdown()
        self.tend()
