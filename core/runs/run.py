"""The run folder: one training run on disk, and the only file that knows what lies where in it.

A worker writes, everybody else reads; the configuration, the events and the status are plain JSON. What a status says of
a worker that is gone is corrected on reading, so that a page shows the truth whatever became of the process.

    RUN/title.txt                its name for a person (written once)
    RUN/config.json              what to train and how (written once, before the worker starts)
    RUN/process.json             which process does the work (written once, by whoever starts it)
    RUN/status.json              state and phase (replaced atomically)
    RUN/metrics.jsonl            events, one a line (append only)
    RUN/commands.jsonl           what a person asked of the run, one a line (append only)
    RUN/checkpoint.safetensors   all that is needed to go on (replaced atomically)
    RUN/model.safetensors        the model, once there is one (replaced atomically)
    RUN/log.txt                  what the worker printed
"""

import dataclasses
import json
import os
import re
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import psutil
from safetensors import SafetensorError
from safetensors.numpy import load as parse_safetensors
from safetensors.numpy import save as to_safetensors

from core.config import Config
from core.errors import DigitLabError
from core.files import write_atomically
from core.folders import runs_folder
from core.models.files import read_model, save_model
from core.models.model import Model
from core.training.events import Event, from_line, to_line

RUN_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4,6}")
ACTIVE = ("waiting", "running")
ENDED = ("finished", "stopped", "failed", "died")


@dataclass(frozen=True, slots=True)
class Status:
    """Where a run stands.

    Attributes
    ----------
    state : waiting, running, finished, stopped (by a person), failed (with a reason), died (the worker is gone).
    phase : what a running worker is doing, in a few words.
    detail : a sentence for a person: why it stopped or failed.
    updated : when the status was written, in seconds since 1970.
    """

    state: str
    phase: str = ""
    detail: str = ""
    updated: float = field(default_factory=time.time)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE


def create_run(config: Config, root: Path | None = None, *, title: str = "") -> "Run":
    """Make the folder of a new run, waiting for a worker. Without a title it is named by its sizes and the time."""
    root = root or runs_folder()
    now = datetime.now()  # the milliseconds keep runs of one second in their order
    run_id = f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03x}{secrets.token_hex(2)[:3]}"
    run = Run(root / run_id)
    try:
        run.path.mkdir(parents=True)
        write_atomically(run.path / "title.txt", (title or _title(config, run)).encode())
        write_atomically(run.path / "config.json", config.to_json().encode())
        run.set_status(Status("waiting"))
    except OSError as error:
        raise DigitLabError(
            f"No run can be kept in {root}: {error.strerror}. Make room or choose another folder."
        ) from error
    return run


def open_run(run_id: str, root: Path | None = None) -> "Run":
    """The run with this id, which is checked first, because it may come from a URL."""
    run = Run((root or runs_folder()) / run_id)
    if not RUN_ID.fullmatch(run_id) or not (run.path / "config.json").is_file():
        raise DigitLabError("There is no such run. It may have been deleted.")
    return run


def list_runs(root: Path | None = None) -> list["Run"]:
    """All runs, the newest first."""
    root = root or runs_folder()
    names = os.listdir(root) if root.is_dir() else []
    found = [name for name in names if RUN_ID.fullmatch(name) and (root / name / "config.json").is_file()]
    return [Run(root / name) for name in sorted(found, reverse=True)]


class Run:
    """One run folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def created(self) -> datetime:
        return datetime.strptime(self.id[:15], "%Y%m%d-%H%M%S")

    def title(self) -> str:
        """Its name for a person, which its model takes over."""
        path = self.path / "title.txt"
        return path.read_text() if path.is_file() else self.id

    def config(self) -> Config:
        return Config.from_json((self.path / "config.json").read_bytes())

    # -- status

    def status(self) -> Status:
        """The status as it truly is: a run whose worker vanished has died, whatever its file says."""
        status = self._written_status()
        if not status.active or self._process_lives():
            return status
        status = self._written_status()  # it may have ended properly between the two looks
        return (
            dataclasses.replace(status, state="died", phase="", detail=self._last_words()) if status.active else status
        )

    def _written_status(self) -> Status:
        try:
            return Status(**json.loads((self.path / "status.json").read_text()))
        except (OSError, ValueError, TypeError):
            return Status("died", detail="The run's status cannot be read.", updated=0.0)

    def set_status(self, status: Status) -> None:
        write_atomically(self.path / "status.json", json.dumps(dataclasses.asdict(status)).encode())

    def set_process(self, pid: int) -> None:
        """Note which process does the work: its number and start time, because numbers are used again."""
        identity = [pid, psutil.Process(pid).create_time()]
        write_atomically(self.path / "process.json", json.dumps(identity).encode())

    def _process_lives(self) -> bool:
        """False only when a process was noted and is gone; a run that waits for one is alive."""
        try:
            pid, started = json.loads((self.path / "process.json").read_text())
            process = psutil.Process(pid)
            return abs(process.create_time() - started) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
        except FileNotFoundError:
            return True
        except (psutil.NoSuchProcess, ValueError, TypeError):
            return False

    def _last_words(self) -> str:
        kept = (
            "Its last checkpoint is safe." if self.checkpoint_path.is_file() else "It had not reached a checkpoint yet."
        )
        return f"The process that was training ended without a word. {kept}"

    # -- events

    def append(self, event: Event) -> None:
        with open(self.path / "metrics.jsonl", "a") as file:
            file.write(to_line(event) + "\n")

    def events(self, after: int = 0) -> tuple[list[Event], int]:
        """Events from the byte position `after` on, and the position behind the last whole line."""
        lines, after = _whole_lines(self.path / "metrics.jsonl", after)
        return [from_line(line) for line in lines], after

    # -- commands

    def send(self, command: str) -> None:
        """Ask the worker for something between two batches: "stop"."""
        with open(self.path / "commands.jsonl", "a") as file:
            file.write(json.dumps({"command": command}) + "\n")

    def commands(self, after: int = 0) -> tuple[list[str], int]:
        """Commands from the byte position `after` on, and the position behind the last whole line."""
        lines, after = _whole_lines(self.path / "commands.jsonl", after)
        return [json.loads(line)["command"] for line in lines], after

    # -- checkpoints and the model

    @property
    def checkpoint_path(self) -> Path:
        return self.path / "checkpoint.safetensors"

    @property
    def model_path(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def log_path(self) -> Path:
        return self.path / "log.txt"

    def save_checkpoint(self, state: dict[str, np.ndarray]) -> None:
        write_atomically(self.checkpoint_path, to_safetensors(state))

    def checkpoint(self) -> dict[str, np.ndarray]:
        try:
            return parse_safetensors(self.checkpoint_path.read_bytes())
        except (OSError, SafetensorError) as error:
            raise DigitLabError("This run has no checkpoint that can be read.") from error

    def save_model(self, model: Model) -> None:
        save_model(model, self.model_path)

    def model(self) -> Model:
        return read_model(self.model_path)


def _title(config: Config, run: Run) -> str:
    return f"{'-'.join(str(size) for size in config.network.sizes)}, {run.created:%d %b %H:%M}"


def _whole_lines(path: Path, after: int) -> tuple[list[str], int]:
    """Lines from the byte position `after` on; a process killed while writing leaves half a line, which is left unread."""
    try:
        with open(path, "rb") as file:
            file.seek(after)
            data = file.read()
    except FileNotFoundError:
        return [], after
    whole = data.rfind(b"\n") + 1
    return data[:whole].decode().splitlines(), after + whole
