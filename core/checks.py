"""What one setting of a configuration may be: each check raises a `DigitLabError` whose sentence names the setting."""

from reprlib import repr as short
from typing import Any

from core.errors import DigitLabError
from core.messages import N_, Message

# What a sentence about a setting begins with.
LABELS = {
    "inputs": N_("Inputs"),
    "outputs": N_("Outputs"),
    "hidden": N_("The size of a layer"),
    "bias": N_("Bias"),
    "dropout": N_("Dropout"),
    "mean": N_("Mean"),
    "std": N_("Std"),
    "learning_rate": N_("Learning rate"),
    "momentum": N_("Momentum"),
    "weight_decay": N_("Weight decay"),
    "batch_size": N_("Batch size"),
    "epochs": N_("Epochs"),
    "patience": N_("Patience"),
    "l2": N_("L2"),
    "shuffle": N_("Shuffle"),
    "drop_last": N_("Drop last"),
    "validation": N_("Validation"),
    "seed": N_("Seed"),
}
UNKNOWN = {
    "activation": N_("There is no activation called {value}. Known: {known}."),
    "output": N_("There is no output called {value}. Known: {known}."),
    "initializer": N_("There is no initializer called {value}. Known: {known}."),
    "scaling": N_("There is no scaling called {value}. Known: {known}."),
    "engine": N_("There is no engine called {value}. Known: {known}."),
    "device": N_("There is no device called {value}. Known: {known}."),
    "loss": N_("There is no loss called {value}. Known: {known}."),
    "optimizer": N_("There is no optimizer called {value}. Known: {known}."),
    "schedule": N_("There is no schedule called {value}. Known: {known}."),
    "augmentation": N_("There is no augmentation called {value}. Known: {known}."),
    "dtype": N_("There is no dtype called {value}. Known: {known}."),
}


def is_number(value: Any) -> bool:
    """Whether it is a number that a setting may be: no truth value, and not without bound."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def within(name: str, value: Any, low: float, high: float, *, whole: bool = False) -> None:
    """Raises `DigitLabError` unless this setting is a number, a `whole` one where that is asked for, from `low` to `high`."""
    label = Message(LABELS[name])
    if whole and (not is_number(value) or not isinstance(value, int)):
        raise DigitLabError("{label} must be a whole number, not {value}.", label=label, value=short(value))
    if not is_number(value):
        raise DigitLabError("{label} must be a number, not {value}.", label=label, value=short(value))
    if low <= value <= high:
        return
    sentence = (
        N_("{label} must be a whole number from {low:g} to {high:g}, not {value:g}.")
        if whole
        else N_("{label} must be a number from {low:g} to {high:g}, not {value:g}.")
    )
    raise DigitLabError(sentence, label=label, low=low, high=high, value=value)


def integers(values: Any) -> list[int]:
    """The values of a list of layers as a list; raises `DigitLabError` where it is none."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise DigitLabError("The layers must be a list of whole numbers, not {values}.", values=repr(values))
    return list(values)


def boolean(name: str, value: Any) -> None:
    """Raises `DigitLabError` unless this setting is true or false."""
    if not isinstance(value, bool):
        raise DigitLabError(
            "{label} must be true or false, not {value}.", label=Message(LABELS[name]), value=repr(value)
        )


def one_of(name: str, value: Any, known: Any) -> None:
    """Raises `DigitLabError` unless this setting is one of those `known`."""
    if value not in known:
        raise DigitLabError(UNKNOWN[name], value=short(value), known=", ".join(sorted(known)))
