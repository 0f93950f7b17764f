"""Draw, the first page: a digit is drawn and read, and what looks into the answer stands between hand and answer."""

import streamlit as st

from dashboard import presenter, shared, visitor, words
from dashboard.draw.stage.place import on_the_stage
from dashboard.parts.refusals import fragment
from dashboard.say import say

name = visitor.model_in_use()


@fragment
def stage(name: str) -> None:
    """It holds the model's name: with the model, each open tab would keep one."""
    if visitor.another_model_wanted():
        st.rerun()
    on_the_stage(name)


stage(name)
if presenter.is_on():
    st.stop()
presenter.enter_button()

st.subheader(say("What else is here"), anchor=False)
for column, page in zip(st.columns(3), ("train", "back_query", "mistakes"), strict=True):
    text = words.PAGES[page]
    with column, st.container(border=True, height="stretch", key=f"door-{page}"):
        st.page_link(f"dashboard/pages/{page}.py", label=f"**{say(text.title)}**", icon=text.icon, width="stretch",
                     query_params=visitor.in_url())  # fmt: skip
        st.markdown(say(text.door))

with st.expander(say("What is going on here?"), icon=":material/help:"):
    st.markdown(say(words.WHAT_IT_IS))
    card = shared.card(name)
    height, width = card.config.network.shape
    st.markdown(say(words.HOW_IT_READS, height=height, width=width, sizes=words.sizes(card.config.network)))
    if test := card.provenance.scores.get("test"):
        st.markdown(words.reads(shared.model_name(name), test))
        st.markdown(words.expected(test))
title = say("How far can you believe it?")
with st.expander(title, icon=":material/balance:", key="belief", on_change="rerun") as belief:
    if belief.open:
        from dashboard.draw.belief import show_belief

        show_belief(shared.model(name))
