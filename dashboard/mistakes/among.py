"""What a view of the Mistakes page gives to the gallery."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Among:
    """The digits among which the pickers choose.

    Attributes
    ----------
    places : (n,) where they stand among all digits, which may not all be here; None for all of them.
    title : says what they are, where the page's own words do not fit.
    answers : (total,) of another network, which count as well where an answer is asked for.
    other : what that network is called.
    """

    places: np.ndarray | None = None
    title: str = ""
    answers: np.ndarray | None = None
    other: str = ""
