"""Which sweep is looked at, and which of its axes and cells; all of it in the URL."""

import streamlit as st

from core.errors import DigitLabError
from core.runs import keys, links
from core.sweep.presets import PRESETS
from core.sweep.sweep import About, Sweep, find, list_sweeps
from core.training.recipes import RECIPES
from dashboard import visitor
from dashboard.look.numbers import moment
from dashboard.parts.links import say_if_gone
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.visitor import SWEEP

ROWS, COLUMNS, CELL = "rows", "columns", "cell"  # keys of the session, and their names in the URL
MOST = 30  # in the list
HELP = N_("Every sweep that was begun, the newest first.")
GONE = N_(
    "The sweep that the link names is not here any more: it was deleted, its owner has made a new link, or the link is wrong."
)
NOT_YOURS = N_("This sweep is another visitor’s. Only its owner can change it.")


def in_sight() -> dict[str, About]:
    """The sweeps that this visitor may see, the newest first; an older one joins the list when it is asked for."""
    found: dict[str, About] = {}
    wanted = visitor.asked_for(SWEEP)
    for sweep in list_sweeps():
        if len(found) >= MOST and sweep.id != wanted:
            continue
        try:
            about = sweep.about()
        except DigitLabError:  # a damaged one, or one that went at this moment
            continue
        if visitor.may_see_sweep(sweep.id, about):
            found[sweep.id] = about
    return found


def hear_what_is_asked_for(found: dict[str, About]) -> None:
    """Take the sweep that the URL or a button names; where a link names one that is not in sight, it is said here."""
    visitor.chosen(SWEEP, list(found), next(iter(found), None))
    say_if_gone(SWEEP, GONE)


def pick(found: dict[str, About]) -> Sweep | None:
    """The list of the sweeps that are in sight; returns the one that was asked for, None where there is none."""
    if not found:
        st.session_state.pop(SWEEP, None)
        return None
    st.selectbox(say("Sweep"), list(found), key=SWEEP, help=say(HELP), on_change=told(_other),
                 format_func=lambda name: _title(found[name]))  # fmt: skip
    visitor.keep(SWEEP, None)
    return find(st.session_state[SWEEP])


def show(sweep_id: str) -> None:
    """Show this sweep from now on; which combination of another one was looked at says nothing of it."""
    visitor.want(SWEEP, sweep_id)
    visitor.drop(CELL)


def _other() -> None:
    visitor.forget(SWEEP)
    visitor.drop(CELL)


def mine(sweep_id: str) -> Sweep:
    """A sweep of this visitor's. Raises `DigitLabError` where it is another's: a browser can send any click."""
    sweep = find(sweep_id)
    if not visitor.is_me(sweep.about().owner):
        raise DigitLabError(NOT_YOURS)
    return sweep


def by_its_link(sweep_id: str, about: About) -> dict[str, str]:
    """What the address of one of a sweep's runs carries beside it: who watches another's sees its runs by the sweep's link."""
    if visitor.is_me(about.owner):
        return {}
    return {SWEEP: sweep_id, visitor.SEE: links.proof(keys.WATCH, sweep_id, about)}


def _title(about: About) -> str:
    when = moment(about.created)
    if about.preset in PRESETS:
        return say("{when}: {name}", when=when, name=say(PRESETS[about.preset]))
    recipes = [RECIPES[name] for name in about.grid.bases if name in RECIPES]
    if len(about.grid.bases) == len(recipes) == 1:
        return say(
            "{when}: “{recipe}”, {count} combinations", when=when, count=about.grid.count, recipe=recipes[0].title
        )
    return say("{when}: {count} combinations", when=when, count=about.grid.count)
