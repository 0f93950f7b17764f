"""What to try: a known sweep, or sizes, rates and epochs of one's own, each with each.

The button stands above the fields, as on Train: it is in sight at once on a phone, and what is said of a field does not move it.
"""

import streamlit as st

from core.config import Config
from core.datasets import available, described, needs_mnist, offered
from core.errors import DigitLabError
from core.messages import message
from core.sweep.grid import Grid
from core.sweep.presets import BLOG, PRESETS, preset, tiny
from core.training.recipes import RECIPES, default_recipe, offered_recipes
from dashboard import in_class, shared, visitor, words
from dashboard.parts.mnist import get_mnist
from dashboard.parts.own_digits import own_datasets
from dashboard.parts.refusals import refusal, told
from dashboard.say import N_, say
from dashboard.sweep.choice import show
from dashboard.sweep.time_needed import time_needed

OWN = "own"
WHAT = {OWN: N_("My own settings")} | PRESETS
PLACE = "sweep-form"  # where it is said why nothing was begun
MOST_SEEDS = 10
LONGEST = 120  # letters of a field
NOT_HERE = N_("The MNIST digits are not on this computer yet.")
SMALL_INSTEAD = N_("Until then, the blog’s table is tried on the bundled small digits, which the blog did not have.")
HELP = {
    "what": N_("Try settings of your own, or those of a table that a blog once published."),
    "recipes": N_("The settings to start from. With more than one, each is tried with all that stands below."),
    "dataset": N_("The pictures that all of them learn from."),
    "hidden": N_("Sizes to try, with commas between them: 50, 100, 200. A dash is for a second layer: 100-50. Leave it empty to "
                 "keep what the recipe has."),
    "rates": N_("Learning rates to try, with commas between them. Leave it empty to keep what the recipe has."),
    "epochs": N_("Numbers of epochs to try, with commas between them. Leave it empty to keep what the recipe has."),
    "seeds": N_("How often each is trained, each time with other random numbers. With one, nobody can tell what is luck; with "
                "three or more, one begins to see it."),
    "start": N_("Hands in all these trainings, a few at a time. You can close the page: they go on."),
}  # fmt: skip
NO_NUMBERS = N_("{field}: write numbers with commas between them, for example {example}.")


def key(name: str) -> str:
    """Where the session keeps a field."""
    return f"sweep_{name}"


def sweep_form() -> None:
    """The form, and the sweep that it begins."""
    _first()
    st.segmented_control(say("What to try"), list(WHAT), format_func=_what, key=key("what"), required=True,
                         help=say(HELP["what"]), persist_state="session")  # fmt: skip
    _begin()
    if st.session_state[key("what")] == OWN:
        _own_fields()
    elif not available("mnist"):
        get_mnist(say(NOT_HERE))
        st.caption(say(SMALL_INSTEAD))
    st.slider(say("Seeds"), 1, MOST_SEEDS, key=key("seeds"), help=say(HELP["seeds"]), persist_state="session")


def _begin() -> None:
    """The button that starts, with what will become of it or why it cannot be pressed."""
    try:
        grid, wrong = grid_in_form(), ""
    except DigitLabError as error:
        grid, wrong = None, say(error.message)
    missing = grid is not None and any(needs_mnist(config.training.dataset) for config in grid.trainings())
    if missing:
        get_mnist(say(NOT_HERE))
    st.button(say("Start the sweep"), type="primary", icon=":material/play_arrow:", key="sweep-start", help=say(HELP["start"]),
              on_click=told(_start, PLACE, once=True), disabled=grid is None or missing, width="stretch")  # fmt: skip
    if why := refusal(PLACE):
        st.error(why, icon=":material/error:")
    with st.container(key="sweep-before"):
        if wrong:
            st.markdown(f":red[:material/error: {wrong}]")
        if grid and not missing:
            time_needed(grid)


