"""Compare: two networks on the same drawing, on the same scale, and where they part."""

import html

import numpy as np
import streamlit as st

from core.errors import DigitLabError
from core.models.model import Model
from dashboard import shared, visitor, words
from dashboard.look import images
from dashboard.look.bars import bars
from dashboard.look.numbers import a, brief, share
from dashboard.parts.reader import Reading, read

FIRST_CHOICES = ("blog", "rashid", "default")  # the blogs' networks are the honest contrast to ours
WAITING = "Draw a digit above, and two networks read it here side by side."
NO_DIGIT = "That looks like no digit, so neither answer means anything. Made to choose one of the ten all the same:"
OTHER_HELP = "It reads the same drawing, prepared for it in the same way."


def compare(model: Model, name: str, reading: Reading) -> None:
    """The network in use and another one of your choice, side by side."""
    others = [other for other in visitor.model_names() if other != name]
    first = next((known for known in FIRST_CHOICES if known in others), others[0])
    if st.session_state.get("other") not in others:
        st.session_state["other"] = first
    st.selectbox("Compare with", others, format_func=shared.model_title, key="other", help=OTHER_HELP,
                 persist_state="session", width=420)  # fmt: skip
    other = st.session_state["other"]
    try:
        second = shared.model(other)
    except DigitLabError as error:
        st.error(str(error))
        return
    if reading.probabilities is None:
        st.info(WAITING, icon=":material/draw:")
        return
    theirs = read(second, reading.picture)
    if theirs.probabilities is None:
        st.info(theirs.sentence)
        return
    if reading.kind == "no digit":
        st.markdown(NO_DIGIT)
    st.markdown(f"**{agreement(reading.probabilities, theirs.probabilities)}**")
    st.html('<div class="pair">' + _side(model, name, reading) + _side(second, other, theirs) + "</div>")


def _side(model: Model, name: str, reading: Reading) -> str:
    scale = images.scale_for(reading.seen.shape, 84) if reading.seen.shape[0] < 28 else 4
    test = model.provenance.scores.get("test")
    score = f"{share(test.accuracy)} of its test digits right" if test else ""
    return (
        f"<section><h4>{html.escape(shared.model_title(name))}</h4><p>{words.sizes(model.network)} units<br>{score}</p>"
        f'<div class="said small"><div class="answer" aria-hidden="true">{reading.digit}</div>'
        f"{images.digit_tag(reading.seen, scale=scale, alt='What this network sees')}</div>{bars(reading.probabilities)}"
        "</section>"
    )


def agreement(ours: np.ndarray, theirs: np.ndarray) -> str:
    """Whether two networks' probabilities (10,) name the same digit, and how sure each of them is."""
    first, second = int(ours.argmax()), int(theirs.argmax())
    if first == second:
        apart = abs(float(ours[first] - theirs[first]))
        sure = "and are about equally sure" if apart < 0.05 else f"with {brief(ours[first])} and {brief(theirs[first])}"
        return f"Both read {a(first)}, {sure}."
    return (
        f"They do not agree: the one in use reads {a(first)} ({brief(ours[first])}), "
        f"the other {a(second)} ({brief(theirs[second])}), and gives the {first} {brief(theirs[first])}."
    )
