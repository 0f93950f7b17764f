"""Back-queries and films of them: networks write or imagine the ten digits in a process of its own, and are watched."""

from pathlib import Path

from core.catalog import GUARD, JUDGE, find_model
from core.explain.back_query.found import Step
from core.explain.back_query.worker import step_of
from core.jobs.executor import BACK_QUERY, Work
from core.jobs.limits import threads_of
from core.jobs.telling import Telling
from core.messages import N_, Message

USUAL, FILM_SECONDS, MEGABYTES = 8.0, 20.0, 200


def work_of(model: Path, method: str, owner: str) -> Work:
    """The piece of work that asks the network in a file."""
    company = ("--guard", str(find_model(GUARD)), "--judge", str(find_model(JUDGE)))
    return Work(
        kind=BACK_QUERY,
        argv=("core.explain.back_query.worker", str(model), method, *company),
        owner=owner,
        seconds=USUAL,
        megabytes=MEGABYTES,
        threads=threads_of(),
    )


def film_work_of(run_id: str, method: str, owner: str) -> Work:
    """The piece of work that films a run."""
    company = ("--guard", str(find_model(GUARD)), "--judge", str(find_model(JUDGE)))
    return Work(
        kind=BACK_QUERY,
        argv=("core.film.worker", run_id, method, *company),
        owner=owner,
        seconds=FILM_SECONDS,
        megabytes=MEGABYTES,
        threads=threads_of(),
    )


class _Asked(Telling):
    """Work that asks networks back: what they have written is kept."""

    NOTHING = Message(N_("The network came to no end. Try again in a moment."))


class Filming(_Asked):
    """A film that is made; it is kept as it grows."""


class Asking(_Asked):
    """One search."""

    @property
    def step(self) -> Step | None:
        """What there is by now; None before the first."""
        told = [event for event in list(self.ticket.events) if "done" in event]
        return step_of(told[-1]) if told else None
