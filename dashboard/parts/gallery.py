"""A gallery of digits that can be clicked, touched or reached by keyboard: real buttons with a picture on each.

Streamlit has no picture that answers a click, so this is a small component of our own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

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


def gallery(items: list[Item], *, chosen: int, label: str, key: str) -> None:
    """Show pictures side by side, with the chosen one marked; `chosen_in` tells the next run which was clicked."""
    rows = [{"id": i.id, "image": i.image, "width": i.width, "caption": i.caption, "label": i.label} for i in items]
    _component(data={"items": rows, "label": label, "chosen": chosen}, key=key, on_chosen_change=lambda: None)


def chosen_in(key: str, ids: list[int]) -> int:
    """The id that was clicked last in a gallery that shows `ids`; the first of them when none was."""
    held: Any = st.session_state.get(key)
    chosen = held.get("chosen") if held else None
    return chosen if chosen in ids else ids[0]
