"""Digits as a hand draws them on the pad, each stroke with what the app is to say after it."""

import base64
import json
import logging
from dataclasses import dataclass

import numpy as np

from core.catalog import DEFAULT, load_model
from core.numbers.several import several
from dashboard import shared
from dashboard.draw.stage.verdict import Verdict, verdict_of
from dashboard.pads.drawing import PEN, SIZE
from dashboard.pads.fabric import INK, PICTURE
from dashboard.pads.strokes import Drawing, picture_of
from dashboard.parts.reader import read
from dashboard.say import ENGLISH, speaking
from tests.browser.app import DIGITS, Stroke, between


@dataclass(frozen=True)
class Sheet:
    """The pad after a stroke.

    Attributes
    ----------
    strokes : what a browser sends of them, as JSON.
    png : and the picture of them, as a data URL.
    shown : in large type, by which the answer is known to be this one's.
    probabilities : of the ten bars, or None where none is claimed.
    """

    strokes: str
    png: str
    shown: str
    probabilities: list[float] | None

    def is_answered_by(self, verdict: dict) -> bool:
        """Whether what the server says is of this drawing."""
        if verdict["shown"] != self.shown or (verdict["probabilities"] is None) != (self.probabilities is None):
            return False
        return self.probabilities is None or bool(np.allclose(verdict["probabilities"], self.probabilities, atol=1e-5))


EMPTY = Sheet("[]", PICTURE + base64.b64encode(picture_of([], SIZE, SIZE)).decode(), "?", None)


def digits(count: int, seed: int = 0) -> list[list[Sheet]]:
    """So many digits, no two alike: each as the sheets that come of its strokes, one after the other."""
    rng = np.random.default_rng(seed)
    logging.disable(logging.WARNING)  # Streamlit warns, at every sentence, that no page is being drawn
    try:
        with speaking(ENGLISH):
            return [_sheets([_moved(stroke, rng) for stroke in DIGITS[number % 10]]) for number in range(count)]
    finally:
        logging.disable(logging.NOTSET)


def _moved(stroke: Stroke, rng: np.random.Generator) -> Stroke:
    """A stroke somewhat larger or smaller and elsewhere, in points as a pen that is moved makes them."""
    scale, (left, up) = rng.uniform(0.75, 1.1), rng.uniform(-0.06, 0.06, 2)
    return [(0.5 + scale * (x - 0.5) + left, 0.5 + scale * (y - 0.5) + up) for x, y in between(stroke, 6)]


def _sheets(strokes: list[Stroke]) -> list[Sheet]:
    sent = [_as_sent(stroke) for stroke in strokes]
    return [_sheet(sent[: count + 1]) for count in range(len(sent))]


def _as_sent(stroke: Stroke) -> dict:
    """A stroke as the pad's script sends it: `dashboard/pads/pen.js`."""
    points = [(round(SIZE * x, 2), round(SIZE * y, 2)) for x, y in stroke]
    (x, y), last = points[0], points[-1]
    path: list[list] = [["M", x, y]]
    for (x, y), (to_x, to_y) in zip(points[1:-1], points[2:], strict=True):
        path.append(["Q", x, y, (x + to_x) / 2, (y + to_y) / 2])
    path.append(["L", *last])
    return {"type": "Path", "path": path, "fill": None, "strokeLineCap": "round", "strokeLineJoin": "round",
            "stroke": INK, "strokeWidth": PEN}  # fmt: skip


def _sheet(strokes: list[dict]) -> Sheet:
    png = picture_of(strokes, SIZE, SIZE)
    said = _said(strokes, png)
    url = PICTURE + base64.b64encode(png).decode()
    return Sheet(json.dumps(strokes), url, said.shown, said.probabilities)


def _said(strokes: list[dict], png: bytes) -> Verdict:
    """What the app says of a drawing, worked out here by the same functions without a server."""
    held = Drawing()
    held.take(strokes, png)
    model = load_model(DEFAULT)
    reading = read(model, held.picture())
    number = None
    if reading.picture is not None and reading.kind in ("unsure", "no digit"):
        number = several(model, shared.guard(), reading.picture)
    return verdict_of(reading, version=0, sequence=0, number=number)
