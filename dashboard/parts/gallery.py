"""A gallery of digits that can be clicked, touched or reached by keyboard: real buttons with a picture on each.

Streamlit has no picture that answers a click, so this is a small component of our own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts.refusals import told

_HTML = '<div class="gallery" role="group"></div>'

_SOURCE = Path(__file__)
_component = st.components.v2.component(
    "digit_gallery",
    html=_HTML,
    css=_SOURCE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_SOURCE.with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One picture: `id` is what a click gives, `label` is what a screen reader says, `image` is a URL."""

    id: int
    image: str
    width: int
    caption: str
    label: str


def gallery(items: list[Item], *, chosen: int, label: str, take: Callable[[int], None], key: str) -> None:
    """Show pictures side by side, with the chosen one marked; `take` is given the id of one that is clicked."""

    def taken() -> None:
        if (clicked := _clicked(key)) in [item.id for item in items]:
            take(clicked)

    rows = [{"id": i.id, "image": i.image, "width": i.width, "caption": i.caption, "label": i.label} for i in items]
    _component(data={"items": rows, "label": label, "chosen": chosen}, key=key, on_click_change=told(taken))


def _clicked(key: str) -> int:
    """What a browser says was clicked; -1, which is no picture's id, if it says something else."""
    held: Any = st.session_state.get(key)
    sent = held.get("click") if held else None
    return sent if type(sent) is int else -1
