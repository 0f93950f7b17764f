"""The drawing pad: the standard canvas with its own Undo and Clear, whose strokes survive a change of page.

The canvas forgets everything when it leaves the page and sends no picture until the next stroke, so the pad keeps the
strokes and the picture after each of them.
"""

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from dashboard.state import visit
from dashboard.strokes import Drawing

SIZE = 280  # pixels, ten times MNIST's
PEN = 20
INK = "#1c2028"


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
