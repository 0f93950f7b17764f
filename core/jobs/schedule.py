"""Who is next, and when will it be my turn: pure functions of what waits, what goes on, and the time.

**Fair between owners.** Each kind of work has a line, and in it owners take turns: who has been served goes to its end, and
so does who comes in. So nobody waits for more than one piece of work of each owner who was there before, however much any
of them hands in; and one owner's work keeps its order.

**Alone.** Work that takes times of others goes on alone. It stands in the line of the runs; when its turn has come it
waits until nothing goes on, and holds back all that came after it, or it might wait for ever. Only work that will be
done before what it waits for (a lesson of ten seconds beside a run of an hour) is let through.

**Elsewhere.** What other machines do takes nothing of this one: it neither waits for what goes on here nor holds it up, and has
slots of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from core.jobs.executor import RUN, Work
from core.jobs.limits import Limits

AT_LEAST = 0.1  # of the time that it has taken, for work that takes longer than it should have


class Entry(Protocol):
    """What the schedule looks at in a piece of work that waits: `number` counts arrivals."""

    @property
    def work(self) -> Work: ...

    @property
    def number(self) -> int: ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Going:
    """A piece of work that goes on, and when it should be done."""

    work: Work
    until: float


def line(work: Work) -> str:
    """Where it stands: each kind has a line of its own, and what must be alone stands in that of the runs."""
    return RUN if work.alone else work.kind


def seconds_of(work: Work, pace: Mapping[str, float]) -> float:
    """How long it should take here. `pace` is what works of its kind took, over what they were said to take."""
    return work.seconds * pace.get(work.kind, 1.0)


def going(work: Work, begun: float, now: float, pace: Mapping[str, float]) -> Going:
    """A piece of work with the time when it should be done, which is never over as long as it goes on."""
    return Going(work, max(begun + seconds_of(work, pace), now + AT_LEAST * (now - begun)))


class Turns:
    """Since when each owner stands in each line: since it came in, or was served last."""

    def __init__(self, since: Mapping[tuple[str, str], int] | None = None, count: int = 0) -> None:
        self._since, self._count = dict(since or {}), count

    def as_rows(self) -> tuple[int, list[tuple[str, str, int]]]:
        """All that it knows, to be written down: how much it has counted, and (line, owner, since)."""
        return self._count, [(line, owner, since) for (line, owner), since in sorted(self._since.items())]

    def arrival(self) -> int:
        """The number of the next arrival."""
        return self._next()

    def come(self, work: Work, number: int | None = None) -> None:
        """Its owner stays where it stands, or stands from now on at the end of the line, or where the arrival of this number
        stood."""
        self._since.setdefault((line(work), work.owner), self._next() if number is None else number)

    def served(self, work: Work) -> None:
        """Its owner has been served, and stands at the end of the line."""
        self._since[line(work), work.owner] = self._next()

    def forget(self, places: Iterable[tuple[str, str]]) -> None:
        """Keep only these (line, owner): where nothing waits and nothing goes on, there is nobody to remember."""
        kept = set(places)
        self._since = {place: since for place, since in self._since.items() if place in kept}

    def in_order(self, waiting: Iterable[E], at_work: Iterable[Going]) -> list[E]:
        """What waits, the next first: of owners who are not being served, then of those who have stood longest."""
        served = Counter((line(each.work), each.work.owner) for each in at_work)

        def key(entry: Entry) -> tuple[int, int, int]:
            place = line(entry.work), entry.work.owner
            return served[place], self._since.get(place, entry.number), entry.number  # a lost place is the arrival's

        return sorted(waiting, key=key)

    def copy(self) -> "Turns":
        return Turns(self._since, self._count)

    def _next(self) -> int:
        self._count += 1
        return self._count


def next_to_begin(
    waiting: Sequence[E], at_work: Sequence[Going], limits: Limits, now: float, pace: Mapping[str, float]
) -> E | None:
    """The piece of work to begin now, or None where all have to wait.

    Parameters
    ----------
    waiting : in the order of `Turns.in_order`.
    at_work : all that goes on.
    now : seconds on the clock of `Going.until`.
    """
    room = limits.elsewhere() - sum(each.work.elsewhere for each in at_work)
    if room > 0 and (there := next((entry for entry in waiting if entry.work.elsewhere), None)):
        return there
    waiting = [entry for entry in waiting if not entry.work.elsewhere]
    at_work = [each for each in at_work if not each.work.elsewhere]
    if any(each.work.alone for each in at_work):
        return None
    holding = next((entry for entry in waiting if entry.work.alone), None)
    ahead = _ahead_of(holding, waiting) if holding else list(waiting)
    if holding and not at_work:
        return ahead[0] if ahead else holding
    gap = max((each.until for each in at_work), default=now)
    for entry in waiting:
        held = entry not in ahead and now + seconds_of(entry.work, pace) >= gap
        if not entry.work.alone and not held and _fits(entry.work, at_work, limits):
            return entry
    return None


def _ahead_of(alone: E, waiting: Sequence[E]) -> list[E]:
    """What goes before a piece of work that needs to be alone: in its own line by turn, in others what came earlier."""
    turn = waiting.index(alone)
    return [
        entry
        for place, entry in enumerate(waiting)
        if (place < turn if line(entry.work) == line(alone.work) else entry.number < alone.number)
    ]


def _fits(work: Work, at_work: Sequence[Going], limits: Limits) -> bool:
    if not at_work:
        return True
    of_its_kind = sum(each.work.kind == work.kind for each in at_work)
    megabytes = work.megabytes + sum(each.work.megabytes for each in at_work)
    return of_its_kind < limits.slots.get(work.kind, 1) and megabytes <= limits.megabytes


def forecast(
    waiting: Sequence[E],
    at_work: Sequence[Going],
    turns: Turns,
    limits: Limits,
    now: float,
    pace: Mapping[str, float],
) -> list[tuple[E, float]]:
    """All that waits in the order in which it will begin, each with the seconds until then, if all takes as it should."""
    waiting, at_work, turns, clock = list(waiting), list(at_work), turns.copy(), now
    begun: list[tuple[E, float]] = []
    while waiting:
        entry = next_to_begin(turns.in_order(waiting, at_work), at_work, limits, clock, pace)
        if entry is not None:
            waiting.remove(entry)
            begun.append((entry, clock - now))
            at_work.append(Going(entry.work, clock + seconds_of(entry.work, pace)))
        else:
            ending = min(at_work, key=lambda each: each.until)
            at_work.remove(ending)
            turns.served(ending.work)
            clock = max(clock, ending.until)
    return begun
