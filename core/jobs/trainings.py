"""Runs in the queue: how one is handed in, stopped, watched while it goes on, and what is noted at its end.

A run's truth lies in its folder, so losing this object loses no run. As long as a run waits for its turn, this process
answers for it there (`process.json`): when this server ends, however it ends, the run is shown as never begun.
"""

import functools
import logging
import os
import signal
import threading
import time
from dataclasses import dataclass

from core.config import Config
from core.datasets import described, needs_mnist
from core.errors import DigitLabError
from core.jobs.executor import RUN, Work
from core.jobs.limits import is_hosted, threads_of
from core.jobs.queue import Place, Queue, Ticket
from core.messages import N_, message
from core.runs import keeping
from core.runs.resume import make_ready
from core.runs.run import Run, create_run, open_run
from core.runs.status import STOPPED, STOPPED_EARLY, Status
from core.training.commands import Stop

KILL_AFTER = 20.0  # seconds without a sign of life after which a run that was stopped is ended by force
HUNG_AFTER = 120.0  # the same for one that nobody stopped: a machine that swaps is slow, not dead
STUCK_AFTER = 180.0  # seconds in which a run that was stopped may beat and yet get nowhere
LAST_MOMENTS = 5.0
GRACE = 60.0  # seconds to keep what was learned, when this server has ended
MULTIPLICATIONS = 3e9  # a second, for the estimate of a wait; the queue learns how fast this machine is
NOT_HERE = N_("The MNIST digits are not on this computer yet. Download them, or use the bundled digits.")
NOT_OVER = N_("This run is not over: it can go on when it has been stopped.")
CRASHED = N_("The process that was training crashed ({how}). {kept} {advice}")
HUNG = N_("The process that was training gave no sign of life for two minutes and was ended. {kept} {advice}")
NEVER_ARRIVED = N_("The process that should train ended before it began. {advice}")
KEPT = {True: N_("Its last checkpoint is safe."), False: N_("It had not reached a checkpoint yet.")}
ADVICE = {
    "taichi": N_("Try once more, or choose the NumPy engine."),
    "numpy": N_("Try once more."),
    "auto": N_("Try once more."),
}
CRASHES = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE")  # what a faulty driver or compiler dies of

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Watched:
    """A run in the queue. `asked` and `moved`, on the monotonic clock: when it was stopped, and when it last got on."""

    run: Run
    ticket: Ticket
    asked: float | None = None
    by: str = ""
    mark: tuple[str, int] = ("", -1)
    moved: float = float("-inf")
    hung: bool = False


