"""Sections of the Draw page: each module shows one of them, and runs only while it is chosen."""

from collections.abc import Callable

import streamlit as st

from core.models.model import Model
from dashboard import visitor
from dashboard.parts.reader import Reading
from dashboard.say import N_, say

SECTION = "section"
SEES, WHY, COMPARE, NUMBER, TEACH = "sees", "why", "compare", "number", "teach"
TITLES = {
    SEES: N_("What the network sees"),
    WHY: N_("Why"),
    COMPARE: N_("Compare"),
    NUMBER: N_("A whole number"),
    TEACH: N_("Teach it your hand"),
}


def show_section(model: Model, name: str, reading: Reading) -> None:
    """One section, chosen by name and kept in the URL."""
    chosen = visitor.chosen(SECTION, list(TITLES), SEES) or SEES
    st.segmented_control(say("Look into it"), TITLES, format_func=_title, required=True, key=SECTION,
                         label_visibility="collapsed")  # fmt: skip
    visitor.keep(SECTION, SEES)
    with st.container(key=f"section-{chosen}"):
        _panel(chosen)(model, name, reading)


def _title(section: str) -> str:
    return say(TITLES[section])


def _panel(chosen: str) -> Callable[[Model, str, Reading], None]:
    """The function that shows a section; its module is loaded when it is first asked for."""
    if chosen == SEES:
        from dashboard.draw.stages import what_it_sees as panel
    elif chosen == WHY:
        from dashboard.draw.why import why as panel
    elif chosen == COMPARE:
        from dashboard.draw.compare import compare as panel
    elif chosen == NUMBER:
        from dashboard.draw.number import whole_number

        def panel(model: Model, name: str, reading: Reading) -> None:
            whole_number(model, name)
    else:
        from dashboard.draw.teach import teach as panel
    return panel
