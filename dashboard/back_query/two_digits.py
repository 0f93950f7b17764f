"""Two digits to choose, one to begin with and one to go to, in the URL; and the ten pictures that it begins with."""

import numpy as np
import streamlit as st

from core.catalog import find_model
from core.explain.back_query.starts import starting_pictures
from dashboard import shared, visitor
from dashboard.say import N_, say

FROM, TO = "from", "to"  # keys of the two pickers, and their names in the URL
DIGITS = [str(digit) for digit in range(10)]
USUAL = ("3", "8")
HELP = {FROM: N_("The digit whose picture it begins with."), TO: N_("The digit that it goes to.")}


def two_digits() -> tuple[int, int]:
    """The two digits, which are never the same: whoever chooses the same gets another one."""
    first = visitor.chosen(FROM, DIGITS, USUAL[0]) or USUAL[0]
    others = [digit for digit in DIGITS if digit != first]
    usual = USUAL[1] if first != USUAL[1] else USUAL[0]
    second = visitor.chosen(TO, others, usual) or usual
    with st.container(horizontal=True, key="two-digits"):
        st.selectbox(say("From"), DIGITS, key=FROM, help=say(HELP[FROM]), width=130)
        st.selectbox(say("To"), others, key=TO, help=say(HELP[TO]), width=130)
    visitor.keep_all({FROM: USUAL[0], TO: usual})
    return int(first), int(second)


def pictures_of(name: str) -> np.ndarray:
    """Ten pictures (10, h, w) of the network of this name: what it imagined, if anybody has asked it."""
    return starting_pictures(find_model(name), shared.fingerprint(name), shared.model(name).shape)
