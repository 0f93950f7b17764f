"""Configurations: JSON there and back, and a sentence for everything that cannot be."""

import dataclasses
import json

import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.training.recipes import RECIPES

NETWORK_REFUSED = [
    ("inputs", 0, "[Ii]nputs"),
    ("inputs", -4, "[Ii]nputs"),
    ("inputs", 784.0, "whole number"),
    ("inputs", True, "whole number"),
    ("inputs", "784", "whole number"),
    ("inputs", None, "whole number"),
    ("inputs", 10**400, "[Ii]nputs"),
    ("inputs", float("nan"), "[Ii]nputs"),
    ("outputs", 11, "[Oo]utputs"),
    ("outputs", 10.0, "whole number"),
    ("hidden", 200, "list"),
    ("hidden", "200", "list"),
    ("hidden", None, "list"),
    ("hidden", (0,), "size of a layer"),
    ("hidden", (-1,), "size of a layer"),
    ("hidden", (100, 2.5), "whole number"),
    ("hidden", (True,), "whole number"),
    ("hidden", ("100",), "whole number"),
    ("hidden", (None,), "whole number"),
    ("hidden", (8193,), "8192"),
    ("hidden", (10,) * 13, "12 layers"),
    ("hidden", (8000, 8000), "weights"),
    ("activation", "swish", "Known: .*relu"),
    ("activation", None, "Known: .*relu"),
    ("output", "linear", "Known: .*softmax"),
    ("bias", 1, "true or false"),
    ("bias", "yes", "true or false"),
    ("bias", None, "true or false"),
    ("initializer", "zeros", "Known: .*he"),
    ("dropout", -0.1, "[Dd]ropout"),
    ("dropout", 1.0, "[Dd]ropout"),
    ("dropout", float("nan"), "[Dd]ropout"),
    ("dropout", "0.1", "a number"),
    ("dropout", True, "a number"),
    ("scaling", "0-1", "Known: .*unit"),
    ("mean", float("inf"), "[Mm]ean"),
    ("mean", "0.1", "a number"),
    ("mean", True, "a number"),
    ("std", 0.0, "[Ss]td"),
    ("std", -1.0, "[Ss]td"),
    ("std", float("nan"), "[Ss]td"),
]
TRAINING_REFUSED = [
    ("dataset", "", "data set"),
    ("dataset", 3, "data set"),
    ("dataset", None, "data set"),
    ("dataset", "/home/me/mine.csv", "A file of your own is taken in first"),
    ("dataset", "mine.csv", "A file of your own is taken in first"),
    ("dataset", "upload-0\n", "data set"),
    ("engine", "torch", "Known: .*numpy"),
    ("device", "tpu", "Known: .*cpu"),
    ("device", "cuda", "CPU only"),
    ("loss", "hinge", "Known: .*cross_entropy"),
    ("targets", (0.0,), "two numbers"),
    ("targets", (0.0, 0.5, 1.0), "two numbers"),
    ("targets", (0.99, 0.01), "lower one first"),
    ("targets", (0.5, 0.5), "lower one first"),
    ("targets", (-0.1, 1.0), "0..1"),
    ("targets", (0.0, 1.1), "0..1"),
    ("targets", (False, True), "two numbers"),
    ("targets", (0.0, float("nan")), "two numbers"),
    ("targets", "ab", "two numbers"),
    ("optimizer", "lion", "Known: .*adam"),
    ("learning_rate", -1e-3, "[Ll]earning rate"),
    ("learning_rate", 101.0, "[Ll]earning rate"),
    ("learning_rate", float("nan"), "[Ll]earning rate"),
    ("learning_rate", float("inf"), "[Ll]earning rate"),
    ("learning_rate", "fast", "a number"),
    ("learning_rate", None, "a number"),
    ("learning_rate", 10**400, "[Ll]earning rate"),
    ("momentum", 1.0, "[Mm]omentum"),
    ("momentum", -0.1, "[Mm]omentum"),
    ("weight_decay", -1.0, "[Ww]eight decay"),
    ("weight_decay", float("inf"), "[Ww]eight decay"),
    ("schedule", "linear", "Known: .*cosine"),
    ("batch_size", 0, "[Bb]atch size"),
    ("batch_size", 65_537, "[Bb]atch size"),
    ("batch_size", 32.0, "whole number"),
    ("batch_size", True, "whole number"),
    ("epochs", 0, "[Ee]pochs"),
    ("epochs", 1001, "[Ee]pochs"),
    ("epochs", 1.5, "whole number"),
    ("epochs", 10**400, "[Ee]pochs"),
    ("l2", -1e-4, "L2"),
    ("l2", float("nan"), "L2"),
    ("augmentation", "mirror", "Known: .*none"),
    ("shuffle", 1, "true or false"),
    ("drop_last", None, "true or false"),
    ("validation", 0, "true or false"),
    ("validation", "no", "true or false"),
    ("patience", -1, "[Pp]atience"),
    ("patience", 1001, "[Pp]atience"),
    ("patience", 2.0, "whole number"),
    ("patience", True, "whole number"),
    ("seed", -1, "[Ss]eed"),
    ("seed", 2**63, "[Ss]eed"),
    ("seed", 1.0, "whole number"),
    ("seed", True, "whole number"),
    ("dtype", "float16", "Known: .*float32"),
    ("dtype", float, "Known: .*float32"),
]


def identify(value):
    return None if not isinstance(value, int) or value < 10**9 else "huge"


def assert_sentence(text: str) -> None:
    """One plain sentence or more: a capital at the start, a full stop at the end, nothing of Python in it."""
    assert text[0].isupper() and text.endswith("."), text
    assert "Traceback" not in text and "__init__" not in text and "object" not in text, text


