"""The component: what the map is told, and what a hand tells it."""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.explain.regions import Region
from dashboard import visitor
from dashboard.look.numbers import a
from dashboard.look.scripts import bundle
from dashboard.mistakes.digit_map.atlas import COLUMNS
from dashboard.mistakes.digit_map.loop import SIDE, asked_in
from dashboard.parts.refusals import told
from dashboard.say import N_, say

FINE = 4_095  # steps along each side of the map
NO_PICTURE = 65_535  # the place on the sheet of a digit whose picture is not here
KEYS = N_(
    "The test digits on a map; mistakes are marked. Arrow keys go from digit to digit, Page Down and Page Up to the next mistake "
    "and back, Enter shows the digits around one, plus and minus more or fewer of them, Escape all mistakes again."
)

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "digit_map",
    html=(_HERE / "map.html").read_text(encoding="utf-8"),
    css=(_HERE / "map.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "component.js"),
)


def digit_map(
    points: np.ndarray,
    labels: np.ndarray,
    answers: np.ndarray,
    numbers: np.ndarray,
    groups: Sequence[Region],
    loop: np.ndarray | None,
    sheet: dict[str, Any] | None,
    *,
    take: Callable[[str, int | None], None],
    key: str,
) -> None:
    """Show digits (n), known by numbers (n,), at points (n, 2) in 0..1, y upwards. `take` is given a loop that a hand draws,
    as the URL has it, or "" where it takes the loop away; and the number of the digit that was meant, where it was one.
    `sheet` says where the digits' pictures are (`atlas`)."""

    def taken() -> None:
        held: Any = st.session_state.get(key)
        if asked := asked_in(held.get("loop") if held else None):
            take(*asked)

    _component(
        data=_told(points, labels, answers, groups, loop) | {"sheet": sheet, "numbers": _packed(numbers)},
        key=key,
        on_loop_change=told(taken),
    )


def sheet_of(url: str | None, shape: tuple[int, int], pictured: np.ndarray) -> dict[str, Any] | None:
    """What the browser is told of the sheet of pictures, on which those of the digits (n,) bool are that have one; None
    where nothing is served."""
    if url is None:
        return None
    at = np.where(pictured, np.cumsum(pictured) - 1, NO_PICTURE).astype("<u2")
    return {"url": url, "columns": COLUMNS, "height": shape[0], "width": shape[1], "none": NO_PICTURE,
            "at": base64.b64encode(at.tobytes()).decode()}  # fmt: skip


def _packed(numbers: np.ndarray) -> str | None:
    """Numbers for a browser; None where each is its place."""
    if (numbers == np.arange(len(numbers))).all():
        return None
    return base64.b64encode(numbers.astype("<u4").tobytes()).decode()


def _told(
    points: np.ndarray, labels: np.ndarray, answers: np.ndarray, groups: Sequence[Region], loop: np.ndarray | None
) -> dict[str, Any]:
    places = np.round(np.clip(points, 0, 1) * FINE).astype("<u2")
    read = (10 * labels + answers).astype(np.uint8)
    return {
        "points": base64.b64encode(places.tobytes()).decode(),
        "read": base64.b64encode(read.tobytes()).decode(),
        "fine": FINE,
        "side": SIDE,
        "loop": None if loop is None else np.round(loop * SIDE).astype(int).tolist(),
        "groups": [[group.digit, *group.middle] for group in groups],
        "theme": visitor.theme(),
        "words": {
            "label": say(KEYS),
            "is": [say("It is {a_digit}.", a_digit=a(digit)) for digit in range(10)],
            "says": [say("The network reads {a_digit}.", a_digit=a(digit)) for digit in range(10)],
            "right": say("The network reads it so."),
            "absent": say("Its picture comes with MNIST."),
            "draw": say("Draw a loop"),
            "why": say("Press this, and a finger on the map draws a loop instead of moving the page."),
            "clear": say("Show all mistakes again"),
        },
    }
