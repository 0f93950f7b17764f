"""Sweep: choose what to try, and see what of it reads best, and how much of that is luck."""

import streamlit as st

from dashboard.say import say
from dashboard.sweep.choice import pick
from dashboard.sweep.form import sweep_form
from dashboard.sweep.panel import show_sweep, show_way_back
from dashboard.words import NO_SWEEP

form, result = st.columns([1, 1.8], gap="large")
with form:
    sweep_form()
with result:
    show_way_back()
    sweep = pick()
    if sweep:
        show_sweep(sweep)
    else:
        st.markdown(say(NO_SWEEP))
