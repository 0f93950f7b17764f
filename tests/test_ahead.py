"""Digits are changed one epoch ahead, beside the engine: the same digits, no thread for what never comes, and errors where
they are waited for."""

import threading

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.datasets import TrainingData
from core.errors import DigitLabError
from core.training import ahead
from core.training.ahead import Ahead
from core.training.loop import Training


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(ahead, "processors", lambda: 2)


def test_the_next_epoch_is_made_while_this_one_is_used():
    """The second is made although nobody has asked for it: else this would wait for ever."""
    made, threads = threading.Event(), []

    def make(epoch: int) -> str:
        threads.append(threading.current_thread())
        if epoch == 1:
            made.set()
        return f"digits of {epoch}"

    digits = Ahead(make, 3)
    assert digits.get(0) == "digits of 0"
    assert made.wait(20)
    assert [digits.get(1), digits.get(2)] == ["digits of 1", "digits of 2"]
    assert len(threads) == 3 and threads[0] is threading.main_thread() and threads[1] is not threads[0]


def test_an_epoch_that_was_not_expected_is_made_at_once():
    digits = Ahead(lambda epoch: epoch, 10)
    assert [digits.get(epoch) for epoch in (0, 5, 6, 2)] == [0, 5, 6, 2]


def test_with_one_processor_nothing_is_made_ahead(monkeypatch):
    monkeypatch.setattr(ahead, "processors", lambda: 1)
    asked: list[int] = []
    digits = Ahead(asked.append, 5)
    digits.get(0)
    digits.get(1)
    assert asked == [0, 1]


@pytest.mark.parametrize("error", [MemoryError(), DigitLabError("It went wrong.")])
def test_what_goes_wrong_is_raised_where_it_is_waited_for(error):
    def make(epoch: int) -> int:
        if epoch == 1:
            raise error
        return epoch

    digits = Ahead(make, 3)
    assert digits.get(0) == 0
    with pytest.raises(type(error)):
        digits.get(1)


@pytest.mark.parametrize("augmentation", ["affine", "elastic"])
def test_made_ahead_or_not_the_weights_are_the_same(make_data, monkeypatch, augmentation):
    data = TrainingData(make_data(60, side=8), None)
    config = Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(
        augmentation=augmentation, epochs=4, batch_size=8, validation=False
    )
    weights = []
    for count in (1, 2):
        monkeypatch.setattr(ahead, "processors", lambda count=count: count)
        training = Training(config, data)
        for _ in training:
            pass
        weights.append(training.engine.parameters().flat)
    np.testing.assert_array_equal(*weights)