@pytest.mark.parametrize(("field", "value", "says"), NETWORK_REFUSED, ids=identify)
def test_impossible_network(field, value, says):
    with pytest.raises(DigitLabError, match=says) as error:
        NetworkConfig(**{field: value})
    assert_sentence(str(error.value))


@pytest.mark.parametrize(("field", "value", "says"), TRAINING_REFUSED, ids=identify)
def test_impossible_training(field, value, says):
    with pytest.raises(DigitLabError, match=says) as error:
        TrainingConfig(**{field: value})
    assert_sentence(str(error.value))


def test_no_field_is_left_unchecked():
    for part, cases in ((NetworkConfig, NETWORK_REFUSED), (TrainingConfig, TRAINING_REFUSED)):
        assert {field.name for field in dataclasses.fields(part)} == {case[0] for case in cases}


def test_limits_themselves_are_allowed():
    NetworkConfig(inputs=1, hidden=(), dropout=0.95)
    NetworkConfig(inputs=65_536, hidden=(1,) * 12, dropout=0)
    NetworkConfig(inputs=64, hidden=(8192,))
    TrainingConfig(learning_rate=0, momentum=0, batch_size=65_536, epochs=1000, seed=2**63 - 1, targets=(0, 1))


def test_to_end_early_takes_digits_held_back():
    with pytest.raises(DigitLabError, match="Keep digits apart") as error:
        TrainingConfig(patience=3, validation=False)
    assert_sentence(str(error.value))


def test_a_configuration_of_before_there_was_patience_opens():
    fields = Config().to_dict()
    del fields["training"]["patience"]
    assert Config.from_dict(fields) == Config() and Config().training.patience == 0


def test_derived_figures_by_hand():
    network = NetworkConfig(inputs=784, hidden=(200,))
    assert network.sizes == (784, 200, 10)
    assert network.shape == (28, 28)
    assert network.parameter_count == 784 * 200 + 200 + 200 * 10 + 10 == 159_010
    assert dataclasses.replace(network, bias=False).parameter_count == 158_800
    assert NetworkConfig(inputs=64, hidden=()).parameter_count == 650


def test_values_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        NetworkConfig().inputs = 64
    hidden = [20, 10]
    network = NetworkConfig(hidden=hidden)
    hidden.append(5)
    assert network.hidden == (20, 10)


def test_with_network_and_with_training_make_copies():
    config = Config()
    changed = config.with_network(hidden=(7,)).with_training(epochs=9)
    assert (changed.network.hidden, changed.training.epochs) == ((7,), 9)
    assert config == Config()
    with pytest.raises(DigitLabError):
        config.with_training(epochs=0)


def test_a_loss_that_the_outputs_do_not_have():
    with pytest.raises(DigitLabError, match="Rashid's rule is for sigmoid outputs only") as error:
        Config().with_training(loss="rashid")
    assert_sentence(str(error.value))


def test_both_parts_change_at_once():
    """Either change alone makes no sense."""
    rule = Config().with_changes(network={"output": "sigmoid"}, training={"loss": "rashid"})
    assert (rule.network.output, rule.training.loss) == ("sigmoid", "rashid")
    assert rule.with_changes(network={"output": "softmax"}, training={"loss": "cross_entropy"}) == Config()


@pytest.mark.parametrize("name", RECIPES)
def test_json_there_and_back(name):
    config = RECIPES[name].config
    again = Config.from_json(config.to_json())
    assert again == config and hash(again) == hash(config)
    assert again.to_json() == config.to_json()


def test_json_keeps_every_bit_of_a_number():
    config = Config().with_network(dropout=0.1 + 0.2, mean=1 / 3, std=2 / 3).with_training(seed=2**63 - 1)
    assert Config.from_json(config.to_json()) == config


def test_fields_that_an_older_file_lacks_keep_their_defaults():
    data = Config().to_dict()
    del data["training"]["l2"], data["network"]["dropout"], data["training"]["shuffle"], data["training"]["drop_last"]
    assert Config.from_dict(data) == Config()


def changed(part: str, **fields) -> str:
    data = Config().to_dict()
    data[part] |= fields
    return json.dumps(data)


TEXTS_REFUSED = {
    "empty": "",
    "not JSON": "hidden: 200",
    "half": Config().to_json()[:200],
    "number": "3",
    "null": "null",
    "list": "[]",
    "no parts": "{}",
    "one part": json.dumps({"network": {}}),
    "third part": json.dumps({"network": {}, "training": {}, "weights": {}}),
    "part is a list": json.dumps({"network": [], "training": {}}),
    "part is null": json.dumps({"network": None, "training": {}}),
    "unknown setting": changed("network", units=3),
    "number as text": changed("training", epochs="5"),
    "name as list": changed("network", activation=["relu"]),
    "name as object": changed("training", optimizer={}),
    "targets null": changed("training", targets=None),
    "targets nested": changed("training", targets=[[0], [1]]),
    "hidden nested": changed("network", hidden=[[200]]),
    "hidden object": changed("network", hidden={"1": 200}),
    "NaN": changed("training", learning_rate=float("nan")),
    "infinity": changed("network", mean=float("-inf")),
    "400 digits": changed("training", epochs=10**400),
    "5000 digits": changed("training", epochs=0).replace('"epochs": 0', '"epochs": ' + "9" * 5000),
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", TEXTS_REFUSED.values(), ids=TEXTS_REFUSED)
def test_text_that_is_no_configuration(text):
    with pytest.raises(DigitLabError) as error:
        Config.from_json(text)
    assert str(error.value).endswith(".")


def test_unknown_settings_are_named():
    with pytest.raises(DigitLabError, match="neurons, units"):
        Config.from_json(changed("network", units=3, neurons=4))
