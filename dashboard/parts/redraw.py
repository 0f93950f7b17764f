"""A part of a page that is drawn anew by itself, at a pace that may change each time.

Streamlit's own `run_every` is set by what stands around a fragment: another pace has to draw all that anew, and where many
watch, every page would do so in the same moment, and go on to ask in the same moment. Here the browser asks, so long after
it asked last as it was told with the last drawing.
"""

import time
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "redraw",
    html="<i></i>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def redraw_after(seconds: float, name: str) -> None:
    """Have the fragment in which this is called drawn anew so many seconds after it was asked for last; `name` is its own.

    Call it first: what goes wrong in the rest of the fragment may be over then.
    """
    _component(
        data={"seconds": seconds, "turn": time.monotonic_ns()}, key=f"redraw-{name}", on_asked_change=lambda: None
    )
