"""The smallest change: the least stroke that makes the network read another digit, on a visitor's drawing or on a test digit."""

import hashlib
import html

import numpy as np
import streamlit as st

from core.datasets.hundred import hundred
from core.errors import DigitLabError
from core.explain.back_query.change import Change, as_drawing, ink_of_pad, smallest_change
from dashboard import shared
from dashboard.look import images
from dashboard.look.numbers import a, brief, rounded_share
from dashboard.pads import drawing
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.visitor import Key

SENTENCE = N_("This is the smallest stroke that was found to make the network read another digit.")
HOW = N_("""
Some thousand short strokes are tried on what the network gets, each added and each erased. The most promising are made on the
drawing itself, which is then cut out, shrunk and centred as every drawing is, and read. Of those that lead to another digit the
one with the least ink is kept, and made shorter and thinner as long as the answer stays. Where one stroke is not enough, up to
four are made. Smaller changes may exist: not all have been tried.
""")
OWN, TEST = "own", "test"
SOURCES = {OWN: N_("Your drawing"), TEST: N_("A test digit")}
SOURCE, WANTED = "change-of", "change-to"  # keys of the two pickers
ANY = "any"
FIRST = 43  # of the hundred test digits that ship: a 4, which begins as one that is nearly a 9
HELP = {
    SOURCE: N_("What is changed: what you have drawn on the Draw page, or a digit that somebody else wrote."),
    WANTED: N_("The digit that the network shall read in the end. Leave it open, and the nearest one is found."),
}
ADDED, ERASED = np.array([31, 111, 178], np.float32), np.array([173, 74, 10], np.float32)
STRIPE = 5  # pixels of a drawing: what is erased is told by stripes as well as by its colour
WHICH: Key[int] = Key("_change_which", lambda: FIRST)


def a_small_change(name: str) -> None:
    """Find it for the network of this name, and show the drawing before and after."""
    st.markdown(say(SENTENCE))
    ink = _tools()
    try:
        found = _found(name, ink)
    except DigitLabError as error:
        st.info(say(error.message), icon=":material/info:")
        return
    before = say("It reads {digit} ({share}).", digit=a(found.answer), share=brief(found.probability))
    now = say(
        "Now it reads {digit} ({share}).",
        digit=a(found.changed_answer),
        share=brief(found.changed_probability),
    )
    figures = _figure(images.on_paper(found.before), before) + _figure(coloured(found.before, found.after), now)
    st.html(f'<div class="change">{figures}</div>')
    st.html(_legend(found))
    with st.expander(say("More: how it is found"), icon=":material/table_chart:"):
        st.markdown(say(HOW))


def _tools() -> np.ndarray:
    """What is changed, as ink (H, W): the visitor's drawing if there is one, or a test digit."""
    picture = drawing.drawn()
    with st.container(horizontal=True, vertical_alignment="bottom", key="change-tools"):
        own = picture is not None and _asks_for_own()
        st.selectbox(
            say("Make it"),
            [ANY, *map(str, range(10))],
            format_func=_wanted,
            key=WANTED,
            help=say(HELP[WANTED]),
            width=190,
        )
        if not own:
            st.button(say("Another digit"), key="change-next", icon=":material/arrow_forward:", on_click=told(_next),
                      help=say("Takes the next of the hundred test digits that come with Digit Lab."))  # fmt: skip
    if own and picture is not None:
        return ink_of_pad(picture)
    digits = hundred()
    return as_drawing(digits.x(np.array([WHICH.get() % len(digits)])).reshape(digits.shape))


def _asks_for_own() -> bool:
    st.segmented_control(say("What is changed"), list(SOURCES), format_func=_source, key=SOURCE, default=OWN, required=True,
                         label_visibility="collapsed", help=say(HELP[SOURCE]))  # fmt: skip
    return st.session_state[SOURCE] == OWN


def _next() -> None:
    """Of the hundred, which stand in rows of ten alike, the next of another digit."""
    WHICH.put((WHICH.get() + 11) % 100)


def _found(name: str, ink: np.ndarray) -> Change:
    wanted = st.session_state[WANTED]
    to = None if wanted == ANY else int(wanted)
    about = (hashlib.blake2b(ink.tobytes(), digest_size=16).hexdigest(), to)
    return shared.of_network(shared.caches().changes, name, about, lambda: smallest_change(shared.model(name), ink, to))


def coloured(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The drawing after the change (H, W, 3) uint8: what was added in blue, what was erased in orange stripes."""
    paper = images.on_paper(after).astype(np.float32)
    added, erased = np.maximum(after - before, 0)[..., None], np.maximum(before - after, 0)[..., None]
    rows, columns = np.indices(before.shape)
    stripes = ((rows + columns) // STRIPE % 2 == 0)[..., None]
    paper += added * (ADDED - paper) + erased * np.where(stripes, ERASED - paper, 0.25 * (ERASED - paper))
    return np.round(paper).astype(np.uint8)


def _figure(image: np.ndarray, words: str) -> str:
    return (f'<figure><img src="{images.data_url(image)}" alt="{html.escape(words)}" decoding="sync">'
            f"<figcaption>{html.escape(words)}</figcaption></figure>")  # fmt: skip


def _legend(found: Change) -> str:
    """What the two colours mean, each with how much ink it is."""
    parts = [("added", say("added: {share} of the ink", share=rounded_share(found.added)), found.added),
             ("erased", say("erased: {share} of the ink", share=rounded_share(found.erased)), found.erased)]  # fmt: skip
    shown = "".join(
        f'<span class="{kind}"><i></i>{html.escape(text)}</span>' for kind, text, share in parts if share > 5e-4
    )
    return f'<p class="change-legend">{shown}</p>'


def _wanted(digit: str) -> str:
    return say("any other digit") if digit == ANY else a(int(digit))


def _source(source: str) -> str:
    return say(SOURCES[source])
