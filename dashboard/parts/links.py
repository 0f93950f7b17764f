"""A link to what is not here any more says so."""

import streamlit as st

from dashboard import visitor
from dashboard.say import N_, say

NO_NETWORK = N_("The network that the link names is not here any more. Here is {title} instead.")
NO_PART = N_("What the link names is not on this page. Here is what it shows by itself.")


def say_if_gone(key: str, sentence: str = NO_PART, **values: str) -> None:
    """Say so under a picker whose URL named something that is not on offer."""
    if visitor.is_gone(key):
        st.warning(say(sentence, **values), icon=":material/link_off:")
