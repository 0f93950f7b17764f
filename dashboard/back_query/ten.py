"""The ten pictures: four ways from an answer to a picture, one of them shown."""

import streamlit as st

from core.catalog import INVERTIBLE
from core.explain.back_query.inverse import can_back_query
from core.explain.back_query.methods import METHODS
from dashboard import shared, visitor, words
from dashboard.back_query.panel import show, title
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

WAY = "way"
WAYS = ["written", "seen", "typical", "inverse"]
NOT_INVERTIBLE = N_(
    "The network in use drops part of what it is given on the way, so it cannot be run backwards. "
    "Here is one that can: **{title}**."
)


def ten(name: str) -> None:
    """Choose a way, and show what the network of this name finds by it."""
    visitor.chosen(WAY, WAYS, WAYS[0])
    st.segmented_control(say("How it gets there"), WAYS, format_func=title, key=WAY, required=True,
                         label_visibility="collapsed", help=say(words.HELP["way_back"]))  # fmt: skip
    visitor.keep(WAY, WAYS[0])
    say_if_gone(WAY)
    method = st.session_state[WAY]
    if method == "seen" and st.toggle(say("Any pixels will do"), key="any-pixels", help=say(words.HELP["any_pixels"])):
        method = "tricks"
    if method == "typical" and st.toggle(say("The average instead"), key="average", help=say(words.HELP["average"])):
        method = "mean"
    st.markdown(say(METHODS[method].sentence))
    if method == "inverse" and not can_back_query(shared.model(name)):
        name = INVERTIBLE
        st.info(say(NOT_INVERTIBLE, title=shared.model_name(name)), icon=":material/info:")
    show(name, method)
