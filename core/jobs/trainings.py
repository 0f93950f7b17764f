"""Runs in the queue: how one is handed in, stopped, watched while it goes on, and what is noted at its end.

A run's truth lies in its folder, so losing this object loses no run. As long as a run waits for its turn, this process
answers for it there (`process.json`): when this server ends, however it ends, the run is shown as never begun.
"""

import contextlib
import functools
import logging
import os
import threading
import time
from typing import Any

from core.config import Config
from core.datasets import described, needs_mnist
from core.errors import DigitLabError
from core.jobs import allowance
from core.jobs.executor import RUN, Work
from core.jobs.limits import is_hosted, threads_of
from core.jobs.queue import Place, Queue, Ticket
from core.jobs.wards import Ward, end_of
from core.messages import N_
from core.runs import keeping
from core.runs.resume import make_ready
from core.runs.run import Run, create_run, open_run
from core.runs.status import Status
from core.settings import settings
from core.training.commands import LASTED_LONG, PAUSED_LONG, Command, Stop

LAST_MOMENTS = 5.0
GRACE = 60.0  # seconds to keep what was learned, when this server has ended
MULTIPLICATIONS = 3e9  # a second, for the estimate of a wait; the queue learns how fast this machine is
NOT_HERE = N_("The MNIST digits are not on this computer yet. Download them, or use the bundled digits.")
NOT_OVER = N_("This run is not over: it can go on when it has been stopped.")
OVER = N_("This training is over: there is nothing to steer any more.")

log = logging.getLogger(__name__)


