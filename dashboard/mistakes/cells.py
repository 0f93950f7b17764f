"""The matrix as the way to choose: counts or per cents, what it tells first, and the scores of each digit."""

import streamlit as st

from core.scores.evaluation import DIGITS, Evaluation, class_scores
from core.scores.telling import most_telling
from dashboard import visitor, words
from dashboard.look.numbers import share
from dashboard.mistakes.choice import cell, want_cell
from dashboard.mistakes.matrix import COUNTS, HEIGHT, WAYS, matrix, tapped
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

WAY = "as"  # key of what the matrix's numbers are, and its name in the URL
MATRIX = "matrix"
HELP_WAY = N_(
    "How many digits each cell has; or its share of all digits of that kind (a row), or of all times that the network gives "
    "that answer (a column)."
)


def cells(evaluation: Evaluation) -> None:
    """The confusion matrix; a tap on a cell shows its digits."""
    way = visitor.chosen(WAY, list(WAYS), COUNTS) or COUNTS
    st.segmented_control(say("Numbers"), list(WAYS), format_func=_way, key=WAY, required=True, help=say(HELP_WAY))
    say_if_gone(WAY)
    with st.container(key="matrix-place", height=HEIGHT, border=False):  # kept until its script has come
        matrix(evaluation.confusion(), visitor.theme(), chosen=cell(), take=_take_cell, key=MATRIX, way=way)
    st.caption(say("Tap a number to see its digits. The diagonal, in bold, is what it got right."))
    st.markdown(" ".join(say(sentence) for sentence in most_telling(evaluation.confusion())))


def _way(way: str) -> str:
    return say(WAYS[way])


def _take_cell() -> None:
    if found := tapped(MATRIX, DIGITS):
        want_cell(*map(str, found))


def table_of_scores(evaluation: Evaluation) -> None:
    """Precision, recall and F1 of each digit, with what they mean."""
    scores = class_scores(evaluation.confusion())
    st.dataframe(
        {
            say("digit"): list(range(10)),
            say("how many"): scores.support.tolist(),
            say("found"): [share(value) for value in scores.recall],
            say("right when said"): [share(value) for value in scores.precision],
            say("both"): [share(value) for value in scores.f1],
        },
        hide_index=True,
    )
    st.caption(say(words.TABLE))
