"""The drawing pad: the standard canvas with its own Undo and Clear, whose strokes survive a change of page.

The canvas forgets everything when it leaves the page and sends no picture until the next stroke, so the pad keeps the
strokes and the picture after each of them.
"""

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from dashboard.state import visit

SIZE = 280  # pixels, ten times MNIST's
PEN = 20
INK = "#1c2028"
MAX_STROKES = 200


@dataclass
class Snapshot:
    """The canvas after a stroke: its strokes as the canvas tells them, and its picture as a PNG file."""

    strokes: dict[str, Any]
    png: bytes

    @property
    def count(self) -> int:
        return len(self.strokes.get("objects", []))


@dataclass
class Drawing:
    """One visitor's drawing: snapshots by growing number of strokes, and what the canvas on the page began with."""

    snapshots: list[Snapshot] = field(default_factory=list)
    start: dict[str, Any] | None = None
    mounts: int = 0
    visit: int = -1

    def remount(self) -> None:
        """Put a new canvas on the page, with the strokes as they are now."""
        self.start = self.snapshots[-1].strokes if self.snapshots else None
        self.mounts += 1

    def note(self, strokes: dict[str, Any], png: bytes) -> None:
        """Keep what the canvas sent, unless it holds no more than the canvas began with (it may send that as well)."""
        new = Snapshot(strokes, png)
        if new.count > self.begun_with:
            earlier = [snapshot for snapshot in self.snapshots if snapshot.count < new.count]
            self.snapshots = [*earlier[-MAX_STROKES:], new]

    @property
    def begun_with(self) -> int:
        """Number of strokes that were on the canvas when it came onto the page."""
        return len(self.start.get("objects", [])) if self.start else 0

    def undo(self) -> None:
        if self.snapshots:
            self.snapshots.pop()
        self.remount()

    def clear(self) -> None:
        self.snapshots = []
        self.remount()

    def picture(self) -> np.ndarray | None:
        """The drawing as (280, 280, 4) uint8 RGBA, or None while there is none."""
        if not self.snapshots:
            return None
        with Image.open(io.BytesIO(self.snapshots[-1].png)) as image:
            return np.asarray(image.convert("RGBA"))


def pad(name: str = "drawing") -> np.ndarray | None:
    """Show the drawing pad; returns the picture (280, 280, 4) uint8 RGBA, or None while nothing is drawn.

    Call it inside a fragment: each stroke then redraws only what depends on it.
    """
    drawing: Drawing = st.session_state.setdefault(name, Drawing())
    if drawing.visit != visit():
        drawing.visit = visit()
        drawing.remount()
    with st.container(key=f"{name}-pad", width=SIZE + 2):
        with st.container(key=f"{name}-paper"):
            result = st_canvas(
                stroke_width=PEN,
                stroke_color=INK,
                height=SIZE,
                width=SIZE,
                return_image_data=True,
                initial_drawing=drawing.start,
                key=f"{name}-{drawing.mounts}",
            )
        if (png := result.image_bytes) is not None:
            drawing.note(result.json_data or {}, png)
        with st.container(horizontal=True, gap="small"):
            empty = not drawing.snapshots
            st.button("Undo", key=f"{name}-undo", icon=":material/undo:", on_click=drawing.undo, disabled=empty,
                      help="Take back the last stroke.")  # fmt: skip
            st.button("Clear", key=f"{name}-clear", icon=":material/delete:", on_click=drawing.clear, disabled=empty,
                      help="Empty the box.")  # fmt: skip
    return drawing.picture()
