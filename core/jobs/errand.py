"""Work that is handed in with files of its own and has done with them when it ends: a thread waits for the end, ends what takes
too long, and deletes the folder, whether anybody still looks or not.
"""

import contextlib
import shutil
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from core.errors import DigitLabError
from core.jobs.executor import Work
from core.jobs.queue import Queue, Ticket
from core.messages import Message

LOOK_AGAIN = 0.05  # seconds


@contextlib.contextmanager
def folder_of_its_own(name: str, not_begun: str) -> Iterator[Path]:
    """A folder for work that is handed in within; where that fails, the folder goes.

    Raises `DigitLabError`, with the sentence `not_begun` and its reason, where the disk does not let it.
    """
    folder = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"digit-lab-{name}-"))
        yield folder
    except OSError as error:
        _remove(folder)
        raise DigitLabError(not_begun, reason=error.strerror) from error
    except DigitLabError:
        _remove(folder)
        raise


def _remove(folder: Path | None) -> None:
    if folder:
        shutil.rmtree(folder, ignore_errors=True)


class Errand(ABC):
    """One such piece of work. What it is for begins it by `_begin`, and takes over its result in `_take`.

    Attributes
    ----------
    running : whether it waits or is at work; once it is False, its result or `error` is there.
    ticket : its place in the queue.
    error : why there is no result, or None.
    longest : seconds that it may take from its begin; how long it waits for its turn is not its doing.
    not_begun, late, nothing : what is said where it cannot be handed in (with a `reason`), was ended, or ended empty.
    """

    longest: ClassVar[float]
    not_begun: ClassVar[str]
    late: ClassVar[Message]
    nothing: ClassVar[Message]

    def __init__(self, queue: Queue, owner: str) -> None:
        """Raises `DigitLabError` where the queue takes no more of this owner's."""
        self.error: Message | None = None
        self.running = True
        self._queue = queue
        queue.admit(owner)

    def _begin(self, name: str, submit: Callable[[Work], Ticket], prepared: Callable[[Path], Work]) -> None:
        """Hand in the work that is `prepared` in a folder of its own. Raises `DigitLabError` where that cannot be done."""
        with folder_of_its_own(name, self.not_begun) as self._folder:
            self.ticket = submit(prepared(self._folder))
        threading.Thread(target=self._wait, name=name, daemon=True).start()

    @abstractmethod
    def _take(self, result: Any) -> None:
        """Take over what its process told as its result; the folder is still there. Raises `DigitLabError` where it cannot."""

    def _wait(self) -> None:
        try:
            while self.ticket.live and not self._is_late():
                time.sleep(LOOK_AGAIN)
            if late := self.ticket.live and self._is_late():
                self._queue.stop(self.ticket)
            results = [event["result"] for event in self.ticket.events if "result" in event]
            if results:
                self._take(results[-1])
            else:
                self.error = self.late if late else self.ticket.error or self.nothing
        except DigitLabError as error:
            self.error = error.message
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
            self.running = False

    def _is_late(self) -> bool:
        return self.ticket.begun is not None and time.monotonic() - self.ticket.begun > self.longest
