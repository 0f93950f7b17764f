"""Train: watch a network learn, choose the settings of your own, and start it."""

import streamlit as st

from dashboard import visitor
from dashboard.say import say
from dashboard.train.form import training_form
from dashboard.train.runs import pick_run, show_run
from dashboard.train.table import show_table
from dashboard.words import PAGES

with st.container(key="studio"):
    form, run_place = st.columns([1, 1.6], gap="large")
with form:
    training_form()
    st.page_link("dashboard/pages/sweep.py", label=say(PAGES["sweep"].door), icon=PAGES["sweep"].icon,
                 query_params=visitor.in_url())  # fmt: skip
with run_place:
    show_run(pick_run())
show_table()
