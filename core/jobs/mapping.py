"""Maps of digits: laid out in a process of its own, once for all who ask, and watched while that goes on."""

import shutil
from collections.abc import Callable
from pathlib import Path

from core.datasets import Dataset
from core.explain.map_worker import prepare
from core.jobs.errand import folder_of_its_own
from core.jobs.executor import MAP, Work
from core.jobs.limits import threads_of
from core.jobs.queue import Ticket
from core.jobs.telling import Once, Telling
from core.messages import N_, Message

SECONDS, EACH = 3.0, 0.005  # to begin, and for each digit: a minute for 10,000
MEGABYTES = 300
NOT_BEGUN = N_("The map could not be begun: {reason}.")


class Mapping(Telling):
    """One map; it is kept."""

    NOTHING = Message(N_("The map came to no end. Try again in a moment."))

    @property
    def error(self) -> Message | None:
        """Why there is no map, once it has ended; None where somebody stopped it."""
        return None if self.ticket.stopped else super().error


class Mappings:
    """The maps that are made; safe to use from several threads.

    Parameters
    ----------
    submit : hands in a piece of work, and is told what to call at its end.
    """

    def __init__(self, submit: Callable[[Work, Callable[[Ticket], None]], Ticket]) -> None:
        self._submit = submit
        self._made: Once[tuple[str, str], Mapping] = Once()

    def of(self, model_sha256: str, digits_sha256: str) -> Mapping | None:
        """The map of these that waits or goes on, or the last one."""
        return self._made.of((model_sha256, digits_sha256))

    def begin(self, model: Path, model_sha256: str, digits: Dataset, digits_sha256: str, *, owner: str = "") -> Mapping:
        """Hand in a map of digits, of the data set with this hash, as the network in a file with this hash sees them.

        Whoever asks for it, it is made once. Raises `DigitLabError` where it cannot be begun.
        """
        return self._made.begin(
            (model_sha256, digits_sha256), lambda: Mapping(self._hand_in(model, digits, digits_sha256, owner))
        )

    def _hand_in(self, model: Path, digits: Dataset, digits_sha256: str, owner: str) -> Ticket:
        threads = str(threads_of())
        with folder_of_its_own("map", NOT_BEGUN) as folder:
            prepare(folder, digits)
            return self._submit(
                Work(
                    kind=MAP,
                    argv=("core.explain.map_worker", str(model), str(folder), digits_sha256, "--threads", threads),
                    folder=folder,
                    owner=owner,
                    seconds=SECONDS + EACH * len(digits),
                    megabytes=MEGABYTES,
                    threads=int(threads),
                ),
                lambda ticket: shutil.rmtree(folder, ignore_errors=True),
            )
