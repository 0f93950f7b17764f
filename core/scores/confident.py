"""Which labels are doubtful, by confident learning: where a network that has not seen a digit is surer of another one than is
usual for that other one.

C. G. Northcutt, L. Jiang, I. L. Chuang: Confident Learning: Estimating Uncertainty in Dataset Labels, Journal of Artificial
Intelligence Research 70, 2021; the rule is that of the library cleanlab. Of each digit j, the *threshold* is the mean
probability that digits labelled j are given for j: how sure the network usually is where it should be. A picture counts as the
digit whose probability reaches that digit's threshold, as the most probable one where several do. Where it counts as another
digit than its label says, the label is doubtful; most of all where the lead of that digit over the label is largest.

It holds for the opinion of a network that was not taught the label in question; one that was would agree with it.
"""

from dataclasses import dataclass

import numpy as np

from core.scores.evaluation import DIGITS, Evaluation


@dataclass(frozen=True, slots=True)
class DoubtfulLabel:
    """A picture whose label is doubtful.

    Attributes
    ----------
    place : of it among all.
    label, suggested : what it is labelled, and what it counts as.
    given, found : the probabilities of the two.
    """

    place: int
    label: int
    suggested: int
    given: float
    found: float

    @property
    def margin(self) -> float:
        """By how much the suggested digit leads over the label."""
        return self.found - self.given


def thresholds(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How sure (10,) a network usually is of each digit, of probabilities (n, 10) and labels (n,).

    Infinite for a digit that no picture is labelled as: none can count as that.
    """
    return _means(probabilities[np.arange(len(labels)), labels], labels)


def _means(given: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The mean (10,) of what is given (n,) for the labels (n,), of each digit; infinite for one that is no label."""
    found = np.full(DIGITS, np.inf)
    for digit in np.unique(labels):
        found[digit] = given[labels == digit].mean(dtype=np.float64)
    return found


def counts_as(probabilities: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The digit (n,) that each picture counts as, by thresholds (10,); -1 for one that reaches none."""
    reached = probabilities >= usual
    best = np.where(reached, probabilities, -1.0).argmax(axis=1)
    return np.where(reached.any(axis=1), best, -1)


def doubted_by(evaluation: Evaluation) -> list[DoubtfulLabel]:
    """The digits whose label a network doubts that was not taught them, the most doubtful first.

    Where only some are here, what is usual is known of all; places are of those that are here, as all are that it misreads.
    """
    labels = evaluation.data.labels
    given = np.array(evaluation.all_confidence, np.float64)  # for its label, as long as it is read rightly
    given[evaluation.among_all] = evaluation.probabilities[np.arange(len(labels)), labels]
    return doubtful_labels(evaluation.probabilities, labels, _means(given, evaluation.all_labels))


def doubtful_labels(
    probabilities: np.ndarray, labels: np.ndarray, usual: np.ndarray | None = None
) -> list[DoubtfulLabel]:
    """The pictures with a doubtful label, the most doubtful first; of equal ones the earlier.

    Parameters
    ----------
    probabilities : (n, 10) what a network gives that was not taught these labels.
    labels : (n,) int, 0 to 9.
    usual : (10,) how sure it usually is of each digit; by default, of these pictures.
    """
    counted = counts_as(probabilities, thresholds(probabilities, labels) if usual is None else usual)
    places = np.flatnonzero((counted >= 0) & (counted != labels))
    found = [
        DoubtfulLabel(int(at), int(labels[at]), int(counted[at]), float(probabilities[at, labels[at]]),
                      float(probabilities[at, counted[at]]))
        for at in places
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.margin, each.place))
