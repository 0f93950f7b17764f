"""A run is given to others: one link shows it, another one gives it away; and both are taken back."""

import streamlit as st

from core.errors import DigitLabError
from core.messages import N_
from core.runs import links
from core.runs.record import Record
from core.runs.run import Run, open_run
from dashboard import sharing, visitor
from dashboard.parts.refusals import told
from dashboard.say import say, say_many

HELP = N_("Links of this run for others: one to watch it, and one to own it together with you.")
WATCH = N_("**To watch.** Who has this link sees the run and its network, and can change nothing.")
OWN = N_(
    "**To own.** Who opens this link can stop, rename and delete the run as you can, until whoever began it takes that back."
)
RENEWED = N_("Links that were given earlier open nothing any more.")
RENEW_HELP = N_(
    "Makes two other links. The old ones stop working at once, for who is watching now too. Who owns the run with you keeps it."
)
ALONE_HELP = N_(
    "Takes the run back from all others who own it, and makes two other links. The old ones stop working at once."
)
NOT_YOURS = N_("Only an owner of the run makes new links of it, and only whoever began it takes it back.")


def share(run: Run) -> None:
    """Both links, each with a sentence on what it gives, and how they are taken back."""
    with st.popover(say("Share"), icon=":material/share:", key="run-share", help=say(HELP)):
        st.markdown(say(WATCH))
        st.code(sharing.watch_link(run), language=None, wrap_lines=True)
        st.markdown(say(OWN))
        st.code(sharing.owner_link(run), language=None, wrap_lines=True)
        _take_back(run, run.record())


def _take_back(run: Run, about: Record) -> None:
    others = len(about.owners) if visitor.is_me(about.owner) else 0  # who was given it says nothing of the others
    if others:
        st.markdown(say_many("You have given it to one visitor, who owns it too.",
                             "You have given it to {count} visitors, who own it too.", others))  # fmt: skip
    if about.links:
        st.caption(say(RENEWED))
    with st.container(horizontal=True, key="run-links"):
        st.button(say("Make new links"), key="run-links-new", icon=":material/autorenew:", help=say(RENEW_HELP),
                  on_click=told(_renew, once=True), args=(run.id,))  # fmt: skip
        if others:
            st.button(say("Own it alone again"), key="run-links-alone", icon=":material/person:", help=say(ALONE_HELP),
                      on_click=told(_renew, once=True), args=(run.id, True))  # fmt: skip


def _renew(run_id: str, alone: bool = False) -> None:
    """Take back the links, and with `alone` the run too. A browser can send any click: whose it is, is asked here."""
    run = open_run(run_id)
    about = run.record()
    if not (visitor.is_me(about.owner) if alone else visitor.holds(about)):
        raise DigitLabError(NOT_YOURS)
    links.renew(run, alone=alone)
