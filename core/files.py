"""Writing files so that a reader sees the old content or the new one, never half of either."""

import contextlib
import errno
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

try:
    import fcntl
except ImportError:  # Windows has none: there the process noted in a run must do
    fcntl = None  # type: ignore[assignment]

USE_NOTED = 3_600.0  # seconds
# What msgspec raises of content that is not what it should be: one wrong byte may be no text, or brackets without end.
DAMAGED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# What `zipfile` raises, beside `BadZipFile`, for an entry that is damaged, locked, or packed or named in a way it does not know.
NOT_UNPACKED = (zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)


MOST_HEADER = 1 << 20  # bytes of a safetensors file's header: ours have some thousand
PLAINLY_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # other ways take as much memory as a file asks for


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Raise `zipfile.BadZipFile` for what no zip of ours and of common programs has in it, before it is unpacked."""
    if entry.compress_type not in PLAINLY_PACKED:
        raise zipfile.BadZipFile("it is packed in an uncommon way")
    if entry.header_offset < 0:
        raise zipfile.BadZipFile("a file in it lies outside of it")


def check_header(start: bytes) -> None:
    """Raise `ValueError` where a safetensors file that begins so has a header longer than any of ours.

    It is asked before the header is parsed, which takes sixteen times its size.
    """
    if int.from_bytes(start[:8], "little") > MOST_HEADER:
        raise ValueError("its header is longer than any of ours")


def check_header_of(path: Path) -> None:
    """The same for a file. Raises `OSError` where it cannot be read."""
    with open(path, "rb") as file:
        check_header(file.read(8))


def write_atomically(path: Path | str, data: bytes, *, lasting: bool = True) -> None:
    """Write `data` to `path` by way of a temporary file in the same folder and an atomic rename.

    A process killed at any point leaves the previous file (or none) in place. The folder is made if need be. What is not
    `lasting` need not survive a machine that loses its power, and does not wait for the disk.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp gives 0600, which would hide a shared model from other users
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_abandoned(folder: Path, name: str = "*") -> None:
    """Delete what processes killed within `write_atomically` left in a folder. Only who alone writes there may call it."""
    for path in folder.glob(f".{name}.*.tmp"):
        path.unlink(missing_ok=True)


def newest_first(paths: Iterable[Path]) -> list[Path]:
    """Files by when they changed last, the latest first; what another process has deleted meanwhile is left out."""
    found = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


@contextlib.contextmanager
def locked(path: Path | str, patience: float = 0.0, every: float = 0.05) -> Iterator[None]:
    """Hold a file that only one process can hold; the system lets go of it when that process ends, however it ends.

    Raises `BlockingIOError` when another one still holds it after `patience` seconds; it is tried `every` so many.
    """
    end = time.monotonic() + patience
    with open(path, "ab") as file:
        while fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise
                time.sleep(every)
        yield


class Held:
    """A file that this process holds until `close`, or until nobody has this object any more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def is_at(self, path: Path | str) -> bool:
        """Whether it is the file of this name, which somebody may have deleted."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(path))
        except OSError:
            return False

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    __del__ = close


def hold(path: Path | str) -> Held | None:
    """The file, held by this process; None where another one holds it."""
    held = Held(os.open(path, os.O_RDWR | os.O_CREAT, 0o644))
    try:
        if fcntl:
            fcntl.flock(held._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    return held


def append_line(path: Path | str, line: str) -> None:
    """Put a line of text behind those in a file. Half a line that a killed writer left there is ended first."""
    with open(path, "a+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
        broken = bool(end) and file.read(1) != b"\n"
        file.write(b"\n" * broken + line.encode() + b"\n")


def whole_lines(path: Path | str, after: int = 0) -> tuple[list[bytes], int]:
    """The whole lines from the byte position `after` on, and the position behind the last of them.

    Half a line, which is being written or was left by a killed writer, stays unread; a file that is not there is empty.
    """
    try:
        with open(path, "rb") as file:
            file.seek(after)
            data = file.read()
    except FileNotFoundError:
        return [], after
    whole = data.rfind(b"\n") + 1
    return data[:whole].split(b"\n")[:-1], after + whole


def note_use(path: Path) -> None:
    """Note that a file is in use, in the time of its last reading: once an hour, and nothing where that cannot be."""
    with contextlib.suppress(OSError):
        known = path.stat()
        if time.time() - known.st_atime > USE_NOTED:
            os.utime(path, ns=(time.time_ns(), known.st_mtime_ns))


def last_use(path: Path) -> float:
    """When a file was written or used last, in seconds since 1970; a folder is read by whoever looks at the list of them.

    Raises `OSError` where it is none.
    """
    known = path.stat()
    return known.st_mtime if path.is_dir() else max(known.st_atime, known.st_mtime)


def is_full(error: OSError) -> bool:
    """Whether there was no room left to write."""
    return error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
