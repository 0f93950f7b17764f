"""How much work may go on at once on this machine, with how many threads, and how much may wait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.jobs.executor import BACK_QUERY, CHECK, LESSON, MEASUREMENT, RUN
from core.processors import memory, processors
from core.settings import settings

THREADS_OF_A_RUN = 4  # a batch's products are too small to be worth sharing among more
SERVER_MEGABYTES = 400  # pages and the networks that they hold


@dataclass(frozen=True)
class Limits:
    """What a queue keeps to.

    Attributes
    ----------
    slots : pieces of work of each kind that may go on at once; a kind that is not named has one slot.
    megabytes : memory for all of them together. What asks for more is begun when nothing else goes on.
    elsewhere : says how much may go on at once on other machines, which can change at any time.
    per_owner, in_total : pieces of work that may wait, of one owner and of all.
    """

    slots: Mapping[str, int] = field(default_factory=dict)
    megabytes: float = float("inf")
    elsewhere: Callable[[], int] = lambda: 1
    per_owner: float = 5
    in_total: float = 40


def limits_here(elsewhere: Callable[[], int] = lambda: 1) -> Limits:
    """The limits of this machine, and of a cluster that takes runs off it.

    One run for each `THREADS_OF_A_RUN` processors beside the one that is left to the pages, at least one. A lesson, a check
    or a back-query beside them takes seconds, and whoever began it waits for it before the screen; so each has one slot of
    its own even where a run takes all processors, and the system divides them.
    """
    free_megabytes, allowed = memory() / 1e6 - SERVER_MEGABYTES, settings()
    slots = {RUN: runs_at_once(), LESSON: 1, CHECK: 1, MEASUREMENT: 1, BACK_QUERY: 1}
    return Limits(slots, free_megabytes, elsewhere, per_owner=allowed.waiting, in_total=allowed.waiting_in_all)


def runs_at_once() -> int:
    return max(1, (processors() - 1) // THREADS_OF_A_RUN)


def threads_of(*, alone: bool = False) -> int:
    """Threads for one piece of work: its share of the processors, or all of them where nothing goes on beside it.

    One processor is left to the pages: threads of a product wait for each other by spinning, and where something else
    takes a processor from one of them, two can be many times slower than one.
    """
    return max(1, (processors() - 1) // (1 if alone else runs_at_once()))


def is_hosted() -> bool:
    """Whether visitors are strangers to one another: `DIGITLAB_HOSTED=1`. On one's own machine all are one owner."""
    return settings().hosted
