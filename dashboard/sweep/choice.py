"""Which sweep is looked at, and which of its axes and cells; all of it in the URL."""

import streamlit as st

from core.errors import DigitLabError
from core.runs.record import HOUSE
from core.sweep.presets import PRESETS
from core.sweep.sweep import About, Sweep, find, list_sweeps
from dashboard import visitor
from dashboard.look.numbers import moment
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

SWEEP, ROWS, COLUMNS, CELL = "sweep", "rows", "columns", "cell"  # keys of the session, and their names in the URL
MOST = 30  # in the list
HELP = N_("Every sweep that was begun, the newest first.")
GONE = N_("The sweep that the link names is not here any more. Here is another one.")
NOT_YOURS = N_("This sweep is another visitor’s. Only its owner can change it.")


def in_sight() -> dict[str, About]:
    """The sweeps that this visitor may see, the newest first: their own, and the house's."""
    found = {}
    for sweep in list_sweeps():
        try:
            about = sweep.about()
        except DigitLabError:  # a damaged one, or one that went at this moment
            continue
        if visitor.is_me(about.owner) or about.owner in HOUSE:
            found[sweep.id] = about
        if len(found) == MOST:
            break
    return found


def pick() -> Sweep | None:
    """The list of sweeps; returns the chosen one, None where there is none."""
    found = in_sight()
    wanted = visitor.chosen(SWEEP, list(found), next(iter(found), None))
    if not found:
        st.session_state.pop(SWEEP, None)
        say_if_gone(SWEEP, GONE)
        return None
    st.selectbox(say("Sweep"), list(found), key=SWEEP, help=say(HELP), format_func=lambda name: _title(found[name]))
    visitor.keep(SWEEP, None)
    say_if_gone(SWEEP, GONE)
    return find(st.session_state[SWEEP] or wanted or "")


def mine(sweep_id: str) -> Sweep:
    """A sweep of this visitor's. Raises `DigitLabError` where it is another's: a browser can send any click."""
    sweep = find(sweep_id)
    if not visitor.is_me(sweep.about().owner):
        raise DigitLabError(NOT_YOURS)
    return sweep


def _title(about: About) -> str:
    when = moment(about.created)
    if about.preset in PRESETS:
        return say("{when}: {name}", when=when, name=say(PRESETS[about.preset]))
    return say("{when}: {count} combinations", when=when, count=about.grid.count)
