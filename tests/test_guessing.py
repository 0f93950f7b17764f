"""A network that guesses is recognised, and the cure that is offered cures: each by training, on the bundled digits."""

import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import TrainingData, load_training
from core.models.model import Score
from core.training.events import EpochEvent
from core.training.guessing import RULES, cure, is_guessing
from core.training.loop import Training

GOOD = Config(
    NetworkConfig(inputs=64, hidden=(32,)), TrainingConfig(dataset="digits", optimizer="sgd", learning_rate=0.1,
                                                           batch_size=32, epochs=10)
)  # fmt: skip
SPOILED = {
    "nothing moves": ("rate_low", GOOD.with_training(learning_rate=0.0)),
    "hardly anything moves": ("rate_low", GOOD.with_training(optimizer="adam", learning_rate=1e-6)),
    "too far at a time": ("rate_high", GOOD.with_training(learning_rate=3.0)),
    "too far at a time, Adam": ("rate_high", GOOD.with_training(optimizer="adam", learning_rate=1.0)),
    "pulled to zero": ("pull", GOOD.with_training(l2=1.0)),
    "silenced": ("dropout", GOOD.with_network(dropout=0.95, hidden=(16, 16))),
    "bytes as they are": ("raw", GOOD.with_network(scaling="raw")),
    "nothing comes back": ("deep", GOOD.with_network(activation="sigmoid", hidden=(32,) * 4)),
    "over in a moment": ("short", GOOD.with_training(learning_rate=0.01, batch_size=1024, epochs=1)),
}


@pytest.fixture(scope="module")
def digits() -> TrainingData:
    return load_training("digits")


def trained(config: Config, data: TrainingData) -> tuple[Score, int]:
    """What a training reads of the digits held back, and its steps."""
    last = [event for event in Training(config, data) if isinstance(event, EpochEvent)][-1]
    count = len(data.validation)
    return Score(count, round(last.validation_accuracy * count)), last.step


@pytest.mark.parametrize("what", SPOILED)
def test_a_run_that_guesses_is_cured(what: str, digits: TrainingData):
    reason, config = SPOILED[what]
    score, steps = trained(config, digits)
    assert is_guessing(score, 10), f"{score.accuracy:.0%}: this does not guess, so there is nothing to explain"
    found = cure(config, steps)
    assert found.reason == reason
    better, _ = trained(found.config, digits)
    assert better.accuracy > 0.7


def test_a_wide_start_is_named_where_nothing_else_stands_out():
    found = cure(GOOD.with_network(initializer="standard_normal", activation="tanh", hidden=(200,) * 5), 500)
    assert (found.reason, found.config.network.initializer) == ("start", "glorot")


def test_settings_that_stand_out_in_nothing_have_no_cure():
    assert cure(GOOD, 500) is None


@pytest.mark.parametrize(("correct", "guesses"), [(98, True), (1135, True), (1990, True), (2010, False), (9700, False)])
def test_what_counts_as_guessing(correct: int, guesses: bool):
    assert is_guessing(Score(10_000, correct), 10) is guesses


def test_two_answers_are_guessed_right_half_of_the_time():
    assert [is_guessing(Score(100, correct), 2) for correct in (50, 55, 57, 100)] == [True, True, False, False]


def test_every_rule_is_tried_above():
    assert {reason for reason, _, _ in RULES} == {reason for reason, _ in SPOILED.values()} | {"start"}
