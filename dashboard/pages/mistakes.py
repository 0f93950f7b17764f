"""Mistakes: the confusion matrix, the digits behind each cell, and what the network made of one of them."""

import streamlit as st

from core.catalog import SMALL
from core.datasets import needs_mnist
from core.scores.labels import corrected
from dashboard import shared, visitor, words
from dashboard.mistakes.cells import choose_cell, show_digits, table_of_scores
from dashboard.mistakes.labels import corrected_score
from dashboard.parts.mnist import get_mnist
from dashboard.say import say

name = visitor.model_in_use()
if needs_mnist(shared.card(name).config.training.dataset):
    get_mnist(
        say("To find this network's mistakes, it must read the 10,000 test digits of MNIST, which are not here yet.")
    )
    name = SMALL
    st.markdown(say(words.MEANWHILE, title=shared.model_name(name)))

evaluation = shared.test_evaluation(name)
st.markdown(words.reads(shared.model_name(name), evaluation.score))
if better := corrected(evaluation):
    st.markdown(corrected_score(better))

left, right = st.columns([1.15, 1], gap="large")
with left:
    cell = choose_cell(evaluation)
with right:
    show_digits(evaluation, cell, name)

with st.expander(say("More: how well does it read each digit?"), icon=":material/table_chart:"):
    st.markdown(words.expected(evaluation.score))
    table_of_scores(evaluation)
