"""Numbers as a person reads them: one way to write a share, in a sentence and where there is little room."""

import numpy as np

from core.sentences import ALMOST_ALL, HARDLY_ANY, a, probability, share

__all__ = ["a", "brief", "capital_a", "probability", "share"]


def capital_a(digit: int) -> str:
    """A digit with its article, as a sentence begins: "A 4", "An 8"."""
    return a(digit).capitalize()


def brief(value: float | np.floating) -> str:
    """A network's probability where there is little room (bars, captions): "0 %", "1.2 %", "57 %", "99.3 %", "> 99.9 %".

    It is never "100 %": a network is never certain, even where its number has been rounded to 1.
    """
    if value < HARDLY_ANY:
        return "0 %"
    if value >= ALMOST_ALL:
        return "> 99.9 %"
    return f"{100 * float(value):.1f} %" if value < 0.0995 or value > 0.99 else f"{100 * float(value):.0f} %"
