"""Digits by how they are written: how much of each part is read wrong, and whether one stands out by more than luck.

One slice is shown at a time, so that the digits of a part stand near the button that shows them.
"""

import html

import streamlit as st

from core.models.model import Score
from core.scores.evaluation import Evaluation, interval
from core.scores.slices import Part, Slice, Worst, slices, worst
from dashboard import visitor
from dashboard.look.numbers import rounded_share
from dashboard.mistakes import kept
from dashboard.mistakes.among import Among
from dashboard.mistakes.choice import KIND
from dashboard.parts.links import say_if_gone
from dashboard.parts.refusals import told
from dashboard.say import N_, say

SLICE = "slice"  # key of the slice that is shown, and its name in the URL
HELP = N_("A way to divide all digits by how they are written, each into two or three parts.")
HOW_TO_READ = N_(
    "Each bar is the share that is read wrong. Of many more such digits, that share would lie on the thin line (19 times in 20). "
    "Choose a part to see its digits."
)


def kinds_of_digits(evaluation: Evaluation) -> Among:
    """The part that is read worst, the parts of one slice, each with a bar and a button to its digits, and all as a table."""
    divided = slices(evaluation, kept.kinds(evaluation.data))
    found = worst(evaluation, divided)
    if found:
        st.markdown(say(found.message))
    number = _choose_slice(divided, found)
    longest = max(
        _wrong(part)[2] for each in divided for part in each.parts if part.n
    )  # on one scale, whichever is chosen
    _slice(number, divided[number], longest)
    st.caption(say(HOW_TO_READ))
    with st.expander(say("All of them as a table"), icon=":material/table_chart:"):
        st.table(_table(divided))
    return Among()


def _choose_slice(divided: list[Slice], found: Worst | None) -> int:
    """Which slice is shown: at first that of the digits that are looked at, else that with the part that is read worst."""
    names = [each.name for each in divided]
    looked_at = str(st.session_state.get(KIND)).partition(".")[0]
    first = looked_at if looked_at.isdigit() else str(names.index(found.slice) if found else 0)
    numbers = [str(number) for number in range(len(names))]
    chosen = visitor.chosen(SLICE, numbers, first) or first
    st.segmented_control(say("Divided by"), numbers, format_func=lambda number: say(names[int(number)]), key=SLICE,
                         required=True, help=say(HELP))  # fmt: skip
    say_if_gone(SLICE)
    return int(chosen)


def _slice(number: int, each: Slice, longest: float) -> None:
    for place, part in enumerate(each.parts):
        if not part.n:
            continue
        key = f"{number}.{place}"
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            chosen = st.session_state.get(KIND) == key
            st.button(say(part.name), key=f"part-{key}", width=170, type="primary" if chosen else "secondary",
                      on_click=told(visitor.want), args=(KIND, key),
                      help=say("Show the digits that are written like this."))  # fmt: skip
            st.html(_bar(part, longest), width="stretch")


def _table(divided: list[Slice]) -> dict[str, list[str]]:
    """All parts of all slices that have digits."""
    rows = [(each, part) for each in divided for part in each.parts if part.n]
    wrong = [_wrong(part) for _, part in rows]
    return {
        say("divided by"): [say(each.name) for each, _ in rows],
        say("part"): [say(part.name) for _, part in rows],
        say("how many"): [say("{count:,}", count=part.n) for _, part in rows],
        say("wrong"): [say("{count:,}", count=part.n - part.correct) for _, part in rows],
        say("share"): [rounded_share(each[0]) for each in wrong],
        say("of many more"): [
            say("{low} to {high}", low=rounded_share(low), high=rounded_share(high)) for _, low, high in wrong
        ],
    }


def _wrong(part: Part) -> tuple[float, float, float]:
    """The share of a part that is read wrong, and the ends of its interval."""
    low, high = interval(Score(part.n, part.correct))
    return 1 - part.accuracy, 1 - high, 1 - low


def _bar(part: Part, longest: float) -> str:
    share, low, high = _wrong(part)
    words = say(
        "{share} wrong: {wrong:,} of {n:,}; {low} to {high}",
        share=rounded_share(share),
        wrong=part.n - part.correct,
        n=part.n,
        low=rounded_share(low),
        high=rounded_share(high),
    )
    length, left, right = (100 * value / longest for value in (share, low, high))
    return (
        '<div style="min-width:14rem;font-variant-numeric:tabular-nums">'
        '<div aria-hidden="true" style="position:relative;height:10px">'
        f'<i style="position:absolute;left:0;top:1px;height:8px;width:{length:.1f}%;background:var(--against)"></i>'
        f'<i style="position:absolute;left:{left:.1f}%;top:4px;height:2px;width:{right - left:.1f}%;'
        f'background:currentColor"></i></div><span style="font-size:0.875rem">{html.escape(words)}</span></div>'
    )
