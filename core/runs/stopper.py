"""Reasons to stop that come from outside the run folder: a signal, or the end of the process that started this one."""

import os
import signal
import threading

from core.messages import Message
from core.runs.status import PARENT_GONE, STOPPED


class Stopper:
    """Listens to SIGINT and SIGTERM, and to the end of standard input where that is a pipe from the parent.

    Called, it says why to stop, or None.
    """

    def __init__(self, *, with_parent: bool) -> None:
        self.reason: Message | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._set(STOPPED))
        if with_parent:
            threading.Thread(target=self._wait_for_end_of_input, daemon=True).start()

    def __call__(self) -> Message | None:
        return self.reason

    def _set(self, reason: Message) -> None:
        self.reason = self.reason or reason

    def _wait_for_end_of_input(self) -> None:
        """Standard input is a pipe from the parent; the system closes it when the parent ends, however it ends."""
        while os.read(0, 4096):
            pass
        self._set(PARENT_GONE)
