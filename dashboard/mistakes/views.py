"""The views of the Mistakes page: each is a way to come to digits, and runs only while it is chosen."""

import streamlit as st

from core.scores.evaluation import Evaluation
from dashboard import visitor
from dashboard.mistakes.among import Among
from dashboard.mistakes.digit_map.loop import LOOP
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

VIEW = "view"  # key of the view, and its name in the URL
MATRIX, PAIR, KINDS, SURE, MAP, LABELS, YOU = "matrix", "pair", "kinds", "doubt", "map", "labels", "you"
VIEWS = {
    MATRIX: N_("What for what"),
    PAIR: N_("Two networks"),
    KINDS: N_("By handwriting"),
    SURE: N_("“I don't know”"),
    MAP: N_("A map"),
    LABELS: N_("Doubtful labels"),
    YOU: N_("You against it"),
}
HELP = N_("Seven ways to look at what the network gets wrong: each leads to the digits themselves.")


def choose_view() -> str:
    """Which view is shown."""
    chosen = visitor.chosen(VIEW, list(VIEWS), MATRIX) or MATRIX
    st.segmented_control(say("Look at it"), list(VIEWS), format_func=_title, key=VIEW, required=True,
                         label_visibility="collapsed", help=say(HELP))  # fmt: skip
    say_if_gone(VIEW)
    if chosen != MAP:
        st.session_state.pop(LOOP, None)  # it belongs to the map, and is not found there again
    return chosen


def _title(view: str) -> str:
    return say(VIEWS[view])


def show_view(chosen: str, evaluation: Evaluation, name: str) -> Among:
    """The chosen view; its module is loaded when it is first asked for."""
    if chosen == PAIR:
        from dashboard.mistakes.pair import two_networks

        return two_networks(evaluation, name)
    if chosen == KINDS:
        from dashboard.mistakes.kinds import kinds_of_digits

        return kinds_of_digits(evaluation)
    if chosen == SURE:
        from dashboard.mistakes.sure import how_sure

        return how_sure(evaluation)
    if chosen == MAP:
        from dashboard.mistakes.plane_view import a_map

        return a_map(evaluation, name)
    from dashboard.mistakes.cells import cells

    cells(evaluation)
    return Among()
