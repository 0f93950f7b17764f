"""Lessons: a copy of a network learns a visitor's drawings in a process of its own.

The drawings are on the disk only from the moment a lesson is handed in until its end.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.jobs.errand import Errand
from core.jobs.executor import LESSON, Work
from core.jobs.limits import threads_of
from core.jobs.queue import Queue, Ticket
from core.messages import N_, Message
from core.models.model import Model
from core.teach.finetune import FineTuned
from core.teach.samples import Sample
from core.teach.worker import collect, prepare

USUAL, MEGABYTES = 10.0, 150


class Teaching(Errand):
    """One lesson.

    Attributes
    ----------
    tuned : the taught copy with its figures, or None.
    """

    longest = 120.0  # a lesson takes about ten on a quiet processor
    not_begun = N_("The teaching could not begin: {reason}.")
    late = Message(N_("It took too long and was ended. Try again in a moment."))
    nothing = Message(N_("The teaching ended without a result. Try again."))

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
        super().__init__(queue, owner)

        def prepared(folder: Path) -> Work:
            prepare(folder, model, samples)
            return Work(
                kind=LESSON,
                argv=("core.teach.worker", str(folder), "--seed", str(seed)),
                folder=folder,
                owner=owner,
                seconds=USUAL,
                megabytes=MEGABYTES,
                threads=threads_of(),
            )

        self._begin("teach", submit, prepared)

    @property
    def progress(self) -> tuple[float, str]:
        """How much is done, 0 to 1, and the phase (`core.teach.finetune.PHASES`); empty before the first."""
        told = [event for event in list(self.ticket.events) if "done" in event]
        return (told[-1]["done"], told[-1]["phase"]) if told else (0.0, "")

    def _take(self, result: Any) -> None:
        self.tuned = collect(self._folder, result)
