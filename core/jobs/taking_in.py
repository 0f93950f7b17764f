"""Files of one's own are taken in by a process of its own, which ends with what it could not read."""

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core.datasets.uploads import note_owner
from core.errors import DigitLabError
from core.jobs import allowance
from core.jobs.executor import TAKING_IN, Work
from core.jobs.queue import Queue, Ticket
from core.messages import N_, Message

LONGEST = 180.0  # seconds
LOOK_AGAIN = 0.05
MEGABYTES = 400
NOT_BEGUN = N_("The file could not be taken in: {reason}.")
LATE = Message(N_("Reading it took too long and was ended. Give fewer or smaller pictures."))
NOTHING = Message(N_("Reading it ended without a result. Try again."))


class TakingIn:
    """One taking in.

    Attributes
    ----------
    running : whether it waits or is at work; once it is False, `name` or `error` is there.
    ticket : its place in the queue.
    name : the name that the data have from now on, or None.
    error : why they were not taken in, or None.
    """

    def __init__(
        self, queue: Queue, submit: Callable[[Work], Ticket], files: Mapping[str, bytes], owner: str = ""
    ) -> None:
        self.name: str | None = None
        self.error: Message | None = None
        self.running = True
        self._queue = queue
        queue.admit(owner)
        allowance.check_uploads(owner, sum(map(len, files.values())))
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="digit-lab-data-"))
        except OSError as error:
            raise DigitLabError(NOT_BEGUN, reason=error.strerror) from error
        try:
            for name, content in files.items():
                (self._folder / name).write_bytes(content)
            argv = ("core.datasets.taking_in", str(self._folder))
            self.ticket = submit(Work(TAKING_IN, argv, self._folder, owner, seconds=10.0, megabytes=MEGABYTES))
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise DigitLabError(NOT_BEGUN, reason=error.strerror) from error
        except DigitLabError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        threading.Thread(target=self._wait, name="taking in", daemon=True).start()

    def _wait(self) -> None:
        try:
            while self.ticket.live and not self._is_late():
                time.sleep(LOOK_AGAIN)
            late = self.ticket.live and self._is_late()
            if late:
                self._queue.stop(self.ticket)
            results = [event["result"]["name"] for event in self.ticket.events if "result" in event]
            self.name = results[-1] if results else None
            if self.name:
                with contextlib.suppress(OSError):  # a full disk: then it is theirs until their tab is closed
                    note_owner(self.name, self.ticket.work.owner)
            self.error = None if self.name else LATE if late else self.ticket.error or NOTHING
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
            self.running = False

    def _is_late(self) -> bool:
        """Its time counts from its begin: how long it waits for its turn is not its doing."""
        return self.ticket.begun is not None and time.monotonic() - self.ticket.begun > LONGEST
