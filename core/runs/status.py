"""Where a run stands: keys for programs, and a reason for a person. Its words are the pages' and the command line's."""

import time
from typing import Literal

import msgspec

from core.messages import Message
from core.runs.process import machine, uptime

State = Literal["queued", "waiting", "running", "paused", "finished", "stopped", "failed", "died"]
Phase = Literal["", "reading", "preparing", "training", "testing", "stopping"]
ACTIVE = ("queued", "waiting", "running", "paused")
BEAT_SECONDS = 2.0  # a worker writes its status at least so often, whatever it does
DIVERGED = "diverged"
SILENT_SECONDS = 60.0  # without a beat, a run of which nobody here knows the process has died

STOPPED = Message("It was stopped. What it had learned up to then is kept.")
STOPPED_EARLY = Message("It was stopped before it began to learn.")
STOPPED_BY_FORCE = Message("It was stopped, and ended by force because it did not answer. Its last checkpoint is safe.")
STOPPED_BARE = Message(
    "It was stopped, and ended by force because it did not answer. It had not reached a checkpoint yet."
)
WAITED_FOR = Message(
    "It was paused for ten minutes while others waited for their turn, and was stopped. What it had learned is kept, and it "
    "can go on."
)
TOO_LONG = Message(
    "It had been at work for as long as one training may be here, and was stopped. What it had learned up to then is kept."
)
PARENT_GONE = Message("The app was closed while it trained. What it had learned up to then is kept.")
DIED = Message(
    "The process that was training ended without a word. That also happens where a machine runs out of memory. Its last "
    "checkpoint is safe."
)
DIED_BARE = Message(
    "The process that was training ended without a word. That also happens where a machine runs out of memory. It had not "
    "reached a checkpoint yet."
)
NEVER_BEGUN = Message("No process ever began with it.")
DISK_FULL = Message("The disk is full. Make room and let the run go on: all up to its last checkpoint is safe.")
TAKEN = Message("Another process is at work on this run.")
UNREADABLE = Message("The run's status cannot be read.")


class Status(msgspec.Struct, frozen=True):
    """Where a run stands.

    Attributes
    ----------
    state : queued (for its turn), waiting (for its process), running, paused (by a person), finished, stopped (by a
        person), failed (with a reason), died (whoever worked on it is gone).
    phase : what a running or paused worker is doing: reading, preparing, training, testing, or stopping (it was asked to,
        and keeps what it has learned). Pages have words for it.
    step, epoch : how far it is, in batches and in epochs.
    reason : a sentence for a person: why it stopped or failed.
    by : who stopped or paused it, as their command says.
    cause : why it failed, as a key, where more can be offered than a sentence: "diverged".
    updated : when this was written, in seconds since 1970; the worker's beat.
    uptime : the same moment on the clock of that machine that nobody sets.
    machine : which machine that is.
    """

    state: State
    phase: str = ""
    step: int = 0
    epoch: float = 0.0
    reason: Message | None = None
    by: str = ""
    cause: str = ""
    updated: float = msgspec.field(default_factory=time.time)
    uptime: float = msgspec.field(default_factory=uptime)
    machine: str = msgspec.field(default_factory=machine)

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def detail(self) -> str:
        """The reason as an English sentence, or nothing."""
        return str(self.reason or "")

    @property
    def silence(self) -> float:
        """Seconds since this was written: a worker that is alive and silent for long hangs.

        On the same machine they are counted on a clock that nobody sets. Elsewhere, and after a restart of the machine,
        by the date, where a difference between two machines' clocks is no silence if it is short.
        """
        same = self.machine == machine()
        return max(uptime() - self.uptime if same else time.time() - self.updated, 0.0)


REWORDED = ("You stopped it.", "It was stopped.")  # of an earlier version: another visitor may read it


class _Earlier(msgspec.Struct):
    """What a status of an earlier version holds: its reason is a finished sentence."""

    state: State
    phase: str = ""
    detail: str = ""
    updated: float = 0.0
    machine: str | None = None


def to_json(status: Status) -> bytes:
    return msgspec.json.encode(status)


def from_json(content: bytes) -> Status:
    """A written status, of an earlier version too. Raises one of `core.files.DAMAGED` where it is none."""
    earlier = msgspec.json.decode(content, type=_Earlier)
    if earlier.machine is None:
        said = earlier.detail.replace(*REWORDED)
        reason = Message(said) if said else None
        return Status(earlier.state, earlier.phase, reason=reason, updated=earlier.updated, uptime=0.0, machine="")
    return msgspec.json.decode(content, type=Status)


def unreadable() -> Status:
    return Status("died", reason=UNREADABLE, updated=0.0, uptime=0.0, machine="")


def deserted(written: Status, *, stopped_by: str | None, kept: bool, begun: bool) -> Status:
    """What a run is at whose status somebody is at work, and nobody is: what was to be stopped is stopped, else it died.

    Parameters
    ----------
    stopped_by : who asked it to stop; None if nobody did.
    kept : whether it has a checkpoint.
    begun : whether a process ever worked on it.
    """
    if stopped_by is not None:
        reason = STOPPED_BY_FORCE if kept else STOPPED_BARE
        return msgspec.structs.replace(written, state="stopped", phase="", reason=reason, by=stopped_by)
    reason = NEVER_BEGUN if not begun else DIED if kept else DIED_BARE
    return msgspec.structs.replace(written, state="died", phase="", reason=reason, by="")
