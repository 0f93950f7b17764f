"""A run that the cluster carries out, as the queue knows it: begun anew where a machine is lost, until it comes to an end."""

import contextlib
import threading
import time
from typing import Any

from core.errors import DigitLabError
from core.files import is_full, locked
from core.jobs.cluster.again import carry_over
from core.jobs.cluster.connection import Connection, Lost
from core.jobs.cluster.life import Life, Orders
from core.jobs.cluster.task import Gone, Task
from core.jobs.executor import Work
from core.messages import N_, Message, message
from core.runs.run import Run
from core.runs.status import (
    BEAT_SECONDS,
    DISK_FULL,
    PARENT_GONE,
    STOPPED,
    STOPPED_EARLY,
    TAKEN,
    State,
    Status,
)

CONNECT_SECONDS = 30.0  # in which a cluster has to answer at first, or after it was lost
LET_GO_SECONDS = 5.0  # for a process of this machine that was at work on it before
MOST_LOST = 5  # machines, one after the other, without a checkpoint in between
UNREACHABLE = N_(
    "The cluster that trains for this server, at {address}, does not answer. Whoever looks after the server can see whether "
    "its scheduler is running. Let it go on when it is: all up to the last checkpoint is safe."
)
LOST_OFTEN = N_(
    "{count} computers of the cluster were lost with it, one after the other, before it reached a checkpoint. That also "
    "happens where a computer runs out of memory."
)
NOT_KEPT = N_("What the cluster had trained could not be kept here: {reason}.")


class Carried:
    """A run that another machine carries out; see `core.jobs.executor.Handle` for what it offers."""

    def __init__(self, work: Work, connection: Connection) -> None:
        assert work.folder is not None  # only runs are carried, and each has one
        self.events: list[dict[str, Any]] = []
        self.error: Message | None = None
        self.exit_code: int | None = None
        self._run, self._connection = Run(work.folder), connection
        self._orders, self._done = Orders(self._run), threading.Event()
        self._task: Task | None = None
        self._lost, self._beaten = 0, float("-inf")
        self._state: State = "queued"  # as far as no process has said how it stands
        threading.Thread(target=self._carry, name=f"carries {self._run.id}", daemon=True).start()

    def running(self) -> bool:
        return not self._done.is_set() and self._state != "queued"

    def done(self) -> bool:
        return self._done.is_set()

    def cancel(self) -> bool:
        return False  # it is on its way as soon as it is there

    def kill(self) -> None:
        self._orders.killed = True
        self._done.wait(5.0)

    def let_go(self) -> None:
        """Let its process end as the end of this server would."""
        self._orders.let_go = True

    def wait(self, seconds: float) -> bool:
        """Wait for its end; returns whether it has come."""
        return self._done.wait(seconds)

    # -- in its thread

    def _carry(self) -> None:
        error: Message | None = None
        try:
            with locked(self._run.path / "lock", LET_GO_SECONDS):
                self._to_the_end()
        except DigitLabError as refused:
            error = refused.message
        except BlockingIOError:
            error = TAKEN
        except OSError as failed:
            error = DISK_FULL if is_full(failed) else message(NOT_KEPT, reason=failed.strerror or failed)
        finally:
            self._note_the_end(error)
            self._done.set()

    def _to_the_end(self) -> None:
        """One life after the other, until one comes to its end. Raises `DigitLabError` where none does."""
        worker: str | None = None
        while self.exit_code is None and not self._orders.are_to_end():
            task = self._task = self._task or self._submit(worker)
            life = Life(self._run, task, self._orders, self._beat)
            try:
                self.exit_code = life.live()
            except Gone:
                self._lost = 0 if life.checkpoints else self._lost + bool(life.worker)
                worker = life.worker
                self._beat("queued")
                if life.begun:
                    carry_over(self._run)
                if not self._is_elsewhere(task, worker):
                    task.give_up(worker)
                    self._task = None
            if self._lost >= MOST_LOST:
                raise DigitLabError(LOST_OFTEN, count=self._lost)

    def _submit(self, avoid: str | None) -> Task:
        """Hand it to the cluster, which has to answer within some time."""
        end = time.monotonic() + CONNECT_SECONDS
        while time.monotonic() < end and not self._orders.are_to_end():
            self._beat("queued")
            with contextlib.suppress(Lost):
                return Task(self._connection, self._run, [avoid] if avoid else [])
            self._connection.wait(1.0)
        raise DigitLabError(UNREACHABLE, address=self._connection.address)

    def _is_elsewhere(self, task: Task, worker: str | None) -> bool:
        """Whether the cluster itself has taken the task away from a machine, and will begin it again."""
        try:
            task.look()
            return not self._orders.are_to_end() and task.worker() != worker
        except (Gone, Lost):
            return False

    def _beat(self, state: State) -> None:
        """Say that it waits for a machine (`queued`) or is on its way to one (`waiting`), before a process says more."""
        due = state != self._state or time.monotonic() - self._beaten >= BEAT_SECONDS
        if not due or not (now := self._run.status()).active:
            return
        self._run.set_status(Status(state, step=now.step, epoch=now.epoch))
        self._state, self._beaten = state, time.monotonic()

    def _note_the_end(self, error: Message | None) -> None:
        """Note what became of it, where its process could not say it."""
        self.error = error
        with contextlib.suppress(OSError):  # no room even for that: whoever opens the folder next finds nobody at work
            now = self._run.status()
            if now.state == "queued" and (stop := self._orders.stop()):
                reason = STOPPED if self._run.checkpoint_path.is_file() else STOPPED_EARLY
                self._run.set_status(Status("stopped", step=now.step, epoch=now.epoch, reason=reason, by=stop.by))
            elif now.active and error:
                self._run.set_status(Status("failed", step=now.step, epoch=now.epoch, reason=error))
            elif now.active and self._orders.let_go:
                reason = PARENT_GONE if self._run.checkpoint_path.is_file() else STOPPED_EARLY
                self._run.set_status(Status("stopped", step=now.step, epoch=now.epoch, reason=reason))
            self._run.desert()
