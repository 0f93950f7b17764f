"""What strangers brought or made, and nobody uses any more, makes room: runs, sweeps, digits, networks from files, taught
copies.

Age is counted by the date from the last use, in days, so that a clock that is a day wrong does no harm; after a larger jump
nothing goes until the clock has gone evenly for a day (`EvenClock`).
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.datasets import uploads
from core.errors import DigitLabError
from core.files import last_use
from core.models import given
from core.runs import keeping
from core.runs.process import uptime
from core.runs.record import HOUSE
from core.runs.run import Run, list_runs
from core.sweep.sweep import list_sweeps, remove
from core.teach import copies

DAY = 86_400.0  # seconds
JUMP = 3_600.0  # seconds
AT_LEAST = 1.0  # days that a thing stays whatever room it takes: somebody may have it before them


class EvenClock:
    """Whether the date has kept step for a day with the clock that nobody sets, or as long as this process has been there."""

    def __init__(self) -> None:
        self._offset, self._jumped = time.time() - uptime(), float("-inf")

    def is_even(self) -> bool:
        offset, now = time.time() - uptime(), uptime()
        if abs(offset - self._offset) > JUMP:
            self._offset, self._jumped = offset, now
        return now - self._jumped > DAY


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is kept.

    Attributes
    ----------
    kind, name : what it is: "run", "sweep", "digits", "network" or "copy"; and what it is called.
    bytes, days : how much room it takes, and since when nobody has used it.
    remove : takes it away.
    """

    kind: str
    name: str
    bytes: int
    days: float
    remove: Callable[[], None]


def to_go(*, days: float, megabytes: float = float("inf"), everyone: bool = False) -> list[Thing]:
    """What has to go: what nobody has used for so many days, and the oldest of the rest as long as all take more room.

    What is at work or needed by what is, the newest run, and what the house has starred stays. What belongs to the house
    stays too, unless it is asked for `everyone`.
    """
    found = sorted(_things(everyone), key=lambda each: -each.days)
    going = [each for each in found if each.days > days]
    rest = [each for each in found if each.days <= days]
    total = sum(each.bytes for each in rest)
    for each in rest:
        if total <= 1e6 * megabytes or each.days < AT_LEAST:
            break
        going.append(each)
        total -= each.bytes
    return going


def prune(things: list[Thing]) -> None:
    """Take things away; what went meanwhile, or cannot be taken, is left."""
    for each in things:
        with contextlib.suppress(OSError, DigitLabError):
            each.remove()


def _things(everyone: bool) -> Iterator[Thing]:
    runs = list_runs()
    records = {run.id: run.record() for run in runs}
    parents = {about.parent.partition("@")[0] for about in records.values()}
    for run in runs[1:]:
        if run.id in parents or not keeping.may_go(run) or not (everyone or records[run.id].owner not in HOUSE):
            continue
        yield from _thing("run", run.id, run.path, keeping.used_file(run), partial(keeping.delete, run))
    for sweep in list_sweeps():
        with contextlib.suppress(DigitLabError):  # a damaged one: nobody knows whose
            about = sweep.about()
            if not about.open and (everyone or about.owner not in HOUSE):
                file = sweep.path / "sweep.json"
                yield from _thing("sweep", sweep.id, file, file, partial(remove, sweep))
    learned_from = {_digits_of(run) for run in runs if run.status().active}
    for name in uploads.uploads():
        if name not in learned_from and (everyone or uploads.is_strangers(name)):
            yield from _thing("digits", name, *2 * (uploads.file_of(name),), partial(uploads.remove, name))
    for path in given.all_given():
        if everyone or not any(path.parent == given.folder_of(owner) for owner in HOUSE):
            yield from _thing("network", path.stem, path, path, path.unlink)
    for name in copies.all_copies():
        if everyone or copies.owner_of(name) not in HOUSE:
            file = copies.find_copy(name)
            yield from _thing("copy", name, file, file, partial(copies.delete_copy, name))


def _digits_of(run: Run) -> str:
    """The name of the digits that a run learns from; "" where its settings are damaged: it cannot go on either."""
    try:
        return run.config().training.dataset
    except DigitLabError:
        return ""


def _thing(kind: str, name: str, path: Path, used: Path, remove: Callable[[], None]) -> Iterator[Thing]:
    try:
        size = keeping.size_of(Run(path)) if path.is_dir() else path.stat().st_size
        yield Thing(kind, name, size, (time.time() - last_use(used)) / DAY, remove)
    except FileNotFoundError:  # it went at this moment
        return
