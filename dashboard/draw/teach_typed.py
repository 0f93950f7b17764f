"""The typed 3, a guided example: a network that knows handwriting only misreads a typed digit, until it is shown some."""

import numpy as np
import streamlit as st

from core.catalog import SMALL
from core.datasets import available
from core.errors import DigitLabError
from core.models.model import Model
from core.teach.finetune import reference_of
from core.teach.typed import misread, typed_samples
from dashboard import shared, visitor
from dashboard.draw.teach_lesson import begin, lesson, pending, show_refusal, under_way
from dashboard.draw.teach_rows import show_picture, show_row
from dashboard.look.numbers import listed
from dashboard.parts.refusals import told
from dashboard.say import N_, say

OPEN = "_typed"
STORY = N_(
    "Five typed digits, cut into five equal parts. Each part is shrunk as a whole to what the network reads, {height} × "
    "{width} pixels, and that is all: no cropping, no centring. A network that learned from handwriting alone may be misled."
)
ALL_RIGHT = N_("The network in use reads all five, so there is nothing to teach it here.")
AS_SMALL = N_("Try it with the small network: it knows handwritten digits of 8 × 8 pixels only.")
ABOUT = N_(
    "It is shown other pictures than the five above: twelve of each digit that it misreads and four of each other one, in "
    "several typefaces, weights, sizes and places, shrunk whole; and as many more, cut out as your drawings are."
)


def typed_three(model: Model, name: str) -> None:
    """The story, step by step, with the network in use."""
    st.divider()
    st.markdown(
        say("**An example: the typed 3.** A course on neural networks tells this story of its own small network.")
    )
    # It stays where it is: what a run leaves out goes from the page at the run's end only, and what is below would jump.
    st.button(say("The typed 3"), icon=":material/match_case:", key="typed-open", on_click=told(_open_or_close),
              help=say("Five typed digits, read by the network in use. Nothing is stored. Press again to close it."))  # fmt: skip
    if not st.session_state.get(OPEN):
        return
    height, width = model.shape
    st.markdown(say(STORY, height=height, width=width))
    show_picture()
    if pending(typed=True):
        lesson(typed=True)
        return
    show_row(model, "now")
    if wrong := misread(model):
        _offer(model, name, wrong)
    else:
        st.success(say(ALL_RIGHT), icon=":material/check:")
    if name != SMALL and not under_way():
        st.markdown(say(AS_SMALL))
        st.button(
            say("Use the small network"),
            help=say("A small network on 64 pixels, which learns a hand in a second."),
            key="typed-small",
            on_click=told(visitor.use_model),
            args=(SMALL,),
        )


def _open_or_close() -> None:
    st.session_state[OPEN] = not st.session_state.get(OPEN)


def _offer(model: Model, name: str, wrong: list[int]) -> None:
    digits = listed([str(digit) for digit in wrong])
    st.markdown(say("It misreads the typed {digits}. Show it some typed digits, and let it learn.", digits=digits))
    if not _checkable(model):
        return
    ask = (
        say("Show it typed digits and teach") if wrong[1:] else say("Show it typed {digit}s and teach", digit=wrong[0])
    )
    st.button(ask, icon=":material/school:", key="typed-teach", help=say(ABOUT),
              disabled=under_way(), on_click=told(_begin, once=True), args=(name,))  # fmt: skip
    show_refusal(typed=True)


def _begin(name: str) -> None:
    begin(name, typed_samples(shared.model(name), rng=np.random.default_rng(0)), typed=True)


def _checkable(model: Model) -> bool:
    try:
        return available(reference_of(model))
    except DigitLabError:
        return False
