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
from core.models.calibration import bin_of
from core.models.model import Model, Score
from core.scores.evaluation import digits_of, evaluate

GUARD_SHAPE = (28, 28)
LEAST_DIGIT = 0.75  # probability of a digit that the guard must give
LEAST_CONFIDENCE = 0.6  # that the reader must have in its answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to say of a picture.

    Attributes
    ----------
    kind : "sure", "unsure" or "no digit".
    digit : the reader's answer, whatever the kind.
    sentence : for the visitor.
    """

    kind: Literal["sure", "unsure", "no digit"]
    digit: int
    sentence: str


def judge(guard: Model, picture: np.ndarray, probabilities: np.ndarray) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    guard : the network that tells digits (1) from what is none (0).
    picture : (28, 28) in 0..1, prepared as every digit is (also for a reader of smaller pictures).
    probabilities : (10,) the reader's, corrected by its temperature.
    """
    digit, second = (int(place) for place in np.argsort(-probabilities, kind="stable")[:2])
    shares = _percent(probabilities[digit]), _percent(probabilities[second])
    if guard.predict(picture[None])[0, 1] < LEAST_DIGIT:
        return Verdict("no digit", digit, f"That looks like no digit. If it is one, the nearest is {_a(digit)}.")
    if probabilities[digit] < LEAST_CONFIDENCE:
        return Verdict(
            "unsure", digit, f"I am not sure: perhaps {_a(digit)} ({shares[0]}), perhaps {_a(second)} ({shares[1]})."
        )
    return Verdict("sure", digit, f"The network reads {_a(digit)} and is {shares[0]} sure.")


def _a(digit: int) -> str:
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _percent(share: float) -> str:
    """99.96 % is not 100 %."""
    return f"{100 * float(share):.1f} %" if share < 0.9995 else "more than 99.9 %"


def counted(model: Model, confidence: float) -> str:
    """How often the model was right on test digits when it was about as sure; empty where it was never counted."""
    if not model.calibration.bins:
        return ""
    found = bin_of(model.calibration.bins, confidence)
    if not found.n:
        return ""
    high = "" if found.high >= 1 else f" to {100 * found.high:g}"
    above = "more than " if found.high >= 1 else ""
    return (
        f"When it is {above}{100 * found.low:g}{high} % sure, it is right {_times(found.correct, found.n)}: "
        f"{found.correct:,} of {found.n:,} test digits."
    )


def _times(correct: int, n: int) -> str:
    """In tens as long as that is honest, then in hundreds and thousands: "9 times in 10"."""
    for base in (10, 100, 1000, 10_000):
        wrong = (n - correct) / n * base
        if wrong >= 0.5:
            return f"about {base - round(wrong):,} times in {base:,}"
    return "every time so far"


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
