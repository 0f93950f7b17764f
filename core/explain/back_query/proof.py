"""What stands under a picture: what its own network says of it, what an independent judge says, and how like a digit it is.

The judge is a network of another seed, width and order of data that no search ever asked, so it cannot have been fooled.
"""

from dataclasses import dataclass

import numpy as np

from core.explain.back_query.ink import USUAL, Ink
from core.explain.back_query.seen import as_read
from core.models.model import Model


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What is said of the ten pictures, each (10,).

    Attributes
    ----------
    own, answers : the probability that the network itself gives to the digit wanted, and the digit that it reads.
    judge, judge_answers : the same of the judge.
    likeness : correlation of the picture's pixels with those of the mean training digit: 1 is the same, 0 is unlike.
    """

    own: np.ndarray
    answers: np.ndarray
    judge: np.ndarray
    judge_answers: np.ndarray
    likeness: np.ndarray

    @property
    def read(self) -> int:
        """How many of the ten the network reads as the digit wanted."""
        return int((self.answers == np.arange(10)).sum())

    @property
    def judged(self) -> int:
        """How many of the ten the judge does."""
        return int((self.judge_answers == np.arange(10)).sum())


def prove(model: Model, judge: Model, ink: Ink, pictures: np.ndarray, drawn: np.ndarray | None = None) -> Proof:
    """Have the pictures (10, h, w) of `model` read. `ink` is of their size.

    `drawn` (10, 28, 28) is what the judge gets; without it, it is the pictures, drawn again for it where they are smaller.
    """
    if drawn is None:
        drawn = pictures if model.shape == USUAL else np.stack([as_read(_larger(each), USUAL) for each in pictures])
    own, judged = model.predict(pictures), judge.predict(drawn)
    wanted = np.arange(10)
    return Proof(
        own[wanted, wanted],
        own.argmax(axis=1),
        judged[wanted, wanted],
        judged.argmax(axis=1),
        np.array([_likeness(picture, digit) for picture, digit in zip(pictures, ink.digits, strict=True)]),
    )


def _larger(picture: np.ndarray) -> np.ndarray:
    """By whole pixels, to some 100 a side."""
    times = max(1, round(100 / picture.shape[0]))
    return np.kron(picture, np.ones((times, times), picture.dtype))


def _likeness(picture: np.ndarray, digit: np.ndarray) -> float:
    """The correlation of two pictures; of one that is the same everywhere, 0."""
    a, b = (each.ravel().astype(np.float64) - each.mean() for each in (picture, digit))
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if size > 0 else 0.0
