"""A sweep on disk: the grid, and which run has which place in it. Found again after a restart, it goes on.

    RUNS/sweeps/ID/sweep.json    the grid, whose it is, and its runs (replaced atomically)
    RUNS/sweeps/ID/lock          held by who changes it or hands in its runs: one server at a time

The runs are runs as all others; those of one combination are a series (`core.runs.series`), which the name of theirs says.
"""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from core.errors import DigitLabError
from core.files import DAMAGED, locked, write_atomically
from core.folders import runs_folder
from core.messages import N_
from core.runs import keeping, links
from core.runs.record import PLAIN
from core.runs.run import RUN_ID, Run, open_run
from core.sweep.grid import Grid, Written

ID = re.compile(r"sweep-\d{8}-\d{6}-[0-9a-f]{4}", re.ASCII)
GONE = N_("That sweep is not here any more: it was deleted, or the link is wrong.")
NOT_KEPT = N_("The sweep could not be kept: {reason}. Make room, or try again.")
AT_WORK = N_("This sweep is at work. Stop it first.")
PATIENCE = 5.0  # seconds
TOO_LATE = N_("This sweep cannot be brought back: it was deleted more than a minute ago, or never.")


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a sweep.

    Attributes
    ----------
    grid : what is tried.
    owner, room : whose its runs are, and in which class.
    preset : the name of a known one.
    created : when, in UTC.
    links : which generation of its links works (`core.runs.links`); "" is the first.
    open : whether runs are still to be handed in, or to be gone on with.
    runs : the run at each place; a place is the number of the training and the seed, "3.0".
    goes_on : the places whose run ended too early and is to go on.
    tries : how often each was gone on with after its server had gone.
    """

    grid: Written
    owner: str = ""
    room: str = ""
    preset: str = ""
    created: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    links: str = ""
    open: bool = True
    runs: dict[str, str] = {}
    goes_on: tuple[str, ...] = ()
    tries: dict[str, int] = {}

    def __post_init__(self) -> None:
        if not all(map(RUN_ID.fullmatch, self.runs.values())) or not all(
            map(PLAIN.fullmatch, (self.owner, self.links))
        ):
            raise DigitLabError("A sweep has runs and an owner.")


def place_of(training: int, seed: int) -> str:
    """The name of a place."""
    return f"{training}.{seed}"


@dataclass(frozen=True)
class Sweep:
    """One sweep's folder."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    def about(self) -> About:
        """Raises `DigitLabError` where it is not there, or damaged."""
        try:
            return msgspec.json.decode((self.path / "sweep.json").read_bytes(), type=About)
        except (OSError, *DAMAGED) as error:
            raise DigitLabError(GONE) from error

    def write(self, about: About) -> None:
        try:
            write_atomically(self.path / "sweep.json", msgspec.json.encode(about))
        except OSError as error:
            raise DigitLabError(NOT_KEPT, reason=error.strerror) from error

    def series(self, training: int) -> str:
        """The series of the runs of a combination."""
        return f"{self.id}.{training}"

    def run(self, run_id: str) -> Run | None:
        """One of its runs; None where it was deleted."""
        try:
            return open_run(run_id, self.path.parent.parent)
        except DigitLabError:
            return None

    def going(self) -> list[Run]:
        """Its runs that wait or are at work."""
        found = map(self.run, self.about().runs.values())
        return [run for run in found if run and run.status().active]


def create(grid: Grid, *, owner: str = "", room: str = "", preset: str = "", root: Path | None = None) -> Sweep:
    """Make the folder of a new sweep; nothing of it is trained yet."""
    now = datetime.now().astimezone()
    made = Sweep(_folder(root) / f"sweep-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")
    try:
        made.write(About(grid=Written.of(grid), owner=owner, room=room, preset=preset))
    except DigitLabError:
        remove(made)
        raise
    return made


def find(sweep_id: str, root: Path | None = None) -> Sweep:
    """The sweep of an id, which is checked first, because it may come from a URL."""
    found = Sweep(_folder(root) / sweep_id)
    if not ID.fullmatch(sweep_id) or not (found.path / "sweep.json").is_file():
        raise DigitLabError(GONE)
    return found


def list_sweeps(root: Path | None = None) -> list[Sweep]:
    """All sweeps, the newest first."""
    folder = _folder(root)
    names = os.listdir(folder) if folder.is_dir() else []
    return [Sweep(folder / name) for name in sorted(filter(ID.fullmatch, names), reverse=True)]


@contextlib.contextmanager
def held(sweep: Sweep) -> Iterator[None]:
    """Change what is kept of a sweep, alone. Raises `DigitLabError` where that cannot be."""
    try:
        with locked(sweep.lock, PATIENCE):
            yield
    except OSError as error:
        raise DigitLabError(NOT_KEPT, reason=error.strerror or error) from error


def renew_links(sweep: Sweep) -> None:
    """Make all links worthless that were given of a sweep so far. Raises `DigitLabError` where that cannot be kept."""
    with held(sweep):
        sweep.write(msgspec.structs.replace(sweep.about(), links=links.new_generation()))


def id_in(series: str) -> str:
    """The sweep that the name of a series speaks of; "" where it does of none."""
    sweep_id = series.partition(".")[0]
    return sweep_id if ID.fullmatch(sweep_id) else ""


def is_shown(run_id: str, series: str, seen: Mapping[str, str]) -> bool:
    """Whether a run, of this series, is one of a sweep whose link works still; `seen` names sweeps with their generation."""
    sweep_id = id_in(series)
    if not sweep_id or sweep_id not in seen:
        return False
    try:
        about = find(sweep_id).about()
    except DigitLabError:
        return False
    return seen[sweep_id] == about.links and run_id in about.runs.values()


def delete(sweep: Sweep) -> None:
    """Take a sweep away with its runs; `undo` brings them back for a minute. One at work must be stopped first."""
    about = sweep.about()
    if about.open or sweep.going():
        raise DigitLabError(AT_WORK)
    try:
        keeping.to_trash(sweep.path, sweep.path.parent.parent)
    except OSError as error:
        raise DigitLabError("The sweep could not be deleted: {reason}.", reason=error.strerror) from error
    for run in map(sweep.run, about.runs.values()):
        if run and not run.record().starred:  # what somebody has marked stays
            with contextlib.suppress(DigitLabError):  # one that another needs, or that went at this moment
                keeping.delete(run)


def undo(sweep_id: str, root: Path | None = None) -> Sweep:
    """Bring back a sweep that was deleted less than a minute ago, and its runs."""
    root = root or runs_folder()
    if not ID.fullmatch(sweep_id):
        raise DigitLabError(TOO_LATE)
    try:
        if not keeping.from_trash(sweep_id, _folder(root) / sweep_id, root):
            raise DigitLabError(TOO_LATE)
    except OSError as error:
        raise DigitLabError("The sweep could not be brought back: {reason}.", reason=error.strerror) from error
    found = find(sweep_id, root)
    for run_id in found.about().runs.values():
        with contextlib.suppress(DigitLabError):  # one that was not deleted
            keeping.undo(run_id, root)
    return found


def remove(sweep: Sweep) -> None:
    """Take a sweep away for good; its runs stay."""
    shutil.rmtree(sweep.path, ignore_errors=True)


def _folder(root: Path | None = None) -> Path:
    return (root or runs_folder()) / "sweeps"
