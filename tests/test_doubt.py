from dataclasses import replace

import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.messages import Message
from core.models.calibration import Bin, Calibration
from core.models.model import Model
from core.models.parameters import Parameters
from core.scores.doubt import LEAST_CONFIDENCE, LIKE_A_TEST_DIGIT, Verdict, counted, judge


def guard(digit: float) -> Model:
    """A guard that gives every picture this probability of being a digit."""
    network = NetworkConfig(hidden=(), outputs=2)
    parameters = Parameters(network, np.zeros(network.parameter_count, np.float32))
    parameters.biases[0][1] = np.log(digit / (1 - digit))
    return Model(Config(network, TrainingConfig(dataset="digit-or-not")), parameters)


def answer(digit: int, confidence: float, second: int) -> np.ndarray:
    probabilities = np.full(10, 0.0)
    probabilities[[digit, second]] = confidence, 1 - confidence
    return probabilities


NOTHING = Message("")
PICTURE = np.ones((28, 28), np.float32)


def test_a_sure_answer():
    verdict = judge(guard(0.9), PICTURE, answer(4, 0.97, 9))
    assert (verdict.kind, verdict.digit) == ("sure", 4)
    assert str(verdict.sentence) == "The network reads a 4 and is 97.0 % sure."


def test_an_unsure_answer_names_both_digits():
    verdict = judge(guard(0.9), PICTURE, answer(8, LEAST_CONFIDENCE - 0.01, 3))
    assert verdict.kind == "unsure"
    assert "an 8 (59.0 %)" in str(verdict.sentence) and "a 3 (41.0 %)" in str(verdict.sentence)


def test_what_the_guard_refuses_is_no_digit_however_sure_the_reader_is():
    verdict = judge(guard(0.1), PICTURE, answer(2, 0.9999, 7))
    assert (verdict.kind, verdict.digit) == ("no digit", 2)
    assert "no digit" in str(verdict.sentence)


def test_never_a_hundred_percent():
    assert "is more than 99.9 % sure" in str(judge(guard(0.9), PICTURE, answer(2, 0.99999, 7)).sentence)
    assert "is 99.9 % sure" in str(judge(guard(0.9), PICTURE, answer(2, 0.9992, 7)).sentence)


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.93, "About as sure of a test digit, it was right about 9 times in 10 (412 of 455)."),
     (1.0, "About as sure of a test digit, it was right about 99 times in 100 (990 of 1,000)."),
     (0.3, None)],
)  # fmt: skip
def test_words_from_counted_answers(confidence, words):
    bins = (Bin(0, 0.9, 0, 0, 0.0), Bin(0.9, 0.95, 455, 412, 0.92), Bin(0.95, 1.0, 1000, 990, 0.99))
    model = guard(0.5)
    verdict = Verdict("sure", 4, NOTHING, typical=True)
    assert counted(model, verdict, confidence) is None
    model = replace(model, calibration=Calibration(1.0, bins))
    told = counted(model, verdict, confidence)
    assert told == words if told is None else str(told) == words


@pytest.mark.parametrize(("kind", "typical"), [("sure", False), ("unsure", True), ("no digit", True)])
def test_what_was_counted_on_test_digits_is_not_said_of_what_does_not_look_like_one(kind, typical):
    model = replace(guard(0.5), calibration=Calibration(1.0, (Bin(0, 1.0, 7_411, 7_411, 0.99),)))
    assert counted(model, Verdict(kind, 8, NOTHING, typical=typical), 0.9999) is None
    told = str(counted(model, Verdict("sure", 8, NOTHING, typical=True), 0.9999))
    assert "right every time (7,411 of 7,411). A letter can fool it." in told, "and never all there is to know"


def test_what_looks_like_a_test_digit():
    for share, typical in ((LIKE_A_TEST_DIGIT + 0.01, True), (LIKE_A_TEST_DIGIT - 0.01, False)):
        verdict = judge(guard(share), PICTURE, answer(8, 0.9999, 3))
        assert (verdict.kind, verdict.typical) == ("sure", typical)
