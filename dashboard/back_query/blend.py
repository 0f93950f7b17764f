"""A slider between two digits: the network says just so much of both as the slider does."""

import streamlit as st

from core.explain.back_query.blend import CLOSE, Blend, blend
from core.explain.back_query.ink import ink_for
from dashboard import shared
from dashboard.back_query.slides import slides
from dashboard.back_query.two_digits import pictures_of, two_digits
from dashboard.look.numbers import rounded_share
from dashboard.say import N_, say

SENTENCE = N_("Slide from one digit to the other. In the middle the network cannot decide between the two.")
TRUE = N_("The bars of {first} and {second} follow the slider, in all {count} pictures within {off}.")
FALSE = N_("This network cannot be led so exactly: the bars of {first} and {second} are up to {off} away from the slider. "
           "It is hardly ever sure of what it sees.")  # fmt: skip
HOW = N_("""
The way begins as one picture fading into the other. Of most of what lies between, a network says something of its own, often a
third digit. So all pictures of the way are changed a little, again and again, in the direction that brings what the network says
nearer to the slider. They are changed only along the ways in which digits differ, and each stays near its neighbours. The bars
are what the network says of exactly the pictures that you see.
""")


def blended(name: str) -> None:
    """Blend two digits as the network of this name sees them."""
    st.markdown(say(SENTENCE))
    first, second = two_digits()
    found = shared.of_network(shared.caches().blends, name, (first, second), lambda: _blend(name, first, second))
    slides(found.pictures, found.probabilities, marked=[first, second], ends=(str(first), str(second)),
           start=len(found.pictures) // 2, key="blend")  # fmt: skip
    sentence = TRUE if found.off <= CLOSE else FALSE
    st.caption(say(sentence, first=first, second=second, count=len(found.pictures), off=rounded_share(found.off)))
    with st.expander(say("More: how the pictures come about"), icon=":material/table_chart:"):
        st.markdown(say(HOW))


def _blend(name: str, first: int, second: int) -> Blend:
    model = shared.model(name)
    return blend(model, ink_for(model.shape), pictures_of(name), first, second)
