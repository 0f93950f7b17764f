"""What the server says of a drawing, in one voice: the answer, the sentence, the remark and the bars agree."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.numbers.reading import NumberReading
from core.numbers.segmentation import Box
from dashboard.look.numbers import brief
from dashboard.parts.reader import Reading
from dashboard.say import say


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
    plain : the remark is as important as the sentence.
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
    plain: bool = False

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
            "plain": self.plain,
            "probabilities": self.probabilities,
            "boxes": boxes,
            "seen": None
            if self.seen is None
            else base64.b64encode(np.round(255 * self.seen).astype(np.uint8).tobytes()).decode(),
        }


def verdict_of(
    reading: Reading, *, version: int, sequence: int, number: NumberReading | None = None, label: int | None = None
) -> Verdict:
    """What is said of a reading, of the number that the drawing is, or of a digit whose label is known."""
    seen = None if reading.probabilities is None else reading.seen
    if number is not None:
        return _number(number, version, sequence)
    label = None if reading.kind == "waiting" else label
    claims = reading.probabilities is not None and reading.kind in ("sure", "unsure")
    return Verdict(
        version,
        sequence,
        reading.kind,
        str(reading.digit) if claims else "?",
        reading.sentence,
        _what_people_say(reading, label) if label is not None else reading.counted,
        [float(value) for value in reading.probabilities] if claims and reading.probabilities is not None else None,
        seen=seen,
        plain=label is not None,
    )


def _what_people_say(reading: Reading, label: int) -> str:
    """Of a digit of the test set: whether the network is fooled."""
    if reading.kind == "no digit":
        return say("People say {label}.", label=label)
    if reading.digit != label:
        return say("It is fooled: people say {label}.", label=label)
    return say("It is right: people say {label} too.", label=label)


def _number(number: NumberReading, version: int, sequence: int) -> Verdict:
    """Several digits side by side: no bar of the ten stands for them."""
    each = [say("{digit}, {sure}", digit=digit.digit, sure=brief(digit.confidence)) for digit in number.digits]
    return Verdict(
        version,
        sequence,
        "number",
        number.text,
        say("The network reads the number {number}.", number=number.text),
        say("One digit after the other: {each}.", each="; ".join(each)),
        boxes=[(digit.box, str(digit.digit)) for digit in number.digits],
    )
