"""Each remark on curves that show it, and on curves that do not; and on networks that are really trained."""

import re

import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import load_training
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, LayerFigures
from core.training.loop import Training
from core.training.remarks import RULES, Remark, remarks

CONFIG = Config()
N = 5_000
FAR = (0.20, 0.15, 0.12, 0.11)  # losses of a healthy run


def confusion(recalls=0.97, *, n: int = N, taken: dict[int, int] | None = None) -> tuple[tuple[int, ...], ...]:
    """Counts of n digits, as many of each; what is wrong goes to the next digit, or to the one named in `taken`."""
    table = np.zeros((10, 10), int)
    for digit, recall in enumerate(np.broadcast_to(recalls, 10)):
        table[digit, digit] = round(n / 10 * recall)
        table[digit, (taken or {}).get(digit, (digit + 1) % 10)] += n // 10 - table[digit, digit]
    return tuple(map(tuple, table.tolist()))


def run(
    train, loss=None, accuracy=None, *, learned=None, tables=None, layers=(), batches=(), changes=()
) -> list[Event]:
    """Events of epochs of ten batches with these losses; where accuracies are given, on `N` digits held back."""
    events: list[Event] = [*batches, *changes]
    for at, value in enumerate(train):
        right = None if accuracy is None else accuracy[at]
        table = tables[at] if tables else (None if right is None else confusion(right))
        events.append(EpochEvent(10 * (at + 1), at + 1, at + 1.0, value, (learned or accuracy or [0.5] * len(train))[at],
                                 None if loss is None else loss[at], right, table, layers))  # fmt: skip
    return sorted(events, key=lambda event: event.step)


def batch(step: int, loss: float) -> BatchEvent:
    return BatchEvent(step, step / 10, step / 10, loss, 0.5, 0.1, 1000.0)


def layer(units: int = 100, silent: int = 0, moved: float = 1.0) -> LayerFigures:
    return LayerFigures(units, silent, 0.1, moved)


