"""Runs are renamed, deleted (for a minute with a way back) and pruned.

What is deleted is moved to `.trash` beside the runs, in one step, so that no page sees half a run; a later deletion, or
`empty_trash`, takes away what has lain there for a minute.
"""

import os
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from core.errors import DigitLabError
from core.files import DAMAGED, is_full, last_use, write_atomically
from core.folders import runs_folder
from core.runs.moment import Moment
from core.runs.record import HOUSE, clean_note, clean_title
from core.runs.run import RUN_ID, Run, list_runs

UNDO_SECONDS = 60.0
MARK = ".deleted"
MOST_RUNS = 200
MOST_BYTES = 5_000_000_000


def rename(run: Run, title: str) -> str:
    """Give a run another name; returns it as it is kept. The model keeps the title that it was saved with."""
    title = clean_title(title)
    try:
        run.set_record(msgspec.structs.replace(run.record(), title=title))
    except OSError as error:
        raise DigitLabError("The name could not be kept: {reason}.", reason=error.strerror) from error
    return title


def write_note(run: Run, note: str) -> str:
    """Write down something about a run; returns it as it is kept. Nothing takes the note away."""
    note = clean_note(note)
    try:
        run.set_record(msgspec.structs.replace(run.record(), note=note))
    except OSError as error:
        raise DigitLabError("The note could not be kept: {reason}.", reason=error.strerror) from error
    return note


def star(run: Run, *, starred: bool) -> None:
    """Mark a run, or take the mark away."""
    try:
        run.set_record(msgspec.structs.replace(run.record(), starred=starred))
    except OSError as error:
        raise DigitLabError("The mark could not be kept: {reason}.", reason=error.strerror) from error


def delete(run: Run) -> None:
    """Move a run to the trash, from where `undo` brings it back for a minute. One at work must be stopped first."""
    run.check_changeable()
    if run.status().active:
        raise DigitLabError("This run is at work. Stop it first.")
    try:
        to_trash(run.path, run.path.parent)
    except OSError as error:
        raise DigitLabError("The run could not be deleted: {reason}.", reason=error.strerror) from error


def undo(run_id: str, root: Path | None = None) -> Run:
    """Bring back a run that was deleted less than a minute ago; its id is checked first, because it may come from a URL."""
    root = root or runs_folder()
    try:
        if not RUN_ID.fullmatch(run_id) or not from_trash(run_id, root / run_id, root):
            raise DigitLabError("This run cannot be brought back: it was deleted more than a minute ago, or never.")
    except OSError as error:
        raise DigitLabError("The run could not be brought back: {reason}.", reason=error.strerror) from error
    return Run(root / run_id)


def to_trash(folder: Path, root: Path) -> None:
    """Move a folder to the trash beside the runs, in one step; its minute begins now. Raises `OSError` where it cannot be.

    It works on a full disk too, where deleting is what makes room.
    """
    trash = _trash(root)
    trash.mkdir(exist_ok=True)
    empty_trash(root)
    try:
        write_atomically(_mark(trash / folder.name), msgspec.json.encode(Moment()), lasting=False)
    except OSError as error:
        if not is_full(error):
            raise
        os.utime(folder)  # by the date then
    os.rename(folder, trash / folder.name)


def from_trash(name: str, place: Path, root: Path) -> bool:
    """Move a folder back to its place; False where it is not in the trash any more. Raises `OSError` where it cannot be."""
    kept = _trash(root) / name
    if not kept.is_dir() or _over(kept):
        return False
    os.rename(kept, place)
    _mark(kept).unlink(missing_ok=True)
    return True


def empty_trash(root: Path | None = None) -> None:
    """Take away for good what was deleted more than a minute ago, and folders of runs that were never finished making."""
    root = root or runs_folder()
    trash = _trash(root)
    for path in trash.iterdir() if trash.is_dir() else ():
        if path.suffix != MARK and _over(path):
            shutil.rmtree(path, ignore_errors=True)
            _mark(path).unlink(missing_ok=True)
    for path in root.glob(".new-*"):
        if _over(path):
            shutil.rmtree(path, ignore_errors=True)


def to_prune(
    root: Path | None = None,
    *,
    most: float = MOST_RUNS,
    bytes: float = MOST_BYTES,
    in_use: Collection[str] = (),
    days: float = 0.0,
) -> list[Run]:
    """The runs that have to go for the rest to keep within the limits, the oldest first.

    What somebody has used within so many `days` stays.

    A run at work stays, and so do the newest one, those named in `in_use` (a model that somebody reads with), those that
    another run goes on from, and those of the house that somebody has starred. Where they alone are beyond the limits, the
    others all go, and that is all.
    """
    runs = list_runs(root)
    parents = {run.record().parent.partition("@")[0] for run in runs}
    sizes = {run: size_of(run) for run in runs}
    count, total, going = len(runs), sum(sizes.values()), []
    for run in reversed(runs[1:]):
        if count <= most and total <= bytes:
            break
        if run.id in in_use or run.id in parents or not may_go(run) or _days_unused(run) < days:
            continue
        going.append(run)
        count, total = count - 1, total - sizes[run]
    return going


def has_room(*, most: float, bytes: float, days: float) -> bool:
    """Whether there is room for one run more, when what may go has gone."""
    going = set(to_prune(most=most - 1, bytes=bytes, days=days))
    left = [run for run in list_runs() if run not in going]
    return len(left) < most and sum(map(size_of, left)) <= bytes


def used_file(run: Run) -> Path:
    """The file whose last use is the run's."""
    return run.model_path if run.model_path.is_file() else run.path


def _days_unused(run: Run) -> float:
    try:
        return (time.time() - last_use(used_file(run))) / 86_400.0
    except FileNotFoundError:  # it went at this moment
        return 0.0


def may_go(run: Run) -> bool:
    """Whether nobody minds its going: it is not at work, and not one of the house's that somebody has starred."""
    about = run.record()
    return not run.status().active and not (about.starred and about.owner in HOUSE)


def prune(root: Path | None = None, **limits: Any) -> list[Run]:
    """Delete what `to_prune` names, as `delete` does; returns it."""
    going = to_prune(root, **limits)
    for run in going:
        delete(run)
    return going


def size_of(run: Run) -> int:
    """Bytes of a run's files; one that goes meanwhile has none."""
    total = 0
    for folder, _, names in os.walk(run.path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:
                continue
    return total


def _trash(root: Path) -> Path:
    return root / ".trash"


def _mark(deleted: Path) -> Path:
    """Where it stands when a run was deleted, beside its folder in the trash."""
    return deleted.with_name(deleted.name + MARK)


def _over(path: Path) -> bool:
    """Whether its minute is over: on the clock that nobody sets, and by the date where nothing is noted of that."""
    try:
        return msgspec.json.decode(_mark(path).read_bytes(), type=Moment).ago > UNDO_SECONDS
    except (OSError, *DAMAGED):
        pass
    try:
        return abs(time.time() - path.stat().st_mtime) > UNDO_SECONDS
    except FileNotFoundError:
        return False
