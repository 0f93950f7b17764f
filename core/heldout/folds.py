"""Cross-validation: every digit is read by a network that has learned from the others and not from it.

The digits are divided into five parts, each with its share of every digit. Five quick networks learn from four parts each, and
each reads the part that it has not seen.
"""

from collections.abc import Callable

import numpy as np

from core.config import Config
from core.datasets import Dataset, TrainingData
from core.errors import DigitLabError
from core.models.model import Model
from core.scores.evaluation import evaluate
from core.seeding import FOLDS, generator
from core.training.loop import Training
from core.training.recipes import recipe

PARTS = 5
HIDDEN, DROPOUT = (100,), 0.3
EPOCHS, EPOCHS_OF_MANY, MANY = 30, 6, 4_000  # few digits are gone through more often

Tell = Callable[[float], None]  # is told how much is done, 0 to 1


def divided(labels: np.ndarray, parts: int = PARTS, seed: int = 0) -> np.ndarray:
    """The part (n,) that each digit is in: all of about one size, each label spread over all of them, by lot."""
    order = generator(seed, FOLDS).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    part = np.empty(len(labels), dtype=np.int64)
    part[order] = np.arange(len(labels)) % parts
    return part


def quick_network(digits: Dataset, seed: int = 0) -> Config:
    """The settings of a network that learns these digits in seconds, and not by heart."""
    epochs = EPOCHS if len(digits) < MANY else EPOCHS_OF_MANY
    return (
        recipe("small")
        .config.with_network(inputs=digits.pixels.shape[1], hidden=HIDDEN, dropout=DROPOUT)
        .with_training(seed=seed, epochs=epochs, validation=False)
    )


def opinions(digits: Dataset, *, seed: int = 0, tell: Tell = lambda done: None) -> np.ndarray:
    """What each digit is given (n, 10) by a network that has not learned from it.

    Parameters
    ----------
    tell : is told on the way.

    Raises `DigitLabError` where there are too few digits to divide.
    """
    if len(digits) < 2 * PARTS:
        raise DigitLabError(
            "There are {count} digits, too few to learn from some and look at the others. Give at least {least}.",
            count=len(digits),
            least=2 * PARTS,
        )
    part = divided(digits.labels, seed=seed)
    found = np.empty((len(digits), 10), dtype=np.float32)
    for number in range(PARTS):
        own = np.flatnonzero(part == number)
        config, others = quick_network(digits, seed * PARTS + number), np.flatnonzero(part != number)
        training = Training(config, TrainingData(digits.subset(others), None))
        try:
            for _ in training:
                tell((number + training.step / training.total_steps) / PARTS)
            found[own] = evaluate(
                Model(training.config, training.engine.parameters()), digits.subset(own)
            ).probabilities
        finally:
            training.engine.close()
    return found
