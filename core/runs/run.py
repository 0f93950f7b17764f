"""The run folder: one training run on disk, and the only file that knows what lies where in it.

A worker writes, everybody else reads. What a status says of a worker that is gone is corrected on reading, so that a page
shows the truth whatever became of the process.

    RUN/run.json                 its name for a person, whose it is, where it comes from
    RUN/config.json              what to train and how (written before the worker starts, which settles its engine)
    RUN/process.json             which process does the work (written by whoever starts it, and by itself)
    RUN/status.json              state and phase (replaced atomically), again every two seconds: the worker's beat
    RUN/metrics.jsonl            events, one a line (append only)
    RUN/commands.jsonl           what a person asked of the run, one a line (append only)
    RUN/checkpoint.safetensors   all that is needed to go on (replaced atomically)
    RUN/snapshots/0007.safetensors   the network after epoch 7, in half precision; 0000.25 is a quarter of the first
    RUN/model.safetensors        the model, once there is one (replaced atomically)
    RUN/summary.json             what a list of runs shows, so that it need not open the rest
    RUN/reserve                  some kilobytes that are given up for the last status when the disk is full
    RUN/present.safetensors      the network as it is now, as long as somebody watches (`core.runs.present`)
    RUN/watched                  touched by whoever does
    RUN/log.txt                  what the worker printed

One run comes with the project, the `recording`: it is shown as any other, and never changes.

Runs of earlier versions have `title.txt` in the place of `run.json`, and no summary.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as parse_safetensors
from safetensors.numpy import save as to_safetensors

from core.config import Config
from core.engines import check
from core.errors import DigitLabError
from core.files import DAMAGED, append_line, check_header, is_full, whole_lines, write_atomically
from core.folders import SHIPPED_DATA, runs_folder
from core.messages import N_
from core.models.files import read_model, save_model
from core.models.model import Model
from core.runs import names, process, record, status
from core.runs.record import Record
from core.runs.status import ACTIVE, SILENT_SECONDS, Status
from core.training import commands, events
from core.training.commands import Command, Resume, Stop
from core.training.events import Event

__all__ = ["ACTIVE", "RECORDING", "RUN_ID", "Record", "Run", "Status", "create_run", "list_runs", "open_run"]

RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4,6}", re.ASCII)
RECORDING = "recording"  # the id of the run that comes with the project
UNCHANGED = N_("This is the recording that comes with Digit Lab. It can be watched, and stays as it is.")
RESERVE_BYTES = 16 << 10


def new_id(now: datetime | None = None) -> str:
    """An id that no run has; the milliseconds keep runs of one second in their order."""
    now = now or datetime.now().astimezone()
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03x}{secrets.token_hex(2)[:3]}"


def create_run(config: Config, root: Path | None = None, *, title: str = "", **about: Any) -> "Run":
    """Make the folder of a new run, waiting for a worker.

    Parameters
    ----------
    title : its name; without one its id chooses one that no other run has (`core.runs.names`).
    about : what else its `Record` shall hold: owner, series, parent, kind, snapshots.

    The folder appears whole: it is made under a hidden name, and then given its own. What the engine refuses makes none.
    """
    check(config.network, config.training)
    root = root or runs_folder()
    now = datetime.now().astimezone()
    run_id = new_id(now)
    taken = {other.title() for other in list_runs(root)}
    title = record.clean_title(title) if title else names.name_of(run_id, taken)
    made = Run(root / f".new-{run_id}")
    known = Record(title=title, created=now.astimezone(UTC), **about)
    try:
        made.path.mkdir(parents=True)
        try:
            write_atomically(made.path / "run.json", record.to_json(known))
            write_atomically(made.path / "config.json", config.to_json().encode())
            write_atomically(made.reserve_path, os.urandom(RESERVE_BYTES))  # what can be packed would make no room
            made.set_status(Status("waiting"))
            os.rename(made.path, root / run_id)
        except OSError:
            shutil.rmtree(made.path, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror
        raise DigitLabError(
            "No run can be kept in {root}: {reason}. Make room or choose another folder.", root=root, reason=reason
        ) from error
    return Run(root / run_id)


def open_run(run_id: str, root: Path | None = None) -> "Run":
    """The run with this id, which is checked first, because it may come from a URL."""
    if run_id == RECORDING:
        return recording()
    run = Run((root or runs_folder()) / run_id)
    if not RUN_ID.fullmatch(run_id) or not (run.path / "config.json").is_file():
        raise DigitLabError("There is no such run. It may have been deleted.")
    return run


def recording() -> "Run":
    """The run that comes with the project."""
    return Run(SHIPPED_DATA / RECORDING)


def list_runs(root: Path | None = None) -> list["Run"]:
    """All runs, the newest first."""
    root = root or runs_folder()
    names = os.listdir(root) if root.is_dir() else []
    found = [name for name in names if RUN_ID.fullmatch(name) and (root / name / "config.json").is_file()]
    return [Run(root / name) for name in sorted(found, reverse=True)]


@dataclass(frozen=True)
class Run:
    """One run folder."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def is_recording(self) -> bool:
        """Whether it is the one that comes with the project, which nobody changes."""
        return self.path == SHIPPED_DATA / RECORDING

    def check_changeable(self) -> None:
        """Raise `DigitLabError` where nothing may be changed."""
        if self.is_recording:
            raise DigitLabError(UNCHANGED)

    # -- what it is

    def record(self) -> Record:
        """Its record; of a run of an earlier version, or with a damaged one, as much as can be known."""
        try:
            return record.from_json((self.path / "run.json").read_bytes())
        except (OSError, *DAMAGED):
            return record.earlier(self.path)

    def set_record(self, about: Record) -> None:
        self.check_changeable()
        write_atomically(self.path / "run.json", record.to_json(about))

    def title(self) -> str:
        """Its name for a person, which its model takes over."""
        title = self.record().title
        return names.name_of(self.id) if title in ("", self.id) or names.is_earlier_name(title) else title

    @property
    def created(self) -> datetime:
        """When it was made, in local time."""
        return self.record().created.astimezone()

    def config(self) -> Config:
        try:
            return Config.from_json((self.path / "config.json").read_bytes())
        except OSError as error:
            raise DigitLabError("The run's configuration cannot be read: {reason}.", reason=error.strerror) from error

    def settle(self, config: Config) -> None:
        """Write down the configuration with what its worker has settled: which engine computes, where that was `auto`."""
        write_atomically(self.path / "config.json", config.to_json().encode())

    # -- status

    def status(self) -> Status:
        """The status as it truly is: a run whose worker vanished has died, or is stopped if that was asked for."""
        written = self._written_status()
        if not written.active or self._is_worked_on(written):
            return written
        written = self._written_status()  # it may have ended properly between the two looks
        return self._ended(written) if written.active else written

    def _written_status(self) -> Status:
        try:
            return status.from_json((self.path / "status.json").read_bytes())
        except (OSError, *DAMAGED):
            return status.unreadable()

    def set_status(self, new: Status) -> None:
        """Write where it stands; on a full disk the reserve is given up for what is the end of it."""
        try:
            write_atomically(self.path / "status.json", status.to_json(new))
        except OSError as error:
            if not is_full(error) or new.active:
                raise
            self.reserve_path.unlink(missing_ok=True)
            write_atomically(self.path / "status.json", status.to_json(new))

    def set_process(self, pid: int) -> None:
        """Note which process answers for the run: its worker, or as long as it is queued, whoever keeps the queue."""
        write_atomically(self.path / "process.json", process.note(pid))

    def forget_process(self) -> None:
        (self.path / "process.json").unlink(missing_ok=True)

    def _is_worked_on(self, written: Status) -> bool:
        """Whether somebody answers for it: a process that lives, or where none is known, a beat not long ago."""
        known = self._process_lives()
        return written.silence < SILENT_SECONDS if known is None else known

    def _process_lives(self) -> bool | None:
        """Whether the noted process is at work; None when there is no note, or it cannot be told from here."""
        try:
            content = (self.path / "process.json").read_bytes()
        except OSError:
            return None
        return process.noted_lives(content)

    def _ended(self, written: Status) -> Status:
        """What a run is of which nobody is at work any more, though its status says so."""
        stops = [command for command in self.asked() if isinstance(command, Stop)]
        kept = self.checkpoint_path.is_file()
        begun = kept or (self.path / "process.json").exists() and written.state != "queued"
        return status.deserted(written, stopped_by=stops[0].by if stops else None, kept=kept, begun=begun)

    def desert(self) -> None:
        """Note that nobody is at work on it any more, where its status says that somebody is."""
        if (written := self._written_status()).active:
            self.set_status(self._ended(written))

    # -- events

    def append(self, event: Event) -> None:
        append_line(self.path / "metrics.jsonl", events.to_line(event))

    def events(self, after: int = 0) -> tuple[list[Event], int]:
        """Events from the byte position `after` on, and the position behind the last whole line.

        Damaged lines are left out, and what was lost when another process went on from a checkpoint. Who reads in parts
        puts each behind what was read before by `core.training.events.follow`, for a loss may reach back into that.
        """
        lines, after = whole_lines(self.path / "metrics.jsonl", after)
        return events.follow([], filter(None, map(events.from_line, lines))), after

    def events_file(self) -> tuple[int, int]:
        """When the file of events was changed last, in nanoseconds, and its bytes; zeros while there is none."""
        try:
            found = (self.path / "metrics.jsonl").stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    # -- commands

    def send(self, command: Command) -> None:
        """Ask something of whoever works on the run; it looks every 50 ms."""
        self.check_changeable()
        append_line(self.path / "commands.jsonl", commands.to_line(command))

    def commands(self, after: int = 0) -> tuple[list[Command], int]:
        """Commands from the byte position `after` on, and the position behind the last whole line."""
        lines, after = whole_lines(self.path / "commands.jsonl", after)
        return list(filter(None, map(commands.from_line, lines))), after

    def asked(self) -> list[Command]:
        """What has been asked of the process that works on it: all since it was resumed, or ever."""
        return since_resumed(self.commands()[0])

    # -- checkpoints and the model

    @property
    def checkpoint_path(self) -> Path:
        return self.path / "checkpoint.safetensors"

    @property
    def model_path(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def reserve_path(self) -> Path:
        return self.path / "reserve"

    @property
    def log_path(self) -> Path:
        return self.path / "log.txt"

    def save_checkpoint(self, state: dict[str, np.ndarray]) -> None:
        write_atomically(self.checkpoint_path, to_safetensors(state))

    def checkpoint(self) -> dict[str, np.ndarray]:
        try:
            content = self.checkpoint_path.read_bytes()
            check_header(content)
            return parse_safetensors(content)
        except (OSError, SafetensorError, ValueError) as error:
            raise DigitLabError("This run has no checkpoint that can be read.") from error

    def save_model(self, model: Model) -> None:
        save_model(model, self.model_path)

    def model(self) -> Model:
        return read_model(self.model_path)


def since_resumed(asked: list[Command]) -> list[Command]:
    """The commands behind the last `Resume`: what was asked of an earlier process is over."""
    starts = [at for at, command in enumerate(asked, start=1) if isinstance(command, Resume)]
    return asked[starts[-1] if starts else 0 :]
