"""What stands around every page: its title and sentence, and the network in use."""

import streamlit as st

from core.catalog import DEFAULT
from dashboard import shared, visitor, words
from dashboard.say import say


def header(title: str, sentence: str) -> None:
    """The page's title and its one sentence, said here, and the network in use, always in the same place."""
    shared.jobs().devices()  # tried in the background from the first visit on, to be known where it is asked for
    left, right = st.columns([2, 1], gap="large", vertical_alignment="bottom")
    with left:
        st.title(say(title), anchor=False)
        st.markdown(say(sentence))
    with right:
        names = visitor.model_names()
        visitor.chosen(visitor.MODEL, names, DEFAULT)
        titles = words.distinct({name: shared.model_title(name) for name in names})
        st.selectbox(
            say("Network in use"),
            names,
            format_func=titles.__getitem__,
            key=visitor.MODEL,
            help=say(words.HELP["model"]),
        )
        visitor.keep(visitor.MODEL, DEFAULT)
