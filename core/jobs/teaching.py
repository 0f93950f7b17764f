"""Lessons: a copy of a network learns a visitor's drawings in a process of its own.

The drawings are on the disk only from the moment a lesson is handed in until its process has read them; a thread waits
for the end and deletes the folder, whether anybody still looks or not.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.errors import DigitLabError
from core.jobs.executor import LESSON, Work
from core.jobs.limits import threads_of
from core.jobs.queue import Queue, Ticket
from core.messages import N_, Message
from core.models.model import Model
from core.teach.finetune import FineTuned
from core.teach.samples import Sample
from core.teach.worker import collect, prepare

LONGEST = 120.0  # seconds; a lesson takes about ten on a quiet processor
USUAL, MEGABYTES = 10.0, 150
LOOK_AGAIN = 0.05
NOT_BEGUN = N_("The teaching could not begin: {reason}.")
LATE = Message(N_("It took too long and was ended. Try again in a moment."))
NOTHING = Message(N_("The teaching ended without a result. Try again."))


class Teaching:
    """One lesson.

    Attributes
    ----------
    running : whether it waits or is at work; once it is False, `tuned` or `error` is there.
    ticket : its place in the queue.
    tuned : the taught copy with its figures, or None.
    error : why it failed, or None.
    """

    def __init__(
        self,
        queue: Queue,
        submit: Callable[[Work], Ticket],
        model: Model,
        samples: Sequence[Sample],
        *,
        seed: int = 0,
        owner: str = "",
    ) -> None:
        self.tuned: FineTuned | None = None
        self.error: Message | None = None
        self.running = True
        self._queue = queue
        queue.admit(owner)
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="digit-lab-teach-"))
        except OSError as error:
            raise DigitLabError(NOT_BEGUN, reason=error.strerror) from error
        try:
            prepare(self._folder, model, samples)
            self.ticket = submit(
                Work(
                    kind=LESSON,
                    argv=("core.teach.worker", str(self._folder), "--seed", str(seed)),
                    folder=self._folder,
                    owner=owner,
                    seconds=USUAL,
                    megabytes=MEGABYTES,
                    threads=threads_of(),
                )
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise DigitLabError(NOT_BEGUN, reason=error.strerror) from error
        except DigitLabError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        threading.Thread(target=self._wait, name="teaching", daemon=True).start()

    @property
    def progress(self) -> tuple[float, str]:
        """How much is done, 0 to 1, and the phase (`core.teach.finetune.PHASES`); empty before the first."""
        told = [event for event in list(self.ticket.events) if "done" in event]
        return (told[-1]["done"], told[-1]["phase"]) if told else (0.0, "")

    def _wait(self) -> None:
        try:
            while self.ticket.live and not (late := self._is_late()):
                time.sleep(LOOK_AGAIN)
            if late := self.ticket.live and self._is_late():
                self._queue.stop(self.ticket)
            self.error = LATE if late else self.ticket.error
            if result := _last_result(self.ticket.events):
                self.tuned = collect(self._folder, result)
            self.error = None if self.tuned else self.error or NOTHING
        except DigitLabError as error:
            self.error = error.message
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
            self.running = False

    def _is_late(self) -> bool:
        """Its time counts from its begin: how long it waits for its turn is not its doing."""
        return self.ticket.begun is not None and time.monotonic() - self.ticket.begun > LONGEST


def _last_result(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((event["result"] for event in reversed(events) if "result" in event), None)
