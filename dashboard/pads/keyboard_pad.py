"""Drawing by keyboard alone: what the keys do, and ten plain digits to start from."""

import streamlit as st

from dashboard import words
from dashboard.pads.fabric import Point, Stroke, path
from dashboard.pads.strokes import Drawing, picture_of
from dashboard.parts.refusals import told
from dashboard.say import say

# Ten digits as a person writes them, lines through points in a box of 100 x 100.
PRESETS: list[list[list[Point]]] = [
    [[(50, 14), (36, 20), (28, 36), (27, 56), (33, 76), (48, 85), (64, 78), (72, 60), (72, 40), (66, 22), (50, 14)]],
    [[(40, 28), (53, 14), (51, 86)]],
    [[(30, 30), (38, 18), (52, 14), (66, 20), (68, 35), (58, 52), (42, 68), (28, 84), (50, 83), (74, 84)]],
    [[(30, 24), (42, 15), (58, 16), (67, 27), (62, 41), (46, 48), (62, 53), (70, 67), (62, 80), (45, 85), (29, 77)]],
    [[(42, 14), (36, 34), (28, 54), (72, 55)], [(64, 16), (62, 50), (60, 87)]],
    [[(70, 15), (38, 16), (33, 45), (50, 40), (66, 48), (70, 64), (62, 79), (46, 85), (29, 79)]],
    [[(62, 13), (46, 28), (34, 48), (30, 68), (38, 83), (54, 86), (67, 76), (66, 60), (54, 52), (40, 56), (31, 68)]],
    [[(28, 18), (72, 17), (60, 42), (50, 62), (44, 87)]],
    [[(66, 24), (54, 14), (38, 20), (36, 34), (50, 46), (64, 58), (67, 74), (54, 86), (38, 80), (34, 66), (46, 50),
      (62, 38), (66, 24)]],
    [[(66, 34), (56, 46), (40, 44), (32, 30), (42, 16), (58, 15), (67, 28), (66, 50), (60, 70), (54, 87)]],
]  # fmt: skip


def preset(digit: int, *, width: int, height: int, pen: int) -> tuple[list[Stroke], bytes]:
    """A plain digit's strokes in the middle of a pad, and their picture as a PNG."""
    side = min(width, height) / 100
    left, top = (width - 100 * side) / 2, (height - 100 * side) / 2
    strokes = [path([(left + x * side, top + y * side) for x, y in line], pen) for line in PRESETS[digit]]
    return strokes, picture_of(strokes, width, height)


def keyboard_help(name: str, drawing: Drawing, *, width: int, height: int, pen: int) -> None:
    """What the keys do, and the digits to start from."""

    def start() -> None:
        chosen = st.session_state[f"{name}-preset"]
        st.session_state[f"{name}-preset"] = None
        if chosen is not None:
            drawing.put(*preset(chosen, width=width, height=height, pen=pen))

    st.caption(say(words.KEYS))
    st.pills(say("Start from a plain digit"), list(range(10)), key=f"{name}-preset", on_change=told(start),
             help=say(words.HELP["preset"]))  # fmt: skip
