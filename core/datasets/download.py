"""MNIST from the internet: four files, each from the first mirror that delivers the right bytes.

A file is streamed to a temporary name, checked by the SHA-256 of its decompressed content while it arrives,
and moved in place only when it is right: under the final name there is a whole file or none, whoever else
downloads meanwhile.
"""

import functools
import hashlib
import os
import tempfile
import time
import urllib.parse
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from core.datasets.mnist import FILES, MnistFile, candidates
from core.datasets.transfer import CHUNK, MirrorFailed, stream
from core.errors import DigitLabError
from core.folders import mnist_home
from core.messages import N_, Message

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
ABANDONED_AFTER = 3600.0  # seconds without a write, after which a temporary file belongs to a killed process
SLACK = 64 << 10  # gzip may add a little to what it cannot compress, never more than this


def download_mnist(
    folder: Path | str | None = None,
    *,
    mirrors: Sequence[str] | None = None,
    files: Mapping[str, MnistFile] = FILES,
    progress: Callable[[int, int], None] | None = None,
    timeout: float = 10.0,
) -> Path:
    """Fetch the MNIST files that `folder` (default: the project's `data/mnist`) lacks; returns the folder.

    Parameters
    ----------
    mirrors : addresses of folders that hold the files as `<name>.gz`, tried in order for each file; by default those
        in `$DIGITLAB_MIRRORS`, with spaces between them, or else `MIRRORS`.
    files : the files and their hashes.
    progress : called with (bytes done, bytes in all), never going back, ending with both the same.
    timeout : seconds without a byte after which a mirror is given up.

    Raises
    ------
    DigitLabError : no mirror delivers, or the folder cannot be written; the text says what happened and what
        to do.
    """
    folder = Path(folder) if folder is not None else mnist_home()
    mirrors = list(os.environ.get("DIGITLAB_MIRRORS", "").split() or MIRRORS if mirrors is None else mirrors)
    bar = _Bar(sum(file.packed_size for file in files.values()), progress)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        for file in files.values():
            if not any(_is_right(path, file) for path in candidates(folder, file.name)):
                _fetch(file, folder, mirrors, bar, timeout)
            bar.finish(file)
    except OSError as error:
        raise DigitLabError(
            "The folder {folder} cannot be used: {reason}.", folder=folder, reason=error.strerror or error
        ) from None
    return folder


class _Bar:
    """Progress over all files, in compressed bytes: a file's share grows with its content, never shrinks."""

    def __init__(self, total: int, report: Callable[[int, int], None] | None) -> None:
        self.total, self.report = total, report or (lambda done, total: None)
        self.before = self.done = 0

    def show(self, file: MnistFile, content: int) -> None:
        done = self.before + file.packed_size * min(content, file.size) // file.size
        if done > self.done:  # a second mirror starts from nothing: the bar waits for it
            self.done = done
            self.report(done, self.total)

    def finish(self, file: MnistFile) -> None:
        self.show(file, file.size)
        self.before += file.packed_size


class _Check:
    """Unpacks a file as it arrives and compares it with what it should be, holding one chunk at a time."""

    def __init__(self, file: MnistFile) -> None:
        self.file, self.hash = file, hashlib.sha256()
        self.received = self.content = 0
        self.first = b""
        self.unpacker: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `MirrorFailed` as soon as they cannot be right."""
        if not self.first:
            self.first = chunk[:1]
            if self.first == b"\x1f":  # gzip; a server may also have unpacked it on the way
                self.unpacker = zlib.decompressobj(wbits=31)
        self.received += len(chunk)
        if self.unpacker:
            try:
                # One byte more than there should be is enough to know, however much more there is.
                chunk = self.unpacker.decompress(chunk, self.file.size - self.content + 1)
            except zlib.error:
                raise MirrorFailed(N_("{mirror} sent a damaged file")) from None
        self.content += len(chunk)
        self.hash.update(chunk)
        extra = self.unpacker is not None and self.unpacker.unused_data
        if self.content > self.file.size or self.received > self.file.size + SLACK or extra:
            raise MirrorFailed(self._wrong(N_("{mirror} sent more than the file holds")))

    def finish(self) -> None:
        """All bytes have come. Raises `MirrorFailed` when they are not the file."""
        unfinished = self.unpacker is not None and not self.unpacker.eof
        if unfinished or (self.content < self.file.size and self.first in (b"", b"\0")):
            raise MirrorFailed(N_("{mirror} broke off before the end of the file"))
        if self.hash.hexdigest() != self.file.sha256:
            raise MirrorFailed(self._wrong(N_("{mirror} sent a file with other content")))

    def _wrong(self, otherwise: str) -> str:
        return N_("{mirror} sent a web page instead of the file") if self.first == b"<" else otherwise

    @property
    def final_name(self) -> str:
        return f"{self.file.name}.gz" if self.unpacker else self.file.name


def _is_right(path: Path, file: MnistFile) -> bool:
    check = _Check(file)
    try:
        with open(path, "rb") as stored:
            while chunk := stored.read(CHUNK):
                check.feed(chunk)
        check.finish()
    except MirrorFailed:
        return False
    return True


def _fetch(
    file: MnistFile,
    folder: Path,
    mirrors: list[str],
    bar: _Bar,
    timeout: float,
) -> None:
    """Get one file from the first mirror that delivers it, which moves to the front for the next file."""
    reasons: list[Message] = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{file.name}.gz"
        try:
            with closing(stream(url, timeout=timeout)) as chunks:
                _store(chunks, file, folder, bar)
        except MirrorFailed as failure:
            reasons.append(failure.of(urllib.parse.urlsplit(url).netloc))
        else:
            mirrors.remove(mirror)
            mirrors.insert(0, mirror)
            return
    raise DigitLabError(
        "MNIST could not be downloaded: {reasons} (file {name}.gz). Try again later, put the four files "
        "into {folder} yourself, or use the bundled digits, which need no download.",
        reasons=_joined(reasons) if reasons else Message("no mirror was given"),
        name=file.name,
        folder=folder,
    )


def _joined(reasons: Iterable[Message]) -> Message:
    return functools.reduce(lambda first, then: Message("{first}; {then}", {"first": first, "then": then}), reasons)


def _store(chunks: Iterable[bytes], file: MnistFile, folder: Path, bar: _Bar) -> None:
    check = _Check(file)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as out:
            for chunk in chunks:
                check.feed(chunk)
                out.write(chunk)
                bar.show(file, check.content)
            check.finish()
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)  # mkstemp gives 0600, which would hide the file from other users
        os.replace(temporary, folder / check.final_name)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    """Delete what a killed download left; one that is going on writes to its file all the time."""
    for path in folder.glob(".*.part"):
        try:
            if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
                path.unlink()
        except FileNotFoundError:
            pass  # another process was quicker
