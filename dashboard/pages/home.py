"""Home: draw at once, then what this is, and a door to each job."""

import streamlit as st

from dashboard import visitor, words
from dashboard.parts.reader import draw_and_read
from dashboard.parts.refusals import fragment
from dashboard.say import say

fragment(draw_and_read)(visitor.model_in_use(), tools=False)

st.subheader(say("Four things to do"), anchor=False)
for column, name in zip(st.columns(4), ("draw", "train", "back_query", "mistakes"), strict=True):
    text = words.PAGES[name]
    with column, st.container(border=True, height="stretch", key=f"door-{name}"):
        st.page_link(f"dashboard/pages/{name}.py", label=f"**{say(text.title)}**", icon=text.icon, width="stretch",
                     query_params=visitor.in_url())  # fmt: skip
        st.markdown(say(text.door))
engines = words.PAGES["engines"]
st.page_link("dashboard/pages/engines.py", label=say("For the curious: {door}", door=say(engines.door)), icon=engines.icon,
             query_params=visitor.in_url())  # fmt: skip

st.subheader(say("What is going on here?"), anchor=False)
st.markdown(say(words.WHAT_IT_IS))
