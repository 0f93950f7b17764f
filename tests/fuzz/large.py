"""Files that were once findings and are too large to keep, each made anew: `LARGE` has them by reader and by what they are."""

import io
import struct
import zipfile
from collections.abc import Callable

from core.training.events import ResumeEvent, to_line
from tests.fuzz import seeds
from tests.fuzz.mutations import bomb

MB = 1_000_000


def header_of_arrays(size: int) -> bytes:
    """A safetensors file of nothing but a header, which names arrays without values."""
    one = b'"%07d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    names = b",".join(one % number for number in range(size // len(one % 0)))
    return struct.pack("<Q", len(names) + 2) + b"{" + names + b"}"


def header_without_end(size: int) -> bytes:
    """A safetensors file of nothing but a header, which is one text without an end."""
    return (struct.pack("<Q", size) + b'{"__metadata__":{"a":"').ljust(size + 8, b"a")


def arrays_with_header(size: int) -> bytes:
    """An NPZ, the first of whose arrays has a header that unpacks to so many bytes."""
    array = b"\x93NUMPY\x02\x00" + struct.pack("<I", size) + b"{'descr': '|u1'".ljust(size)
    return _zip({"x_train.npy": array, "y_train.npy": b"", "x_test.npy": b"", "y_test.npy": b""})


def run_with_figures(figures: bytes) -> bytes:
    """The file of a run that has reported this."""
    with zipfile.ZipFile(io.BytesIO(next(seeds.archive()))) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    return _zip(parts | {"metrics.jsonl": figures})


def _zip(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def resumptions(count: int) -> bytes:
    return f"{to_line(ResumeEvent(5, 1))}\n".encode() * count


LARGE: dict[str, dict[str, Callable[[], bytes]]] = {
    "model": {
        "a header of 69 MB": lambda: header_of_arrays(69 * MB),
        "a header of 300 MB": lambda: header_without_end(300 * MB),
    },
    "model-packed": {"300 MB of nothing": bomb},
    "upload": {"a header of 20 MB": lambda: header_of_arrays(20 * MB)},
    "run-checkpoint": {"a header of 20 MB": lambda: header_of_arrays(20 * MB)},
    "npz": {"a header of 150 MB": lambda: arrays_with_header(150 * MB)},
    "run-archive": {
        "twenty thousand resumptions": lambda: run_with_figures(resumptions(20_000)),
        "a million resumptions": lambda: run_with_figures(resumptions(1_000_000)),
        "30 MB of lines with nothing in them": lambda: run_with_figures(b"\n" * (30 * MB)),
    },
    "settings-file": {"a number of six thousand digits": lambda: b"epochs = 0x" + b"f" * 5_000},
    "picture-others": {"DDS": lambda: seeds.other_picture("DDS")},
}
