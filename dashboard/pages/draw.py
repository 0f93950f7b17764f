"""Draw: a digit and its answer, and under it one section of your choice that looks into it."""

import streamlit as st

from dashboard import shared, visitor, words
from dashboard.draw import show_section
from dashboard.draw.try_one import try_one
from dashboard.parts.reader import draw_and_read
from dashboard.parts.refusals import fragment

name = visitor.model_in_use()
model = shared.model(name)


@fragment
def stage() -> None:
    if visitor.another_model_wanted():
        st.rerun()
    reading = draw_and_read(model)
    try_one(model, name)
    show_section(model, name, reading)


stage()

with st.expander("How far can you believe it?", icon=":material/balance:", key="belief", on_change="rerun") as belief:
    if belief.open:
        from dashboard.draw.belief import show_belief

        show_belief(model)
with st.expander("How does it read?", icon=":material/help:"):
    height, width = model.shape
    st.markdown(words.HOW_IT_READS.format(height=height, width=width, sizes=words.sizes(model)))
    if test := model.provenance.scores.get("test"):
        st.markdown(words.reads(shared.model_title(name), test))
