"""Engines: measure NumPy and Taichi on this computer, race them, and check that they do the same."""

import streamlit as st

from dashboard import visitor
from dashboard.engines.measure import measure
from dashboard.engines.race import race
from dashboard.engines.twin import twin_check
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

PART = "part"
PARTS = {
    "measure": (":material/timer:", N_("Measure"), measure),
    "race": (":material/flag:", N_("Race"), race),
    "twins": (":material/compare_arrows:", N_("Do they agree?"), twin_check),
}
WHAT_ENGINES_ARE = N_("""
An **engine** is the program that does the arithmetic of training. **NumPy** hands large sums to a library tuned to the
processor. **Taichi** compiles our own code for the processor or a graphics card. They do the same sums; what differs is
the time.
""")


def title(part: str) -> str:
    icon, name, _ = PARTS[part]
    return f"{icon} {say(name)}"


st.markdown(say(WHAT_ENGINES_ARE))
visitor.chosen(PART, list(PARTS), "measure")
st.segmented_control(say("What to do"), list(PARTS), format_func=title,
                     help=say("Measure how fast the engines are, let them race, or see whether they agree."),
                     key=PART, required=True,
                     label_visibility="collapsed")  # fmt: skip
visitor.keep(PART, "measure")
say_if_gone(PART)
show = PARTS[st.session_state[PART]][2]
show()
