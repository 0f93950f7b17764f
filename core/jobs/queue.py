"""One queue for all work: what may go on goes on, the rest waits for its turn and can say how long.

There are no processes in here: an executor begins the work, and the clock is given. The rules are in
`core.jobs.schedule`, the numbers in `core.jobs.limits`; what other servers on the same folder have is in `core.jobs.book`.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable

import psutil

from core.errors import DigitLabError
from core.jobs.book import Alone, Book, Entry, Other, Page
from core.jobs.executor import RUN, Executor, Work
from core.jobs.limits import Limits
from core.jobs.schedule import Going, forecast, going, line, next_to_begin
from core.jobs.ticket import Place, Ticket
from core.messages import N_, message
from core.runs.process import identify

__all__ = ["Place", "Queue", "Ticket"]

YOURS_ARE_MANY = N_("{count} of your tasks are waiting already. Wait until one of them has begun, or stop one.")
ALL_ARE_MANY = N_("{count} tasks are waiting already, more than this server can take. Try again later.")
NOT_KEPT = N_("It could not be handed in: {reason}. Make room on the disk, or try again in a moment.")
NOT_BEGUN = N_(
    "It could not begin: {reason}. The computer may be out of memory or hold too many processes; try again later."
)
SLOW_TO_LEARN = 0.5  # how much the last piece of work of a kind counts in what works of its kind take

log = logging.getLogger(__name__)


class Queue:
    """What waits and what goes on; safe to use from several threads.

    Parameters
    ----------
    limits : what it keeps to.
    clock : seconds that never go back; where a book is shared, those that all processes of the machine count.
    book : what other servers have; without one this queue is alone.

    `tend` is to be called again and again: it notices what has ended, and begins what is next.
    """

    def __init__(
        self,
        executor: Executor,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        book: Book | None = None,
    ) -> None:
        self._executor, self.limits, self._clock = executor, limits, clock
        self._book: Book | Alone = book or Alone()
        self._lock = threading.RLock()
        self._waiting: list[Ticket] = []
        self._at_work: list[Ticket] = []
        self._pace: dict[str, float] = {}
        self._leaving = False

    def admit(self, owner: str) -> None:
        """Raise `DigitLabError` where this owner's next piece of work would be refused."""
        with self._lock:
            self._admit(owner, self._book.look())

    def _admit(self, owner: str, page: Page) -> None:
        waiting = [ticket.work.owner for ticket in self._waiting]
        waiting += [other.work.owner for other in page.others if other.begun is None]
        if len(waiting) >= self.limits.in_total:
            raise DigitLabError(ALL_ARE_MANY, count=len(waiting))
        if (count := waiting.count(owner)) >= self.limits.per_owner:
            raise DigitLabError(YOURS_ARE_MANY, count=count)

    def submit(
        self, work: Work, on_end: Callable[[Ticket], None] | None = None, *, number: int | None = None
    ) -> Ticket:
        """Hand in a piece of work; it begins at once where it may. `on_end` is told once, when it has ended or was taken
        back, by the thread that notices. With the `number` of an earlier arrival it takes that one's place: it was admitted
        before. Raises `DigitLabError` where too much is waiting already, and where it cannot be noted."""
        try:
            with self._lock, self._book.open(make=True) as page:
                if number is None:
                    self._admit(work.owner, page)
                ticket = Ticket(work, page.turns.arrival() if number is None else number, on_end)
                page.turns.come(work, number)
                page.write([*self._entries(), _entry(ticket)])
                self._waiting.append(ticket)
        except OSError as error:
            raise DigitLabError(NOT_KEPT, reason=error.strerror or error) from error
        self.tend()
        return ticket

    def left_behind(self) -> list[Entry]:
        """Runs that waited at servers that are gone, for this one to hand in."""
        with self._lock:
            return self._book.left_behind()

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
            ticket.stopped = ticket.taken_back = True
        self.tend()  # others need to know
        _tell_of_the_end(ticket)
        return True

    def tend(self) -> None:
        """Notice what has ended, and begin what is next."""
        over: list[Ticket] = []
        try:
            with self._lock, self._book.open() as page:
                now = self._clock()
                for ticket in [ticket for ticket in self._at_work if not ticket.live]:
                    self._at_work.remove(ticket)
                    page.turns.served(ticket.work)
                    self._learn(ticket, now)
                    over.append(ticket)
                for following in self._that_begin(page, now):
                    self._begin(following, page, now)
                    if not following.live:
                        self._at_work.remove(following)
                        over.append(following)
                page.turns.forget((line(work), work.owner) for work in self._works(page))
                page.write(self._entries())
        except OSError as error:  # a full disk: what goes on goes on, and it is tried again at the next look
            log.warning("The queue could not be written: %s", error)
        for ticket in over:
            _tell_of_the_end(ticket)

    def _that_begin(self, page: Page, now: float) -> Iterable[Ticket]:
        """Those of this server's that begin now, one by one. What another server is to begin has its slot from now on."""
        others = [other for other in page.others if other.begun is None]
        promised: list[Going] = []
        while not self._leaving:
            at_work = [*self._going(page, now), *promised]
            waiting: list[Ticket | Other] = page.turns.in_order([*self._waiting, *others], at_work)
            following = next_to_begin(waiting, at_work, self.limits, now, self._pace)
            if isinstance(following, Ticket):
                yield following
            elif following is not None:
                others.remove(following)
                promised.append(going(following.work, now, now, self._pace))
            else:
                return

    def _begin(self, ticket: Ticket, page: Page, now: float) -> None:
        """Begin it, after it was noted that it begins: a server that ends in between leaves no slot that counts as free."""
        self._waiting.remove(ticket)
        self._at_work.append(ticket)
        ticket.begun = now
        try:
            page.write(self._entries())
        except OSError:
            ticket.begun = None
            self._at_work.remove(ticket)
            self._waiting.append(ticket)
            raise
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

    def _entries(self) -> list[Entry]:
        return [_entry(ticket) for ticket in self.tickets]

    def _works(self, page: Page) -> list[Work]:
        return [*(ticket.work for ticket in self.tickets), *(other.work for other in page.others)]

    def _going(self, page: Page, now: float) -> list[Going]:
        everyone: list[Ticket | Other] = [*self._at_work, *page.others]
        return [going(each.work, each.begun, now, self._pace) for each in everyone if each.begun is not None]

    def place(self, ticket: Ticket) -> Place | None:
        """Where a piece of work stands that waits; None for one that is at work or was taken back.

        Of one that waits for a machine of a cluster, and of those behind it, nobody knows for how long.
        """
        with self._lock:
            there = [each for each in self._at_work if each.waiting]
            if ticket in there:
                behind = sum(each.work.elsewhere for each in self._waiting)
                return Place(there.index(ticket) + 1, len(there) + behind, None)
            place = self._place(lambda each: each is ticket)
        if place and there and ticket.work.elsewhere:
            return Place(place.number + len(there), place.of + len(there), None)
        return place

    def place_of_run(self, run: str) -> Place | None:
        """The same of the run of this id, whichever server has it."""
        return self._place(lambda each: isinstance(each, Other) and each.run == run)

    def _place(self, is_it: Callable[[Ticket | Other], bool]) -> Place | None:
        with self._lock:
            page, now = self._book.look(), self._clock()
            waiting: list[Ticket | Other] = [*self._waiting, *(each for each in page.others if each.begun is None)]
            if not any(map(is_it, waiting)):
                return None
            order = forecast(waiting, self._going(page, now), page.turns, self.limits, now, self._pace)
        number = next(number for number, (entry, _) in enumerate(order, start=1) if is_it(entry))
        return Place(number, len(order), order[number - 1][1])

    @property
    def tickets(self) -> list[Ticket]:
        """All of this server's that goes on, and then all that waits, in the order of arrival."""
        with self._lock:
            return [*self._at_work, *self._waiting]

    def anyone_waits(self) -> bool:
        """Whether something waits for its turn, here or at another server."""
        with self._lock:
            return bool(self._waiting) or any(other.begun is None for other in self._book.look().others)

    def leave(self) -> None:
        """Begin nothing any more, and let the executor end what goes on. What waits is left to servers that stay or come."""
        with self._lock:
            self._leaving = True
        self._executor.shutdown()
        self.tend()

    def close(self) -> None:
        """Take back all that waits, and let the executor end what goes on."""
        for ticket in self.tickets:
            self.take_back(ticket)
        self._executor.shutdown()
        self.tend()
        with self._lock:
            self._book.close()


def _tell_of_the_end(ticket: Ticket) -> None:
    if ticket.on_end:
        ticket.on_end(ticket)


def _entry(ticket: Ticket) -> Entry:
    """A piece of work as other servers need to know it."""
    work, pid = ticket.work, getattr(ticket.handle, "pid", None)
    try:
        process = identify(pid) if pid else None
    except psutil.NoSuchProcess:
        process = None
    return Entry(number=ticket.number, kind=work.kind, owner=work.owner, alone=work.alone, seconds=work.seconds,
                 megabytes=work.megabytes, grace=work.grace, elsewhere=work.elsewhere, begun=ticket.begun, process=process,
                 run=work.folder.name if work.kind == RUN and work.folder else "")  # fmt: skip
