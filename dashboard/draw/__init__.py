"""Sections of the page Draw: each module shows one of them in the stage's middle, and runs only while it is chosen."""

from collections.abc import Callable

import streamlit as st

from core.models.model import Model
from dashboard import visitor
from dashboard.parts.links import say_if_gone
from dashboard.parts.reader import Reading
from dashboard.say import N_, say

SECTION = "section"
NETWORK, SEES, WHY, COMPARE, NUMBER, TEACH = "network", "sees", "why", "compare", "number", "teach"
TITLES = {
    NETWORK: N_("The network"),
    SEES: N_("What it sees"),
    WHY: N_("Why"),
    COMPARE: N_("Compare"),
    NUMBER: N_("A number"),
    TEACH: N_("Teach it"),
}


def choose_section() -> str:
    """What the middle shows, chosen by name and kept in the URL."""
    chosen = visitor.chosen(SECTION, list(TITLES), NETWORK) or NETWORK
    st.segmented_control(say("Look into it"), TITLES, format_func=_title, required=True,
                         help=say("What stands under the pad: why it reads so, drawings to try, or your own hand to teach it."),
                         key=SECTION,
                         label_visibility="collapsed")  # fmt: skip
    visitor.keep(SECTION, NETWORK)
    say_if_gone(SECTION)
    return chosen


def show_section(chosen: str, model: Model, name: str, reading: Reading) -> None:
    """The chosen section; the network itself is drawn by the stage."""
    if chosen == NETWORK:
        return
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