class Trainings:
    """The runs that this server has in its queue.

    Parameters
    ----------
    elsewhere : whether other machines carry them out, but for those that need this one to themselves.
    """

    def __init__(self, queue: Queue, *, elsewhere: bool = False) -> None:
        self._queue, self._elsewhere = queue, elsewhere
        self._wards: dict[str, Ward] = {}
        self._lock = threading.RLock()

    def start(self, config: Config, *, owner: str = "", kind: str = "train", **about: Any) -> Run:
        """Hand in a new run; `about` is what else its record shall hold. A race's runs go on alone, for their times are
        compared."""
        with self._lock:
            self._queue.admit(owner)
            allowance.check(config)
            allowance.check_room(owner)
            if needs_mnist(config.training.dataset):
                raise DigitLabError(NOT_HERE)
            run = create_run(config, owner=owner, kind=kind, **about)
            self._hand_in(run, config, owner, alone=kind == "race")
            return run

    def resume(self, run: Run, *, owner: str = "", rate: float | None = None) -> None:
        """Hand in a run again that was stopped, failed or died: it goes on from its last checkpoint, at this learning rate
        or as it was."""
        self._let_end(run)
        with self._lock:
            if run.id in self._wards:
                raise DigitLabError(NOT_OVER)
            self._queue.admit(owner)
            allowance.check(run.config())
            make_ready(run, by=owner, rate=rate)
            self._hand_in(run, run.config(), owner, alone=False)

    def _let_end(self, run: Run) -> None:
        """Wait for a process that is in its last moments: it has written that it is over, or was killed.

        Not under the lock: whoever notes its end needs that.
        """
        end = time.monotonic() + LAST_MOMENTS
        while (ward := self._wards.get(run.id)) and not run.status().active and time.monotonic() < end:
            self._queue.tend()
            if ward.ticket.live:
                time.sleep(0.05)

    def take_over(self) -> None:
        """Hand in the runs that waited at servers that are gone, each at its place in the line."""
        for entry in self._queue.left_behind():
            with self._lock:
                try:
                    run = open_run(entry.run)
                    if run.id not in self._wards and not any(isinstance(each, Stop) for each in run.asked()):
                        self._hand_in(run, run.config(), entry.owner, alone=entry.alone, number=entry.number)
                except (DigitLabError, OSError) as error:
                    log.warning(
                        "The run %s, which waited at another server, cannot be taken over: %s", entry.run, error
                    )

    def _hand_in(self, run: Run, config: Config, owner: str, *, alone: bool, number: int | None = None) -> None:
        try:
            run.set_process(os.getpid())
            before = run.status()
            run.set_status(Status("queued", step=before.step, epoch=before.epoch))
        except OSError as error:
            raise DigitLabError("The run could not be handed in: {reason}.", reason=error.strerror) from error
        elsewhere = self._elsewhere and not alone
        work = Work(
            kind=RUN,
            argv=("core.runs.worker", str(run.path), "--stop-with-parent"),
            folder=run.path,
            owner=owner,
            alone=alone,
            seconds=seconds_of(config),
            megabytes=0 if elsewhere else megabytes_of(config),
            threads=threads_of(alone=alone),
            log=run.log_path,
            grace=GRACE,
            elsewhere=elsewhere,
        )
        try:
            ticket = self._queue.submit(work, functools.partial(self._over, run), number=number)
        except DigitLabError as error:
            run.set_status(Status("failed", reason=error.message))
            raise
        if ticket.live:
            self._wards[run.id] = Ward(run, ticket)

    def ticket(self, run_id: str) -> Ticket | None:
        """A run's place in the queue or at work; None where this server knows of none."""
        ward = self._wards.get(run_id)
        return ward.ticket if ward else None

    def place(self, run_id: str) -> Place | None:
        """Where a run stands that waits for its turn."""
        ticket = self.ticket(run_id)
        return self._queue.place(ticket) if ticket else self._queue.place_of_run(run_id)

    def stop(self, run: Run, *, by: str = "") -> None:
        """Take a run out of the queue, or ask it to stop: it ends by itself, and by force only when it gives no sign of life."""
        ward = self._wards.get(run.id)
        if ward:
            ward.by = by
            if self._queue.take_back(ward.ticket):
                return
            ward.asked = ward.asked or time.monotonic()
            ward.ticket.stopped = True  # how long it took says nothing of how long others take
        try:
            run.send(Stop(by=by))
        except OSError as error:  # a full disk, or a run that was deleted meanwhile
            raise DigitLabError("The run could not be told to stop: {reason}.", reason=error.strerror) from error

    # -- steering one that goes on

    def ask(self, run: Run, command: Command) -> None:
        """Ask something of a run that goes on: its process looks every 50 ms. Refused where nobody is at work on it."""
        if not run.status().active:
            raise DigitLabError(OVER)
        try:
            run.send(command)
        except OSError as error:
            raise DigitLabError("The run could not be told: {reason}.", reason=error.strerror) from error

    # -- watching

    def look_after(self) -> None:
        """End by force what hangs. Silence counts, not the time since somebody asked: to test takes a while.

        Where visitors are strangers, a run that stays paused while others wait for their turn is asked to stop.
        """
        wards = list(self._wards.values())
        others_wait = bool(wards) and is_hosted() and self._queue.anyone_waits()
        for ward in wards:
            handle = ward.ticket.handle
            if ward.ticket.waiting and (stop := _asked_to_stop(ward.run)):  # by way of another server
                ward.by = stop.by
                self._queue.take_back(ward.ticket)
            if not handle or not ward.ticket.live:
                continue
            status, now = ward.run.status(), time.monotonic()
            if ward.hangs(status, now):
                ward.hung = ward.asked is None
                handle.kill()
            elif is_hosted() and ward.is_in_the_way(status, now, others_wait=others_wait):
                self._ask_to_stop(ward, PAUSED_LONG)
            elif ward.at_work(now) > settings().run_seconds:
                self._ask_to_stop(ward, LASTED_LONG)

    def _ask_to_stop(self, ward: Ward, why: str) -> None:
        if ward.asked is None:
            ward.asked = time.monotonic()
            with contextlib.suppress(OSError):  # a full disk: it hangs, and is ended by force
                ward.run.send(Stop(why=why))

    def _over(self, run: Run, ticket: Ticket) -> None:
        """Note what became of a run whose work has ended or was taken back."""
        with self._lock:  # it may be over before it is noted that it was handed in
            ward = self._wards.pop(run.id, None) or Ward(run, ticket)
        try:
            open_run(run.id, run.path.parent)  # it may have been deleted meanwhile
            if end := end_of(ward):
                run.set_status(end)
            if is_hosted():  # on one's own computer a person says what may go: `python -m core prune`
                keeping.prune(run.path.parent, **allowance.room_in_all())
            keeping.empty_trash(run.path.parent)
        except (DigitLabError, OSError) as error:
            log.warning("What became of run %s could not be noted: %s", run.id, error)


def _asked_to_stop(run: Run) -> Stop | None:
    return next((command for command in run.asked() if isinstance(command, Stop)), None)


def seconds_of(config: Config) -> float:
    """About how long a run takes: six operations for each weight and digit, and some seconds to begin and to test."""
    about = described(config.training.dataset)
    digits = (about.training_count if about else 60_000) * config.training.epochs
    return 5.0 + 3.0 * digits * config.network.parameter_count / MULTIPLICATIONS


def megabytes_of(config: Config) -> int:
    """About how much memory a run holds: Python and its digits, and each weight with its gradient and the optimiser's own."""
    compiler = 0 if config.training.engine == "numpy" else 150
    return 150 + compiler + 6 * 4 * config.network.parameter_count // 1_000_000
