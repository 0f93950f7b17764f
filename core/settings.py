"""What a server allows: from `digitlab.toml` and `DIGITLAB_…`, with strict limits for strangers and none on one's own computer.

A setting's place, the strongest first: the environment (its name in capitals behind `DIGITLAB_`), the file (`epochs = 50`), and
else what stands in the table below, in the column of where the server is: on one's own computer, or, with
`DIGITLAB_HOSTED=1`, on the internet.
"""

import functools
import logging
import math
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from reprlib import repr as short
from typing import Any

from core.errors import DigitLabError
from core.folders import PROJECT
from core.messages import N_

NONE = math.inf  # no limit but the machine's
OWN_OR_STRANGERS = {  # on one's own computer, and for strangers
    "waiting": (NONE, 3),
    "waiting_in_all": (NONE, 40),
    "epochs": (NONE, 50),
    "units": (NONE, 2_000),
    "weights": (NONE, 2_000_000),
    "run_seconds": (NONE, 900),
    "kept_runs": (NONE, 20),
    "kept_runs_in_all": (NONE, 500),
    "run_megabytes": (NONE, 300),
    "run_megabytes_in_all": (NONE, 5_000),
    "sweeps": (NONE, 5),
    "sweeps_in_all": (NONE, 100),
    "uploads": (NONE, 3),
    "upload_megabytes": (NONE, 100),
    "upload_megabytes_in_all": (4_000, 1_000),
    "networks": (10, 10),
    "networks_in_all": (60, 100),
    "copies": (30, 5),
    "copies_in_all": (30, 100),
    "drawing_kilobytes": (NONE, 500),
    "days": (NONE, 14),
    "pupils": (60, 60),
    "classes": (20, 20),
}
PREFIX = "DIGITLAB_"
HOSTED = "hosted"
FILE = "digitlab.toml"
LONGEST_NUMBER = 15  # digits
LONGEST_FILE = 100_000  # bytes
NO_NUMBER = N_("{where}: {name} is to be a whole number from 1 on, or “none”, not {value}.")
NO_SWITCH = N_("{where}: hosted is to be true or false, not {value}.")
UNKNOWN = N_("{where}: there is no setting called {name}. There are: {known}.")
UNREADABLE = N_("The settings in {path} cannot be read: {reason}.")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server allows; `inf` is no limit.

    Attributes
    ----------
    hosted : whether visitors are strangers to one another.
    waiting, waiting_in_all : pieces of work that may wait, of one visitor and of all.
    epochs, units, weights : of a training; units are those of all its layers between picture and answers.
    run_seconds : that a run may be at work; then it is stopped, and keeps what it has learned.
    kept_runs, kept_runs_in_all : runs that are kept, of one visitor and of all.
    run_megabytes, run_megabytes_in_all : what they may take on the disk.
    sweeps, sweeps_in_all : that are kept, of one visitor and of all.
    uploads, upload_megabytes, upload_megabytes_in_all : data of one's own that are kept.
    networks, networks_in_all : networks given in a file that are kept.
    copies, copies_in_all : taught copies that are kept.
    drawing_kilobytes : of what a browser sends of a drawing.
    days : after which what strangers brought or made is removed, unless it is in use.
    pupils, classes : in a class, and classes that are open.
    """

    hosted: bool = False
    waiting: float = NONE
    waiting_in_all: float = NONE
    epochs: float = NONE
    units: float = NONE
    weights: float = NONE
    run_seconds: float = NONE
    kept_runs: float = NONE
    kept_runs_in_all: float = NONE
    run_megabytes: float = NONE
    run_megabytes_in_all: float = NONE
    sweeps: float = NONE
    sweeps_in_all: float = NONE
    uploads: float = NONE
    upload_megabytes: float = NONE
    upload_megabytes_in_all: float = NONE
    networks: float = NONE
    networks_in_all: float = NONE
    copies: float = NONE
    copies_in_all: float = NONE
    drawing_kilobytes: float = NONE
    days: float = NONE
    pupils: float = NONE
    classes: float = NONE


NAMES = tuple(field.name for field in fields(Settings))


@dataclass(slots=True)
class _Last:
    """What this process has read last: of which file, with which environment, and as it was when."""

    asked: tuple[Path, tuple[tuple[str, str], ...]] | None = None
    changed: int = 0
    found: Settings = Settings()
    told: int | None = None


_last = _Last()


def settings() -> Settings:
    """What holds now. Raises `DigitLabError` where an entry is none, with the place where it stands.

    Where somebody writes into the file, or takes it away, while a server runs, what it said before holds until it can be read.
    """
    path = file()
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        changed = 0
    given = tuple((name, value) for name in NAMES if (value := os.environ.get(_variable(name))) is not None)
    asked = path, given
    try:
        found = _read(path, changed, given)
    except DigitLabError as error:
        if _last.asked != asked:
            raise
        return _still(changed, str(error))
    if _last.asked == asked and _last.changed and not changed:  # an editor's way to write it anew, or a slip
        return _still(changed, "there is no such file any more")
    _last.asked, _last.changed, _last.found, _last.told = asked, changed, found, None
    return found


def _still(changed: int, why: str) -> Settings:
    """What held before; why it still does is told once."""
    if _last.told != changed:
        log.warning("The settings stay as they were: %s", why)
        _last.told = changed
    return _last.found


def beyond(most: float, newest_first: Sequence[Path]) -> Sequence[Path]:
    """What has to go of files of which so many are kept, or any number: the oldest."""
    return newest_first[int(most) :] if most < len(newest_first) else ()


def file() -> Path:
    """Where the file of settings lies: `$DIGITLAB_SETTINGS`, or `digitlab.toml` in the project. There need be none."""
    return Path(os.environ.get("DIGITLAB_SETTINGS") or PROJECT / FILE)


@functools.lru_cache(maxsize=16)
def _read(path: Path, changed: int, given: tuple[tuple[str, str], ...]) -> Settings:
    values: dict[str, Any] = _of_file(path)
    for name, text in given:
        values[name] = _entry(name, _plain(text), _variable(name))
    hosted = values.get(HOSTED, False)
    return Settings(**{name: both[hosted] for name, both in OWN_OR_STRANGERS.items()} | values)


def _of_file(path: Path) -> dict[str, Any]:
    if not os.path.isfile(path):  # unlike Path.is_file, it takes any text
        if os.environ.get("DIGITLAB_SETTINGS"):
            raise DigitLabError(UNREADABLE, path=path, reason="there is no such file")
        return {}
    try:
        with open(path, "rb") as content:
            text = content.read(LONGEST_FILE).decode()
        entries = tomllib.loads(text)
    except OSError as error:
        raise DigitLabError(UNREADABLE, path=path, reason=error.strerror) from error
    except (ValueError, RecursionError) as error:  # no text, or no TOML
        raise DigitLabError(UNREADABLE, path=path, reason=error) from error
    return {name: _entry(name, value, str(path)) for name, value in entries.items()}


def _plain(text: str) -> Any:
    """What a text of the environment says: a number where it is one."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else text


def _entry(name: str, value: Any, where: str) -> Any:
    """A setting's value, checked."""
    if name not in NAMES:
        raise DigitLabError(UNKNOWN, where=where, name=_short(name), known=", ".join(NAMES))
    if name == HOSTED:
        if value in ("", 0, "false"):
            return False
        if value in (1, "true"):
            return True
        raise DigitLabError(NO_SWITCH, where=where, value=_short(value))
    if value == "none":
        return NONE
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 10**LONGEST_NUMBER:
        return value
    raise DigitLabError(NO_NUMBER, where=where, name=name, value=_short(value))


def _short(value: Any) -> str:
    """A value as much of which is told as anybody reads; Python writes no number of five thousand digits by tens."""
    return short(hex(value) if isinstance(value, int) and abs(value) >= 10**LONGEST_NUMBER else value)


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"
