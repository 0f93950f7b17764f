"""Backwards: the ten answers run back to pictures (the back-query), all at once."""

import html

import numpy as np
import streamlit as st

from core.catalog import INVERTIBLE
from core.explain.back_query.inverse import can_back_query
from dashboard import shared, visitor, words
from dashboard.look import images
from dashboard.look.numbers import brief
from dashboard.say import say

FINEST = 28  # pixels across; coarser pictures are drawn by larger squares, to the same size


def figure(digit: int, picture: np.ndarray, answer: np.ndarray) -> str:
    """One answer, the picture that it leads to, and what the network makes of that picture."""
    alt = say("What the network looks for when it answers {digit}", digit=digit)
    read = int(answer.argmax())
    sure = brief(answer[read])
    again = say("It reads this as {digit}: {sure}", digit=read, sure=sure)
    side = picture.shape[0]
    return (
        f"<figure><b>{digit}</b>"
        f'<img class="digit" src="{images.digit_url(picture)}" width="{side}" height="{side}" decoding="sync" '
        f'alt="{html.escape(alt)}"><figcaption>{html.escape(again)}</figcaption></figure>'
    )


name = visitor.model_in_use()
model = shared.model(name)
if not can_back_query(model):
    name = INVERTIBLE
    st.info(say(words.NOT_INVERTIBLE, title=shared.model_name(name)), icon=":material/info:")
    model = shared.model(name)

pictures = shared.back_queries(name)
answers = model.predict(pictures.astype(np.float32))
right = int((answers.argmax(axis=1) == np.arange(10)).sum())
st.markdown(say(words.READS_ITS_OWN, right=right))
figures = "".join(figure(digit, picture, answers[digit]) for digit, picture in enumerate(pictures))
with st.container(key="sheet"):
    st.html(f'<div class="sheet" style="--pixels: {FINEST}">{figures}</div>')
with st.expander(say("More: what am I looking at?"), icon=":material/help:"):
    st.markdown(say(words.BACK_QUERY))
