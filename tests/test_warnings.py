"""What is warned of before the start does fail when it is trained, what is offered instead does not, and neither does what
lies just on the other side of a threshold."""

import re

import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import DATASETS, TrainingData, load_training
from core.training.divergence import DivergedError
from core.training.events import EpochEvent, FinishEvent
from core.training.loop import Training
from core.training.recipes import RECIPES
from core.training.warnings import RULES, warnings

GOOD = Config(
    NetworkConfig(inputs=64, hidden=(32,)),
    TrainingConfig(dataset="digits", optimizer="sgd", learning_rate=0.1, batch_size=32, epochs=10),
)
DEEP = GOOD.with_network(hidden=(64, 64, 64))
MOMENTUM = GOOD.with_training(optimizer="momentum", learning_rate=0.01)
SIGMOIDS = GOOD.with_network(activation="sigmoid", initializer="glorot")
ADAM = GOOD.with_training(optimizer="adam", learning_rate=0.001)
SQUARES = GOOD.with_network(output="sigmoid").with_training(loss="squared_error")

# key: (what fails, how well it may read at most, what lies on the other side and does not fail)
FAILING = [
    ("rate_high", GOOD.with_training(learning_rate=1.5), 0.5, GOOD.with_training(learning_rate=1.0)),
    ("rate_high", SQUARES.with_training(learning_rate=10.0), 0.5, SQUARES.with_training(learning_rate=3.0)),
    ("rate_high", ADAM.with_training(learning_rate=0.3), 0.5, ADAM.with_training(learning_rate=0.03)),
    ("rate_high", MOMENTUM.with_training(learning_rate=0.5), 0.7, MOMENTUM.with_training(learning_rate=0.1)),
    ("momentum", MOMENTUM.with_training(momentum=0.999, learning_rate=0.1), 0.7, MOMENTUM.with_training(momentum=0.99)),
    ("rate_low", GOOD.with_training(learning_rate=0.001), 0.5, GOOD.with_training(learning_rate=0.02)),
    ("rate_low", ADAM.with_training(learning_rate=1e-5), 0.5, ADAM.with_training(learning_rate=3e-4)),
    ("rate_low", GOOD.with_training(learning_rate=0.0), 0.2, GOOD.with_training(learning_rate=0.02)),
    ("short", GOOD.with_training(batch_size=256, epochs=1), 0.5, GOOD.with_training(batch_size=32, epochs=3)),
    ("raw", GOOD.with_network(scaling="raw"), 0.2, GOOD.with_network(scaling="offset")),
    ("start", DEEP.with_network(initializer="standard_normal"), 0.2, DEEP.with_network(initializer="uniform_half")),
    ("start", GOOD.with_network(initializer="standard_normal").with_training(optimizer="adam", learning_rate=1e-3), 0.75,
     GOOD.with_network(initializer="uniform_half").with_training(optimizer="adam", learning_rate=1e-3)),
    ("deep", SIGMOIDS.with_network(hidden=(32, 32)), 0.5, SIGMOIDS),
    ("deep", SIGMOIDS.with_network(hidden=(32,) * 3).with_training(optimizer="adam", learning_rate=1e-3), 0.6,
     SIGMOIDS.with_network(hidden=(32,) * 2).with_training(optimizer="adam", learning_rate=1e-3)),
    ("pull", GOOD.with_training(l2=0.3), 0.2, GOOD.with_training(l2=0.03)),
    ("decay", ADAM.with_training(optimizer="adamw", weight_decay=10.0, epochs=30), 0.7,
     ADAM.with_training(optimizer="adamw", weight_decay=1.0, epochs=30)),
    ("dropout", GOOD.with_network(dropout=0.8, hidden=(16, 16)), 0.3, GOOD.with_network(dropout=0.8)),
    ("dropout", GOOD.with_network(dropout=0.95), 0.6, GOOD.with_network(dropout=0.8)),
    ("narrow", GOOD.with_network(hidden=(2,)).with_training(epochs=30), 0.7,
     GOOD.with_network(hidden=(5,)).with_training(epochs=30)),
]  # fmt: skip
WARNED_OF = {key for key, *_ in FAILING} | {"linear", "patience"}


@pytest.fixture(scope="module")
def digits() -> TrainingData:
    return load_training("digits")


def accuracy(config: Config, data: TrainingData) -> float:
    """Of the digits held back, at the end; of a training that goes astray, none."""
    try:
        return [event for event in Training(config, data) if isinstance(event, EpochEvent)][-1].validation_accuracy
    except DivergedError:
        return 0.0


def keys(config: Config, digits: TrainingData) -> list[str]:
    return [warning.key for warning in warnings(config, len(digits.train))]


@pytest.mark.filterwarnings("ignore:.*encountered.*:RuntimeWarning")
@pytest.mark.parametrize(
    ("key", "config", "most", "other_side"), FAILING, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_is_warned_of_fails_and_what_is_offered_learns(key, config, most, other_side, digits):
    [warning] = warnings(config, len(digits.train))
    assert warning.key == key
    assert accuracy(config, digits) <= most, "this does not fail, so there is nothing to warn of"
    assert keys(warning.instead, digits) == [] and accuracy(warning.instead, digits) > 0.75
    assert keys(other_side, digits) == []
    assert accuracy(other_side, digits) > most


def test_layers_that_bend_nothing_are_worth_no_more_than_none(digits):
    """The very same function can be had without them: W1 W2 is one matrix."""
    config = GOOD.with_network(activation="identity", hidden=(64, 64))
    [warning] = warnings(config, len(digits.train))
    assert warning.key == "linear" and keys(GOOD.with_network(hidden=(), activation="identity"), digits) == []
    flat = config.with_network(hidden=()).with_training(epochs=100)
    assert abs(accuracy(config, digits) - accuracy(flat, digits)) < 0.05


def test_a_patience_that_cannot_run_out_is_told(digits):
    config = GOOD.with_training(patience=10, learning_rate=0.0, epochs=10)
    assert "patience" in keys(config, digits)
    assert not [event for event in Training(config, digits) if isinstance(event, FinishEvent)][-1].early
    less = config.with_training(patience=9)
    assert "patience" not in keys(less, digits)
    assert [event for event in Training(less, digits) if isinstance(event, FinishEvent)][-1].epoch == 10


def test_every_rule_is_tried_above():
    assert {rule.key for rule in RULES} == WARNED_OF


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_warned_of_only_where_failing_is_its_lesson(name):
    config = RECIPES[name].config
    about = DATASETS.get(config.training.dataset)
    told = [warning.key for warning in warnings(config, about.training_count if about else 60_000)]
    assert told == (["raw"] if name == "blog-b" else [])


def test_several_settings_are_told_of_at_once_in_whole_sentences(digits):
    config = GOOD.with_network(scaling="raw", dropout=0.95, hidden=(3,)).with_training(learning_rate=50.0, l2=1.0)
    told = warnings(config, len(digits.train))
    assert [warning.key for warning in told] == ["rate_high", "raw", "pull", "dropout", "narrow"]
    for warning in told:
        sentence = str(warning.message)
        assert sentence[0].isupper() and sentence.endswith(".") and not re.search(r"[{}]", sentence)
        fields = config.to_dict()["network"] | config.to_dict()["training"]
        assert warning.field in fields and warning.instead != config


def test_the_command_line_tells_them_before_it_trains(runs_dir):
    outcome = CliRunner().invoke(main, ["train", "--dataset", "digits", "--l2", "1", "--epochs", "1"])
    assert outcome.exit_code == 0
    assert outcome.stderr.index("pulls all weights to zero") < outcome.stderr.index("Training 64-32-10")
