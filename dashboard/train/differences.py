"""What one training does otherwise than another one, in words: a sentence for each setting in which they differ."""

from collections.abc import Callable
from typing import Any

from core.config import Config
from core.drawings.augment import AUGMENTATIONS
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS
from core.network.schedules import SCHEDULES
from dashboard import words
from dashboard.say import N_, say

LOSS_TITLES = {name: loss.title for (_, name), loss in LOSSES.items()}
SENTENCES = {  # by the setting's name; in the order in which they are said
    "dataset": N_("{title} learned from {mine} instead of {other}."),
    "hidden": N_("{title} has {mine} units instead of {other}."),
    "epochs": N_("{title} was to be trained for {mine} epochs instead of {other}."),
    "learning_rate": N_("{title} learned with a rate of {mine} instead of {other}."),
    "optimizer": N_("{title} was trained by {mine} instead of {other}."),
    "batch_size": N_("{title} looked at {mine} digits before each change of its weights instead of {other}."),
    "activation": N_("The units of {title} are of the kind {mine} instead of {other}."),
    "output": N_("The answers of {title} are made by {mine} instead of {other}."),
    "loss": N_("The error of {title} was measured by {mine} instead of {other}."),
    "schedule": N_("The learning rate of {title} went like this: {mine}, instead of: {other}."),
    "augmentation": N_("The digits that {title} saw were changed like this: {mine}, instead of: {other}."),
    "dropout": N_("{title} was trained with a dropout of {mine} instead of {other}."),
    "l2": N_("{title} was trained with an L2 penalty of {mine} instead of {other}."),
    "initializer": N_("The weights of {title} began like this: {mine}, instead of: {other}."),
    "scaling": N_("Brightness comes to {title} like this: {mine}, instead of: {other}."),
    "momentum": N_("{title} was trained with a momentum of {mine} instead of {other}."),
    "weight_decay": N_("The weights of {title} decay by {mine} instead of {other}."),
    "targets": N_("{title} was to answer with {mine} instead of {other}."),
    "patience": N_("{title} waits {mine} epochs for something better instead of {other}."),
    "seed": N_("The random numbers of {title} began at {mine} instead of {other}: other luck."),
    "engine": N_("{title} was computed by {mine} instead of {other}."),
    "device": N_("{title} was computed on {mine} instead of {other}."),
    "dtype": N_("{title} was computed with numbers of the kind {mine} instead of {other}."),
    "inputs": N_("{title} sees {mine} pixels instead of {other}."),
}
SWITCHES = {  # on, and off
    "bias": (N_("{title} has biases, unlike {another}."), N_("{title} has no biases, unlike {another}.")),
    "validation": (N_("{title} was trained with digits kept apart, unlike {another}."),
                   N_("{title} learned from all digits, unlike {another}, which kept some apart.")),
    "shuffle": (N_("{title} saw the digits in a new order in each epoch, unlike {another}."),
                N_("{title} saw the digits in the order of the file, unlike {another}.")),
    "drop_last": (N_("{title} left out the last digits of each epoch, unlike {another}."),
                  N_("{title} left out no digit, unlike {another}.")),
}  # fmt: skip
ONLY_WHERE_USED = {"momentum": ("momentum", "nesterov"), "weight_decay": ("adamw",)}  # by the optimisers that have them
TITLES: dict[str, Callable[[str], str]] = {
    "dataset": words.dataset_title,
    "optimizer": lambda name: say(OPTIMIZERS[name].title),
    "activation": lambda name: say(ACTIVATIONS[name].title),
    "loss": lambda name: say(LOSS_TITLES[name]),
    "schedule": lambda name: say(SCHEDULES[name].title),
    "augmentation": lambda name: say(AUGMENTATIONS[name].title),
    "initializer": lambda name: say(INITIALIZERS[name].title),
    "scaling": lambda name: say(SCALINGS[name]),
}


def differences(title: str, config: Config, another: str, other: Config) -> list[str]:
    """Sentences that say what the training called `title` does otherwise than the one called `another`."""
    mine, theirs = _settings(config), _settings(other)
    said = []
    for name, sentence in SENTENCES.items():
        if mine[name] != theirs[name] and _matters(name, config, other):
            said.append(say(sentence, title=title, mine=_value(name, mine[name]), other=_value(name, theirs[name])))
    for name, (on, off) in SWITCHES.items():
        if mine[name] != theirs[name]:
            said.append(say(on if mine[name] else off, title=title, another=another))
    return said


def _settings(config: Config) -> dict[str, Any]:
    fields = config.to_dict()
    return {**fields["network"], **fields["training"]}


def _matters(name: str, config: Config, other: Config) -> bool:
    users = ONLY_WHERE_USED.get(name)
    return users is None or any(each.training.optimizer in users for each in (config, other))


def _value(name: str, value: Any) -> str:
    if name in TITLES:
        return TITLES[name](value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each) for each in value) or say("no")
    return say("{value:g}", value=value) if isinstance(value, float) else str(value)
