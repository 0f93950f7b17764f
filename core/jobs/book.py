"""What all servers with one runs folder have in their queues: together they keep to the limits of one.

    RUNS/.queue/lock                 held by whoever looks and begins something: one at a time
    RUNS/.queue/turns.json           whose turn it is, and how many have arrived
    RUNS/.queue/3f8a09c211de.json    what one server has in its queue (replaced atomically)
    RUNS/.queue/3f8a09c211de.lock    held by that server as long as it lives

Who is gone is known by its lock, which the system lets go of however a process ends; neither a date nor a number of a process
settles it. What a server that is gone had begun counts until it has ended: the lifeline ends it (`core.jobs.lifeline`), and
where it hangs, a server that is left ends it by force. Its runs that waited are taken over by another. Files that are damaged
are written anew by whoever they belong to. Locks are those of one machine: a folder over a network is not promised.
"""

import contextlib
import errno
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from core.files import DAMAGED, Held, hold, locked, write_atomically
from core.folders import queue_folder
from core.jobs.executor import Work
from core.jobs.schedule import Turns
from core.runs.process import Process, identify, lives

BEAT = 1.0  # seconds after which a server says again that it is at work
ASLEEP_AFTER = 5.0  # seconds without that, after which what waits there holds nobody else back
LAST_MOMENTS = 5.0  # seconds beyond its grace in which a process without its server may still end by itself
PATIENCE = 5.0  # seconds that a look waits for another one
NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)  # nobody can begin anything there: there is nothing to share


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work as other servers need to know it.

    Attributes
    ----------
    run : the id of the run that it trains, or nothing.
    begun : when, on the clock that all processes of a machine share; None while it waits.
    process : who does it; None for the moment in which it is being begun.
    others as in `core.jobs.executor.Work` and `core.jobs.ticket.Ticket`.
    """

    number: int
    kind: str
    owner: str = ""
    alone: bool = False
    seconds: float = 30.0
    megabytes: int = 200
    grace: float = 0.0
    elsewhere: bool = False
    run: str = ""
    begun: float | None = None
    process: Process | None = None


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What one server has written: who it is, when it last looked, and, once it is gone, since when that is known."""

    server: Process
    beat: float
    entries: list[Entry] = []
    gone: float | None = None


class _Turns(msgspec.Struct, frozen=True):
    count: int = 0
    since: list[tuple[str, str, int]] = []


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """Another server's piece of work, as the schedule looks at it; `begun` is None while it waits."""

    work: Work
    number: int
    run: str
    begun: float | None


@dataclass
class Page:
    """The book as long as it is open: nobody else begins anything meanwhile.

    Attributes
    ----------
    turns : whose turn it is, to be changed in place.
    others : what other servers have in their queues.
    write : puts down what this server has; raises `OSError` where that cannot be done.
    """

    turns: Turns
    others: list[Other] = field(default_factory=list)
    write: Callable[[list[Entry]], None] = lambda entries: None


class Alone:
    """The book of a server that shares nothing."""

    def __init__(self) -> None:
        self._turns = Turns()

    @contextlib.contextmanager
    def open(self, *, make: bool = False) -> Iterator[Page]:
        yield Page(self._turns)

    def look(self) -> Page:
        return Page(self._turns)

    def left_behind(self) -> list[Entry]:
        return []

    def close(self) -> None:
        pass


