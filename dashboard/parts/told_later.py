"""What a click has done, said on the page that is drawn after it.

A toast in the callback of a fragment comes before its page is drawn, and takes the page's style sheet away.
"""

import streamlit as st

from dashboard.visitor import Key

LATER: Key[list[str]] = Key("_told_later", list)


def tell_later(sentence: str) -> None:
    """Say a sentence when the whole page is drawn next."""
    LATER.get().append(sentence)


def tell() -> None:
    """Say what there is to be said, once."""
    for sentence in LATER.get():
        st.toast(sentence)
    LATER.put([])
