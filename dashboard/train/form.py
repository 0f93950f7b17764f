"""The form of the Train page: a recipe to start from, the button that starts, and the settings, each to be changed.

The button stands above the settings: what is said under a field comes and goes when the field is left, which is while the
hand presses the button, and must not move it.
"""

from collections.abc import Mapping

import streamlit as st

from core.config import AUTO
from core.datasets import needs_mnist
from core.drawings.augment import AUGMENTATIONS
from core.messages import Message
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, OUTPUTS
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS
from core.network.schedules import SCHEDULES
from core.training.recipes import RECIPES, offered_recipes
from dashboard import shared, words
from dashboard.parts.fields import number_field, say_problem
from dashboard.parts.mnist import get_mnist
from dashboard.parts.refusals import told
from dashboard.parts.taichi import taichi_devices, taichi_remark
from dashboard.say import N_, say
from dashboard.train import settings
from dashboard.train.before import before_the_start
from dashboard.train.choices import choices
from dashboard.train.link import from_link, link_button, say_what_is_wrong
from dashboard.train.own_data import learn_from_your_own
from dashboard.train.preview import preview
from dashboard.train.settings import NUMBERS, key
from dashboard.train.start import START, start

LOSS_TITLES = {name: loss.title for (_, name), loss in LOSSES.items()}
OUTPUT_TITLES = dict(zip(OUTPUTS, (N_("Softmax"), N_("Sigmoid")), strict=True))


def training_form() -> None:
    """The form, and the run that it begins."""
    from_link()
    _engine_on_offer()
    say_what_is_wrong()
    _one_of("dataset", choices())
    st.selectbox(say("Start from"), offered_recipes(), format_func=lambda name: say(RECIPES[name].title), key=key("recipe"),
                 on_change=told(_fill_in), help=say(words.HELP["recipe"]), persist_state="session")  # fmt: skip
    st.caption(say(RECIPES[st.session_state[key("recipe")]].sentence))
    missing = needs_mnist(st.session_state[key("dataset")])
    if missing:
        get_mnist(say("The MNIST digits are not on this computer yet."))
    st.button(say("Start training"), type="primary", icon=":material/play_arrow:",
              help=say("Begin a training with these settings. You can watch it, pause it and stop it."),
              key="start",
              on_click=told(start, START, once=True), disabled=missing, width="stretch")  # fmt: skip
    before_the_start()
    st.selectbox(say("Digits to learn from"), choices(), format_func=words.dataset_title, key=key("dataset"),
                 help=say(words.HELP["dataset"]), persist_state="session")  # fmt: skip
    learn_from_your_own()
    left, right = st.columns(2)
    with left:
        st.text_input(say("Units per layer"), key=key("hidden"), help=say(words.HELP["hidden"]), max_chars=80,
                      persist_state="session")  # fmt: skip
        say_problem(key("hidden"), lambda: settings.check("hidden"))
        _number("epochs")
    with right:
        _number("learning_rate")
        _number("batch_size")
    _engine_and_device()
    with st.expander(say("More settings"), icon=":material/tune:"):
        _more_settings()
    preview()
    link_button()


def _fill_in() -> None:
    """Put the recipe's settings into the form: see `settings.recipe_in_form`."""
    settings.fill_in(settings.recipe_in_form())


def _engine_on_offer() -> None:
    """Taichi is offered where it was seen to compute, and as long as that is being tried; what is not gives way."""
    _one_of("engine", _engines())
    _one_of("device", list(_device_titles()))


def _engines() -> list[str]:
    return [AUTO, "numpy", "taichi"] if taichi_devices() or shared.jobs().devices() is None else [AUTO, "numpy"]


def _device_titles() -> Mapping[str, str | Message]:
    if st.session_state[key("engine")] != "numpy" and (devices := taichi_devices()):
        return {device.name: device.title for device in devices}
    return {"cpu": N_("Processor")}


def _one_of(name: str, options: list[str]) -> None:
    """What is not offered any more gives way to the first of what is."""
    if st.session_state[key(name)] not in options:
        st.session_state[key(name)] = options[0]


def _engine_and_device() -> None:
    """Who computes and on what."""
    reasons = [say(device.reason) for device in shared.jobs().devices() or [] if device.reason]
    left, right = st.columns(2)
    with left:
        _choice(say("Engine"), "engine", {name: settings.ENGINE_TITLES[name] for name in _engines()})
    with right:
        _choice(say("Device"), "device", _device_titles(), help=" ".join([say(words.HELP["device"]), *reasons]))
    taichi_remark()


def _more_settings() -> None:
    left, right = st.columns(2)
    with left:
        _choice(say("Activation"), "activation", {name: a.title for name, a in ACTIVATIONS.items()})
        _choice(say("Output"), "output", OUTPUT_TITLES)
        _choice(say("Loss"), "loss", LOSS_TITLES)
        _choice(say("Optimiser"), "optimizer", {name: o.title for name, o in OPTIMIZERS.items()})
        _choice(say("Learning rate over time"), "schedule", {name: s.title for name, s in SCHEDULES.items()})
        _number("seed")
    with right:
        _choice(say("Start of the weights"), "initializer", {name: i.title for name, i in INITIALIZERS.items()})
        _choice(say("Inputs"), "scaling", SCALINGS)
        _choice(say("Changed digits"), "augmentation", {name: a.title for name, a in AUGMENTATIONS.items()})
        _number("dropout")
        _number("l2")
        st.checkbox(say("Biases"), key=key("bias"), help=say(words.HELP["bias"]), persist_state="session")
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        st.checkbox(
            say("Keep digits apart"), key=key("validation"), help=say(words.HELP["validation"]), persist_state="session"
        )
    with right:
        _number("patience")


def _number(name: str) -> None:
    label, step = NUMBERS[name]
    number_field(say(label), key(name), lambda: settings.check(name), step=step, help=say(words.HELP[name]))


def _choice(label: str, name: str, titles: Mapping[str, str | Message], *, help: str = "") -> None:
    st.selectbox(label, list(titles), format_func=lambda option: say(titles[option]), key=key(name),
                 help=help or say(words.HELP[name]),
                 persist_state="session")  # fmt: skip
