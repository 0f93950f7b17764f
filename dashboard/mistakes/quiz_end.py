"""The end of a round against the network: both scores, by the corrected labels too, and what both got wrong among its likes."""

import html

import numpy as np
import streamlit as st

from core.datasets import needs_mnist
from core.explain.nearest import digits_for
from core.models.model import Score
from core.scores.evaluation import Evaluation, interval
from core.scores.labels import PEOPLE, corrected_labels, doubtful
from dashboard import shared
from dashboard.look import images
from dashboard.look.images import digit_tag
from dashboard.look.numbers import a, share
from dashboard.mistakes.inside import COUNT, NO_TRAINING_DIGITS, likest
from dashboard.mistakes.labels import say_doubt
from dashboard.say import N_, say

BOTH_WRONG = N_(
    "**What both got wrong**, and beside it the {count} training digits that the network finds most like it, with their labels:"
)
SAME = N_("Of those like it, {same} of {count} are labelled {digit}, as it is read.")
ALONE = N_("**What both got wrong:**")
CORRECTED = N_("With the labels that most of {people} people give, you read {you} of {n} right and the network {it}.")


def both_scores(evaluation: Evaluation, places: np.ndarray, said: np.ndarray) -> None:
    """What a visitor said of these digits (n,) and what the network reads, as a table, and by the labels that people give."""
    answers, labels = evaluation.answers[places], evaluation.data.labels[places]
    table = {say("who"): [say("You"), say("The network")]}
    both = [Score(len(labels), int((given == labels).sum())) for given in (said, answers)]
    table[say("right")] = [say("{right} of {n}", right=score.correct, n=score.n) for score in both]
    table[say("of many more such digits")] = [_interval(score) for score in both]
    if better := by_people(evaluation, places, said):
        table[say("by the labels that people give")] = [
            say("{right} of {n}", right=score.correct, n=score.n) for score in better
        ]
        st.markdown(say(CORRECTED, people=PEOPLE, you=better[0].correct, it=better[1].correct, n=better[0].n))
    st.table(table)


def _interval(score: Score) -> str:
    low, high = interval(score)
    return say("{low} to {high}", low=share(low), high=share(high))


def by_people(evaluation: Evaluation, places: np.ndarray, said: np.ndarray) -> tuple[Score, Score] | None:
    """The visitor's score and the network's by the labels that people give, without those they give none; None where no
    label of these digits is doubted, or nothing is left."""
    doubts = doubtful(evaluation.data)
    labels, left_out = corrected_labels(evaluation.data)
    counted = ~left_out[places]
    if not any(int(place) in doubts for place in places) or not counted.any():
        return None
    people = labels[places][counted]
    yours, its = (int((given[counted] == people).sum()) for given in (said, evaluation.answers[places]))
    return Score(len(people), yours), Score(len(people), its)


def both_wrong(evaluation: Evaluation, places: np.ndarray, said: np.ndarray, name: str) -> None:
    """The digits that both got wrong, each beside the training digits most like it in the network's eyes, if these are here."""
    labels, answers = evaluation.data.labels[places], evaluation.answers[places]
    wrong = np.flatnonzero((said != labels) & (answers != labels))
    if not len(wrong):
        return
    dataset = digits_for(shared.model(name))
    memory = None if needs_mnist(dataset) else shared.memory(name, dataset)
    st.markdown(say(BOTH_WRONG, count=COUNT) if memory else say(ALONE))
    doubts = doubtful(evaluation.data)
    rows = []
    for at in wrong:
        place, true, answer = int(places[at]), int(labels[at]), int(answers[at])
        like = likest(evaluation, place, name, memory) if memory else None
        picture = evaluation.data.x([place]).reshape(evaluation.data.shape)
        lines = [
            say("It is {a_digit}.", a_digit=a(true)),
            say("You: {you}. The network: {it}.", you=int(said[at]), it=answer),
        ]
        if like:
            same = int((like.labels == answer).sum())
            lines.append(say(SAME, same=same, count=COUNT, digit=answer))
        if place in doubts:
            lines.append(say_doubt(doubts[place]).replace("**", ""))
        words = "<br>".join(html.escape(line) for line in lines)
        tag = digit_tag(picture, scale=images.scale_for(picture.shape, 112), alt=say("A digit that both got wrong"))
        rows.append(
            '<div style="display:flex;flex-wrap:wrap;gap:0.75rem 1.5rem;align-items:flex-start">'
            f'<div style="display:flex;gap:0.75rem;width:19rem;max-width:100%">{tag}<div>{words}</div></div>'
            f'<div style="display:flex;flex-wrap:wrap;gap:8px;flex:1 1 15rem">{like.figures if like else ""}</div></div>'
        )
    st.html(f'<div data-testid="both-wrong" style="display:grid;gap:1.25rem">{"".join(rows)}</div>')
    if not memory:
        st.caption(say(NO_TRAINING_DIGITS))
