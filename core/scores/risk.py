"""What is gained where a network may say "I don't know": mistakes against the share of digits that it still answers.

It says so of the digits it is least sure of. A risk-coverage curve (R. El-Yaniv, Y. Wiener: On the Foundations of Noise-free
Selective Classification, Journal of Machine Learning Research 11, 2010).
"""

from dataclasses import dataclass

import numpy as np

from core.errors import DigitLabError
from core.models.model import Score
from core.scores.evaluation import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What a network does that is silent about some of all digits.

    Attributes
    ----------
    silent : how many digits it says nothing of.
    about : (silent,) where among all these stand, the surest first.
    score : how many of the others it reads right.
    mistakes : the places of the mistakes that remain, the surest first.
    caught : how many mistakes it does not make any more.
    least : how sure it is at least of what it answers, 0..1.
    """

    silent: int
    about: np.ndarray
    score: Score
    mistakes: np.ndarray
    caught: int
    least: float


def answered(evaluation: Evaluation, share: float) -> Answered:
    """Let a network be silent about this share of the digits, 0 to less than 1, rounded down to whole digits."""
    n, right = len(evaluation.all_labels), evaluation.all_answers == evaluation.all_labels
    if not 0 <= share < 1:
        raise DigitLabError("It can be silent about 0 to less than 1 of the digits, not {share:g}.", share=share)
    silent = int(share * n + 1e-9)  # 0.29 * 100 is a little less than 29
    rest, about = np.split(surest_first(evaluation), [n - silent])
    wrong = rest[~right[rest]]
    return Answered(
        silent,
        about,
        Score(len(rest), len(rest) - len(wrong)),
        evaluation.here(wrong),
        int(np.count_nonzero(~right)) - len(wrong),
        float(evaluation.all_confidence[rest[-1]]),
    )


def surest_first(evaluation: Evaluation) -> np.ndarray:
    """Where in (total,) all digits stand, the surest first; of equals the one that stands first."""
    return np.argsort(-evaluation.all_confidence, kind="stable")


def curve(evaluation: Evaluation) -> tuple[np.ndarray, np.ndarray]:
    """The share of all n digits that are answered (n,), 1/n to 1, and the share of those that are read wrong (n,)."""
    order = surest_first(evaluation)
    wrong = np.cumsum(evaluation.all_answers[order] != evaluation.all_labels[order])
    count = np.arange(1, len(order) + 1)
    return count / len(order), wrong / count
