"""In which order digits are looked at: a gallery's, of all of them or of the mistakes."""

from collections.abc import Callable

import numpy as np

from core.messages import N_
from core.scores.evaluation import Evaluation

SUREST, LEAST_SURE, CLOSEST, BY_DIGIT, STRANGEST = "sure", "unsure", "close", "digit", "odd"
ORDERS = {  # public name -> what it is called
    SUREST: N_("the most sure first"),
    LEAST_SURE: N_("the least sure first"),
    CLOSEST: N_("the closest second guess first"),
    BY_DIGIT: N_("by digit"),
    STRANGEST: N_("the most unusual first"),
}


def ordered(
    evaluation: Evaluation, places: np.ndarray, order: str, strangeness: Callable[[], np.ndarray] | None = None
) -> np.ndarray:
    """These places in an order; of equal ones the smaller place comes first.

    Parameters
    ----------
    places : (n,) of the digits.
    order : one of `ORDERS`.
    strangeness : gives (all,) how unusual each digit is (`core.explain.plane`); asked for by `STRANGEST` only.
    """
    places = np.sort(places)
    keys: tuple[np.ndarray, ...]
    if order == STRANGEST:
        assert strangeness is not None
        keys = (-strangeness()[places],)
    elif order == CLOSEST:
        keys = (lead(evaluation.probabilities[places]),)
    elif order == BY_DIGIT:
        keys = (evaluation.answers[places], evaluation.data.labels[places])  # the last key counts most
    else:
        sure = evaluation.confidence[places]
        keys = (sure if order == LEAST_SURE else -sure,)
    return places[np.lexsort(keys)]


def lead(probabilities: np.ndarray) -> np.ndarray:
    """How far the first guess is ahead of the second (n,), of probabilities (n, 10)."""
    two = np.partition(probabilities, -2, axis=1)[:, -2:]
    return two[:, 1] - two[:, 0]


def for_a_map(evaluation: Evaluation, most: int) -> np.ndarray:
    """Which of all digits (up to `most`, by their places) a map shows: all mistakes, and of the others as many as there is room
    for; of either, where there are more, some that are spread evenly over all."""
    wrong = evaluation.all_answers != evaluation.all_labels
    mistakes = _spread(np.flatnonzero(wrong), most)
    return np.sort(np.concatenate([mistakes, _spread(np.flatnonzero(~wrong), most - len(mistakes))]))


def _spread(places: np.ndarray, most: int) -> np.ndarray:
    if len(places) <= most:
        return places
    return places[np.unique(np.linspace(0, len(places) - 1, most).astype(int))]
