"""Ten probabilities as bars of plain HTML: on the page at once, and drawn anew at every stroke without a flicker."""

import html

import numpy as np

from dashboard.look.numbers import brief
from dashboard.say import say


def bars(values: np.ndarray | None) -> str:
    """Bars of ten probabilities, 0 to 9 from top to bottom, the largest marked; without answers, empty."""
    shown = np.zeros(10) if values is None else values
    best = -1 if values is None else int(np.argmax(values))
    rows = [
        f'<div class="bar{" best" if digit == best else ""}"><b>{digit}</b>'
        f'<i><u style="width:{100 * float(value):.1f}%"></u></i><span>{"" if values is None else brief(value)}</span></div>'
        for digit, value in enumerate(shown)
    ]
    return f'<div class="bars" role="img" aria-label="{html.escape(_said(values))}">{"".join(rows)}</div>'


def _said(values: np.ndarray | None) -> str:
    """The three likeliest digits, for a screen reader."""
    if values is None:
        return say("Ten empty bars: no digit is read")
    first, second, third = (int(digit) for digit in np.argsort(-values, kind="stable")[:3])
    return say(
        "Probabilities: {first}: {likeliest}, {second}: {likely}, {third}: {less}",
        first=first,
        likeliest=brief(values[first]),
        second=second,
        likely=brief(values[second]),
        third=third,
        less=brief(values[third]),
    )
