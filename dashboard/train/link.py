"""The form in the URL: a sent link, and a reload, show the same settings.

Only what differs from the recipe stands there. The server cannot write into the URL without a step of the browser's Back
button, which each change of a field would be; so a script of ours replaces what stands there, and tells, and only then is it
written on the server's side, where it changes nothing any more. What a link says is judged as what a hand writes.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from core.datasets import available
from core.errors import DigitLabError
from core.training.recipes import default_recipe, offered_recipes
from dashboard import visitor
from dashboard.parts.refusals import fragment
from dashboard.say import N_, say
from dashboard.train import settings
from dashboard.train.settings import NETWORK_FIELDS, NUMBERS, TRAINING_FIELDS, key
from dashboard.visitor import Key

RECIPE = "recipe"
FIELDS = ("dataset", "hidden", *NETWORK_FIELDS, *(name for name in TRAINING_FIELDS if name != "dataset"))
SWITCHES = ("bias", "validation")
ON, OFF, NO_LAYERS = "on", "off", "none"
LONGEST = 80  # letters of a setting
COMPONENT = "form-link"
WRONG: Key[dict[int, list[DigitLabError]]] = Key(
    "_form_link_wrong", dict
)  # by visit, what the link says that cannot be
CANNOT_BE = N_("Something in the link cannot be used: {reason} The recipe's own value stands there instead.")
HELP = N_("Copy a link that opens this page with these settings, for a message or a note.")

_SOURCE = Path(__file__)
_component = st.components.v2.component(
    "form_link",
    html='<button type="button"></button><span role="status"></span>',
    css=_SOURCE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_SOURCE.with_suffix(".js").read_text(encoding="utf-8"),
)


def from_link() -> None:
    """Fill in the form as the link says: at the visitor's first look, and where they went back to a link that says it."""
    named = any(name in st.query_params for name in (RECIPE, *FIELDS))
    if key(RECIPE) in st.session_state and not (named and visitor.went_back()):
        return
    wrong = read(st.query_params.to_dict())
    WRONG.put({visitor.visit(): wrong})


def say_what_is_wrong() -> None:
    """Say what of the link cannot be used, as long as the visitor stays on the page."""
    for error in WRONG.get().get(visitor.visit(), []):
        st.warning(say(CANNOT_BE, reason=error.message), icon=":material/link_off:")


def read(link: Mapping[str, str]) -> list[DigitLabError]:
    """Fill in the form with a recipe, the default one where the link names none, and with what else it says.

    Returns what cannot be used. The data set comes first, for others are judged by it.
    """
    wrong: list[DigitLabError] = []
    recipe = link.get(RECIPE, _default())
    if recipe not in offered_recipes():
        wrong.append(DigitLabError("There is no recipe {name} here.", name=repr(recipe[:40])))
        recipe = _default()
    st.session_state[key(RECIPE)] = recipe
    settings.fill_in(settings.recipe_in_form())
    for name in FIELDS:
        if name in link:
            before = st.session_state[key(name)]
            try:
                st.session_state[key(name)] = _held(name, link[name])
                settings.judge(name)
            except DigitLabError as error:
                st.session_state[key(name)] = before
                wrong.append(error)
    return wrong


def _default() -> str:
    return default_recipe("mnist" if available("mnist") else "digits")


def _held(name: str, text: str) -> Any:
    """What the form holds where a link says so; raises where that is nothing of the kind."""
    if len(text) > LONGEST:
        raise DigitLabError("{value} is too long.", value=repr(text[:40]))
    if name in NUMBERS:
        try:
            return float(text)
        except ValueError as error:
            raise DigitLabError("{value} is no number.", value=repr(text[:40])) from error
    if name in SWITCHES:
        if text not in (ON, OFF):
            raise DigitLabError("{value} is neither on nor off.", value=repr(text[:40]))
        return text == ON
    if name == "hidden":
        return "" if text == NO_LAYERS else ", ".join(text.split("-"))
    return text


def in_link() -> dict[str, str]:
    """What a link to the form says: nothing of the default recipe as it is, else the recipe and what differs from it."""
    recipe, begins = st.session_state[key(RECIPE)], settings.in_form(settings.recipe_in_form())
    differs = {name: _written(name) for name in FIELDS if _differs(name, begins[name])}
    return {RECIPE: recipe, **differs} if differs or recipe != _default() else {}


def _differs(name: str, begins: Any) -> bool:
    """Whether a field holds something else than the recipe, which can be sent."""
    if st.session_state[key(name)] == begins:
        return False
    try:
        settings.judge(name)
    except DigitLabError:
        return False
    return True


def _written(name: str) -> str:
    value = st.session_state[key(name)]
    if name in NUMBERS:
        return f"{value:.15g}"
    if name in SWITCHES:
        return ON if value else OFF
    if name == "hidden":
        return "-".join(str(width) for width in settings.parse_layers(value)) or NO_LAYERS
    return value


def link_button() -> None:
    """The button that copies the link; with it the URL says what the form holds."""
    fragment(_link_button)(in_link())


def _link_button(said: dict[str, str]) -> None:
    held: Any = st.session_state.get(COMPONENT)
    if held and isinstance(stands := held.get("stands"), str):
        _note(said, stands)
    _component(
        data={"form": said, "names": [RECIPE, *FIELDS], "label": say("Copy the link"), "copied": say("Copied."),
              "failed": say("The browser does not let it be copied: take it from the address above."), "help": say(HELP)},
        key=COMPONENT, height="content", on_stands_change=lambda: None,
    )  # fmt: skip


def _note(said: dict[str, str], stands: str) -> None:
    """Once the URL says what the form holds, the server's own notion of it does too, in the same order."""
    now = st.query_params.to_dict()
    names = {RECIPE, *FIELDS}
    stood = dict(parse_qsl(stands.removeprefix("?"), keep_blank_values=True))
    form = {name: value for name, value in stood.items() if name in names}
    if form == said and {name: value for name, value in now.items() if name in names} != said:
        st.query_params.from_dict({name: value for name, value in now.items() if name not in names} | form)
