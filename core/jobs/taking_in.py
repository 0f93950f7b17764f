"""Files of one's own are taken in by a process of its own, which ends with what it could not read."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.datasets.uploads import brought_by, let_go, note_owner
from core.errors import DigitLabError
from core.jobs import allowance
from core.jobs.errand import Errand
from core.jobs.executor import TAKING_IN, Work
from core.jobs.queue import Queue, Ticket
from core.messages import N_, Message

MEGABYTES = 400


class TakingIn(Errand):
    """One taking in.

    Attributes
    ----------
    name : the name that the data have from now on, or None.
    """

    longest = 180.0
    not_begun = N_("The file could not be taken in: {reason}.")
    late = Message(N_("Reading it took too long and was ended. Give fewer or smaller pictures."))
    nothing = Message(N_("Reading it ended without a result. Try again."))

    def __init__(
        self, queue: Queue, submit: Callable[[Work], Ticket], files: Mapping[str, bytes], owner: str = ""
    ) -> None:
        self.name: str | None = None
        super().__init__(queue, owner)
        room = allowance.room_for_uploads(owner, sum(map(len, files.values())))

        def prepared(folder: Path) -> Work:
            for name, content in files.items():
                (folder / name).write_bytes(content)
            argv = ("core.datasets.taking_in", str(folder), str(room))
            return Work(TAKING_IN, argv, folder, owner, seconds=10.0, megabytes=MEGABYTES)

        self._begin("data", submit, prepared)

    def _take(self, result: Any) -> None:
        name, owner = result["name"], self.ticket.work.owner
        known = name in brought_by(owner)
        with contextlib.suppress(OSError):  # a full disk: then it is theirs until their tab is closed
            note_owner(name, owner)
        try:
            allowance.check_brought(owner)
        except DigitLabError:
            if not known:
                let_go(name, owner)
            raise
        self.name = name
