"""A run's task in the cluster: where it is, what becomes of it, and how one speaks with the guest that has it."""

import contextlib
import secrets
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from core.errors import DigitLabError
from core.jobs.cluster import guest
from core.jobs.cluster.connection import Connection, Lost
from core.jobs.cluster.version import version
from core.messages import N_
from core.runs.run import Run

if TYPE_CHECKING:
    from distributed import Client, Future

UNKNOWN_THERE = N_(
    "The cluster that trains for this server does not know Digit Lab: its scheduler and its workers are to be started in "
    "Digit Lab's folder, with the libraries that it needs."
)
OTHER_THERE = N_(
    "A computer of the cluster that trains for this server has another version of Digit Lab. All of them need the server's."
)
FAILED_THERE = N_("The computer of the cluster that should train it could not: {reason}.")
LAST_WORD = 2.0  # seconds for a guest that is let go to answer
GONE = ("cancelled", "lost")


class Gone(Exception):  # noqa: N818 - it is what has happened
    """The machine that had a run is lost, or the task is."""


class Task:
    """A task that was handed to the cluster.

    Parameters
    ----------
    avoid : workers that are to have it only where there is no other.

    Raises `Lost` where the scheduler does not answer.
    """

    def __init__(self, connection: Connection, run: Run, avoid: Collection[str] = ()) -> None:
        self._connection = connection
        self._token = secrets.token_hex(8)
        self._key = f"digit-lab-{run.id}-{self._token}"
        arguments = (self._token, run.id, run.config().training.dataset, version())
        others = sorted(set(connection.workers()) - set(avoid)) if avoid else []
        where: dict[str, Any] = {"workers": others, "allow_other_workers": True} if others else {}

        async def submit(client: "Client") -> "tuple[Client, Future]":
            return client, client.submit(guest.carry_out, *arguments, key=self._key, retries=0, **where)

        self._client, self._future = connection.ask(submit)

    def look(self) -> None:
        """Raise `Gone` where the task is gone, and `DigitLabError` where it cannot be done at all."""
        if not self._connection.is_with(self._client) or self._future.status in GONE:
            raise Gone
        if self._future.status == "finished":
            if self._ask_for("result") == guest.OTHER_VERSION:
                raise DigitLabError(OTHER_THERE)
            raise Gone  # its worker was closed, or had not heard of this server for long
        if self._future.status == "error":
            error = self._ask_for("exception")
            if type(error).__name__ == "KilledWorker":
                raise Gone
            if _lacks_a_module(error):
                raise DigitLabError(UNKNOWN_THERE)
            raise DigitLabError(FAILED_THERE, reason=str(error) or type(error).__name__)

    def worker(self) -> str | None:
        """The address of the worker that has the task now, be it that it waits there. Raises `Lost`."""
        found = self._connection.ask(lambda client: client.processing())
        return next((worker for worker, keys in found.items() if self._key in keys), None)

    def call(self, worker: str, life: str, name: str, *arguments: Any) -> Any:
        """What the guest says, one of `guest.ANSWERS`; None where there is none, or another. Raises `Lost`."""
        answer = self._connection.call(worker, guest.call, self._token, life, name, *arguments)
        if isinstance(answer, guest.Failed):
            raise DigitLabError(FAILED_THERE, reason=answer.reason)
        return answer

    def give_up(self, worker: str | None) -> None:
        """Let go of the task; a guest that has it ends."""
        with contextlib.suppress(Lost):
            if worker:
                self._connection.call(worker, guest.call, self._token, "", "drop", seconds=LAST_WORD)
        with contextlib.suppress(Lost):
            self._connection.ask(lambda client: self._future.cancel())

    def _ask_for(self, what: str) -> Any:
        """The future's result or exception. Raises `Gone` where it does not come."""
        try:
            return self._connection.ask(lambda client: getattr(self._future, what)())
        except Lost as error:
            raise Gone from error


def _lacks_a_module(error: BaseException | None) -> bool:
    """Whether a module was not found on the other side, be it that of another error's cause."""
    while error is not None:
        if isinstance(error, ImportError) or "task graph" in str(
            error
        ):  # what the scheduler says of one that it cannot read
            return True
        error = error.__cause__
    return False
