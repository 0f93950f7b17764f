"""IDX is the container that MNIST came in: a header with the lengths of the axes, then plain bytes.

A header is only a claim. Nothing is allocated for it: the file is read piece by piece until it ends or says
too much.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.errors import DigitLabError
from core.messages import N_

MAX_BYTES = 512 << 20  # ten times MNIST; a larger file would not fit beside its float copy in a small server
CHUNK = 1 << 20
UNSIGNED_BYTE = 8
LABELS, PICTURES = 1, 3  # axes of what an IDX file holds
NOT_BYTES = {
    LABELS: N_("{name} does not hold plain bytes (IDX type {type:#04x}); labels must be bytes."),
    PICTURES: N_("{name} does not hold plain bytes (IDX type {type:#04x}); pictures must be bytes."),
}
WRONG = {  # what is needed and what it holds
    (LABELS, PICTURES): N_("{name} holds pictures, but labels are needed here."),
    (PICTURES, LABELS): N_("{name} holds labels, but pictures are needed here."),
}
OTHER = {
    LABELS: N_("{name} holds data with {axes} axes, but labels are needed here."),
    PICTURES: N_("{name} holds data with {axes} axes, but pictures are needed here."),
}


def read_content(path: Path, axes: int) -> bytearray:
    """The whole file, decompressed when it is gzip (told by its first bytes), header included.

    Its length is checked against the header. Raises `DigitLabError` naming the file and what is wrong.
    """
    try:
        with open(path, "rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return _read(gzip.GzipFile(fileobj=file) if packed else file, path, axes)
    except FileNotFoundError:
        raise DigitLabError("There is no file {path}.", path=path) from None
    except EOFError:
        raise DigitLabError("{name} is cut short: the end of its compressed data is missing.", name=path.name) from None
    except (zlib.error, gzip.BadGzipFile) as error:
        raise DigitLabError(
            "{name} is damaged: its compressed data cannot be unpacked ({error}).", name=path.name, error=error
        ) from None
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error) from None


def decode(content: bytes | bytearray, axes: int) -> np.ndarray:
    """The values of an IDX file whose content `read_content` has checked: uint8 with `axes` axes."""
    shape = struct.unpack_from(f">{axes}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def read_idx(path: Path, axes: int) -> np.ndarray:
    """Read a file of labels (`axes` 1: (n,) uint8) or of pictures (`axes` 3: (n, h, w) uint8)."""
    return decode(read_content(path, axes), axes)


def _read(stream: BinaryIO | gzip.GzipFile, path: Path, axes: int) -> bytearray:
    content = bytearray(stream.read(4 + 4 * axes))
    expected = _claimed_length(content, path, axes)
    while len(content) <= expected:  # one byte past the end, so that a gzip's closing checksum is read too
        chunk = stream.read(min(CHUNK, expected + 1 - len(content)))
        if not chunk:
            break
        content += chunk
    if len(content) < expected:
        raise DigitLabError(
            "{name} is cut short: its header promises {expected:,} bytes, it has {count:,}.",
            name=path.name,
            expected=expected,
            count=len(content),
        )
    if len(content) > expected:
        raise DigitLabError(
            "{name} is longer than the {expected:,} bytes that its header promises.", name=path.name, expected=expected
        )
    return content


def _claimed_length(header: bytearray, path: Path, axes: int) -> int:
    if len(header) < 4 or header[:2] != b"\0\0" or header[3] == 0:
        raise DigitLabError("{name} is not an IDX file: it does not start with the IDX mark.", name=path.name)
    if header[2] != UNSIGNED_BYTE:
        raise DigitLabError(NOT_BYTES[axes], name=path.name, type=header[2])
    if header[3] != axes:
        raise DigitLabError(WRONG.get((axes, header[3]), OTHER[axes]), name=path.name, axes=header[3])
    if len(header) < 4 + 4 * axes:
        raise DigitLabError("{name} is cut short: its header is not complete.", name=path.name)
    expected = len(header) + math.prod(struct.unpack_from(f">{axes}I", header, 4))
    if expected > MAX_BYTES:
        raise DigitLabError(
            "{name} claims to hold {expected:,} bytes; files of more than {max_bytes} MiB are not read.",
            name=path.name,
            expected=expected,
            max_bytes=MAX_BYTES >> 20,
        )
    return expected
