"""Train: watch a network learn, choose the settings of your own, and start it."""

import streamlit as st

from dashboard.train.form import training_form
from dashboard.train.runs import pick_run, show_run
from dashboard.train.table import show_table

with st.container(key="studio"):
    form, run_place = st.columns([1, 1.6], gap="large")
with form:
    training_form()
with run_place:
    show_run(pick_run())
show_table()
