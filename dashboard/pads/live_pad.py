"""The usual pad, one of our own: it sends the drawing while the pen still moves, and can be drawn on by keyboard alone.

The standard canvas sends after a stroke only. This one speaks of strokes as that one does, so that both share a drawing.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.look.scripts import bundle
from dashboard.pads.fabric import INK, PAPER
from dashboard.say import say

CELL = 10  # pixels along a step of the keyboard's cursor: 28 steps across a pad of 280

_HTML = """
<div class="paper">
  <canvas class="ink"></canvas><canvas class="cursor" aria-hidden="true"></canvas>
</div>
<div class="said" role="status" aria-live="polite"></div>
"""

_SOURCE = Path(__file__)
_component = st.components.v2.component(
    "digit_live_pad",
    html=_HTML,
    css=_SOURCE.with_suffix(".css").read_text(encoding="utf-8"),
    js=bundle(_SOURCE.parent, "live_pad.js"),
)


def live_pad(
    *, strokes: list[dict[str, Any]], version: int, width: int, height: int, pen: int, erase: bool, grid: bool,
    heard: int, most: int, answer: str, label: str, key: str,
) -> None:  # fmt: skip
    """Show the pad with these strokes; it takes them anew when `version` changes, and keeps its own otherwise.

    `grid` shows the squares that the keyboard's cursor steps through, `heard` tells the pad which of its pictures was
    read last, `most` how many strokes fit, and `answer` is said to a screen reader. `drawn_on` tells the next run what was drawn.
    The pad itself fills in where the keyboard's cursor is.
    """
    _component(
        data={"strokes": strokes, "version": version, "width": width, "height": height, "pen": pen, "erase": erase,
              "grid": grid, "heard": heard, "most": most, "answer": answer, "label": label, "cell": CELL,
              "ink": INK, "paper": PAPER, "onInk": say("row {row}, column {column}, ink"),
              "onPaper": say("row {row}, column {column}, paper")},
        key=key,
        width="content",
        on_drawing_change=lambda: None,
    )  # fmt: skip


def drawn_on(key: str) -> dict[str, Any]:
    """What the pad sent last: its version, the sequence number, the strokes and the picture as a data URL.

    It is as a browser sent it; whoever uses it looks at what it is.
    """
    held: Any = st.session_state.get(key)
    sent = held.get("drawing") if held else None
    return sent if isinstance(sent, dict) else {}
