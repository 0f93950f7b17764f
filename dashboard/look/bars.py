"""Ten probabilities as bars of plain HTML: on the page at once, and drawn anew at every stroke without a flicker."""

import numpy as np

from dashboard.look import charts


def percent(probability: float) -> str:
    """A network's probability as a person reads it; it is never certain, even where its number has been rounded to 1."""
    return charts.percent(min(float(probability), 0.99999))


def bars(values: np.ndarray | None) -> str:
    """Bars of ten probabilities, 0 to 9 from top to bottom, the largest marked; all empty when there are none."""
    shown = np.zeros(10) if values is None else values
    best = -1 if values is None else int(np.argmax(values))
    rows = [
        f'<div class="bar{" best" if digit == best else ""}"><b>{digit}</b>'
        f'<i><u style="width:{100 * float(value):.1f}%"></u></i><span>{percent(value)}</span></div>'
        for digit, value in enumerate(shown)
    ]
    return f'<div class="bars" role="img" aria-label="{_said(values)}">{"".join(rows)}</div>'


def _said(values: np.ndarray | None) -> str:
    """The three likeliest digits, for a screen reader."""
    if values is None:
        return "Ten bars, empty as yet"
    likeliest = np.argsort(-values, kind="stable")[:3]
    return "Probabilities: " + ", ".join(f"{digit}: {percent(values[digit])}" for digit in likeliest)
