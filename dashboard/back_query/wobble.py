"""Wobble: how far the answers hold when digits are turned, moved, thickened; one number, maps, and networks side by side."""

import html

import numpy as np
import streamlit as st

from core.catalog import shipped_models
from core.scores.wobble import MOVES, THICKNESS, TURNS, Wobble, wobble
from dashboard import shared
from dashboard.look.numbers import decimal, share
from dashboard.say import N_, say

SENTENCE = N_("Turn a digit a little, move it, thicken it: does the network still read it?")
NUMBER = N_("**{title}** still reads **{share}** of them: of {digits} digits, each changed in {changes} ways. "
            "Unchanged, it reads {plain} of the digits.")  # fmt: skip
OF_A_DIGIT = N_("{digit}: it still reads {share} of them")
MAPS = N_("Each map is one digit: across, it is turned from the right to the left, in the middle not at all; down, it is moved "
          "from the left to the right. A full square: always read. An empty one: never.")  # fmt: skip
HOW = N_("""
A hundred test digits, ten of each, always the same, are turned by up to 45 degrees and moved to the sides by up to 4 pixels of
28, then drawn thicker or thinner and moved up or down. Nothing puts them back to the middle before they are read, as the Draw
page does: this asks what the network itself bears. The number is the share of all these that it still gets right.
""")


def wobbles(name: str) -> None:
    """Count it for the network of this name, and for those that come with Digit Lab."""
    found = _wobble(name)
    st.markdown(say(SENTENCE))
    st.markdown(say(NUMBER, title=shared.model_name(name), share=share(found.share), digits=found.digits, changes=found.changes,
                    plain=share(found.plain)))  # fmt: skip
    st.html('<div class="wobble">' + "".join(_map(digit, found.turned[digit]) for digit in range(10)) + "</div>")
    st.caption(say(MAPS))
    st.html(_beside_each_other(name))
    with st.expander(say("More: the numbers, and what is tried"), icon=":material/table_chart:"):
        st.markdown(say(HOW))
        st.markdown(_table(say("Turned, in degrees"), TURNS, found.turned, 0))
        st.markdown(_table(say("Thicker or thinner, in pixels"), THICKNESS, found.thickened, 1))


def _wobble(name: str) -> Wobble:
    return shared.of_network(shared.caches().wobbles, name, "wobble", lambda: wobble(shared.model(name)))


def _map(digit: int, right: np.ndarray) -> str:
    """The map of one digit, (turns, moves) shares: turns from left to right, moves from top to bottom."""
    told = say(OF_A_DIGIT, digit=digit, share=share(float(right.mean())))
    cells = "".join(
        f'<i><u style="width:{side:.0f}%;height:{side:.0f}%"></u></i>' for side in 92 * np.sqrt(right.T.ravel())
    )
    return (f'<figure><div role="img" aria-label="{html.escape(told)}">{cells}</div>'
            f"<figcaption><b>{digit}</b> {share(float(right.mean()))}</figcaption></figure>")  # fmt: skip


def _beside_each_other(name: str) -> str:
    """The number of this network and of those that come with Digit Lab and read the same digits, as bars, the largest first."""
    shape = shared.model(name).shape
    names = dict.fromkeys([name, *(each for each in shipped_models() if shared.model(each).shape == shape)])
    shares = sorted(((each, _wobble(each).share) for each in names), key=lambda pair: -pair[1])
    rows = [
        f'<div class="bar{" best" if each == name else ""}"><b>{html.escape(shared.model_name(each))}</b>'
        f'<i><u style="width:{100 * value:.1f}%"></u></i><span>{share(value)}</span></div>'
        for each, value in shares
    ]
    said = say("How much of the changed digits each network still reads")
    return f'<div class="bars wobble-bars" role="group" aria-label="{html.escape(said)}">{"".join(rows)}</div>'


def _table(title: str, steps: tuple[float, ...], right: np.ndarray, decimals: int) -> str:
    """Mean shares over all digits as a table: one row a step, one column a move."""
    head = [title, *(say("moved by {pixels}", pixels=move) for move in MOVES)]
    rows = [[decimal(step, decimals), *(share(float(value)) for value in row)]
            for step, row in zip(steps, right.mean(axis=0), strict=True)]  # fmt: skip
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["--:"] * len(head), *rows))
