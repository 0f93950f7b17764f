"""Teachings: fine-tuning in a child process, one at a time on this server. There is no Streamlit in here.

The drawings of a visitor are on the disk only between the start of a teaching and the moment its child has read them;
a thread waits for the child's end and deletes the folder, whether anybody still looks or not.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import DigitLabError
from core.jobs.children import Child
from core.jobs.jobs import THREAD_LIMITS
from core.models.model import Model
from core.teach.finetune import FineTuned
from core.teach.samples import Sample
from core.teach.worker import collect, prepare

LONGEST = 120.0  # seconds; a teaching takes about ten on a quiet core


class Teaching:
    """One teaching.

    Attributes
    ----------
    running : whether it is still at work; once it is False, `tuned` or `error` is there.
    tuned : the taught copy with its figures, or None.
    error : a sentence when it failed.
    """

    def __init__(self, model: Model, samples: Sequence[Sample], *, seed: int = 0) -> None:
        self.tuned: FineTuned | None = None
        self.error = ""
        self.running = True
        self._folder = Path(tempfile.mkdtemp(prefix="digit-lab-teach-"))
        try:
            prepare(self._folder, model, samples)
            self._child = Child(["core.teach.worker", str(self._folder), "--seed", str(seed)], THREAD_LIMITS)
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise DigitLabError(f"The teaching could not begin: {error.strerror}.") from error
        threading.Thread(target=self._wait, name="teaching", daemon=True).start()

    @property
    def progress(self) -> tuple[float, str]:
        """How much is done, 0 to 1, and what is being done."""
        told = [event for event in list(self._child.events) if "done" in event]
        return (told[-1]["done"], told[-1]["phase"]) if told else (0.0, "starting")

    def _wait(self) -> None:
        end = time.monotonic() + LONGEST
        try:
            while self._child.running and time.monotonic() < end:
                time.sleep(0.05)
            late = self._child.running
            self._child.stop()
            self.error = "It took too long and was ended. Try again in a moment." if late else self._child.error
            if result := _last_result(self._child.events):
                self.tuned = collect(self._folder, result)
            self.error = "" if self.tuned else self.error or "The teaching ended without a result. Try again."
        except DigitLabError as error:
            self.error = str(error)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
            self.running = False


def _last_result(events: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((event["result"] for event in reversed(events) if "result" in event), None)


class Teacher:
    """Begins teachings, one at a time for all visitors of a server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: Teaching | None = None

    @property
    def busy(self) -> bool:
        return bool(self._current and self._current.running)

    def begin(self, model: Model, samples: Sequence[Sample], *, seed: int = 0) -> Teaching:
        """Begin one. Raises `DigitLabError` while another is at work."""
        with self._lock:
            if self.busy:
                raise DigitLabError(
                    "Somebody else is teaching at the moment, and this server teaches one at a time. "
                    "Wait a few seconds and press again."
                )
            self._current = Teaching(model, samples, seed=seed)
            return self._current
