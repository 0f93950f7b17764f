"""Two networks on the same digits: what the first mends and what it breaks, where, and whether that is more than luck."""

import streamlit as st

from core.scores.evaluation import DIGITS, Evaluation
from core.scores.labels import corrected
from core.scores.pairs import Pair, most_different, pair
from dashboard import shared, visitor
from dashboard.mistakes.among import Among
from dashboard.mistakes.choice import cell, want_cell
from dashboard.mistakes.matrix import HEIGHT, difference_matrix, tapped
from dashboard.mistakes.source import beside, read_by
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say, say_many

OTHER, SIDE = "beside", "side"  # keys of the second network and of whose digits are shown, and their names in the URL
FIXED, BROKEN = "fixed", "broken"
MATRIX = "difference"
HELP_OTHER = N_("It reads the same test digits.")
HELP_SIDE = N_("Mended: the network in use reads them right and the other does not. Broken: the other way round.")
NONE_BESIDE = N_("No other network here was tried on the same digits. Train one, or choose another network in use.")
CORRECTED = N_("With the labels that people give, {title} gets {correct:,} of {n:,} right, and {other} {theirs:,}.")
HOW_TO_READ = N_(
    "Each number is how many more digits the network in use has there than the other: on the diagonal more is better, beside "
    "it less. Tap one to see its digits."
)


def two_networks(evaluation: Evaluation, name: str) -> Among:
    """A second network, the matrix of differences, and the digits that only one of both reads right."""
    others = sorted(beside(name), key=lambda other: other != "blog")  # the simple reader first
    if not others:
        st.info(say(NONE_BESIDE))
        return Among()
    other = visitor.chosen(OTHER, others, others[0]) or others[0]
    st.selectbox(say("Beside"), others, format_func=shared.model_title, key=OTHER, help=say(HELP_OTHER))
    say_if_gone(OTHER)
    found = pair(evaluation, read_by(other, evaluation))
    st.markdown(
        say(
            "**{title}** beside **{other}**. {sentence} {chance}",
            title=shared.model_name(name),
            other=shared.model_name(other),
            sentence=found.message,
            chance=found.chance,
        )
    )
    if better := say_corrected(found, name, other):
        st.markdown(better)
    with st.container(key="difference-place", height=HEIGHT, border=False):  # kept until its script has come
        difference_matrix(found.difference, visitor.theme(), chosen=cell(), take=_take_cell, key=MATRIX)
    st.caption(say(HOW_TO_READ))
    if told := most_different(found):
        st.markdown(" ".join(say(sentence) for sentence in told))
    return _side(found, shared.model_name(name), shared.model_name(other))


def say_corrected(found: Pair, name: str, other: str) -> str:
    """Both scores on the labels as people correct them; nothing where no label is known to be wrong."""
    mine, theirs = corrected(found.first), corrected(found.second)
    if mine is None or theirs is None:
        return ""
    return say(CORRECTED, title=shared.model_name(name), other=shared.model_name(other), n=mine.n, correct=mine.correct,
               theirs=theirs.correct)  # fmt: skip


def _side(found: Pair, title: str, other: str) -> Among:
    """The digits that only one of the two reads right, whichever is chosen."""
    side = visitor.chosen(SIDE, [FIXED, BROKEN], FIXED) or FIXED
    titles = {
        FIXED: say("Mended: {count:,}", count=len(found.fixed)),
        BROKEN: say("Broken: {count:,}", count=len(found.broken)),
    }
    st.segmented_control(say("Show"), [FIXED, BROKEN], format_func=lambda side: titles[side], key=SIDE, required=True,
                         help=say(HELP_SIDE))  # fmt: skip
    say_if_gone(SIDE)
    places = found.fixed if side == FIXED else found.broken
    reader = title if side == FIXED else other
    words = say_many("{count:,} digit that only {reader} reads right", "{count:,} digits that only {reader} reads right",
                     len(places), reader=reader)  # fmt: skip
    return Among(found.first.among_all[places], words, found.second.all_answers, other)


def _take_cell() -> None:
    if found := tapped(MATRIX, DIGITS):
        want_cell(*map(str, found))
