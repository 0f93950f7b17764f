"""The settings of a new run as the form holds them: each one checked by itself, and all of them as one configuration.

What the widgets hold is in the session under `train_<name>`. It is read when it is needed, by the callback of a click too:
a configuration kept from the last time that the page was drawn would be older than the click.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core import engines
from core.config import AUTO, Config
from core.datasets import described
from core.errors import DigitLabError
from core.messages import Message
from core.training.recipes import RECIPES
from dashboard.parts.fields import number_in
from dashboard.say import N_
from dashboard.train.choices import choices

NETWORK_FIELDS = ("activation", "output", "bias", "initializer", "dropout", "scaling")
TRAINING_FIELDS = ("dataset", "loss", "optimizer", "learning_rate", "schedule", "batch_size", "epochs", "l2",
                   "augmentation", "validation", "patience", "seed", "engine", "device")  # fmt: skip
NUMBERS = {  # their labels, and how far a click on plus or minus goes
    "epochs": (N_("Epochs"), 1.0),
    "learning_rate": (N_("Learning rate"), 0.001),
    "batch_size": (N_("Batch size"), 1.0),
    "seed": (N_("Seed"), 1.0),
    "dropout": (N_("Dropout"), 0.1),
    "l2": (N_("L2 penalty"), 0.0001),
    "patience": (N_("Patience"), 1.0),
}
ENGINE_TITLES = {AUTO: N_("The quicker one"), "numpy": N_("NumPy"), "taichi": N_("Taichi")}
CHECKED = ("hidden", *NUMBERS)  # what can be typed, and so be wrong


def key(name: str) -> str:
    """Where the session keeps this setting."""
    return f"train_{name}"


def recipe_chosen() -> Config:
    """The configuration of the recipe that was started from."""
    return RECIPES[st.session_state[key("recipe")]].config


def recipe_in_form() -> Config:
    """The recipe as the form begins with it, whatever it says of these two: digits are kept apart, for who watches wants to
    see how new ones are read, and the quicker engine computes."""
    return recipe_chosen().with_training(validation=True, engine=AUTO)


def held() -> tuple[Any, ...]:
    """All that the form holds now, sensible or not."""
    return tuple(st.session_state[key(name)] for name in ("recipe", "hidden", *NETWORK_FIELDS, *TRAINING_FIELDS))


def in_form(config: Config) -> dict[str, Any]:
    """What the form holds of a configuration, by name."""
    held = {name: getattr(config.network, name) for name in NETWORK_FIELDS}
    held |= {name: getattr(config.training, name) for name in TRAINING_FIELDS}
    held |= {name: float(held[name]) for name in NUMBERS}
    return held | {"hidden": ", ".join(str(width) for width in config.network.hidden)}


def fill_in(config: Config) -> None:
    """Put a configuration's settings into the form."""
    for name, value in in_form(config).items():
        st.session_state[key(name)] = value


def judge(name: str) -> None:
    """Refuse what this field holds now where it cannot be, alone; what goes with what is another question."""
    value, base = _value(name), _on_chosen_digits().with_training(engine=AUTO)
    part = base.network if name in ("hidden", *NETWORK_FIELDS) else base.training
    dataclasses.replace(part, **{name: value})


def check(name: str) -> None:
    """Refuse, with a sentence, what this field holds now, if it cannot be used whatever the others say."""
    _with(_on_chosen_digits(), {name: _value(name)})


def configuration() -> Config:
    """What the form holds now, on top of the recipe, which keeps what the form does not show (momentum, targets).

    Raises `DigitLabError` that says of every wrong field what is wrong.
    """
    problems: list[Message] = []
    values: dict[str, Any] = {}
    for name in ("hidden", *NETWORK_FIELDS, *TRAINING_FIELDS):
        try:
            if name in CHECKED:
                check(name)
            values[name] = _value(name)
        except DigitLabError as error:
            problems.append(error.message)
    if problems:
        raise DigitLabError(functools.reduce(_then, problems))
    config = _with(_on_chosen_digits(), values)
    engines.check(config.network, config.training)
    return config


def _then(first: Message, second: Message) -> Message:
    return Message("{first} {second}", {"first": first, "second": second})


def _on_chosen_digits() -> Config:
    """The recipe, for pictures of the size of the chosen digits, with as many kept apart as the form says."""
    dataset = st.session_state[key("dataset")]
    if dataset not in choices() or (about := described(dataset)) is None:
        raise DigitLabError("Choose the digits to learn from.")
    height, width = about.shape
    apart = st.session_state[key("validation")]
    return recipe_chosen().with_training(validation=apart, patience=0).with_network(inputs=height * width)


def _with(config: Config, values: Mapping[str, Any]) -> Config:
    network = {name: value for name, value in values.items() if name in ("hidden", *NETWORK_FIELDS)}
    training = {name: value for name, value in values.items() if name not in network}
    return config.with_changes(network=network, training=training)


def _value(name: str) -> Any:
    if name == "hidden":
        return parse_layers(st.session_state[key(name)])
    if name in NUMBERS:
        return number_in(NUMBERS[name][0], key(name))
    return st.session_state[key(name)]


def parse_layers(text: str) -> tuple[int, ...]:
    """ "500, 300" to (500, 300); nothing at all means no hidden layer."""
    parts = text.replace(",", " ").replace("-", " ").split()
    if not all(part.isdecimal() for part in parts):
        raise DigitLabError("Units per layer are whole numbers with commas between them, for example 200 or 500, 300.")
    return tuple(int(part) for part in parts)
