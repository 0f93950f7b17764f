"""Mistakes: ways to choose among a network's test digits, the digits that are chosen, and one of them in full."""

import streamlit as st

from core.catalog import SMALL
from core.scores.labels import corrected
from dashboard import shared, visitor, words
from dashboard.mistakes import choice
from dashboard.mistakes.cells import table_of_scores
from dashboard.mistakes.digits import save_button, show_digits
from dashboard.mistakes.inside import go_to_the_pad
from dashboard.mistakes.labels import corrected_score
from dashboard.mistakes.partly import is_partly_here, what_is_here, what_is_missing
from dashboard.mistakes.quiz import you_against_it
from dashboard.mistakes.url import URL
from dashboard.mistakes.views import YOU, choose_view, show_view
from dashboard.parts.mnist import get_mnist
from dashboard.say import say

go_to_the_pad()
name = visitor.model_in_use()
if not shared.has_test_digits(name):
    get_mnist(
        say("To find this network's mistakes, it must read the 10,000 test digits of MNIST, which are not here yet.")
    )
    name = SMALL
    st.markdown(say(words.MEANWHILE, title=shared.model_name(name)))

evaluation = shared.test_evaluation(name)
st.markdown(words.reads(shared.model_name(name), evaluation.score))
if better := corrected(evaluation):
    st.markdown(corrected_score(better))
if is_partly_here(evaluation):
    st.markdown(what_is_here(evaluation))

choice.take_over(evaluation)
view = choose_view()
if view == YOU:
    you_against_it(evaluation, name)
else:
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        among = show_view(view, evaluation, name)
        choice.filters(evaluation, mistakes_only=among.places is None)
        if is_partly_here(evaluation):
            get_mnist(what_is_missing(evaluation))
    with right:
        show_digits(evaluation, name, among, view)
        save_button(name, evaluation, among)
visitor.keep_all(URL)

with st.expander(say("More: how well does it read each digit?"), icon=":material/table_chart:"):
    st.markdown(words.expected(evaluation.score))
    table_of_scores(evaluation)
