"""A run is given to others: one link shows it, another one gives it away."""

import streamlit as st

from core.messages import N_
from core.runs.run import Run
from dashboard import sharing
from dashboard.say import say

HELP = N_("Links of this run for others: one to watch it, and one to own it together with you.")
WATCH = N_("**To watch.** Who has this link sees the run and its network, and can change nothing.")
OWN = N_("**To own.** Who opens this link can stop, rename and delete the run as you can. It cannot be taken back.")


def share(run: Run) -> None:
    """Both links, each with a sentence on what it gives."""
    with st.popover(say("Share"), icon=":material/share:", key="run-share", help=say(HELP)):
        st.markdown(say(WATCH))
        st.code(sharing.watch_link(run), language=None, wrap_lines=True)
        st.markdown(say(OWN))
        st.code(sharing.owner_link(run), language=None, wrap_lines=True)