FALLING = [0.5, 0.4, 0.3, 0.2, 0.15, 0.1]
SLOW = CONFIG.with_training(learning_rate=1e-6)
LEARNT_LATE = [
    confusion([0.95] * 8 + [0.5, 0.95]),
    confusion([0.95] * 8 + [0.7, 0.95]),
    confusion([0.95] * 8 + [0.93, 0.95]),
]
# key: (events that show it, at which epoch, what the sentence names, events that do not)
SHOWN = {
    "over_fitting": (
        run(FALLING, [0.3, 0.2, 0.25, 0.3, 0.35, 0.4], [0.93, 0.96, 0.955, 0.95, 0.95, 0.945]),
        2,
        ["epoch 2", "0.200", "0.400", "0.100"],
        [
            run(FALLING, [0.3, 0.2, 0.19, 0.18, 0.17, 0.16], [0.93, 0.96, 0.96, 0.96, 0.96, 0.96]),
            run(FALLING, [0.3, 0.2, 0.201, 0.202, 0.203, 0.204], [0.93, 0.96, 0.96, 0.96, 0.96, 0.96]),  # hardly a rise
            run(FALLING, [0.3, 0.25, 0.22, 0.21, 0.2, 0.4], [0.93, 0.96, 0.96, 0.96, 0.96, 0.96]),  # in one epoch only
            run([0.5, 0.4, 0.5, 0.6, 0.7, 0.8], [0.3, 0.2, 0.25, 0.3, 0.35, 0.4], [0.9] * 6),
        ],
    ),  # neither is learned
    "surer_of_mistakes": (
        run(FALLING, [0.3, 0.2, 0.22, 0.24, 0.26, 0.28], [0.93, 0.96, 0.961, 0.962, 0.963, 0.964]),
        2,
        ["0.200", "0.280", "96.0 %", "96.4 %"],
        [run(FALLING, [0.3, 0.2, 0.22, 0.24, 0.26, 0.28], [0.93, 0.96, 0.955, 0.95, 0.945, 0.94])],
    ),
    "by_heart": (
        run(FALLING[:3], [0.4] * 3, [0.90, 0.91, 0.91], learned=[0.9, 0.97, 0.998]),
        3,
        ["99.8 %", "91.0 %"],
        [run(FALLING[:3], [0.4] * 3, [0.90, 0.91, 0.97], learned=[0.9, 0.97, 0.985])],
    ),
    "unsettled": (
        run([0.5, 0.7, 0.4, 0.6, 0.5, 0.9]),
        2,
        ["3 of 6", "0.500", "0.700"],
        [run(FALLING), run([0.5, 0.7, 0.4, 0.3, 0.2, 0.1])],
    ),
    "jump": (
        run([0.5], batches=[batch(at, loss) for at, loss in enumerate([1.0, 0.9, 0.8, 0.7, 3.0, 2.5, 2.0])]),
        1,
        ["batch 4", "0.800", "3.000"],
        [
            run(
                [0.5], batches=[batch(at, loss) for at, loss in enumerate([1.0, 0.9, 0.8, 0.7, 3.0, 0.7, 0.6])]
            ),  # one bad batch
            run([0.5], batches=[batch(at, loss) for at, loss in enumerate([1.0, 0.9, 0.8, 0.7, 1.2, 1.1, 0.9])]),
            run(
                [0.01], batches=[batch(at, loss) for at, loss in enumerate([0.02, 0.01, 0.01, 0.01, 0.05, 0.04, 0.01])]
            ),
        ],
    ),
    "too_slow": (
        run([2.30, 2.29, 2.28, 2.27]),
        4,
        ["1e-06", "2.30", "2.27", "after 4"],
        [run([2.30, 1.9, 1.2, 0.8]), run([2.3, 2.35, 2.3, 2.4])],
    ),
    "more_epochs": (
        run(FALLING[:4], [0.4, 0.3, 0.22, 0.17], [0.88, 0.91, 0.93, 0.95]),
        4,
        ["0.220", "0.170", "4.0 points"],
        [
            run(FALLING[:4], [0.4, 0.3, 0.25, 0.249], [0.88, 0.91, 0.93, 0.931]),
            run(FALLING[:4], [0.4, 0.3, 0.2, 0.25], [0.88, 0.91, 0.93, 0.92]),
        ],
    ),
    "within_luck": (
        run(FALLING[:2], [0.2, 0.19], [0.960, 0.962]),
        2,
        ["0.20 points", "5,000", "0.75 points"],
        [run(FALLING[:2], [0.2, 0.19], [0.960, 0.975]), run(FALLING[:2], [0.2, 0.19], [0.960, 0.958])],
    ),
    "plateau": (
        run([0.1] * 8, [0.1] * 8, [0.9, 0.95, 0.97, 0.971, 0.970, 0.972, 0.971, 0.971]),
        5,
        ["epoch 5", "97.0 %", "97.2 %"],
        [run([0.1] * 8, [0.1] * 8, [0.9, 0.92, 0.94, 0.95, 0.96, 0.965, 0.97, 0.975])],
    ),
    "loss_without_accuracy": (
        run(FALLING[:4], [0.20, 0.19, 0.17, 0.15], [0.962, 0.961, 0.963, 0.962]),
        4,
        ["0.200", "0.150", "96.2 %"],
        [
            run(FALLING[:4], [0.20, 0.19, 0.17, 0.15], [0.95, 0.955, 0.963, 0.97]),
            run(FALLING[:4], [0.20, 0.2, 0.2, 0.195], [0.962] * 4),
        ],
    ),
    "fast_start": (
        run(FALLING[:3], [0.2] * 3, [0.95, 0.96, 0.97]),
        1,
        ["95.0 %", "97.0 %"],
        [run(FALLING[:3], [0.2] * 3, [0.7, 0.9, 0.97]), run(FALLING[:3], [2.3] * 3, [0.1, 0.1, 0.11])],
    ),
    "collapse": (
        run([0.3, 0.2, 2.3], [0.3, 0.2, 2.3], [0.9, 0.95, 0.1]),
        3,
        ["epoch 3", "95.0 %", "10.0 %"],
        [run([0.3, 0.2, 0.4], [0.3, 0.2, 0.4], [0.9, 0.95, 0.85]), run([2.3] * 3, [2.3] * 3, [0.1, 0.12, 0.1])],
    ),
    "rate_changed": (
        run(
            [0.5],
            batches=[batch(at, 0.8 if at < 5 else 0.3) for at in range(10)],
            changes=[ChangeEvent(4, "learning_rate", 0.02)],
        ),
        1,
        ["0.02", "0.800", "0.300"],
        [
            run([0.5], batches=[batch(at, 0.8) for at in range(10)]),
            run([0.5], batches=[batch(at, 0.8) for at in range(6)], changes=[ChangeEvent(4, "learning_rate", 0.02)]),
        ],
    ),  # too early to say
    "silent": (
        run([0.5], layers=(layer(silent=3), layer(silent=40), layer(10))),
        1,
        ["40 of 100", "layer 2"],
        [run([0.5], layers=(layer(silent=10), layer(10))), run([0.5], layers=(layer(10, silent=10),)), run([0.5])],
    ),
    "first_layer": (
        run([0.5], layers=(layer(moved=0.01), layer(), layer(10, moved=0.5))),
        1,
        ["2 layers", "1.0 %", "50.0 %"],
        [
            run([0.5], layers=(layer(moved=0.4), layer(), layer(10, moved=0.5))),
            run([0.5], layers=(layer(moved=0.01), layer(10))),
        ],
    ),
    "hardest_digit": (
        run([0.5], tables=[confusion([0.97] * 8 + [0.8, 0.97], taken={8: 3})]),
        1,
        ["an 8", "80.0 %", "100 take it for a 3"],
        [
            run([0.5], tables=[confusion(0.97)]),
            run([0.5], tables=[confusion([0.97] * 8 + [0.96, 0.97])]),
            run([0.5], tables=[confusion([0.97] * 8 + [0.5, 0.97], n=50)]),
        ],
    ),  # five pictures tell nothing
    "learnt_last": (
        run(FALLING[:3], tables=LEARNT_LATE),
        3,
        ["an 8", "epoch 3", "epoch 1"],
        [run(FALLING[:3], tables=[confusion(0.95)] * 3), run(FALLING[:2], tables=LEARNT_LATE[:2])],
    ),  # never learned is not last
    "one_answer": (
        run(
            [2.3],
            tables=[confusion([0.1] * 5 + [1.0] + [0.1] * 4, taken=dict.fromkeys([0, 1, 2, 3, 4, 6, 7, 8, 9], 5))],
        ),
        1,
        ["a 5", "91.0 %", "10.0 %"],
        [run([0.5], tables=[confusion(0.9)])],
    ),
}


