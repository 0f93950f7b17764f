"""What has just begun comes into view, where the page had been scrolled past it.

Where much of a page gives way to little, the browser stays at the end of it: on a phone, the head of what is new is out of view.
"""

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "in_view",
    html="<i></i>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def in_view(turn: str, name: str) -> None:
    """Have what comes next in view each time that `turn` is another one; `name` is its own on the page."""
    _component(data={"turn": turn}, key=f"in-view-{name}")
