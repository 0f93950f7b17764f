"""A run on a machine of the cluster, within a worker of Dask's: what its server asks for, and the process that does the work.

`carry_out` is the task that Dask schedules; it holds a thread of the worker for as long as the run goes on, so that the cluster
knows that it is busy. All else goes by `call`, which the server lets the worker run beside it. Whoever takes up a run, for the
first time or because another machine was lost, is a new `Guest`: it begins with an empty folder, which the server fills.

A server that says nothing for `GRACE` seconds is gone, and a worker that is being closed is about to be: then the
process is let go, as it is by the end of its server on one machine.
"""

import asyncio
import logging
import secrets
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.files import DAMAGED, write_atomically
from core.jobs.cluster.parcels import (
    GIVEN,
    PASSING,
    RETURNED,
    Ask,
    Intake,
    News,
    Outlet,
    Part,
    names_in,
    tail,
    version_of,
)
from core.jobs.cluster.supplies import PLACES, environment, lacking
from core.jobs.cluster.version import version
from core.jobs.executor import RUN, Work
from core.jobs.local import LocalExecutor, Process
from core.runs import status

ENDED, LEFT, OTHER_VERSION = "ended", "left", "other version"  # how a task ends
LOOK_AGAIN = 0.5  # seconds between two looks whether somebody is still there
GRACE = 30.0  # seconds without a word from the server
LAST_WORDS = 15.0  # seconds that a process has to end by itself when its server is gone
AT_WORK = ("init", "starting", "running", "paused")  # states of a worker of Dask's that is not being closed
HOME = "digit-lab"  # what it keeps for all its runs, in its own folder, which Dask takes away with it


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong on this machine: no room on its disk, say."""

    reason: str


guests: dict[str, "Guest"] = {}  # by the token of their task


class Guest:
    """One run, taken up by this machine.

    Attributes
    ----------
    life : names this guest: another that takes up the same run later has another name.
    """

    def __init__(self, home: Path, run: str, dataset: str) -> None:
        self.life = secrets.token_hex(6)
        self._home, self._dataset = home, dataset
        home.mkdir(parents=True, exist_ok=True)
        self._room = Path(tempfile.mkdtemp(prefix="run-", dir=home))
        self._folder = self._room / run
        self._intake, self._outlet = Intake(self._place), Outlet(self._folder.joinpath)
        self._process: Process | None = None
        self._lock = threading.Lock()
        self._left = threading.Event()
        self._heard = time.monotonic()

    def _place(self, name: str) -> Path:
        """Where a file belongs that it is given. Raises `ValueError` for a name that it does not know."""
        if GIVEN.fullmatch(name):
            return self._folder / name
        if PLACES.fullmatch(name):
            return self._home / name
        raise ValueError(f"no file is called {name}")

    # -- what the server asks for

    def meet(self) -> tuple[str, list[str]]:
        """Who this is, and which digits it lacks."""
        return self.life, lacking(self._dataset, self._home)

    def take(self, part: Part) -> bool:
        self._intake.take(part)
        return True

    def begin(self) -> dict[str, str]:
        """Begin, now that all has come; gives the versions of the files that the server has too."""
        given = {name: version_of(self._folder / name) for name in names_in(self._folder, RETURNED)}
        if self._process is None:
            work = Work(
                kind=RUN,
                argv=("core.runs.worker", str(self._folder), "--stop-with-parent"),
                folder=self._folder,
                log=self._folder / "log.txt",
                grace=LAST_WORDS,
                environment=environment(self._dataset, self._home),
            )
            self._process = LocalExecutor().submit(work)
        return given

    def news(self, ask: Ask) -> News:
        """What is new since the server asked before."""
        self._hear(ask)
        process = self._process
        exit_code = process.exit_code if process and process.done() else None
        told = self._status()
        parts, whole = self._outlet.parts(names_in(self._folder, RETURNED), ask.have, ask.begun)
        ended = exit_code is not None
        lines, complete = tail(self._folder / "metrics.jsonl", ask.lines)
        if not complete:  # no file comes before what was told of it
            parts, whole = [], False
        log, logged = tail(self._folder / "log.txt", ask.log, whole_lines=not ended)
        over = ended and whole and logged
        return News(
            lines=lines,
            log=log,
            parts=tuple(parts),
            names=tuple(names_in(self._folder, PASSING)),
            status=told if over or _goes_on(told) else None,
            exit_code=exit_code if over else None,
        )

    def end(self, force: bool) -> bool:
        """End the process, or let it end as the end of its server would."""
        if self._process and force:
            self._process.kill()
        elif self._process:
            self._process.let_go()
        return True

    def leave(self) -> bool:
        """All has been given: nothing is needed of it any more."""
        self._left.set()
        return True

    def drop(self) -> bool:
        """It is wanted elsewhere: end, and be gone."""
        return self.end(True) and self.leave()

    def _hear(self, ask: Ask) -> None:
        """Give the process what has come for it: the same may come twice."""
        known = self._size("commands.jsonl")
        if ask.commands_from <= known < ask.commands_from + len(ask.commands):
            with open(self._folder / "commands.jsonl", "ab") as file:
                file.write(ask.commands[known - ask.commands_from :])
        if ask.record is not None:
            write_atomically(self._folder / "run.json", ask.record, lasting=False)
        if ask.watched:
            (self._folder / "watched").touch()

    def _size(self, name: str) -> int:
        try:
            return (self._folder / name).stat().st_size
        except FileNotFoundError:
            return 0

    def _status(self) -> bytes | None:
        try:
            return (self._folder / "status.json").read_bytes()
        except FileNotFoundError:
            return None

    # -- its own life

    def answer(self, name: str, *arguments: Any) -> Any:
        with self._lock:
            self._heard = time.monotonic()
            return getattr(self, name)(*arguments)

    def stay(self, worker: Any) -> str:
        """Stay until the server has all, is gone, or the worker is being closed; says how it ended."""
        while not self._left.wait(LOOK_AGAIN):
            if time.monotonic() - self._heard > GRACE or worker.status.name not in AT_WORK:
                if self._process:
                    self._process.let_go()
                    self._process.wait(LAST_WORDS)
                return LEFT
        return ENDED

    def clear(self) -> None:
        if self._process:
            self._process.kill()
        self._outlet.close()
        shutil.rmtree(self._room, ignore_errors=True)


def _goes_on(told: bytes | None) -> bool:
    try:
        return told is not None and status.from_json(told).active
    except DAMAGED:
        return False


ANSWERS = ("meet", "take", "begin", "news", "end", "leave", "drop")


async def call(token: str, life: str, name: str, *arguments: Any) -> Any:
    """One of the `ANSWERS` of the guest that has this task; None where there is none, or it is not this one."""
    guest = guests.get(token)
    if guest is None or life not in ("", guest.life) or name not in ANSWERS:
        return None
    try:
        return await asyncio.to_thread(guest.answer, name, *arguments)
    except OSError as error:
        return Failed(error.strerror or str(error))


def carry_out(token: str, run: str, dataset: str, of: str) -> str:
    """The task: take up a run, and stay until it is over. `of` is the server's version of the code."""
    from distributed import get_worker

    if version() != of:
        return OTHER_VERSION
    worker = get_worker()
    _be_quiet()
    guest = guests[token] = Guest(Path(worker.local_directory) / HOME, run, dataset)
    try:
        return guest.stay(worker)
    finally:
        if guests.get(token) is guest:
            del guests[token]
        guest.clear()


class _Quiet(logging.Filter):
    """Dask notes each thing that it is let run beside its tasks; a run is asked several times a second."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.args != ("call",)


def _be_quiet() -> None:
    log = logging.getLogger("distributed.worker")
    if not any(isinstance(each, _Quiet) for each in log.filters):
        log.addFilter(_Quiet())
