"""What cannot be done is said in a sentence: the one way in which a `DigitLabError` reaches a visitor.

A page's script runs in `page`, a part that refreshes itself is a `fragment`, and every callback is `told`: outside of
these Streamlit would show a redacted box in place of the sentence. `tests/test_imports.py` holds that nothing is left out.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import streamlit as st

from core.errors import DigitLabError
from core.messages import Message
from dashboard import visitor
from dashboard.say import say

REFUSED = "_refused"
PAGE = "page"


@dataclass
class Refusal:
    """What a callback could not do for this visitor.

    Attributes
    ----------
    sentence : why, and what to do, as it is said in whatever language the page is then drawn.
    visit : the visit to a page in which that was; it is forgotten with it.
    place : where it is said; empty until something is drawn anew, which is the page or the fragment of the callback.
    """

    sentence: Message
    visit: int
    place: str = ""


def told(action: Callable[..., object], place: str = "", *, once: bool = False) -> Callable[..., None]:
    """The callback `action`, whose refusal is said to the visitor; at a `place` of its own the page asks for `refusal`.

    The next callback forgets what was said before. Of a button that begins something, `once` it is drawn it is obeyed
    once: Streamlit calls a callback a second time for the same click where another rerun is asked for while it is at work.
    """
    obeyed = False

    @functools.wraps(action)
    def call(*args: object, **kwargs: object) -> None:
        nonlocal obeyed
        if once and obeyed:
            return
        obeyed = True
        st.session_state.pop(REFUSED, None)
        try:
            action(*args, **kwargs)
        except DigitLabError as error:
            st.session_state[REFUSED] = Refusal(error.message, visitor.visit(), place)

    return call


def refusal(place: str) -> str:
    """What is to be said at this place: a sentence in the visitor's language, or nothing."""
    found: Refusal | None = st.session_state.get(REFUSED)
    return say(found.sentence) if found and found.place == place and found.visit == visitor.visit() else ""


@contextlib.contextmanager
def page() -> Iterator[None]:
    """Draw a page: what its callback could not do is said first, and what it cannot show itself takes its place."""
    _say(PAGE)
    with _said():
        yield


def fragment(panel: Callable[..., object], run_every: float | None = None) -> Callable[..., None]:
    """A part of a page that is drawn anew by itself, every so many seconds and after its own callbacks."""

    @functools.wraps(panel)
    def draw(*args: object, **kwargs: object) -> None:
        _say(f"{panel.__module__}.{panel.__qualname__}")
        with _said():
            panel(*args, **kwargs)

    return st.fragment(draw, run_every=run_every)


def _say(place: str) -> None:
    """Say a refusal here, if it has no other place yet: what is drawn after a callback is what the callback belongs to."""
    found: Refusal | None = st.session_state.get(REFUSED)
    if found and not found.place:
        found.place = place
    if sentence := refusal(place):
        st.error(sentence, icon=":material/error:")


@contextlib.contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except DigitLabError as error:
        st.error(say(error.message), icon=":material/error:")


def try_to(key: str, action: Callable[[], object]) -> None:
    """Do what may be refused; the message of a refusal is kept in the session under `key`, and forgotten by the next."""
    st.session_state.pop(key, None)
    try:
        action()
    except DigitLabError as error:
        st.session_state[key] = error.message