def _first() -> None:
    """What the form begins with: a small grid of a quick recipe. What is not offered any more gives way to what is."""
    if key("seeds") in st.session_state:
        if st.session_state[key("dataset")] not in (choices := _choices()):
            st.session_state[key("dataset")] = choices[0]
        return
    mnist = available("mnist")
    first = {
        "what": OWN, "recipes": ["quick" if mnist else default_recipe("digits")], "dataset": "mnist" if mnist else "digits",
        "hidden": "50, 100, 200" if mnist else "8, 16, 32", "rates": "0.01, 0.001", "epochs": "", "seeds": 3,
    }  # fmt: skip
    for name, value in first.items():
        st.session_state[key(name)] = value


def _what(name: str) -> str:
    return say(WHAT[name])


def _choices() -> list[str]:
    return [*offered(), *own_datasets()]


def _own_fields() -> None:
    st.multiselect(say("Start from"), offered_recipes(), format_func=lambda name: say(RECIPES[name].title), key=key("recipes"),
                   help=say(HELP["recipes"]), persist_state="session")  # fmt: skip
    st.selectbox(say("Digits to learn from"), _choices(), format_func=words.dataset_title, key=key("dataset"),
                 help=say(HELP["dataset"]), persist_state="session")  # fmt: skip
    st.text_input(say("Units"), key=key("hidden"), help=say(HELP["hidden"]), max_chars=LONGEST, persist_state="session")
    left, right = st.columns(2)
    with left:
        st.text_input(say("Learning rates"), key=key("rates"), help=say(HELP["rates"]), max_chars=LONGEST,
                      persist_state="session")  # fmt: skip
    with right:
        st.text_input(
            say("Epochs"),
            key=key("epochs"),
            help=say(HELP["epochs"]),
            max_chars=LONGEST,
            placeholder=say("as above"),
            persist_state="session",
        )


def grid_in_form() -> Grid:
    """What the form holds now. Raises `DigitLabError` where it cannot be tried."""
    seeds = tuple(range(int(st.session_state[key("seeds")])))
    if st.session_state[key("what")] == BLOG:
        found = preset(BLOG, seeds)
        return found if available("mnist") else tiny(found)
    recipes = st.session_state[key("recipes")]
    hidden = tuple(tuple(_whole("hidden", size) for size in part.split("-")) for part in _parts("hidden"))
    rates = tuple(map(_rate, _parts("rates")))
    epochs = tuple(_whole("epochs", part) for part in _parts("epochs"))
    return Grid({name: _base(name) for name in recipes}, hidden, rates, epochs, seeds)


def _base(recipe: str) -> Config:
    """A recipe on the chosen digits, some of which are kept apart: they choose."""
    dataset = st.session_state[key("dataset")]
    if dataset not in _choices() or (about := described(dataset)) is None:
        raise DigitLabError("Choose the digits to learn from.")
    height, width = about.shape
    config = RECIPES[recipe].config.with_network(inputs=height * width)
    return config.with_training(dataset=dataset, validation=True)


def _parts(name: str) -> list[str]:
    return [part.strip() for part in (st.session_state[key(name)] or "").split(",") if part.strip()]


FIELDS = {
    "hidden": (N_("Units"), "50, 100"),
    "rates": (N_("Learning rates"), "0.1, 0.01"),
    "epochs": (N_("Epochs"), "5, 10"),
}


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise _no_numbers(name) from error


def _rate(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise _no_numbers("rates") from error


def _no_numbers(name: str) -> DigitLabError:
    field, example = FIELDS[name]
    return DigitLabError(NO_NUMBERS, field=message(field), example=example)


def _start() -> None:
    """Begin what the form holds at this moment, and show it."""
    grid, what = grid_in_form(), st.session_state[key("what")]
    known = what if what in PRESETS else ""
    made = shared.jobs().sweeps.begin(grid, owner=visitor.owner(), preset=known, **in_class.about())
    show(made.id)
