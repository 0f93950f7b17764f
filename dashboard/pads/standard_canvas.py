"""The standard canvas, streamlit-drawable-canvas, with its toolbar where no hand draws.

Its toolbar shows on hover and lies, unseen, over the top right of the paper until then: a finger that begins there meets it,
and its Edit button turns drawing off. No style sheet of a page reaches it, so a script puts one of ours in its way: the bar
stands above the paper, always, and has what helps to draw.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.pads.fabric import INK, PAPER

TOOLBAR = 52  # pixels above the paper

_component = st.components.v2.component(
    "canvas_toolbar",
    html="<span hidden></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def standard_canvas(
    *, start: dict[str, Any] | None, loads: int, width: int, height: int, pen: int, erase: bool, room: str, key: str
) -> None:
    """Show the canvas with the strokes of `start`, which it takes anew when `loads` changes.

    `room` is the key of the container that it stands in, `TOOLBAR` pixels higher than the paper.
    """
    from streamlit_drawable_canvas import st_canvas  # here, because it cannot be imported outside a running app

    st_canvas(
        stroke_width=pen,
        stroke_color=PAPER if erase else INK,
        height=height,
        width=width,
        return_image_data=True,
        initial_drawing={**(start or {"objects": []}), "load": loads},  # it loads what differs from before
        key=key,
    )
    _component(data={"room": room}, key=f"{room}-toolbar", height="content")
