"""Draw: a digit, the ten probabilities, and the picture that the network sees."""

import streamlit as st

from dashboard import state, words
from dashboard.reader import draw_and_read

name = state.model_in_use()
model = state.model(name)
st.fragment(draw_and_read)(model)

with st.expander("How does it read?", icon=":material/help:"):
    height, width = model.shape
    st.markdown(words.HOW_IT_READS.format(height=height, width=width, sizes=words.sizes(model)))
    if test := model.provenance.scores.get("test"):
        st.markdown(words.reads(state.model_title(name), test))
