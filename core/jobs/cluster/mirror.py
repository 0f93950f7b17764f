"""A run's folder here, kept as another machine writes it.

What comes is taken in an order that leaves the folder sound at any moment: events before the files that follow from them, the
status last. So a run whose machine is lost goes on elsewhere from its last checkpoint, as one goes on whose process died here.
"""

import contextlib
import os
import time
from pathlib import Path

import msgspec

from core.errors import DigitLabError
from core.files import DAMAGED
from core.jobs.cluster.parcels import PASSING, RETURNED, Ask, Intake, News, names_in, tail
from core.messages import N_
from core.runs import status
from core.runs.present import is_watched
from core.runs.process import machine, uptime
from core.runs.run import Run

CHECKPOINT = "checkpoint.safetensors"
STRANGE = N_("The computer of the cluster that trains it sent a file that belongs to no run.")


class Mirror:
    """What is here of a run that another machine has begun with.

    Parameters
    ----------
    have : the versions of the files that both have.
    commands : how many bytes of what was asked of the run have been given.
    """

    def __init__(self, run: Run, have: dict[str, str], commands: int) -> None:
        self._run, self._told = run, commands
        self._intake = Intake(self._place, have)
        self._record = self._new_record = self._changed_at("run.json", 0)
        self._status: bytes | None = None

    def _place(self, name: str) -> Path:
        if not RETURNED.fullmatch(name):
            raise DigitLabError(STRANGE)
        return self._run.path / name

    def ask(self) -> Ask:
        """What is here, and what is to be told; asking twice does no harm."""
        commands, _ = tail(self._run.path / "commands.jsonl", self._told)
        self._new_record = self._changed_at("run.json", self._record)
        changed = self._new_record != self._record
        return Ask(
            have=dict(self._intake.have),
            begun=self._intake.begun,
            lines=self._size("metrics.jsonl"),
            log=self._size("log.txt"),
            commands_from=self._told,
            commands=commands,
            record=(self._run.path / "run.json").read_bytes() if changed else None,
            watched=is_watched(self._run),
        )

    def take(self, ask: Ask, news: News) -> bool:
        """Take what came as the answer; says whether a checkpoint is among it. Raises `OSError` where it cannot be kept."""
        os.stat(self._run.path / "config.json")  # a run that was deleted does not come back
        self._told += len(ask.commands)
        self._record = self._new_record
        for name, content in (("metrics.jsonl", news.lines), ("log.txt", news.log)):
            if content:
                with open(self._run.path / name, "ab") as file:
                    file.write(content)
        for part in news.parts:
            self._intake.take(part)
        for name in set(names_in(self._run.path, PASSING)) - set(news.names):
            (self._run.path / name).unlink(missing_ok=True)
        if news.status is not None and news.status != self._status:
            self._tell(news.status)
        return any(part.whole and part.name == CHECKPOINT for part in news.parts)

    def close(self) -> None:
        """Let go of what has come in part, and of what is shown of the moment."""
        self._intake.drop()
        with contextlib.suppress(OSError):
            (self._run.path / "present.safetensors").unlink(missing_ok=True)

    def _tell(self, content: bytes) -> None:
        """Say how it stands, as of now by the clocks of this machine: those of two machines differ."""
        try:
            told = status.from_json(content)
        except DAMAGED:
            return  # it is written anew within two seconds
        now = msgspec.structs.replace(told, updated=time.time(), uptime=uptime(), machine=machine())
        self._run.set_status(now)
        self._status = content

    def _changed_at(self, name: str, otherwise: int) -> int:
        """When a file of the run was written; of one that is not there what is given."""
        try:
            return (self._run.path / name).stat().st_mtime_ns
        except FileNotFoundError:
            return otherwise

    def _size(self, name: str) -> int:
        try:
            return (self._run.path / name).stat().st_size
        except FileNotFoundError:
            return 0
