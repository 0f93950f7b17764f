"""The form of the Train page: the settings of a new run, as one configuration."""

import streamlit as st

from core.config import Config
from core.datasets import DATASETS, available, offered
from core.drawings.augment import AUGMENTATIONS
from core.engines import check
from core.errors import DigitLabError
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, OUTPUTS
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS
from core.network.schedules import SCHEDULES
from core.training.recipes import RECIPES, default_recipe, offered_recipes
from dashboard import shared, words
from dashboard.parts.refusals import told
from dashboard.parts.taichi import taichi_devices, taichi_remark

LOSS_TITLES = {name: loss.title for (_, name), loss in LOSSES.items()}
OUTPUT_TITLES = dict(zip(OUTPUTS, ("Softmax", "Sigmoid"), strict=True))
ENGINE_TITLES = {"numpy": "NumPy", "taichi": "Taichi"}


def training_form() -> Config | None:
    """The settings of a new run, as one configuration; None, after a sentence, while they make no sense."""
    first = default_recipe("mnist" if available("mnist") else "digits")
    if "train_recipe" not in st.session_state:
        st.session_state["train_recipe"] = first
        _fill_in()
    st.selectbox("Start from", offered_recipes(), format_func=lambda name: RECIPES[name].title, key="train_recipe",
                 on_change=told(_fill_in), help=words.HELP["recipe"], persist_state="session")  # fmt: skip
    st.caption(RECIPES[st.session_state["train_recipe"]].sentence)
    st.selectbox("Digits to learn from", offered(), format_func=words.dataset_title, key="train_dataset",
                 help=words.HELP["dataset"], persist_state="session")  # fmt: skip
    left, right = st.columns(2)
    with left:
        _text("Hidden layers", "hidden")
        _number("Epochs", "epochs", 1, 1000, 1)
    with right:
        _number("Learning rate", "learning_rate", 0.0, 100.0, None)
        _number("Batch size", "batch_size", 1, 65_536, 1)
    _engine_and_device()
    with st.expander("More settings", icon=":material/tune:"):
        _more_settings()
    try:
        return _configuration()
    except DigitLabError as error:
        st.error(str(error))
        return None


def _engine_and_device() -> None:
    """Who computes and on what: Taichi is offered where it was seen to compute, and as long as that is being tried."""
    devices, found = taichi_devices(), shared.jobs().devices()
    engines = ["numpy", "taichi"] if devices or found is None else ["numpy"]
    left, right = st.columns(2)
    with left:
        _one_of("engine", engines)
        _choice("Engine", "engine", {name: ENGINE_TITLES[name] for name in engines})
    titles = {"cpu": "Processor"}
    if st.session_state["train_engine"] == "taichi" and devices:
        titles = {device.name: device.title for device in devices}
    with right:
        _one_of("device", list(titles))
        _choice("Device", "device", titles, help=" ".join([words.HELP["device"], *(d.reason for d in found or [])]))
    taichi_remark()


def _one_of(name: str, options: list[str]) -> None:
    """What is not offered any more gives way to the first of what is."""
    if st.session_state[f"train_{name}"] not in options:
        st.session_state[f"train_{name}"] = options[0]


def _more_settings() -> None:
    left, right = st.columns(2)
    with left:
        _choice("Activation", "activation", {name: a.title for name, a in ACTIVATIONS.items()})
        _choice("Output", "output", OUTPUT_TITLES)
        _choice("Loss", "loss", LOSS_TITLES)
        _choice("Optimiser", "optimizer", {name: o.title for name, o in OPTIMIZERS.items()})
        _choice("Learning rate over time", "schedule", {name: s.title for name, s in SCHEDULES.items()})
        _number("Seed", "seed", 0, 2**31 - 1, 1)
    with right:
        _choice("Start of the weights", "initializer", {name: i.title for name, i in INITIALIZERS.items()})
        _choice("Inputs", "scaling", SCALINGS)
        _choice("Changed digits", "augmentation", {name: a.title for name, a in AUGMENTATIONS.items()})
        _number("Dropout", "dropout", 0.0, 0.95, None)
        _number("L2 penalty", "l2", 0.0, 10.0, None)
        st.checkbox("Biases", key="train_bias", help=words.HELP["bias"], persist_state="session")


def _text(label: str, name: str) -> None:
    st.text_input(label, key=f"train_{name}", help=words.HELP[name], max_chars=80, persist_state="session")


def _number(label: str, name: str, low: float, high: float, step: int | None) -> None:
    shape = {"step": step} if step else {"step": 0.001, "format": "%.5g"}
    st.number_input(label, low, high, key=f"train_{name}", help=words.HELP[name], persist_state="session", **shape)


def _choice(label: str, name: str, titles: dict[str, str], *, help: str = "") -> None:
    st.selectbox(label, list(titles), format_func=titles.__getitem__, key=f"train_{name}", help=help or words.HELP[name],
                 persist_state="session")  # fmt: skip


NETWORK_FIELDS = ("activation", "output", "bias", "initializer", "dropout", "scaling")
TRAINING_FIELDS = ("dataset", "loss", "optimizer", "learning_rate", "schedule", "batch_size", "epochs", "l2",
                   "augmentation", "seed", "engine", "device")  # fmt: skip


def _fill_in() -> None:
    """Put a recipe's settings into the form."""
    config = RECIPES[st.session_state["train_recipe"]].config
    for name in NETWORK_FIELDS:
        st.session_state[f"train_{name}"] = getattr(config.network, name)
    for name in TRAINING_FIELDS:
        st.session_state[f"train_{name}"] = getattr(config.training, name)
    st.session_state["train_hidden"] = ", ".join(str(width) for width in config.network.hidden)


def _configuration() -> Config:
    """The form's values on top of the recipe, which keeps what the form does not show (momentum, targets)."""
    values = {name: st.session_state[f"train_{name}"] for name in (*NETWORK_FIELDS, *TRAINING_FIELDS)}
    if values["dataset"] not in offered():
        raise DigitLabError("Choose the digits to learn from.")
    shape = DATASETS[values["dataset"]].shape
    base = RECIPES[st.session_state["train_recipe"]].config
    network = {name: values[name] for name in NETWORK_FIELDS}
    network |= {"inputs": shape[0] * shape[1], "hidden": parse_layers(st.session_state["train_hidden"])}
    config = base.with_changes(network=network, training={name: values[name] for name in TRAINING_FIELDS})
    check(config.network, config.training)
    return config


def parse_layers(text: str) -> tuple[int, ...]:
    """ "500, 300" to (500, 300); nothing at all means no hidden layer."""
    parts = text.replace(",", " ").replace("-", " ").split()
    if not all(part.isdecimal() for part in parts):
        raise DigitLabError("Hidden layers are whole numbers with commas between them, for example 200 or 500, 300.")
    return tuple(int(part) for part in parts)
