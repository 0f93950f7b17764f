"""Files on their way between a server and a machine that trains for it: in parts, and in their place whole or not at all.

A file is known by its version, which changes whenever it is replaced. One that is replaced while it is being given is given to
its end as it was: what is put together is never of two versions.
"""

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

PART_BYTES = 4 << 20  # of files in one message
MOST_BYTES = 2 << 30  # of one file
# What the machine is given of a run, and what it gives back, in this order: a checkpoint never comes before what it builds on.
_WEIGHTS = r"snapshots/\d{4,8}(\.\d{1,6})?\.safetensors"
GIVEN = re.compile(
    rf"(config|run)\.json|(metrics|commands)\.jsonl|checkpoint\.safetensors|reserve|log\.txt|{_WEIGHTS}", re.ASCII
)
RETURNED = re.compile(rf"(config|summary)\.json|(checkpoint|model|present)\.safetensors|{_WEIGHTS}", re.ASCII)
TURNED = ("checkpoint.safetensors", "config.json", "model.safetensors", "summary.json", "present.safetensors")
PASSING = re.compile(rf"present\.safetensors|{_WEIGHTS}", re.ASCII)  # what its process takes away again by itself


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a file, from `position` on; `whole` with the last of them."""

    name: str
    version: str
    position: int
    content: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A file of which only the first `position` bytes have come."""

    name: str
    version: str
    position: int


