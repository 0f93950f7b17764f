"""A class: a teacher opens it, pupils join it by its link with a name of their choice, and their runs stand on one board.

    RUNS/classes/CODE/class.json        who opened it and when, and whether the pupils see the board (replaced atomically)
    RUNS/classes/CODE/pupils/ID.json    a pupil: the name they chose, and who they are (ID is a hash of that)
    RUNS/classes/CODE/lock              held by who joins, so that there are never too many

A run of a class says so itself (`Record.room`). A class ends when its teacher says so, or after a day on the clock that nobody
sets; with it the names go. Its code cannot be guessed, and is checked before it is looked up: it comes from a link.
"""

import contextlib
import hashlib
import re
import secrets
import shutil
import unicodedata
from pathlib import Path

import msgspec

from core.errors import DigitLabError
from core.files import DAMAGED, locked, write_atomically
from core.folders import runs_folder
from core.messages import N_, unlinked
from core.runs.moment import Moment
from core.settings import settings

CODE = re.compile(r"[a-hjkmnp-z2-9]{10}", re.ASCII)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one
PICTURE = "So"  # the category of letters that are pictures, a fox's face among them
LASTS = 86_400.0  # seconds
LONGEST_NAME = 24  # letters
PATIENCE = 5.0  # seconds
OVER = N_("This class is over, or the link is wrong. Ask for a new link.")
FULL = N_("The class is full: {most} have joined.")
MANY = N_("{count} classes are open here, and no more can be. Try again later.")
NAMELESS = N_("Choose a name that can be read.")
LONG = N_("A name has at most {most} letters; this one has {n}.")
TAKEN = N_("There is a {name} in the class already. Choose another name, or add a letter.")
NOT_KEPT = N_("It could not be kept: {reason}.")


class _About(msgspec.Struct, frozen=True):
    owner: str
    opened: Moment
    shared: bool = False


class Pupil(msgspec.Struct, frozen=True):
    """A pupil: whose runs these are, what they call themselves, and whether the teacher has hidden that."""

    owner: str
    name: str
    number: int
    hidden: bool = False

    @property
    def id(self) -> str:
        return _hash(self.owner)


class Class:
    """An open class. `find` and `open_class` give one; all that is kept of it lies in its folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def code(self) -> str:
        return self.path.name

    @property
    def owner(self) -> str:
        """Who opened it."""
        return self._about().owner

    @property
    def shared(self) -> bool:
        """Whether pupils see the board."""
        return self._about().shared

    def is_over(self) -> bool:
        try:
            return self._about().opened.ago > LASTS
        except DigitLabError:
            return True

    def pupils(self) -> list[Pupil]:
        """All who have joined, in that order."""
        found = []
        for path in self.path.glob("pupils/*.json"):
            with contextlib.suppress(OSError, *DAMAGED):
                found.append(msgspec.json.decode(path.read_bytes(), type=Pupil))
        return sorted(found, key=lambda pupil: pupil.number)

    def pupil(self, owner: str) -> Pupil | None:
        """This visitor as a pupil; None where they have not joined."""
        return next((pupil for pupil in self.pupils() if pupil.owner == owner), None)

    def join(self, owner: str, name: str) -> Pupil:
        """Let a visitor join under a name, or take another name. Refused where the class is full or the name is taken."""
        name = clean_name(name)
        try:
            with locked(self.path / "lock", PATIENCE, every=0.01):
                pupils = self.pupils()
                known = next((pupil for pupil in pupils if pupil.owner == owner), None)
                if any(each.owner != owner and each.name.casefold() == name.casefold() for each in pupils):
                    raise DigitLabError(TAKEN, name=name)
                if not known and len(pupils) >= (most := settings().pupils):
                    raise DigitLabError(FULL, most=most)
                number = known.number if known else max((each.number for each in pupils), default=0) + 1
                return self._keep(Pupil(owner, name, number, known.hidden if known else False))
        except OSError as error:
            raise DigitLabError(NOT_KEPT, reason=error.strerror or error) from error

    def leave(self, owner: str) -> None:
        """Take a pupil's name away; their runs leave the board with it."""
        (self.path / "pupils" / f"{_hash(owner)}.json").unlink(missing_ok=True)

    def hide(self, pupil_id: str, *, hidden: bool) -> None:
        """Hide a pupil's name on the board, or show it again."""
        for pupil in self.pupils():
            if pupil.id == pupil_id:
                self._keep(msgspec.structs.replace(pupil, hidden=hidden))

    def share(self, *, shared: bool) -> None:
        """Let the pupils see the board, or not."""
        self._write(msgspec.structs.replace(self._about(), shared=shared))

    def end(self) -> None:
        """End it: its names are gone, its runs stay with who began them."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _keep(self, pupil: Pupil) -> Pupil:
        try:
            write_atomically(self.path / "pupils" / f"{pupil.id}.json", msgspec.json.encode(pupil))
        except OSError as error:
            raise DigitLabError(NOT_KEPT, reason=error.strerror) from error
        return pupil

    def _about(self) -> _About:
        try:
            return msgspec.json.decode((self.path / "class.json").read_bytes(), type=_About)
        except (OSError, *DAMAGED) as error:
            raise DigitLabError(OVER) from error

    def _write(self, about: _About) -> None:
        try:
            write_atomically(self.path / "class.json", msgspec.json.encode(about))
        except OSError as error:
            raise DigitLabError(NOT_KEPT, reason=error.strerror) from error


def open_class(owner: str) -> Class:
    """Open a class for a teacher, who has one at a time; what is over makes room."""
    remove_what_is_over()
    classes = _all()
    for each in classes:
        if each.owner == owner:
            return each
    if len(classes) >= settings().classes:
        raise DigitLabError(MANY, count=len(classes))
    made = Class(_folder() / "".join(secrets.choice(LETTERS) for _ in range(10)))
    try:
        made._write(_About(owner, Moment()))
    except DigitLabError:
        made.end()
        raise
    return made


def find(code: str) -> Class:
    """The class of a code. Raises `DigitLabError` where there is none, or it is over."""
    found = Class(_folder() / code)
    if not CODE.fullmatch(code) or found.is_over():
        raise DigitLabError(OVER)
    return found


def opened_by(owner: str) -> Class | None:
    """The class that a visitor has opened."""
    return next((each for each in _all() if each.owner == owner), None)


def joined_by(owner: str) -> Class | None:
    """The class that a visitor has joined."""
    name = f"{_hash(owner)}.json"
    return next((each for each in _all() if (each.path / "pupils" / name).is_file()), None)


def remove_what_is_over() -> None:
    for path in _folder().glob("*"):
        if CODE.fullmatch(path.name) and Class(path).is_over():
            Class(path).end()


def clean_name(name: str) -> str:
    """A name as it may stand on a board, in any script or in pictures. Raises `DigitLabError` where nothing of it can be read."""
    name = unlinked(" ".join("".join(letter if letter.isprintable() else " " for letter in name).split()))
    if not any(letter.isalnum() or unicodedata.category(letter) == PICTURE for letter in name):
        raise DigitLabError(NAMELESS)
    if len(name) > LONGEST_NAME:
        raise DigitLabError(LONG, most=LONGEST_NAME, n=len(name))
    return name


def _all() -> list[Class]:
    """The classes that are open."""
    found = (Class(path) for path in sorted(_folder().glob("*")) if CODE.fullmatch(path.name))
    return [each for each in found if not each.is_over()]


def _folder() -> Path:
    return runs_folder() / "classes"


def _hash(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16]