class Trainings:
    """The runs that this server has in its queue."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.RLock()

    def start(self, config: Config, *, owner: str = "", kind: str = "train") -> Run:
        """Hand in a new run. A race's runs go on alone, for their times are compared."""
        with self._lock:
            self._queue.admit(owner)
            if needs_mnist(config.training.dataset):
                raise DigitLabError(NOT_HERE)
            run = create_run(config, owner=owner, kind=kind)
            self._hand_in(run, config, owner, alone=kind == "race")
            return run

    def resume(self, run: Run, *, owner: str = "", rate: float | None = None) -> None:
        """Hand in a run again that was stopped, failed or died: it goes on from its last checkpoint, at this learning rate
        or as it was."""
        self._let_end(run)
        with self._lock:
            if run.id in self._watched:
                raise DigitLabError(NOT_OVER)
            self._queue.admit(owner)
            make_ready(run, by=owner, rate=rate)
            self._hand_in(run, run.config(), owner, alone=False)

    def _let_end(self, run: Run) -> None:
        """Wait for a process that is in its last moments: it has written that it is over, or was killed.

        Not under the lock: whoever notes its end needs that.
        """
        end = time.monotonic() + LAST_MOMENTS
        while (watched := self._watched.get(run.id)) and not run.status().active and time.monotonic() < end:
            self._queue.tend()
            if watched.ticket.live:
                time.sleep(0.05)

    def _hand_in(self, run: Run, config: Config, owner: str, *, alone: bool) -> None:
        try:
            run.set_process(os.getpid())
            before = run.status()
            run.set_status(Status("queued", step=before.step, epoch=before.epoch))
        except OSError as error:
            raise DigitLabError("The run could not be handed in: {reason}.", reason=error.strerror) from error
        work = Work(
            kind=RUN,
            argv=("core.runs.worker", str(run.path), "--stop-with-parent"),
            folder=run.path,
            owner=owner,
            alone=alone,
            seconds=seconds_of(config),
            megabytes=megabytes_of(config),
            threads=threads_of(alone=alone),
            log=run.log_path,
            grace=GRACE,
        )
        try:
            ticket = self._queue.submit(work, functools.partial(self._over, run))
        except DigitLabError as error:
            run.set_status(Status("failed", reason=error.message))
            raise
        if ticket.live:
            self._watched[run.id] = _Watched(run, ticket)

    def ticket(self, run_id: str) -> Ticket | None:
        """A run's place in the queue or at work; None where this server knows of none."""
        watched = self._watched.get(run_id)
        return watched.ticket if watched else None

    def place(self, run_id: str) -> Place | None:
        """Where a run stands that waits for its turn."""
        ticket = self.ticket(run_id)
        return self._queue.place(ticket) if ticket else None

    def stop(self, run: Run, *, by: str = "") -> None:
        """Take a run out of the queue, or ask it to stop: it ends by itself, and by force only when it gives no sign of life."""
        watched = self._watched.get(run.id)
        if watched:
            watched.by = by
            if self._queue.take_back(watched.ticket):
                return
            watched.asked = watched.asked or time.monotonic()
        try:
            run.send(Stop(by=by))
        except OSError as error:  # a full disk, or a run that was deleted meanwhile
            raise DigitLabError("The run could not be told to stop: {reason}.", reason=error.strerror) from error

    # -- watching

    def look_after(self) -> None:
        """End by force what hangs. Silence counts, not the time since somebody asked: to test takes a while."""
        for watched in list(self._watched.values()):
            handle = watched.ticket.handle
            if handle and watched.ticket.live and self._hangs(watched, time.monotonic()):
                watched.hung = watched.asked is None
                handle.kill()

    def _hangs(self, watched: _Watched, now: float) -> bool:
        status = watched.run.status()
        if (status.phase, status.step) != watched.mark:
            watched.mark, watched.moved = (status.phase, status.step), now
        silence = min(status.silence, now - (watched.ticket.begun or now))  # before it began, nobody wrote for it
        if watched.asked is None:
            return silence > HUNG_AFTER
        return silence > KILL_AFTER or now - max(watched.asked, watched.moved) > STUCK_AFTER

    def _over(self, run: Run, ticket: Ticket) -> None:
        """Note what became of a run whose work has ended or was taken back."""
        with self._lock:  # it may be over before it is noted that it was handed in
            watched = self._watched.pop(run.id, None) or _Watched(run, ticket)
        try:
            open_run(run.id, run.path.parent)  # it may have been deleted meanwhile
            if end := _end_of(watched):
                run.set_status(end)
            if is_hosted():  # on one's own computer a person says what may go: `python -m core runs prune`
                keeping.prune(run.path.parent)
        except (DigitLabError, OSError) as error:
            log.warning("What became of run %s could not be noted: %s", run.id, error)


def _end_of(watched: _Watched) -> Status | None:
    """What is to be written into a run that could not say it itself; None where nothing is."""
    run, handle, now = watched.run, watched.ticket.handle, watched.run.status()
    if handle is None:
        if watched.ticket.stopped:
            return _stopped(run, now, watched.by)
        return Status("failed", step=now.step, epoch=now.epoch, reason=watched.ticket.refused)
    advice = message(ADVICE[run.config().training.engine])
    words = {"kept": message(KEPT[run.checkpoint_path.is_file()]), "advice": advice}
    if watched.asked is None and now.state in ("died", "queued", "waiting"):
        crashes = {-getattr(signal, name): name for name in CRASHES if hasattr(signal, name)}
        if watched.hung:
            return Status("failed", step=now.step, epoch=now.epoch, reason=message(HUNG, **words))
        if (code := handle.exit_code) is not None and code in crashes:
            how = (signal.strsignal(-code) or crashes[code]).lower()
            return Status("failed", step=now.step, epoch=now.epoch, reason=message(CRASHED, how=how, **words))
        if now.state != "died":
            return Status("failed", reason=message(NEVER_ARRIVED, advice=advice))
    if watched.asked is not None and now.state in ("queued", "waiting"):
        return _stopped(run, now, watched.by)
    return None


def _stopped(run: Run, now: Status, by: str) -> Status:
    """A run that was stopped before a process was at work on it, for the first time or once more."""
    reason = STOPPED if run.checkpoint_path.is_file() else STOPPED_EARLY
    return Status("stopped", step=now.step, epoch=now.epoch, reason=reason, by=by)


def seconds_of(config: Config) -> float:
    """About how long a run takes: six operations for each weight and digit, and some seconds to begin and to test."""
    about = described(config.training.dataset)
    digits = (about.training_count if about else 60_000) * config.training.epochs
    return 5.0 + 3.0 * digits * config.network.parameter_count / MULTIPLICATIONS


def megabytes_of(config: Config) -> int:
    """About how much memory a run holds: Python and its digits, and each weight with its gradient and the optimiser's own."""
    compiler = 0 if config.training.engine == "numpy" else 150
    return 150 + compiler + 6 * 4 * config.network.parameter_count // 1_000_000
