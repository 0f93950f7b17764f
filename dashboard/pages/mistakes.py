"""Mistakes: whose digits, ways to choose among them, the digits that are chosen, and one of them in full."""

import streamlit as st

from core.catalog import SMALL
from core.scores.evaluation import Evaluation
from core.scores.labels import corrected
from dashboard import shared, visitor, words
from dashboard.mistakes import choice, source
from dashboard.mistakes.cells import table_of_scores
from dashboard.mistakes.digits import save_button, show_digits
from dashboard.mistakes.doubted import doubted_labels
from dashboard.mistakes.inside import go_to_the_pad
from dashboard.mistakes.labels import corrected_score
from dashboard.mistakes.partly import is_partly_here, what_is_here, what_is_missing
from dashboard.mistakes.quiz import you_against_it
from dashboard.mistakes.url import URL
from dashboard.mistakes.views import LABELS, YOU, choose_view, show_view
from dashboard.parts.links import say_if_gone
from dashboard.parts.mnist import get_mnist
from dashboard.say import say


def scores(name: str, evaluation: Evaluation) -> None:
    """What it reads of all, on the corrected labels too, and which of the digits are here."""
    st.markdown(source.score_in_words(name, evaluation))
    if better := corrected(evaluation):
        st.markdown(corrected_score(better))
    if is_partly_here(evaluation):
        st.markdown(what_is_here(evaluation))


def views(name: str, evaluation: Evaluation) -> None:
    """A way to choose digits, and those that are chosen."""
    choice.take_over()
    view = choose_view()
    if view == YOU:
        you_against_it(evaluation, name)
        return
    if view == LABELS:
        doubted_labels(evaluation, name)
        return
    with st.container(
        key="explored"
    ):  # on a phone the digits stand right below the view, and not below all the pickers
        with st.container(key="explored-view"):
            among = show_view(view, evaluation, name)
        with st.container(key="explored-digits"):
            show_digits(evaluation, name, among, view)
            save_button(name, evaluation, among)
        with st.container(key="explored-pickers"):
            choice.filters(mistakes_only=among.places is None)
            if is_partly_here(evaluation):
                get_mnist(what_is_missing(evaluation))


go_to_the_pad()
name = in_use = visitor.model_in_use()
digits = source.take_source(name)
if digits == source.own(name) and not shared.has_test_digits(name):
    get_mnist(
        say("To find this network's mistakes, it must read the 10,000 test digits of MNIST, which are not here yet.")
    )
    name = SMALL
    st.markdown(say(words.MEANWHILE, title=shared.model_name(name)))
with st.container(horizontal=True, gap="medium", vertical_alignment="top", key="whose-digits"):
    told_here = st.container()
    with st.container(width=300):
        source.source_picker(in_use)
        say_if_gone(source.SOURCE)
with told_here:
    evaluation = source.asked(name, source.shown(name) if name != in_use else digits)
    if evaluation is not None:
        scores(name, evaluation)
if evaluation is not None:
    views(name, evaluation)
visitor.keep_all({source.SOURCE: source.own(in_use), **(URL if evaluation else {})})
if evaluation is not None:
    with st.expander(say("More: how well does it read each digit?"), icon=":material/table_chart:"):
        st.markdown(words.expected(evaluation.score))
        table_of_scores(evaluation)
