"""Strokes as the standard canvas tells them (Fabric's objects): all pads speak so, and a drawing can go from one to another.

What a browser sends is looked through before any of it is kept.
"""

import functools
import json
from collections.abc import Iterable
from typing import Any

import numpy as np

INK, PAPER = "#1c2028", "#fffefa"  # an eraser is a pen with paper's colour
LARGEST = 1e9  # of a stroke's numbers, the time of day of no clock
FAR = 10_000  # pixels: no stroke on a pad is as wide, or as far from its corner
PICTURE = "data:image/png;base64,"  # how the URL of a picture begins that was put on the page

Point = tuple[float, float]


def _is_plain(value: Any) -> bool:
    """Whether it is a text, nothing, or a number that a browser can be told again."""
    return value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) < LARGEST)


class Stroke(dict[str, Any]):
    """A path or an image; it is never changed once it is kept."""

    @functools.cached_property
    def size(self) -> int:
        """Bytes of it as it travels; in memory it has some eight times as many."""
        return len(json.dumps(self, separators=(",", ":")))


def path(points: Iterable[Point], width: float) -> Stroke:
    """A stroke through points (x, y) on the pad with a round pen, as the canvas would tell it."""
    (x, y), *rest = points
    rest = rest or [(x, y + 0.01)]  # a dot
    commands = [["M", x, y], *(["L", *point] for point in rest)]
    return Stroke(type="Path", path=commands, stroke=INK, strokeWidth=width, fill=None, strokeLineCap="round",
                  strokeLineJoin="round")  # fmt: skip


def as_stroke(sent: Any) -> Stroke | None:
    """What is kept of something sent as a stroke; None if it is neither a hand's nor a picture put on the page."""
    if not isinstance(sent, dict):
        return None
    plain = {name: value for name, value in sent.items() if _is_plain(value)}
    if isinstance(source := plain.get("src"), str) and source.startswith(PICTURE):
        return Stroke(plain)
    if not drawn_by_hand([sent]):
        return None
    if not all(_is_plain(part) for command in sent["path"] for part in command):
        return None
    return Stroke(plain, path=sent["path"])


def drawn_by_hand(objects: Iterable[Any]) -> bool:
    """Whether these are strokes of a pen or an eraser, which can be drawn again, and nothing else."""
    try:
        return all(0 < stroke["strokeWidth"] < FAR and (points := points_of(stroke)) and np.abs(points).max() < FAR
                   for stroke in objects)  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError, OverflowError):  # a photograph, or not sent by a pad of ours
        return False


def points_of(stroke: dict[str, Any]) -> list[Point]:
    """Where a stroke's commands lead to: a pad's curves are so short that straight lines do for them."""
    return [(float(command[-2]), float(command[-1])) for command in stroke["path"]]
