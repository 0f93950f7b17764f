"""A gallery of digits that can be clicked, touched or reached by keyboard: real buttons with a picture on each.

Streamlit has no picture that answers a click, so this is a small component of our own.
"""

from dataclasses import dataclass
from typing import Any

import streamlit as st

_HTML = '<div class="gallery" role="group"></div>'

_CSS = """
.gallery { display: flex; flex-wrap: wrap; gap: 6px; padding: 2px; }
button { padding: 0; border: 0; background: none; cursor: pointer; font: inherit; color: var(--st-text-color); }
button img { display: block; image-rendering: pixelated; outline: 1px solid var(--st-border-color); }
button span { display: block; font-size: 0.85rem; line-height: 1.5; font-variant-numeric: tabular-nums; }
button:hover img, button:focus-visible img { outline: 2px solid var(--st-primary-color); }
button:focus-visible { outline: none; }
button[aria-pressed="true"] img { outline: 2px solid var(--st-primary-color); }
button[aria-pressed="true"] span { font-weight: 700; }
"""

_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".gallery");
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(...data.items.map((item) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", item.label);
    button.setAttribute("aria-pressed", String(item.id === data.chosen));
    const image = document.createElement("img");
    image.src = item.image;
    image.width = item.width;
    image.alt = "";
    const caption = document.createElement("span");
    caption.textContent = item.caption;
    button.append(image, caption);
    button.onclick = () => setStateValue("chosen", item.id);
    return button;
  }));
}
"""

_component = st.components.v2.component("digit_gallery", html=_HTML, css=_CSS, js=_JS)


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
