"""Train: choose the settings, start a run, and watch it learn."""

import streamlit as st

from dashboard.train.form import training_form
from dashboard.train.runs import show_runs

form, result = st.columns([1, 1.4], gap="large")
with form:
    training_form()
with result:
    show_runs()
