"""Numbers as a person reads them, in the visitor's language: one way to write a share, in a sentence and where there is
little room.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import streamlit as st
from babel.dates import format_skeleton

from core import sentences
from core.sentences import ALMOST_ALL, HARDLY_ANY
from dashboard.say import language, say


def a(digit: int) -> str:
    """A digit with its article: "a 4", "an 8"."""
    return say(sentences.a(digit))


def capital_a(digit: int) -> str:
    """A digit with its article, as a sentence begins: "A 4", "An 8"."""
    return say("An {digit}", digit=digit) if digit == 8 else say("A {digit}", digit=digit)


def share(value: float) -> str:
    """A share in 0..1 as it stands in a sentence: "99.4 %"; only all is "100 %", and only nothing is "0 %"."""
    return say(sentences.share(value))


def probability(value: float) -> str:
    """The same for a network's probability, which is never certain, even where its number has been rounded to 1."""
    return say(sentences.probability(value))


def brief(value: float | np.floating) -> str:
    """A network's probability where there is little room (bars, captions): "0 %", "1.2 %", "57 %", "99.3 %", "> 99.9 %".

    It is never "100 %": a network is never certain, even where its number has been rounded to 1.
    """
    if value < HARDLY_ANY:
        return say("0 %")
    if value >= ALMOST_ALL:
        return say("> 99.9 %")
    percent = 100 * float(value)
    return (
        say("{percent:.1f} %", percent=percent)
        if value < 0.0995 or value > 0.99
        else say("{percent:.0f} %", percent=percent)
    )


def rounded_share(value: float) -> str:
    """A share in two figures: "1.6 %", "25 %"."""
    return say("{percent:.2g} %", percent=100 * value)


def decimal(value: float, decimals: int) -> str:
    """A number with so many decimals: "1.93"."""
    form = f"{{x:.{decimals}f}}"  # no sentence, and the same in every language but for the decimal mark
    return say(form, x=value)


def listed(parts: Sequence[str]) -> str:
    """One or several things in a row: "3", "3 and 4", "2, 3 and 4"."""
    if len(parts) == 1:
        return parts[0]
    return say("{most} and {last}", most=", ".join(parts[:-1]), last=parts[-1])


def moment(when: datetime) -> str:
    """A day and an hour where the visitor is, as their language writes it: "Nov 30, 14:05"."""
    try:
        zone = ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (ZoneInfoNotFoundError, ValueError):  # a browser can say anything
        zone = None
    here, spoken = when.astimezone(zone), language()
    return say(
        "{day}, {hour}",
        day=format_skeleton("MMMd", here, locale=spoken),
        hour=format_skeleton("Hm", here, locale=spoken),
    )
