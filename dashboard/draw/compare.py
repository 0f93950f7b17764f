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
from dashboard.say import N_, say

FIRST_CHOICES = ("blog", "rashid", "default")  # the blogs' networks are the honest contrast to ours
WAITING = N_("Draw a digit above, and two networks read it here side by side.")
NO_DIGIT = N_("That looks like no digit, so neither answer means anything. Made to choose one of the ten all the same:")
OTHER_HELP = N_("It reads the same drawing, prepared for it in the same way.")


def compare(model: Model, name: str, reading: Reading) -> None:
    """The network in use and another one of your choice, side by side."""
    others = [other for other in visitor.model_names() if other != name]
    first = next((known for known in FIRST_CHOICES if known in others), others[0])
    if st.session_state.get("other") not in others:
        st.session_state["other"] = first
    st.selectbox(say("Compare with"), others, format_func=shared.model_title, key="other", help=say(OTHER_HELP),
                 persist_state="session", width=420)  # fmt: skip
    other = st.session_state["other"]
    try:
        second = shared.model(other)
    except DigitLabError as error:
        st.error(say(error.message))
        return
    if reading.probabilities is None:
        st.info(say(WAITING), icon=":material/draw:")
        return
    theirs = read(second, reading.picture)
    if theirs.probabilities is None:
        st.info(theirs.sentence)
        return
    if reading.kind == "no digit":
        st.markdown(say(NO_DIGIT))
    st.markdown(f"**{agreement(reading.probabilities, theirs.probabilities)}**")
    st.html('<div class="pair">' + _side(model, name, reading) + _side(second, other, theirs) + "</div>")


def _side(model: Model, name: str, reading: Reading) -> str:
    scale = images.scale_for(reading.seen.shape, 84) if reading.seen.shape[0] < 28 else 4
    test = model.provenance.scores.get("test")
    units = say("{sizes} units", sizes=words.sizes(model.network))
    score = say("{share} of its test digits right", share=share(test.accuracy)) if test else ""
    picture = images.digit_tag(reading.seen, scale=scale, alt=say("What this network sees"))
    return (
        f"<section><h4>{html.escape(shared.model_name(name))}</h4><p>{units}<br>{score}</p>"
        f'<div class="said small"><div class="answer" aria-hidden="true">{reading.digit}</div>'
        f"{picture}</div>{bars(reading.probabilities)}</section>"
    )


def agreement(ours: np.ndarray, theirs: np.ndarray) -> str:
    """Whether two networks' probabilities (10,) name the same digit, and how sure each of them is."""
    first, second = int(ours.argmax()), int(theirs.argmax())
    if first == second:
        if abs(float(ours[first] - theirs[first])) < 0.05:
            return say("Both read {a_digit}, and are about equally sure.", a_digit=a(first))
        return say(
            "Both read {a_digit}, with {ours} and {theirs}.",
            a_digit=a(first),
            ours=brief(ours[first]),
            theirs=brief(theirs[first]),
        )
    return say(
        "They do not agree: the one in use reads {a_digit} ({sure}), the other {another} ({as_sure}), "
        "and gives the {digit} {left}.",
        a_digit=a(first),
        sure=brief(ours[first]),
        another=a(second),
        as_sure=brief(theirs[second]),
        digit=first,
        left=brief(theirs[first]),
    )
