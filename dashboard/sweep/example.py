"""What stands in a sweep's place until one is begun: the blog's table, as a finished sweep looks."""

import streamlit as st

from core.sentences import fine_share
from core.sweep.example import example
from core.sweep.finding import finding, name_of
from core.sweep.table import with_spread
from dashboard.say import N_, say
from dashboard.sweep.found import say_the_best, say_what_is_luck, show_map, show_table
from dashboard.words import NO_SWEEP

HEAD = N_("An example: the blog’s table")
ABOUT = N_(
    "A blog once reported how many test digits its four networks read. All four were trained again, with {count} seeds each, and "
    "this is what such a sweep finds. Start one of your own, and it takes this place."
)
LEGEND = N_("How many of the test digits it reads. The bluer, the fewer mistakes; ★ is the best.")
ROW = N_("**{what}**: {share} here; the blog reported {reported}.")
SOURCE = N_("These figures come with the app: `python -m core reproduce --keep` trained them, and would do so again.")


def show_example() -> None:
    """The example, or, where it is not there, a sentence on what to do."""
    found = example()
    what = finding(found)
    if what is None:
        st.markdown(say(NO_SWEEP))
        return
    st.subheader(say(HEAD), anchor=False)
    st.markdown(say(ABOUT, count=what.chosen.n))
    say_the_best(what)
    chosen, place = show_map(found, what, say(LEGEND))
    looked = found[what.best if chosen is None else chosen]
    spread, reported = looked.spread(held_back=False), looked.reported
    if spread and reported is not None:
        place.markdown(
            say(ROW, what=name_of(found, found.index(looked)), share=with_spread(spread), reported=fine_share(reported))
        )
    say_what_is_luck(what)
    show_table(found)
    st.caption(say(SOURCE))
