"""What is said to a visitor when something that was asked for cannot be done."""

from collections.abc import Callable

import streamlit as st

from core.errors import DigitLabError


def try_to(key: str, action: Callable[[], object]) -> None:
    """Do what may be refused; the sentence of a refusal is kept in the session under `key`, and forgotten by the next."""
    st.session_state.pop(key, None)
    try:
        action()
    except DigitLabError as error:
        st.session_state[key] = str(error)
