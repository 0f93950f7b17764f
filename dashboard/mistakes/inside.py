"""One digit from inside: its ten probabilities, what speaks for each of two answers, training digits like it, other networks."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.catalog import shipped_models
from core.datasets import needs_mnist
from core.explain.contributions import Explanation
from core.explain.nearest import Memory, digits_for, nearest
from core.scores.evaluation import Evaluation
from dashboard import shared, visitor
from dashboard.look import charts, images
from dashboard.look.evidence import evidence_image, figure
from dashboard.look.images import digit_url
from dashboard.look.numbers import brief, capital_a
from dashboard.mistakes.partly import is_partly_here
from dashboard.mistakes.source import put
from dashboard.parts.links import say_if_gone
from dashboard.parts.mnist import get_mnist
from dashboard.parts.refusals import told
from dashboard.say import N_, say

LOOK = "look"  # key of what is shown of the digit, and its name in the URL
BARS, EVIDENCE, LIKE_IT, OTHERS = "bars", "evidence", "like", "others"
LOOKS = {BARS: N_("How likely"), EVIDENCE: N_("Why"), LIKE_IT: N_("Like it"), OTHERS: N_("Others say")}
HELP = N_(
    "Its ten probabilities; which of its pixels speak for which answer; the training digits that the network finds most like "
    "it; and what the other networks read."
)
TO_DRAW = "_to_draw"  # set by the button that puts a digit on the pad
HELP_PAD = N_("Change it on the page Draw, stroke by stroke, and see what the network reads then.")
EVIDENCE_IS = N_("Blue pixels speak for one answer and against the other: by ink, or by paper where ink would harm.")
NEAREST_ARE = N_(
    "The {count} training digits that the network finds most like it, with their labels. Labelled {digit}, as it is read: {same}."
)
NO_TRAINING_DIGITS = N_("To find the training digits most like it, the network needs MNIST, which is not here yet.")
NOBODY_ELSE = N_("No other network that comes with the program reads pictures of this size.")
WIDTH = 196  # pixels of the page of a picture of evidence: seven times MNIST's
COUNT = 6


def look_inside(evaluation: Evaluation, index: int, name: str) -> None:
    """One of the four looks into a digit."""
    look = visitor.chosen(LOOK, list(LOOKS), BARS) or BARS
    st.segmented_control(say("Look inside"), list(LOOKS), format_func=_look, key=LOOK, required=True, help=say(HELP))
    say_if_gone(LOOK)
    with st.container(key="inside"):
        if look == BARS:
            _bars(evaluation, index)
        elif look == EVIDENCE:
            _evidence(evaluation, index, name)
        elif look == LIKE_IT:
            _like_it(evaluation, index, name)
        else:
            _others(evaluation, index, name)


def to_the_pad(name: str, index: int) -> None:
    """A button that puts a digit on the pad of the page Draw."""
    st.button(say("Put it on the pad"), icon=":material/draw:", key="on-the-pad", help=say(HELP_PAD),
              on_click=told(_put, once=True), args=(name, index))  # fmt: skip


def _look(look: str) -> str:
    return say(LOOKS[look])


def _put(name: str, index: int) -> None:
    put(name, index)
    st.session_state[TO_DRAW] = True


def go_to_the_pad() -> None:
    """Go to the page Draw if the button was pressed."""
    if st.session_state.pop(TO_DRAW, False):
        st.switch_page("dashboard/pages/draw.py", query_params=visitor.in_url())


def _bars(evaluation: Evaluation, index: int) -> None:
    st.plotly_chart(charts.probabilities(evaluation.probabilities[index], visitor.theme()), config=charts.CONFIG,
                    key="digit-probabilities", alt=say("Its ten probabilities"))  # fmt: skip


def two_answers(evaluation: Evaluation, index: int) -> tuple[int, int]:
    """The two digits to hold against each other: what was read and what it is, or where these are one, the second guess."""
    first, second = (int(digit) for digit in np.argsort(-evaluation.probabilities[index], kind="stable")[:2])
    true = int(evaluation.data.labels[index])
    return first, second if true == first else true


def _evidence(evaluation: Evaluation, index: int, name: str) -> None:
    """What speaks for each of the two answers, as two pictures of which each shows its own side alone."""
    explanation = Explanation(shared.model(name), evaluation.data.x([index])[0])
    answer, rival = two_answers(evaluation, index)
    shape = evaluation.data.shape
    ink, scale = explanation.pixels.reshape(shape), max(4, WIDTH // shape[1])
    figures = []
    for digit, other in ((answer, rival), (rival, answer)):
        speaks = np.clip(explanation.pixel_credits(digit, other), 0, None).reshape(shape)
        image = evidence_image(speaks, visitor.theme(), scale=scale, ink=ink)
        what = say("What speaks for the {digit}", digit=digit)
        figures.append(figure(images.data_url(image), shape[1] * scale, shape[0] * scale, alt=what, caption=what))
    st.html(f'<div data-testid="both-answers" style="display:flex;flex-wrap:wrap;gap:12px">{"".join(figures)}</div>')
    st.caption(say(EVIDENCE_IS))


def _like_it(evaluation: Evaluation, index: int, name: str) -> None:
    """The training digits nearest to it in the last hidden layer."""
    dataset = digits_for(shared.model(name))
    if needs_mnist(dataset):
        if is_partly_here(evaluation):  # the page offers to fetch it already
            st.caption(say(NO_TRAINING_DIGITS))
        else:
            get_mnist(say(NO_TRAINING_DIGITS))
        return
    like = likest(evaluation, index, name, shared.memory(name, dataset))
    answer = int(evaluation.answers[index])
    st.caption(say(NEAREST_ARE, count=COUNT, same=int((like.labels == answer).sum()), digit=answer))
    st.html(f'<div data-testid="like-it" style="display:flex;flex-wrap:wrap;gap:8px">{like.figures}</div>')


@dataclass(frozen=True, slots=True, eq=False)
class Likest:
    """The training digits that a network finds most like a digit, the likest first: their labels, and the pictures as HTML."""

    labels: np.ndarray
    figures: str


def likest(evaluation: Evaluation, index: int, name: str, memory: Memory) -> Likest:
    """The training digits nearest to a digit in the last hidden layer."""
    places, _ = nearest(memory, shared.model(name).trace(evaluation.data.x([index])).activations[-2][0], COUNT)
    labels = memory.digits.labels[places]
    scale = max(4, 84 // memory.digits.shape[1]) if memory.digits.shape[1] < 28 else 4
    height, width = (side * scale for side in memory.digits.shape)
    figures = [
        figure(
            digit_url(memory.digits.x([int(place)]).reshape(memory.digits.shape)), width, height,
            alt=capital_a(int(label)), caption=str(int(label)),
        )
        for place, label in zip(places, labels, strict=True)
    ]  # fmt: skip
    return Likest(labels, "".join(figures))


def _others(evaluation: Evaluation, index: int, name: str) -> None:
    """What the other shipped networks read."""
    others = [other for other in shipped_models() if other != name]
    readers = [other for other in others if shared.card(other).config.network.shape == evaluation.data.shape]
    if not readers:
        st.caption(say(NOBODY_ELSE))
        return
    rows = [shared.model(other).predict(evaluation.data.x([index]))[0] for other in readers]
    rows.append(evaluation.probabilities[index])
    st.table(
        {
            say("network"): [shared.model_name(other) for other in [*readers, name]],
            say("says"): [str(int(row.argmax())) for row in rows],
            say("how sure"): [brief(row.max()) for row in rows],
        }
    )
