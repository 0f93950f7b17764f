"""Sweep: choose what to try, and see what of it reads best, and how much of that is luck."""

import streamlit as st

from dashboard.parts.in_view import in_view
from dashboard.sweep.choice import hear_what_is_asked_for, in_sight, pick
from dashboard.sweep.example import show_example
from dashboard.sweep.form import sweep_form
from dashboard.sweep.managing import show_way_back
from dashboard.sweep.panel import show_sweep

found = in_sight()
hear_what_is_asked_for(found)
# On a phone what is watched comes first, once there is something: see `.st-key-studio`.
with st.container(key="studio" if found else "sweep-studio"):
    form, result = st.columns([1, 1.8], gap="large")
with form:
    sweep_form()
with result:
    show_way_back()
    sweep = pick(found)
    if sweep:
        in_view(sweep.id, "sweep")
        show_sweep(sweep)
    else:
        show_example()
