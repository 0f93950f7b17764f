"""Draw: a digit and its answer, and under it one section of your choice that looks into it."""

import streamlit as st

from dashboard import shared, visitor, words
from dashboard.draw import show_section
from dashboard.draw.try_one import try_one
from dashboard.parts.reader import draw_and_read
from dashboard.parts.refusals import fragment
from dashboard.say import say

name = visitor.model_in_use()


@fragment
def stage(name: str) -> None:
    """It holds the model's name: with the model, each open tab would keep one."""
    if visitor.another_model_wanted():
        st.rerun()
    reading = draw_and_read(name)
    model = shared.model(name)
    try_one(model, name)
    show_section(model, name, reading)


stage(name)

title = say("How far can you believe it?")
with st.expander(title, icon=":material/balance:", key="belief", on_change="rerun") as belief:
    if belief.open:
        from dashboard.draw.belief import show_belief

        show_belief(shared.model(name))
with st.expander(say("How does it read?"), icon=":material/help:"):
    card = shared.card(name)
    height, width = card.config.network.shape
    st.markdown(say(words.HOW_IT_READS, height=height, width=width, sizes=words.sizes(card.config.network)))
    if test := card.provenance.scores.get("test"):
        st.markdown(words.reads(shared.model_title(name), test))
