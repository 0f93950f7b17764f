"""A sweep is shown to others by a link, which is taken back by making another one."""

import streamlit as st

from core.messages import N_
from core.sweep.sweep import Sweep, renew_links
from dashboard import sharing
from dashboard.parts.refusals import told
from dashboard.say import say
from dashboard.sweep.choice import mine

HELP = N_("A link for others, to watch this sweep.")
WATCH = N_("Who has this link sees the sweep fill, and its trainings and their networks, and can change nothing.")
RENEWED = N_("Links that were given earlier open nothing any more.")
RENEW_HELP = N_("Makes another link. The old one stops working at once, for who is watching now too.")


def share(sweep: Sweep) -> None:
    """The link, with a sentence on what it gives, and how it is taken back."""
    with st.popover(say("Share"), icon=":material/share:", key="sweep-share", help=say(HELP)):
        st.markdown(say(WATCH))
        st.code(sharing.watch_link(sweep), language=None, wrap_lines=True)
        if sweep.about().links:
            st.caption(say(RENEWED))
        st.button(say("Make a new link"), key="sweep-link-new", icon=":material/autorenew:", help=say(RENEW_HELP),
                  on_click=told(_renew, once=True), args=(sweep.id,))  # fmt: skip


def _renew(sweep_id: str) -> None:
    renew_links(mine(sweep_id))
