"""What the server says of a picture on the stage, whoever asks: the page's script, or the stage itself (`asked.py`)."""

import numpy as np

from core.models.model import Model
from core.numbers.several import several
from dashboard import shared
from dashboard.draw.stage.verdict import Verdict, verdict_of
from dashboard.parts.reader import Reading, read


def answer(
    model: Model, picture: np.ndarray | None, *, version: int, sequence: int, label: int | None = None
) -> tuple[Reading, Verdict]:
    """A picture (H, W, 4) uint8 as this model reads it, and what is said of it: that it is a number, where it is no digit."""
    reading = read(model, picture)
    number = None
    if reading.picture is not None and reading.kind in ("unsure", "no digit"):
        number = several(model, shared.guard(), reading.picture)
    return reading, verdict_of(reading, version=version, sequence=sequence, number=number, label=label)
