"""A visitor's own drawings as samples: each as the network got it, with what it is and what was read.

They leave the page only as a file that the visitor saves: lines of JSON, which hold data and nothing that could be run.
"""

import base64
import binascii
import hashlib
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.datasets import Dataset
from core.errors import DigitLabError

MOST = 200  # drawings of one visitor
MAX_BYTES = 1_000_000  # of a file; 200 drawings of 28 x 28 pixels take a quarter of it
SIDES = range(4, 65)
FORMAT = {"format": "Digit Lab drawings", "version": 1}
# Where a drawing can come from. A test set is not among them: its digits are what a taught copy is tested with.
HAND, KEYS, PHOTO, TYPED = SOURCES = ("hand", "keys", "photo", "typed")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One drawing.

    Attributes
    ----------
    picture : (h, w) uint8, 0 paper to 255 ink, prepared for a network that reads this shape.
    label : the digit that was meant.
    answer : the digit that the network read, or None when it was not sure of any.
    time : when it was marked, in seconds since 1970.
    source : one of `SOURCES`; "photo" is any picture that was not made here.
    """

    picture: np.ndarray
    label: int
    answer: int | None
    time: float = field(default_factory=time.time)
    source: str = HAND

    def __post_init__(self) -> None:
        if self.picture.dtype != np.uint8 or self.picture.ndim != 2 or not self.picture.any():
            raise DigitLabError("A drawing is a picture of bytes with some ink in it.")
        if self.label not in range(10) or not (self.answer is None or self.answer in range(10)):
            raise DigitLabError("A drawing is of a digit from 0 to 9, and was read as one, or as none.")
        if self.source not in SOURCES:
            raise DigitLabError(
                "A drawing comes from a hand, from keys, from a picture or is typed, and from no test set."
            )

    @property
    def right(self) -> bool:
        return self.label == self.answer

    @property
    def shape(self) -> tuple[int, int]:
        return self.picture.shape

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits by which a taught copy knows the picture again, whatever was said of it."""
        height, width = self.shape
        return hashlib.sha256(f"{height} {width} ".encode() + self.picture.tobytes()).hexdigest()[:16]

    def same_as(self, other: "Sample") -> bool:
        """Whether it is the same picture, whatever was said of it."""
        return np.array_equal(self.picture, other.picture)


def sample_of(seen: np.ndarray, label: int, answer: int | None, *, source: str = HAND) -> Sample:
    """A sample of what a network got, (h, w) in 0..1."""
    return Sample(np.round(np.clip(seen, 0, 1) * 255).astype(np.uint8), label, answer, source=source)


def as_dataset(samples: Sequence[Sample]) -> Dataset:
    """Samples of one shape as a data set."""
    pixels = np.stack([sample.picture.ravel() for sample in samples])
    labels = np.array([sample.label for sample in samples], dtype=np.int64)
    return Dataset("own drawings", pixels, labels, samples[0].shape)


def to_lines(samples: Sequence[Sample]) -> str:
    """The samples as lines of JSON: what the file is, then one drawing a line."""
    return "".join(json.dumps(line) + "\n" for line in (FORMAT, *map(_to_fields, samples)))


def _to_fields(sample: Sample) -> dict[str, Any]:
    return {
        "label": sample.label,
        "answer": sample.answer,
        "time": round(sample.time, 3),
        "source": sample.source,
        "shape": list(sample.shape),
        "pixels": base64.b64encode(sample.picture.tobytes()).decode(),
    }


def from_lines(content: bytes) -> list[Sample]:
    """Read such a file back. Raises `DigitLabError` with the number of the first line that is wrong."""
    if len(content) > MAX_BYTES:
        raise DigitLabError(
            "This file is larger than any file of {most} drawings. Choose one that was saved here.", most=MOST
        )
    lines = [line for line in content.splitlines() if line.strip()]
    if not lines or _parsed(lines[0]) != FORMAT:
        raise DigitLabError("This is not a file of drawings from Digit Lab. Choose one that was saved here.")
    if len(lines) - 1 > MOST:
        raise DigitLabError(
            "This file holds {count:,} drawings; at most {most} can be taken.", count=len(lines) - 1, most=MOST
        )
    return [_sample(line, number) for number, line in enumerate(lines[1:], start=2)]


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _sample(line: bytes, number: int) -> Sample:
    fields = _parsed(line)
    try:
        height, width = (int(side) for side in fields["shape"])
        if height not in SIDES or width not in SIDES:
            raise ValueError("no such shape")
        pixels = np.frombuffer(base64.b64decode(fields["pixels"], validate=True), dtype=np.uint8)
        label, answer, when = _digit(fields["label"]), fields["answer"], float(fields["time"])
        answer = None if answer is None else _digit(answer)
        source = fields.get("source", HAND)  # files of before have none
        if not math.isfinite(when) or source not in SOURCES:
            raise ValueError("no time or no source")
        return Sample(pixels.reshape(height, width), label, answer, when, source)
    except (TypeError, KeyError, ValueError, OverflowError, binascii.Error) as error:
        raise DigitLabError(
            "Line {number} of this file is not a drawing, or it is damaged; nothing was taken.", number=number
        ) from error


def _digit(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a digit")
    return value
