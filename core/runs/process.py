"""Which process works on a run. A note of it is a hint for whoever is on the same machine; for others the run's beat counts."""

import json
import os
import platform
import time
from pathlib import Path

import msgspec
import psutil

from core.files import DAMAGED

PROC = Path("/proc")


class Process(msgspec.Struct, frozen=True):
    """A process, known again although numbers are given anew and the clock is set.

    Attributes
    ----------
    pid : its number.
    started : when it started: in ticks since the machine's start where /proc says so, else in seconds since 1970. The
        system keeps the ticks; seconds since 1970 would be worked out from a clock that a person may set.
    machine : the machine, its start and the space of its numbers, see `machine`.
    """

    pid: int
    started: float
    machine: str


def machine() -> str:
    """Where numbers of processes mean the same: this start of this machine, and this container on it."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink(PROC / 'self/ns/pid')}"
    except OSError:
        return platform.node()


def uptime() -> float:
    """Seconds on a clock that nobody sets, the same for all processes of this machine."""
    return time.monotonic()


def age() -> float:
    """Seconds since this process started."""
    try:
        ticks = _started(os.getpid())
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except AttributeError:  # no /proc: macOS and Windows keep the time itself
        return time.time() - psutil.Process().create_time()


def identify(pid: int) -> Process:
    """The process with this number. Raises `psutil.NoSuchProcess` where there is none."""
    return Process(pid, _started(pid), machine())


def lives(process: Process) -> bool | None:
    """Whether a process is still at work; None where it cannot be said from here. A zombie is not at work."""
    if process.machine != machine():
        return None
    try:
        return abs(_started(process.pid) - process.started) < 1.0
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def note(pid: int) -> bytes:
    """What a run keeps of a process."""
    return msgspec.json.encode(identify(pid))


def noted_lives(content: bytes) -> bool | None:
    """Whether the process of a note is still at work; None where it cannot be said from here."""
    try:
        return lives(msgspec.json.decode(content, type=Process))
    except DAMAGED:
        return _earlier_lives(content)


def _earlier_lives(content: bytes) -> bool:
    """The same of a note of an earlier version, which holds a number and a time by the clock; False where it is damaged."""
    try:
        pid, started = json.loads(content)
        found = psutil.Process(pid)
        return abs(found.create_time() - started) < 1.0 and found.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, ValueError, TypeError, RecursionError):
        return False


def _started(pid: int) -> float:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except FileNotFoundError:
        if (PROC / "self" / "stat").exists():
            raise psutil.NoSuchProcess(pid) from None
        found = psutil.Process(pid)  # no /proc: macOS and Windows keep the time itself
        if found.status() == psutil.STATUS_ZOMBIE:
            raise psutil.ZombieProcess(pid) from None
        return found.create_time()
    except ProcessLookupError:
        raise psutil.NoSuchProcess(pid) from None
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    if fields[0] in "ZX":
        raise psutil.ZombieProcess(pid)  # a NoSuchProcess
    return float(fields[19])  # field 22 of the whole line: starttime
