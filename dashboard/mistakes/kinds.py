"""Digits by how they are written: how much of each part is read wrong, and whether one stands out by more than luck."""

import html

import streamlit as st

from core.models.model import Score
from core.scores.evaluation import Evaluation, interval
from core.scores.slices import Part, Slice, slices, worst
from dashboard import visitor
from dashboard.look.numbers import rounded_share
from dashboard.mistakes import kept
from dashboard.mistakes.among import Among
from dashboard.mistakes.choice import KIND
from dashboard.parts.refusals import told
from dashboard.say import N_, say

HOW_TO_READ = N_(
    "Each bar is the share that is read wrong; the thin line is where that share lies with 95 % confidence. Choose a part to see "
    "its digits."
)


def kinds_of_digits(evaluation: Evaluation) -> Among:
    """A bar for each part of each slice, each a button to its digits, and the part that is read worst."""
    divided = slices(evaluation, kept.kinds(evaluation.data))
    if found := worst(evaluation, divided):
        st.markdown(say(found.message))
    st.caption(say(HOW_TO_READ))
    longest = max(_wrong(part)[2] for each in divided for part in each.parts if part.n)
    for number, each in enumerate(divided):
        _slice(number, each, longest)
    return Among()


def _slice(number: int, each: Slice, longest: float) -> None:
    st.markdown(f"**{say(each.name)}**")
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
