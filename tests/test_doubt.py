import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.models.calibration import Bin, Calibration
from core.models.model import Model
from core.models.parameters import Parameters
from core.scores.doubt import LEAST_CONFIDENCE, counted, judge


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


PICTURE = np.ones((28, 28), np.float32)


def test_a_sure_answer():
    verdict = judge(guard(0.9), PICTURE, answer(4, 0.97, 9))
    assert (verdict.kind, verdict.digit) == ("sure", 4)
    assert verdict.sentence == "The network reads a 4 and is 97.0 % sure."


def test_an_unsure_answer_names_both_digits():
    verdict = judge(guard(0.9), PICTURE, answer(8, LEAST_CONFIDENCE - 0.01, 3))
    assert verdict.kind == "unsure"
    assert "an 8 (59.0 %)" in verdict.sentence and "a 3 (41.0 %)" in verdict.sentence


def test_what_the_guard_refuses_is_no_digit_however_sure_the_reader_is():
    verdict = judge(guard(0.1), PICTURE, answer(2, 0.9999, 7))
    assert (verdict.kind, verdict.digit) == ("no digit", 2)
    assert "no digit" in verdict.sentence


def test_never_a_hundred_percent():
    assert "is more than 99.9 % sure" in judge(guard(0.9), PICTURE, answer(2, 0.99999, 7)).sentence
    assert "is 99.9 % sure" in judge(guard(0.9), PICTURE, answer(2, 0.9992, 7)).sentence


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.93, "When it is 90 to 95 % sure, it is right about 9 times in 10: 412 of 455 test digits."),
     (1.0, "When it is more than 95 % sure, it is right about 99 times in 100: 990 of 1,000 test digits."),
     (0.3, "")],
)  # fmt: skip
def test_words_from_counted_answers(confidence, words):
    bins = (Bin(0, 0.9, 0, 0, 0.0), Bin(0.9, 0.95, 455, 412, 0.92), Bin(0.95, 1.0, 1000, 990, 0.99))
    model = guard(0.5)
    assert counted(model, confidence) == ""
    model.calibration = Calibration(1.0, bins)
    assert counted(model, confidence) == words
