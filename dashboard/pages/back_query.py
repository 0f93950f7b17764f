"""Back-query: the ten answers run back to pictures, all at once."""

import numpy as np
import streamlit as st

from core.catalog import INVERTIBLE
from core.explain.back_query.inverse import can_back_query
from dashboard import shared, visitor, words
from dashboard.look import images
from dashboard.look.numbers import brief
from dashboard.say import say

name = visitor.model_in_use()
model = shared.model(name)
if not can_back_query(model):
    name = INVERTIBLE
    st.info(say(words.NOT_INVERTIBLE, title=shared.model_title(name)), icon=":material/info:")
    model = shared.model(name)

pictures = shared.back_queries(name)
answers = model.predict(pictures.astype(np.float32))
scale = images.scale_for(model.shape, 168)
with st.container(horizontal=True, gap="small", key="sheet"):
    for digit, picture in enumerate(pictures):
        with st.container(width=images.width_of(picture, scale)):
            st.markdown(f"### {digit}")
            st.image(
                images.digit_image(picture, scale=scale),
                width=images.width_of(picture, scale),
                alt=say("What the network connects with the answer {digit}", digit=digit),
            )
            read = int(answers[digit].argmax())
            st.caption(say("Read again: {digit}, {sure}", digit=read, sure=brief(answers[digit, read])))

with st.expander(say("What am I looking at?"), icon=":material/help:"):
    st.markdown(say(words.BACK_QUERY))
