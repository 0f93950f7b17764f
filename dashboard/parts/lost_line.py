"""Says in words that the line to the server is gone, on every page; it comes back by itself.

Streamlit says so by a box that stands before the whole page and lets nothing be done until it is closed, though the stage reads
on in the browser. It is closed here as soon as it opens.
"""

from pathlib import Path

import streamlit as st

from dashboard.say import N_, say

_SOURCE = Path(__file__)
_component = st.components.v2.component(
    "lost_line",
    html='<p role="status"></p>',
    css=_SOURCE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_SOURCE.with_suffix(".js").read_text(encoding="utf-8"),
)
GONE = N_(
    "The connection is gone, and comes back by itself. What you draw is read all the same, a training goes on, and nothing is "
    "lost."
)


def say_if_lost() -> None:
    """Have this said at the foot of the window, as long as it is so."""
    _component(data={"gone": say(GONE)}, key="lost-line")
