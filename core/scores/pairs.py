"""Two networks on the same digits: which the first mends, which it breaks, and whether that is more than luck.

McNemar's test (Q. McNemar, Psychometrika 12, 1947), exact: if both were equally good, each digit that only one of them reads
would be a toss of a coin.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from core.errors import DigitLabError
from core.messages import N_, Message, message
from core.scores.evaluation import Evaluation
from core.scores.telling import times
from core.sentences import a, share

SURE = 0.05  # chances below this are called more than luck
BETTER = N_(
    "It reads {fixed:,} that the other does not, and the other {broken:,} that it does not. That is {less:,} mistakes fewer: it "
    "is better, by more than luck."
)
WORSE = N_(
    "It reads {fixed:,} that the other does not, and the other {broken:,} that it does not. That is {less:,} mistakes more: it "
    "is worse, by more than luck."
)
LUCK = N_("It reads {fixed:,} that the other does not, and the other {broken:,} that it does not: not more than luck.")
ALIKE = N_("Both read the very same digits.")
CHANCE = N_("If both were equally good, luck would make them differ by so much or more in {share} of such tests.")
ON_A_DIGIT = N_("They differ most on the {digit}: it reads {mine:,} of {n:,} right, the other {theirs:,}.")
LESS_OFTEN = N_("It takes {a_digit} for {another} less often than the other ({mine}, and {theirs}).")
MORE_OFTEN = N_("It takes {a_digit} for {another} more often than the other ({mine}, and {theirs}).")


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two networks' answers on the same digits.

    Attributes
    ----------
    fixed : the digits (places) that the first reads rightly and the second does not.
    broken : those that the second reads rightly and the first does not.
    difference : (10, 10) the first's confusion matrix less the second's.
    """

    first: Evaluation
    second: Evaluation
    fixed: np.ndarray
    broken: np.ndarray
    difference: np.ndarray

    @property
    def p_value(self) -> float:
        """How often chance alone would make two equally good networks differ so much, or more."""
        few, all_of_them = min(len(self.fixed), len(self.broken)), len(self.fixed) + len(self.broken)
        return min(1.0, 2.0 * float(scipy.special.bdtr(few, all_of_them, 0.5))) if all_of_them else 1.0

    @property
    def message(self) -> Message:
        """It in words, of the first."""
        if not len(self.fixed) + len(self.broken):
            return message(ALIKE)
        numbers = {"fixed": len(self.fixed), "broken": len(self.broken)}
        if self.p_value >= SURE:
            return message(LUCK, **numbers)
        less = len(self.fixed) - len(self.broken)
        return message(BETTER if less > 0 else WORSE, less=abs(less), **numbers)

    @property
    def chance(self) -> Message:
        """The test in words."""
        return message(CHANCE, share=share(self.p_value))


def pair(first: Evaluation, second: Evaluation) -> Pair:
    """Hold two evaluations against each other. Raises `DigitLabError` where they are of different digits."""
    if first.data.sha256 != second.data.sha256:
        raise DigitLabError("The two networks were tried on different digits, so they cannot be compared.")
    labels = first.data.labels
    one, other = first.answers == labels, second.answers == labels
    difference = first.confusion() - second.confusion()
    return Pair(first, second, np.flatnonzero(one & ~other), np.flatnonzero(other & ~one), difference)


def most_different(found: Pair) -> list[Message]:
    """What the difference of two confusion matrices tells first: the digit that one of them finds more often, and a mix-up.

    Of equal ones the smallest digit is named; nothing where there is no difference.
    """
    off = found.difference * (1 - np.eye(len(found.difference), dtype=int))
    if not off.any():
        return []
    first, second = found.first.confusion(), found.second.confusion()
    digit = int(np.abs(np.diag(found.difference)).argmax())
    told = []
    if found.difference[digit, digit]:
        n, mine, theirs = int(first[digit].sum()), int(first[digit, digit]), int(second[digit, digit])
        told.append(message(ON_A_DIGIT, digit=digit, n=n, mine=mine, theirs=theirs))
    true, answer = (int(digit) for digit in np.unravel_index(np.abs(off).argmax(), off.shape))
    words = LESS_OFTEN if off[true, answer] < 0 else MORE_OFTEN
    mine, theirs = int(first[true, answer]), int(second[true, answer])
    return [*told, message(words, a_digit=a(true), another=a(answer), mine=times(mine), theirs=times(theirs))]
