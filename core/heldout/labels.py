"""The doubtful labels of a data set, with who says so."""

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset
from core.heldout.folds import Tell, opinions
from core.models.model import Model
from core.scores.confident import DoubtfulLabel, doubtful_labels, thresholds
from core.scores.evaluation import evaluate
from core.seeding import FOLDS, generator

MOST = 500  # doubtful labels that are told of a data set


@dataclass(frozen=True, slots=True)
class Doubts:
    """What was found.

    Attributes
    ----------
    n : digits that were looked at.
    count : how many of them have a doubtful label.
    first : the most doubtful of these, 500 at most.
    thresholds : how sure the network usually is of each of the ten digits; None for one that is no label here.
    """

    n: int
    count: int
    first: tuple[DoubtfulLabel, ...]
    thresholds: tuple[float | None, ...]


def flipped(digits: Dataset, share: float, *, seed: int = 0) -> tuple[Dataset, np.ndarray]:
    """The digits with this share of their labels changed to another digit by lot, and the places where; to try the rule."""
    rng = generator(seed, FOLDS, 1)
    places = rng.choice(len(digits), round(share * len(digits)), replace=False)
    labels = digits.labels.copy()
    labels[places] = (labels[places] + rng.integers(1, 10, len(places))) % 10
    return Dataset(digits.name, digits.pixels, labels, digits.shape, digits.pixel_max), np.sort(places)


def by_folds(digits: Dataset, *, seed: int = 0, tell: Tell = lambda done: None) -> Doubts:
    """By networks that have learned from the other digits of the same data set (`core.heldout.folds`)."""
    return doubts(digits, opinions(digits, seed=seed, tell=tell))


def by_network(model: Model, digits: Dataset) -> Doubts:
    """By a network that has learned from none of these digits."""
    return doubts(digits, evaluate(model, digits).probabilities)


def doubts(digits: Dataset, probabilities: np.ndarray) -> Doubts:
    """By what was given (n, 10) to digits that were not learned from."""
    found = doubtful_labels(probabilities, digits.labels)
    usual = thresholds(probabilities, digits.labels)
    return Doubts(len(digits), len(found), tuple(found[:MOST]),
                  tuple(float(each) if np.isfinite(each) else None for each in usual))  # fmt: skip
