"""Engines: measure NumPy and Taichi on this computer, race them, and check that they do the same."""

import streamlit as st

from dashboard import visitor
from dashboard.engines.measure import measure
from dashboard.engines.race import race
from dashboard.engines.twin import twin_check

PART = "part"
PARTS = {
    "measure": (":material/timer: Measure", measure),
    "race": (":material/flag: Race", race),
    "twins": (":material/compare_arrows: Twin check", twin_check),
}
WHAT_ENGINES_ARE = """
An **engine** is the program that does the arithmetic of training. **NumPy** hands large sums to a library tuned to the
processor. **Taichi** compiles our own code for the processor or a graphics card. They do the same sums; what differs is
the time.
"""

st.markdown(WHAT_ENGINES_ARE)
visitor.chosen(PART, list(PARTS), "measure")
st.segmented_control("What to do", list(PARTS), format_func=lambda name: PARTS[name][0], key=PART, required=True,
                     label_visibility="collapsed")  # fmt: skip
visitor.keep(PART, "measure")
PARTS[st.session_state[PART]][1]()
