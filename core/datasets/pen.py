"""Digits as they were drawn with a pen: strokes, a label and a writer each, one JSON object a line.

The file is not part of the project: `$PEN_DIGITS` names it. The one that the shipped models learned from is taken from
UNIPEN train_r01_v07 (International Unipen Foundation; I. Guyon et al., 1994), CC BY 4.0.
"""

import gzip
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import DigitLabError

# The lines of the file that the shipped models learned from: 2,200 digits of 163 writers at the sites aga, apa, art,
# imp, pri and uqb.
LEARNED_SHA256 = "b18cb50c10b820d9a0d3da0ab942ccef74c590f8d4d60756b7a8c390fc48f7e7"
MAX_BYTES = 200_000_000
HELD_BACK_SITE = "pri"  # all of its writers are validation writers, so that one site is wholly new to the network
HELD_BACK_EVERY = 6  # and so is every sixth writer of the other sites, by name


@dataclass(frozen=True, slots=True, eq=False)
class PenDigit:
    """One digit: its label, who wrote it ("site/..."), and its strokes, (m, 2) points each, x right and y down."""

    label: int
    writer: str
    strokes: tuple[np.ndarray, ...]

    @property
    def site(self) -> str:
        return self.writer.split("/")[0]


@dataclass(frozen=True, slots=True, eq=False)
class PenFile:
    """What a file of pen digits holds, and the hash of its lines, unpacked."""

    digits: tuple[PenDigit, ...]
    sha256: str


def pen_path() -> Path | None:
    """The file that `$PEN_DIGITS` names (or the only one in a folder that it names); None without the variable."""
    setting = os.environ.get("PEN_DIGITS")
    return _resolve(Path(setting)) if setting else None


def _resolve(path: Path) -> Path:
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.jsonl.gz")) + sorted(path.glob("*.jsonl"))
    if not found:
        raise DigitLabError("{path} holds no file of pen digits (.jsonl or .jsonl.gz).", path=path)
    return found[0]


def read_pen(path: Path) -> PenFile:
    """Read a file of pen digits, or the only one in a folder. Raises `DigitLabError` for a file that is none."""
    path = _resolve(path)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise DigitLabError(
            "{path} cannot be read as a file of pen digits: {error}.", path=path, error=error
        ) from error
    if len(content) > MAX_BYTES:
        raise DigitLabError("{name} is larger than any file of pen digits.", name=path.name)
    digits = tuple(_digit(line, number, path) for number, line in enumerate(content.splitlines(), 1) if line.strip())
    if not digits:
        raise DigitLabError("{name} holds no digits.", name=path.name)
    return PenFile(digits, hashlib.sha256(content).hexdigest())


def _digit(line: bytes, number: int, path: Path) -> PenDigit:
    try:
        fields = json.loads(line)
        label, writer = fields["label"], fields["writer"]
        strokes = tuple(np.array(stroke, dtype=np.float32).reshape(-1, 2) for stroke in fields["strokes"] if stroke)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise DigitLabError("Line {number} of {name} is not a pen digit.", number=number, name=path.name) from error
    points = np.concatenate(strokes) if strokes else np.zeros((0, 2))
    if label not in range(10) or not isinstance(writer, str) or not len(points) or not np.isfinite(points).all():
        raise DigitLabError(
            "Line {number} of {name} needs a label from 0 to 9, a writer, and strokes of points.",
            number=number,
            name=path.name,
        )
    return PenDigit(int(label), writer, strokes)


def part_writers(digits: tuple[PenDigit, ...]) -> tuple[list[PenDigit], list[PenDigit]]:
    """Digits to learn from and digits to choose by; no writer is in both."""
    others = sorted({digit.writer for digit in digits if digit.site != HELD_BACK_SITE})
    held_back = set(others[::HELD_BACK_EVERY]) | {digit.writer for digit in digits if digit.site == HELD_BACK_SITE}
    return (
        [digit for digit in digits if digit.writer not in held_back],
        [digit for digit in digits if digit.writer in held_back],
    )