@dataclass(frozen=True, slots=True)
class Ask:
    """What a server has of a run, and what it tells its process.

    Attributes
    ----------
    have : the version of each file that it has.
    begun : the file of which it has a part.
    lines, log : how many bytes it has of the events and of what the process printed.
    commands : what was asked of the run, from the byte `commands_from` on.
    record : the run's record where that has changed.
    watched : whether somebody watches.
    """

    have: Mapping[str, str]
    begun: Begun | None = None
    lines: int = 0
    log: int = 0
    commands_from: int = 0
    commands: bytes = b""
    record: bytes | None = None
    watched: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What is new of a run. To be taken in this order: events first, the status last.

    Attributes
    ----------
    lines, log : whole lines that follow what the server has.
    parts : of files.
    names : the passing files that there are; others are gone.
    status : as it is written, where it may be known already: that a run is over is told with the last part of it.
    exit_code : of its process, once all of it has been given.
    """

    lines: bytes = b""
    log: bytes = b""
    parts: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()
    status: bytes | None = None
    exit_code: int | None = None


def version_of(file: Path | int) -> str:
    """What changes whenever a file is replaced. Raises `OSError` where there is none."""
    known = os.stat(file)
    return f"{known.st_mtime_ns}-{known.st_size}-{known.st_ino}"


def names_in(folder: Path, wanted: re.Pattern[str]) -> list[str]:
    """The files of a run whose names are wanted: snapshots first, then in the order in which they build on each other."""
    found = sorted(path.name for path in (folder / "snapshots").glob("*"))
    names = [f"snapshots/{name}" for name in found]
    names += [*TURNED, *sorted({path.name for path in folder.glob("*")} - set(TURNED))]
    return [name for name in names if wanted.fullmatch(name) and (folder / name).is_file()]


class Outlet:
    """Gives files in parts.

    Parameters
    ----------
    place : where a file lies, by its name.
    """

    def __init__(self, place: Callable[[str], Path]) -> None:
        self._place = place
        self._open: tuple[str, str, BinaryIO] | None = None

    def parts(
        self, names: Collection[str], have: Mapping[str, str], begun: Begun | None = None, room: int = PART_BYTES
    ) -> tuple[list[Part], bool]:
        """Of those files that have changed as much as there is room for, and whether that is all there is.

        What was begun goes on first.
        """
        given: list[Part] = []
        for name in sorted(names, key=lambda name: begun is None or name != begun.name):
            if room <= 0:
                return given, False
            part = self._part(name, have, begun, room)
            if part is None:
                continue
            given.append(part)
            room -= len(part.content)
            if not part.whole:
                return given, False
        return given, True

    def each(self, name: str) -> Iterator[Part]:
        """All parts of one file. Raises `OSError` where it cannot be read."""
        begun, given = None, [Part(name, "", 0, b"", False)]
        while not given[-1].whole:
            given, _ = self.parts([name], {}, begun)
            if not given:
                raise FileNotFoundError(self._place(name))
            yield given[-1]
            begun = Begun(name, given[-1].version, given[-1].position + len(given[-1].content))

    def close(self) -> None:
        if self._open:
            self._open[2].close()
            self._open = None

    def _part(self, name: str, have: Mapping[str, str], begun: Begun | None, room: int) -> Part | None:
        """The next part of a file; None where it has not changed, or is gone."""
        if begun and begun.name == name and self._open and self._open[:2] == (name, begun.version):
            version, file, position = begun.version, self._open[2], begun.position
        else:
            try:
                if version_of(self._place(name)) == have.get(name):
                    return None
                file = open(self._place(name), "rb")  # noqa: SIM115 - it stays open until all of it is given
            except FileNotFoundError:
                return None
            version, position = version_of(file.fileno()), 0
        file.seek(position)
        content = file.read(room)
        whole = position + len(content) >= os.fstat(file.fileno()).st_size
        if self._open and self._open[2] is not file:
            self.close()
        self._open = (name, version, file)
        if whole:
            self.close()
        return Part(name, version, position, content, whole)


@dataclass
class Intake:
    """Puts files together from parts, in their places whole or not at all.

    Attributes
    ----------
    place : where a file belongs, by its name.
    have : the version of each that came whole.
    begun : the one of which a part has come.
    """

    place: Callable[[str], Path]
    have: dict[str, str] = field(default_factory=dict)
    begun: Begun | None = None
    _part: Path | None = None

    def take(self, part: Part) -> None:
        """Take the next part of a file; one that comes again, because the answer to it was lost, is known.

        Raises `OSError` where it cannot be written, and `ValueError` where it does not follow.
        """
        if self._knows(part):
            return
        if part.position == 0:
            self.drop()
            self._part = self._new(part.name)
        elif self.begun != Begun(part.name, part.version, part.position):
            raise ValueError(f"a part of {part.name} that does not follow")
        if part.position + len(part.content) > MOST_BYTES:
            raise ValueError(f"{part.name} is larger than any file of a run")
        assert self._part is not None  # it was begun
        with open(self._part, "ab") as file:
            file.write(part.content)
            if part.whole:
                file.flush()
                os.fsync(file.fileno())
        self.begun = Begun(part.name, part.version, part.position + len(part.content))
        if part.whole:
            os.chmod(self._part, 0o644)
            os.replace(self._part, self.place(part.name))
            self._part, self.begun, self.have[part.name] = None, None, part.version

    def _knows(self, part: Part) -> bool:
        if self.have.get(part.name) == part.version:
            return True
        same = self.begun and (self.begun.name, self.begun.version) == (part.name, part.version)
        return bool(same and self.begun and self.begun.position >= part.position + len(part.content) > part.position)

    def drop(self) -> None:
        """Forget the file of which only a part has come."""
        if self._part:
            self._part.unlink(missing_ok=True)
        self._part, self.begun = None, None

    def _new(self, name: str) -> Path:
        place = self.place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor, path = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".tmp", dir=place.parent)
        os.close(descriptor)
        return Path(path)


def tail(path: Path, after: int, most: int = PART_BYTES, *, whole_lines: bool = True) -> tuple[bytes, bool]:
    """What follows the byte `after` in a file that grows, `most` bytes of it, and whether that is all; nothing where it is not
    there. Of lines only whole ones are given."""
    try:
        with open(path, "rb") as file:
            file.seek(after)
            content = file.read(most + 1)
    except FileNotFoundError:
        return b"", True
    complete, content = len(content) <= most, content[:most]
    return (content[: content.rfind(b"\n") + 1] if whole_lines else content), complete
