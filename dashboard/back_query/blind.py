"""Many pictures, one answer: a picture changes before one's eyes, and ten bars stand still."""

import numpy as np
import streamlit as st

from core.explain.back_query.blind import HELD, Walk, walk
from dashboard import shared
from dashboard.back_query.slides import slides
from dashboard.back_query.two_digits import pictures_of, two_digits
from dashboard.look.numbers import rounded_share
from dashboard.say import N_, say

VISIBLE = 0.15  # of the ink
SENTENCE = N_("Play it: the picture changes, and to the network it stays the same. Its ten bars do not move.")
FAR = N_("{share} of the ink has come or gone at the end, and no bar has moved by more than {held}.")
NEAR = N_("This network notices nearly everything here: only {share} of the ink could change before a bar moved by more than "
          "{held}. Choose two other digits.")  # fmt: skip
HOW = N_("""
What a network says hangs on ten sums. Each of them changes along one direction of the picture's pixels, and along all
that is at right angles to these ten the network notices nothing: of 784 directions, at least 774. The picture walks towards
another digit along those only. Where the ten sums bend away in spite of that, the picture is corrected at once.
You see one digit come through another; the network sees what it saw.
""")


def one_answer(name: str) -> None:
    """Walk from one digit towards another where the network of this name is blind."""
    st.markdown(say(SENTENCE))
    start, goal = two_digits()
    found = shared.of_network(shared.caches().walks, name, (start, goal), lambda: _walk(name, start, goal))
    read = int(np.argmax(found.probabilities[0]))
    slides(found.pictures, found.probabilities, marked=[read], ends=("", ""), start=0, key="blind")
    sentence = FAR if found.changed >= VISIBLE else NEAR
    st.caption(say(sentence, share=rounded_share(found.changed), held=rounded_share(HELD)))
    with st.expander(say("More: how that can be"), icon=":material/table_chart:"):
        st.markdown(say(HOW))


def _walk(name: str, start: int, goal: int) -> Walk:
    pictures = pictures_of(name)
    return walk(shared.model(name), pictures[start], pictures[goal])
