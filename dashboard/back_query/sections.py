"""What the page Backwards can show: one table, a row for each, of which one is shown and only that one is worked out.

A row is the word that stands for it in the URL, its name for people, and the function that shows it for the network of a name.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard import visitor
from dashboard.back_query.blend import blended
from dashboard.back_query.blind import one_answer
from dashboard.back_query.broken import break_it
from dashboard.back_query.change import a_small_change
from dashboard.back_query.film import film
from dashboard.back_query.guess import guess_first
from dashboard.back_query.ten import ten
from dashboard.back_query.units import hidden_units
from dashboard.back_query.wobble import wobbles
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say

SEE = "see"  # key of what is shown, and its name in the URL
HELP = N_("Each is another way to look at what the network has in mind. Begin with the ten pictures.")


@dataclass(frozen=True, slots=True)
class Section:
    """What can be shown: its `title` for people, and `show(name)`, which shows it for the network of this name."""

    title: str
    show: Callable[[str], None]


SECTIONS: dict[str, Section] = {
    "ten": Section(N_("Ten pictures"), ten),
    "blend": Section(N_("Blend"), blended),
    "blind": Section(N_("One answer"), one_answer),
    "change": Section(N_("Smallest change"), a_small_change),
    "wobble": Section(N_("Wobble"), wobbles),
    "units": Section(N_("Look inside"), hidden_units),
    "broken": Section(N_("Break it"), break_it),
    "film": Section(N_("The film"), film),
    "guess": Section(N_("Guess first"), guess_first),
}
FIRST = "ten"


def choose_section() -> str:
    """Which of them is shown; where there is but one, no picker asks."""
    if len(SECTIONS) == 1:
        return FIRST
    chosen = visitor.chosen(SEE, list(SECTIONS), FIRST) or FIRST
    with st.container(key="backwards-sections"):
        st.segmented_control(say("What to look at"), list(SECTIONS), format_func=_title, key=SEE, required=True,
                             label_visibility="collapsed", help=say(HELP))  # fmt: skip
    visitor.keep(SEE, FIRST)
    say_if_gone(SEE)
    return chosen


def show_section(chosen: str, name: str) -> None:
    """Show what is chosen of the network of this name."""
    SECTIONS[chosen].show(name)


def _title(section: str) -> str:
    return say(SECTIONS[section].title)
