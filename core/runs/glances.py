"""All runs at a glance, for a list of thousands: what is known of each from its small files, and kept while they stay the same.

Every file of a run is replaced as a whole, which changes the time of its folder: a folder that looks as it did holds what it
held. What goes on, or was written just now, is read anew each time.
"""

import contextlib
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from core.files import DAMAGED
from core.folders import runs_folder
from core.runs import record, status
from core.runs.names import is_earlier_name, name_of
from core.runs.record import Record
from core.runs.run import RUN_ID, Run
from core.runs.status import Status
from core.runs.summary import Summary, summary

MOST_KEPT = 5_000  # glances, of about 3 kB each
SETTLED_SECONDS = 2.0  # two changes that close to each other may have one time


@dataclass(frozen=True, slots=True)
class Glance:
    """What a table shows of a run.

    Attributes
    ----------
    id, title : of the run; the title as a person reads it.
    record, status, summary : what its small files say.
    """

    id: str
    title: str
    record: Record
    status: Status
    summary: Summary


class Glances:
    """Remembers glances at runs; any number of threads may ask."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, tuple[int, Glance]] = OrderedDict()
        self._lock = threading.Lock()

    def of_all(self, root: Path | None = None) -> list[Glance]:
        """Glances at all runs, the newest first."""
        root = root or runs_folder()
        found = []
        with (
            contextlib.suppress(OSError),
            os.scandir(root) as entries,
        ):  # there may be no run yet, or none that can be read
            for entry in entries:
                if RUN_ID.fullmatch(entry.name):
                    with contextlib.suppress(FileNotFoundError):  # it went at this moment
                        found.append((entry.name, entry.stat().st_mtime_ns))
        glances = (self._of(Run(root / name), changed) for name, changed in sorted(found, reverse=True))
        return [glance for glance in glances if glance]

    def _of(self, run: Run, changed: int) -> Glance | None:
        with self._lock:
            kept = self._kept.get(run.path)
        if kept and kept[0] == changed:
            return kept[1]
        made = look(run)
        if made and not made.status.active and time.time() - changed / 1e9 > SETTLED_SECONDS:
            with self._lock:
                self._kept[run.path] = changed, made
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return made


def look(run: Run) -> Glance | None:
    """A glance at a run as its files are now; None where there is none any more."""
    if not os.path.isfile(os.path.join(run.path, "config.json")):
        return None
    try:
        about = record.from_json(_content(run, "run.json"))
    except (OSError, *DAMAGED):
        about = run.record()
    title = about.title
    if title in ("", run.id) or is_earlier_name(title):
        title = name_of(run.id)
    return Glance(run.id, title, about, _status(run), summary(run))


def _status(run: Run) -> Status:
    """Of a run that is over it is what is written; of one at work somebody must be seen to work on it."""
    try:
        written = status.from_json(_content(run, "status.json"))
    except (OSError, *DAMAGED):
        return status.unreadable()
    return run.status() if written.active else written


def _content(run: Run, name: str) -> bytes:
    with open(os.path.join(run.path, name), "rb", buffering=0) as file:
        return file.read()


_GLANCES = Glances()


def glances(root: Path | None = None) -> list[Glance]:
    """Glances at all runs, the newest first, remembered for all who ask in this process."""
    return _GLANCES.of_all(root)
