"""How a worker says where its run stands: at once when that changes, and every two seconds as a sign of life."""

import contextlib
import threading
from types import TracebackType
from typing import Self

import msgspec

from core.runs.run import Run
from core.runs.status import BEAT_SECONDS, Phase, State, Status


class Reporter:
    """Writes a run's status for as long as a `with` block lasts, from a thread of its own where the worker is busy."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._now: tuple[State, Phase, int, float, str] = ("running", "reading", 0, 0.0, "")
        self._thread = threading.Thread(target=self._beat, name="beat", daemon=True)

    def __enter__(self) -> Self:
        self._write()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, state: State, phase: Phase, step: int = 0, epoch: float = 0.0, by: str = "") -> None:
        """Say where the run stands. What only counts (step, epoch) goes with the next beat."""
        news, self._now = self._now[:2] != (state, phase), (state, phase, step, epoch, by)
        if news:
            self._write()

    def end(self, status: Status) -> None:
        """Say how it ended, with the count of steps told last. No beat follows."""
        self._over.set()
        self._thread.join()
        _, _, step, epoch, _ = self._now
        self._run.set_status(msgspec.structs.replace(status, step=step, epoch=epoch))

    def _write(self) -> None:
        state, phase, step, epoch, by = self._now
        with self._lock:
            if not self._over.is_set():
                self._run.set_status(Status(state, phase, step, epoch, by=by))

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):  # a full disk: whoever has something to keep will say so
                self._write()
