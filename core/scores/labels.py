"""Test digits of MNIST whose label people do not agree with, and the score on the corrected labels beside the official one.

Source: C. G. Northcutt, A. Athalye, J. Mueller: Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks
(NeurIPS 2021); cleanlab/label-errors, mturk/mnist_mturk.json. Five people looked at each of a hundred test digits, and could
say its label, the digit that a network found instead, or neither. Here are the fifteen whose label fewer than three of them
gave. MNIST's own labels stay the official ones.
"""

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.datasets.dataset import Excerpt
from core.models.model import Score
from core.scores.evaluation import Evaluation

PEOPLE = 5  # who looked at each of them


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A test digit with a label that most of five people do not give it.

    Attributes
    ----------
    index, given : its place among the 10,000, and MNIST's label.
    other : the digit that a network found instead, which people could choose as well.
    votes : how many of the five people said: `given`, `other`, neither of the two.
    """

    index: int
    given: int
    other: int
    votes: tuple[int, int, int]

    @property
    def people_say(self) -> int | None:
        """The other digit, where most people see it; None where they agree on none."""
        return self.other if 2 * self.votes[1] > PEOPLE else None


MNIST_TEST_SHA256 = "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b"  # as `Dataset.sha256` counts it
DOUBTFUL: dict[int, Doubtful] = {
    found.index: found
    for found in (
        Doubtful(947, 8, 9, (0, 5, 0)), Doubtful(1621, 0, 6, (2, 3, 0)), Doubtful(1901, 9, 4, (2, 3, 0)),
        Doubtful(2130, 4, 9, (2, 2, 1)), Doubtful(2462, 2, 0, (0, 4, 1)), Doubtful(2597, 5, 3, (0, 4, 1)),
        Doubtful(2654, 6, 1, (0, 2, 3)), Doubtful(3520, 6, 4, (2, 0, 3)), Doubtful(3558, 5, 0, (1, 4, 0)),
        Doubtful(5937, 5, 3, (1, 3, 1)), Doubtful(6651, 0, 6, (0, 5, 0)), Doubtful(6783, 1, 6, (2, 3, 0)),
        Doubtful(8527, 4, 9, (2, 2, 1)), Doubtful(9679, 6, 3, (2, 0, 3)), Doubtful(9729, 5, 6, (2, 3, 0)),
    )
}  # fmt: skip


def doubtful(digits: Dataset) -> dict[int, Doubtful]:
    """Those of a data set, by place; none where it is not MNIST's test set or an excerpt of it, whatever it is called."""
    if digits.sha256 == MNIST_TEST_SHA256:
        return DOUBTFUL
    if isinstance(digits, Excerpt) and digits.whole == MNIST_TEST_SHA256:
        places = {int(number): place for place, number in enumerate(digits.numbers())}
        return {places[index]: found for index, found in DOUBTFUL.items() if index in places}
    return {}


def corrected_labels(digits: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """The labels (n,) as most people give them, and which digits (n,) bool are left out because they agree on none."""
    labels, left_out = digits.labels.copy(), np.zeros(len(digits), dtype=bool)
    for index, found in doubtful(digits).items():
        if found.people_say is None:
            left_out[index] = True
        else:
            labels[index] = found.people_say
    return labels, left_out


def corrected(evaluation: Evaluation) -> Score | None:
    """The score on the corrected labels, of 9,995 digits; None where no label of the data set is known to be wrong."""
    if not doubtful(evaluation.data):
        return None
    labels, left_out = corrected_labels(evaluation.data)
    counted = ~left_out
    here = Score(int(counted.sum()), int(np.count_nonzero(evaluation.answers[counted] == labels[counted])))
    elsewhere = evaluation.score.n - len(labels)  # read rightly, and their labels are nobody's doubt
    return Score(here.n + elsewhere, here.correct + elsewhere)
