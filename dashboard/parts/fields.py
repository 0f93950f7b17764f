"""A field for a number: what it shows is what it gives, and what cannot be used is said under it.

A browser keeps a value outside of `st.number_input`'s own limits to itself: the field shows it in red, and the server goes
on with the last one that was within them. So the fields here have no limits in the browser; every value arrives, a field
left empty too, and is judged here.
"""

from collections.abc import Callable

import streamlit as st

from core.errors import DigitLabError
from dashboard.say import say

LONGEST = 1e15  # larger ones would be shown with fewer figures than they have


def number_field(label: str, key: str, check: Callable[[], object], *, step: float, help: str) -> None:
    """Show the field of this key, and under it why `check` refuses what is in it."""
    st.number_input(label, value=None, step=step, format="%.15g", key=key, help=help, persist_state="session")
    say_problem(key, check)


def say_problem(key: str, check: Callable[[], object]) -> None:
    """Say under the field of this key why `check` refuses what is in it, as long as it does."""
    try:
        check()
    except DigitLabError as error:
        with st.container(key=f"{key}-problem"):
            st.markdown(f":red[:material/error: {say(error.message)}]")


def number_in(label: str, key: str) -> int | float:
    """The number that the field holds now, a whole one as an `int`; refused where there is none."""
    value = st.session_state[key]
    if value is None:
        raise DigitLabError("{label} is empty: write a number into it.", label=label)
    if abs(value) >= LONGEST:
        raise DigitLabError("{label} is too large a number.", label=label)
    return int(value) if float(value).is_integer() else float(value)
