"""What the server says of a drawing, in one voice: the answer, the sentence, the remark and the bars agree."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.numbers.segmentation import Box
from dashboard.parts.reader import Reading


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the server says.

    Attributes
    ----------
    version, sequence : of which drawing it is said, as the pad counts them.
    kind : as `Reading.kind`, or "number" where several digits stand side by side.
    shown : in large type: a digit, a number, or a question mark.
    sentence, remark : in words; the remark may be empty.
    probabilities : of the ten bars, or None where none is claimed.
    boxes : around each digit of a number, and that digit.
    seen : (h, w) in 0..1, what the network was given, or None while there is nothing to read.
    """

    version: int
    sequence: int
    kind: str
    shown: str
    sentence: str
    remark: str = ""
    probabilities: list[float] | None = None
    boxes: list[tuple[Box, str]] = field(default_factory=list)
    seen: np.ndarray | None = None

    def told(self) -> dict[str, Any]:
        """As the browser is told."""
        boxes = [
            {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom, "digit": digit}
            for box, digit in self.boxes
        ]
        return {
            "version": self.version,
            "sequence": self.sequence,
            "kind": self.kind,
            "shown": self.shown,
            "sentence": self.sentence,
            "remark": self.remark,
            "probabilities": self.probabilities,
            "boxes": boxes,
            "seen": None
            if self.seen is None
            else base64.b64encode(np.round(255 * self.seen).astype(np.uint8).tobytes()).decode(),
        }


def verdict_of(reading: Reading, *, version: int, sequence: int, remark: str = "") -> Verdict:
    """What is said of a reading."""
    claims = reading.kind in ("sure", "unsure")
    return Verdict(
        version,
        sequence,
        reading.kind,
        str(reading.digit) if claims else "?",
        reading.sentence,
        remark or reading.counted,
        [float(value) for value in reading.probabilities] if claims and reading.probabilities is not None else None,
        seen=None if reading.probabilities is None else reading.seen,
    )
