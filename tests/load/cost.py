"""What servers and workers take: memory that is theirs, and time of the processors."""

import contextlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

import psutil

EVERY = 1.0  # seconds between two looks


def megabytes(process: psutil.Process) -> float:
    """What a process takes of the memory, what it shares with others counted in shares (PSS); of Linux alone, else all of it."""
    try:
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    except OSError:
        pass
    return process.memory_info().rss / 1e6


@dataclass
class Cost:
    """Of some processes and all that they have begun, from the beginning of the block to its end.

    Attributes
    ----------
    memory : megabytes of all of them together, at each look.
    seconds : of the processors.
    """

    roots: list[psutil.Process]
    memory: list[float] = field(default_factory=list)
    seconds: float = 0.0
    _spent: dict[int, float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        total = 0.0
        for process in self._all():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, ProcessLookupError):
                total += megabytes(process)
                self._spent[process.pid] = sum(process.cpu_times()[:2])
        self.memory.append(total)

    def _all(self) -> list[psutil.Process]:
        found = {}
        for root in self.roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                for process in [root, *root.children(recursive=True)]:
                    found[process.pid] = process
        return list(found.values())

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            self.look()

    def __enter__(self) -> "Cost":
        self.look()
        self._before = dict(self._spent)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.look()
        self.seconds = sum(spent - self._before.get(pid, 0.0) for pid, spent in self._spent.items())
