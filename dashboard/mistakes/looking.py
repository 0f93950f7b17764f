"""Five quick networks look through all labels of a data set: begun by a button, watched, and what came of it."""

import streamlit as st

from core.heldout.labels import Doubts
from core.jobs.doubting import Doubting
from dashboard import shared, visitor, words
from dashboard.parts.refusals import fragment, told
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import N_, say

WHAT = N_(
    "Five networks learn from four fifths of the digits each, and each looks at those that it has not seen. "
    "It takes some seconds."
)
HELP = N_("Trains five small networks in the background, and shows the labels that they doubt.")


def look_through(dataset: str) -> Doubts | None:
    """What was found; before that the button, or how far it is."""
    doubting = shared.jobs().doubting(dataset)
    if doubting and doubting.found:
        return doubting.found
    if doubting and doubting.live:
        fragment(_watch, run_every=REFRESH_SECONDS)(dataset)
        return None
    st.markdown(say(WHAT))
    if doubting and doubting.error:
        st.error(say(doubting.error), icon=":material/error:")
    st.button(say("Look through all labels"), key="look-through", type="primary", icon=":material/fact_check:", help=say(HELP),
              on_click=told(_begin, once=True), args=(dataset,))  # fmt: skip
    return None


def _begin(dataset: str) -> None:
    shared.jobs().doubt(dataset, owner=visitor.owner())


def _watch(dataset: str) -> None:
    doubting: Doubting | None = shared.jobs().doubting(dataset)
    if doubting is None or not doubting.live:
        st.rerun()
    place = shared.jobs().queue.place(doubting.ticket)
    st.progress(doubting.done, words.in_line(place) if place else say("Looking through the labels …"))