def keyed(events: list[Event], config: Config = CONFIG) -> dict[str, Remark]:
    return {remark.key: remark for remark in remarks(config, events)}


@pytest.mark.parametrize("key", SHOWN)
def test_a_remark_is_made_of_curves_that_show_it(key):
    events, epoch, says, _ = SHOWN[key]
    remark = keyed(events, SLOW if key == "too_slow" else CONFIG)[key]
    sentence = str(remark.message)
    assert remark.epoch == epoch and remark.step in {event.step for event in events}
    for words in says:
        assert words in sentence, sentence
    assert sentence[0].isupper() and sentence.endswith(".") and not re.search(r"[{}]", sentence)


@pytest.mark.parametrize(
    ("key", "number"), [(key, number) for key, shown in SHOWN.items() for number in range(len(shown[3]))]
)
def test_and_not_of_curves_that_do_not(key, number):
    assert key not in keyed(SHOWN[key][3][number])


def test_every_rule_is_tried_above():
    assert [rule.key for rule in RULES] == list(SHOWN) and len(RULES) >= 12


def test_of_a_run_that_has_not_begun_there_is_nothing_to_say():
    assert remarks(CONFIG, []) == [] and remarks(CONFIG, [batch(1, 2.3)]) == []


def test_without_digits_held_back_only_what_needs_none_is_said():
    assert set(keyed(run([0.5, 0.7, 0.4, 0.6, 0.5, 0.9]))) == {"unsettled"}


def test_a_number_that_is_none_makes_no_remark():
    nothing = float("nan")
    remarks(CONFIG, run([nothing] * 8, [nothing] * 8, [0.1] * 8))


# -- networks that are really trained

DIGITS = Config(NetworkConfig(inputs=64, hidden=(32,)), TrainingConfig(dataset="digits", batch_size=32, epochs=12))
TRAINED = {
    "over_fitting": DIGITS.with_network(hidden=(256,)).with_training(learning_rate=0.01, epochs=60),
    "too_slow": DIGITS.with_training(learning_rate=1e-6, epochs=3),
    "unsettled": DIGITS.with_training(learning_rate=0.15, batch_size=16),
    "silent": DIGITS.with_network(initializer="standard_normal", hidden=(64, 64, 64)).with_training(
        optimizer="sgd", learning_rate=0.1),
    "first_layer": DIGITS.with_network(activation="sigmoid", initializer="glorot", hidden=(32,) * 5).with_training(
        optimizer="sgd", learning_rate=0.1),
    "more_epochs": DIGITS.with_training(learning_rate=1e-3, epochs=4),
    "one_answer": DIGITS.with_training(optimizer="sgd", learning_rate=3.0),
    "fast_start": DIGITS.with_training(learning_rate=1e-2, epochs=4),
}  # fmt: skip


@pytest.mark.parametrize("key", TRAINED)
def test_a_network_that_is_trained_so_shows_it(key):
    """With one seed of four at least: another processor rounds otherwise, and so ends elsewhere."""
    data = load_training("digits")
    configs = [TRAINED[key].with_training(seed=seed) for seed in range(4)]
    assert any(key in keyed(list(Training(config, data)), config) for config in configs)
