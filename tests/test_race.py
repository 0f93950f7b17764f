"""The race's logic with numbers worked by hand."""

import pytest

from core.bench.race import contestants, lap, seconds, verdict
from core.config import Config, NetworkConfig
from core.messages import Message
from core.training.events import BatchEvent, EpochEvent, FinishEvent


def batch(at: float, accuracy: float) -> BatchEvent:
    return BatchEvent(1, 0.1, at, 1.0, accuracy, 0.1, 1000.0)


def epoch(number: int, at: float, learning: float, held_back: float | None) -> EpochEvent:
    return EpochEvent(10 * number, number, at, 1.0, learning, None if held_back is None else 1.0, held_back)


NUMPY = [batch(0.1, 0.5), batch(0.3, 0.96), epoch(1, 0.5, 0.80, 0.951), batch(0.9, 0.99), epoch(2, 1.0, 0.98, 0.969),
         epoch(3, 1.5, 0.99, 0.972), FinishEvent(30, 3, 1.5)]  # fmt: skip


def in_english(said: list[Message]) -> str:
    return " ".join(map(str, said))


def test_what_a_run_has_shown():
    """A goal counts when an epoch ends with it on digits held back: 96 % at 0.3 s was on those it learns from."""
    shown = lap("NumPy", NUMPY)
    assert shown.points == ((0.1, 0.5), (0.3, 0.96), (0.9, 0.99))
    assert shown.marks == ((0.5, 0.951), (1.0, 0.969), (1.5, 0.972))
    assert (shown.reached(0.95), shown.reached(0.97), shown.reached(0.98)) == (0.5, 1.5, None)
    assert shown.seconds == 1.5
    assert lap("NumPy", NUMPY[:2]).seconds == 0.3
    assert lap("NumPy", []).seconds == 0.0 and lap("NumPy", []).reached(0.95) is None


def test_where_nothing_is_held_back_the_epoch_s_own_digits_count():
    shown = lap("Taichi", [epoch(1, 2.0, 0.94, None), epoch(2, 4.0, 0.97, None)])
    assert (shown.reached(0.95), shown.reached(0.97)) == (4.0, 4.0)


def test_the_sentence_says_who_was_first_and_by_how_much():
    """Twice as slow throughout, and 97.2 against 97.2 %."""
    slow = lap("Taichi", [epoch(1, 1.0, 0.8, 0.951), epoch(2, 2.0, 0.98, 0.969), epoch(3, 3.0, 0.99, 0.9722)])
    assert in_english(verdict([lap("NumPy", NUMPY), slow])) == (
        "NumPy took 0.50 s for the way to 95 % right and Taichi 1.0 s: NumPy is 2.0 times as fast. "
        "NumPy took 1.5 s for the way to 97 % right and Taichi 3.0 s: NumPy is 2.0 times as fast. "
        "NumPy took 1.5 s for the whole training and Taichi 3.0 s: NumPy is 2.0 times as fast. "
        "Both end with 97.2 % right, as they should: they do the same arithmetic."
    )


def test_the_sentence_when_a_goal_is_missed():
    short = lap("Taichi", [epoch(1, 0.52, 0.9, 0.94)])
    said = in_english(verdict([lap("NumPy", NUMPY[:3]), short]))
    assert said.startswith("NumPy came to 95 % right after 0.50 s, Taichi did not. Neither came to 97 % right. ")
    assert "for the whole training and Taichi 0.52 s: as good as equal." in said  # 0.52 is less than 5 % more
    assert said.endswith("They end with 95.1 and 94.0 % right: they do the same arithmetic and round it differently, "
                         "and over many steps that adds up.")  # fmt: skip
    assert in_english(verdict([short, lap("NumPy", NUMPY[:3])])).startswith(
        "NumPy came to 95 % right after 0.50 s, Taichi did"
    )


@pytest.mark.parametrize(("value", "text"), [(0.214, "0.21 s"), (0.996, "1.0 s"), (9.94, "9.9 s"), (57.6, "58 s")])
def test_seconds_for_a_person(value, text):
    assert str(seconds(value)) == text


def test_the_contestants_differ_in_nothing_but_the_engine():
    config = Config(NetworkConfig(hidden=(30,))).with_training(seed=7, engine="taichi", device="vulkan")
    one, other = contestants(config, "cuda")
    assert (one.training.engine, one.training.device) == ("numpy", "cpu")
    assert (other.training.engine, other.training.device) == ("taichi", "cuda")
    assert one.with_training(engine="taichi", device="cuda") == other