class Book:
    """One server's way to the book of all. Not for two threads at a time.

    Parameters
    ----------
    folder : says where the book is.
    """

    def __init__(self, folder: Callable[[], Path] = queue_folder) -> None:
        self._folder = folder
        self._id = secrets.token_hex(6)
        self._lock: Held | None = None
        self._home: Path | None = None
        self._written: list[Entry] = []
        self._beat = float("-inf")
        self._alone, self._is_alone = Alone(), False  # as long as there is nothing to share

    @contextlib.contextmanager
    def open(self, *, make: bool = False) -> Iterator[Page]:
        """Open the book; with `make` it is begun where there is none. Raises `OSError` where that fails."""
        home = self._folder()
        if make:
            self._is_alone = not self._begun(home)
        if self._is_alone or not (home / "lock").exists():
            with self._alone.open() as page:
                yield page
            return
        with locked(home / "lock", PATIENCE, every=0.002):
            turns = _read_turns(home)
            before = turns.as_rows()
            yield Page(turns, self._others(home, settle=True), lambda entries: self._write(home, entries))
            if turns.as_rows() != before:
                count, since = turns.as_rows()
                write_atomically(home / "turns.json", msgspec.json.encode(_Turns(count, since)), lasting=False)

    def look(self) -> Page:
        """What stands in it, to be read only."""
        home = self._folder()
        if self._is_alone or not (home / "lock").exists():
            return self._alone.look()
        return Page(_read_turns(home), self._others(home))

    def left_behind(self) -> list[Entry]:
        """The runs that waited at servers that are gone; they are this server's to hand in from now on."""
        home, found = self._folder(), []
        if not (home / "lock").exists():
            return []
        with locked(home / "lock", PATIENCE, every=0.002):
            for path, sheet in self._sheets(home):
                if not _is_gone(path):
                    continue
                waiting = [entry for entry in sheet.entries if entry.begun is None]
                found += [entry for entry in waiting if entry.run]
                self._settle(path, sheet, [entry for entry in sheet.entries if entry.begun is not None])
        return found

    def close(self) -> None:
        """Leave the book: what this server had in it is over."""
        if self._lock and self._home:
            for suffix in (".json", ".lock"):
                (self._home / f"{self._id}{suffix}").unlink(missing_ok=True)
            self._lock.close()
        self._lock, self._written = None, []

    # -- this server's own sheet

    def _begun(self, home: Path) -> bool:
        """Whether this server has its lock in the book, which is begun if need be; False where nothing can be written."""
        try:
            if self._lock and self._home == home and self._lock.is_at(home / f"{self._id}.lock"):
                return True
            home.mkdir(parents=True, exist_ok=True)
            if self._lock:
                self._lock.close()
            self._lock, self._home, self._written = hold(home / f"{self._id}.lock"), home, []
            (home / "lock").touch()
        except OSError as error:
            if error.errno in NOT_WRITABLE:
                return False
            raise
        return True

    def _write(self, home: Path, entries: list[Entry]) -> None:
        now = time.monotonic()
        if entries == self._written and (not entries or now - self._beat < BEAT):
            return
        self._begun(home)
        sheet = Sheet(server=identify(os.getpid()), beat=now, entries=entries)
        write_atomically(home / f"{self._id}.json", msgspec.json.encode(sheet), lasting=False)
        self._written, self._beat = entries, now

    # -- those of others

    def _sheets(self, home: Path) -> Iterator[tuple[Path, Sheet]]:
        for path in sorted(home.glob("*.json")):
            if path.stem in ("turns", self._id):
                continue
            try:
                yield path, msgspec.json.decode(path.read_bytes(), type=Sheet)
            except (OSError, *DAMAGED):  # it went at this moment; or its server writes it anew
                continue

    def _others(self, home: Path, *, settle: bool = False) -> list[Other]:
        """What others have; what is over of those that are gone is settled by who holds the book."""
        found, now = [], time.monotonic()
        for path, sheet in self._sheets(home):
            gone = _is_gone(path)
            if gone and settle:
                left = _without_what_is_over(sheet, now)
                if left != sheet:
                    self._settle(path, left, left.entries)
                sheet = left
            for entry in sheet.entries:
                if entry.begun is not None or not (gone or now - sheet.beat > ASLEEP_AFTER):
                    found.append(_other(entry))
        return found

    def _settle(self, path: Path, sheet: Sheet, entries: list[Entry]) -> None:
        """Write down what is left of a server that is gone; when nothing is, nothing is kept of it."""
        with contextlib.suppress(OSError):  # then it is done at the next look
            if entries:
                kept = Sheet(server=sheet.server, beat=sheet.beat, entries=entries, gone=sheet.gone or time.monotonic())
                write_atomically(path, msgspec.json.encode(kept), lasting=False)
            else:
                path.unlink(missing_ok=True)
                path.with_suffix(".lock").unlink(missing_ok=True)


def _other(entry: Entry) -> Other:
    work = Work(entry.kind, (), owner=entry.owner, alone=entry.alone, seconds=entry.seconds, megabytes=entry.megabytes,
                elsewhere=entry.elsewhere)  # fmt: skip
    return Other(work, entry.number, entry.run, entry.begun)


def _read_turns(home: Path) -> Turns:
    try:
        found = msgspec.json.decode((home / "turns.json").read_bytes(), type=_Turns)
    except (OSError, *DAMAGED):
        return Turns()
    return Turns({(line, owner): since for line, owner, since in found.since}, found.count)


def _is_gone(sheet: Path) -> bool:
    """Whether a sheet's server has ended: then nobody holds its lock. Where there are no locks, its process is asked."""
    try:
        lock = hold(sheet.with_suffix(".lock"))
    except OSError:
        return False
    if lock is None:
        return False
    lock.close()
    if os.name == "posix":
        return True
    try:
        return lives(msgspec.json.decode(sheet.read_bytes(), type=Sheet).server) is False
    except (OSError, *DAMAGED):
        return False


def _without_what_is_over(sheet: Sheet, now: float) -> Sheet:
    """A sheet of a server that is gone without what has ended since; what should have ended long ago is ended by force."""
    gone = now if sheet.gone is None else sheet.gone
    kept = []
    for entry in sheet.entries:
        late = now - gone > entry.grace + LAST_MOMENTS
        alive = lives(entry.process) if entry.process else None
        if alive and late and entry.process:
            _end(entry.process)
        if entry.begun is None or (alive is not False and not late):
            kept.append(entry)
    return Sheet(server=sheet.server, beat=sheet.beat, entries=kept, gone=gone)


def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # each piece of work is a group of its own (`core.jobs.local`)
        else:
            os.kill(process.pid, signal.SIGTERM)
