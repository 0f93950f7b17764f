"""When the network should not answer: the picture is no digit, or it cannot tell which.

A network that knows ten digits reads one into anything. A second, small one, the guard, has learned what people draw
besides digits (`core.drawings.doodles`); what it takes for no digit is refused. What passes it and leaves the reader with little
confidence is called unsure. Both limits were chosen on digits and writers held back from training.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.datasets import Dataset
from core.datasets.digit_or_not import COUNTED, TEST_SEED, doodles
from core.messages import Message, message
from core.models.calibration import bin_of
from core.models.model import Model, Score
from core.scores.evaluation import digits_of, evaluate
from core.sentences import a, probability

GUARD_SHAPE = (28, 28)
LEAST_DIGIT = 0.75  # probability of a digit that the guard must give
LEAST_CONFIDENCE = 0.6  # that the reader must have in its answer
LIKE_A_TEST_DIGIT = (
    0.95  # the guard's probability of 97 in 100 digits held back, and of 2 in 100 drawings that are none
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say of a picture.

    Attributes
    ----------
    kind : "sure", "unsure" or "no digit".
    digit : the reader's answer, whatever the kind.
    sentence : for the visitor.
    typical : the picture looks like a test digit, so that what was counted on those can be said of it.
    """

    kind: Literal["sure", "unsure", "no digit"]
    digit: int
    sentence: Message
    typical: bool = False


def judge(guard: Model, picture: np.ndarray, probabilities: np.ndarray) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    guard : the network that tells digits (1) from what is none (0).
    picture : (28, 28) in 0..1, prepared as every digit is (also for a reader of smaller pictures).
    probabilities : (10,) the reader's, corrected by its temperature.
    """
    digit, second = (int(place) for place in np.argsort(-probabilities, kind="stable")[:2])
    shares = probability(probabilities[digit]), probability(probabilities[second])
    like_a_digit = guard.predict(picture[None])[0, 1]
    if like_a_digit < LEAST_DIGIT:
        nearest = message("That looks like no digit. If it is one, the nearest is {digit}.", digit=a(digit))
        return Verdict("no digit", digit, nearest)
    if probabilities[digit] < LEAST_CONFIDENCE:
        torn = message(
            "I am not sure: perhaps {first} ({likelier}), perhaps {second} ({likely}).",
            first=a(digit),
            likelier=shares[0],
            second=a(second),
            likely=shares[1],
        )
        return Verdict("unsure", digit, torn)
    sentence = message("The network reads {digit} and is {sure} sure.", digit=a(digit), sure=shares[0])
    return Verdict("sure", digit, sentence, typical=bool(like_a_digit >= LIKE_A_TEST_DIGIT))


def counted(model: Model, verdict: Verdict, confidence: float) -> Message | None:
    """How often the model was right on test digits when it was about as sure.

    None where that was never counted, and under a picture that it says nothing about: one that is refused, that the model
    is not sure of, or that does not look like a test digit.
    """
    if verdict.kind != "sure" or not verdict.typical or not model.calibration.bins:
        return None
    found = bin_of(model.calibration.bins, confidence)
    if not found.n:
        return None
    if found.correct == found.n:
        return message(
            "About as sure of a test digit, it was right every time ({correct:,} of {n:,}). A letter can fool it.",
            correct=found.correct,
            n=found.n,
        )
    times, base = _times(found.correct, found.n)
    return message(
        "About as sure of a test digit, it was right about {times:,} times in {base:,} ({correct:,} of {n:,}).",
        times=times,
        base=base,
        correct=found.correct,
        n=found.n,
    )


def _times(correct: int, n: int) -> tuple[int, int]:
    """In tens as long as that is honest, then in hundreds and thousands: 9 times in 10. Not all of them were right."""
    base = next((base for base in (10, 100, 1000) if (n - correct) / n * base >= 0.5), 10_000)
    return base - max(1, round((n - correct) / n * base)), base


def refused(reader: Model, guard: Model, data: Dataset) -> np.ndarray:
    """(n,) bool: which pictures of a data set of 28 x 28 pixels are not answered with a digit."""
    digit = evaluate(guard, data).probabilities[:, 1]
    return (digit < LEAST_DIGIT) | (evaluate(reader, data).confidence < LEAST_CONFIDENCE)


def rates(reader: Model, guard: Model) -> Iterator[tuple[str, Score]]:
    """How many are refused, counted: of MNIST's test digits ("digits"), then of each kind of drawing that is none.

    Raises `DigitLabError` when MNIST is not there.
    """
    digits = digits_of("mnist")
    yield "digits", _count(refused(reader, guard, digits))
    for kind, pictures in doodles(digits, COUNTED, np.random.default_rng(TEST_SEED)):
        pixels = pictures.reshape(len(pictures), -1)
        data = Dataset(kind, pixels, np.zeros(len(pixels), np.int64), digits.shape)
        yield kind, _count(refused(reader, guard, data))


def _count(mask: np.ndarray) -> Score:
    return Score(len(mask), int(mask.sum()))
