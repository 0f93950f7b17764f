"""What stands around every page: its title and sentence, the network in use, and at the foot what the curious look for."""

import streamlit as st

from core.catalog import DEFAULT, RUN_NAME, moment_in
from core.errors import DigitLabError
from core.messages import Message
from core.runs.run import open_run
from dashboard import shared, visitor, words
from dashboard.parts.links import NO_NETWORK, say_if_gone
from dashboard.parts.model_files import models_in_and_out
from dashboard.parts.past import enter_button, has_past, show_past
from dashboard.parts.refusals import fragment
from dashboard.parts.told_later import tell
from dashboard.say import N_, say
from dashboard.visitor import Key

MOMENT = 0.05  # seconds that a browser gets to take over the page's width and style before anything stands in it
FORMED: Key[bool] = Key("_formed", bool)  # whether it has had them
BROKEN: Key[dict[int, Message]] = Key("_network_broken", dict)  # why the network in use was let go of, by the visit
NOT_READ = N_("The network that was to be used cannot be read. {error} Here is {title} instead.")
ASKED: Key[bool] = Key("_formed_asked", bool)


def let_it_take_its_form() -> None:
    """At a visitor's first look, let the browser set up the empty page before it is filled.

    Streamlit's page is narrow until it has been told to be wide, and a style sheet is fetched by a script of its own: what
    stood there by then would jump aside. The browser asks for the rest itself, as soon as it has come so far.
    """
    if FORMED.get() or not st.context.headers:  # without a browser there is nothing to wait for
        return
    FORMED.put(True)
    fragment(_go_on, run_every=MOMENT)()
    st.stop()


def _go_on() -> None:
    if ASKED.get():
        st.rerun()
    ASKED.put(True)


def header(title: str, sentence: str) -> None:
    """The page's title and its one sentence, said here, and the network in use, always in the same place."""
    tell()
    shared.jobs().devices()  # tried in the background from the first visit on, to be known where it is asked for
    with st.container(key="head", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(say(title), anchor=False, width="content")
        _network_picker()
    st.markdown(say(sentence))
    show_past()
    in_use = shared.model_name(visitor.model_in_use())
    say_if_gone(visitor.MODEL, NO_NETWORK, title=in_use)
    if why := BROKEN.get().get(visitor.visit()):
        st.warning(say(NOT_READ, error=why, title=in_use), icon=":material/broken_image:")


def _network_picker() -> None:
    """A button that says which network is in use; what it opens has room for a list, on a phone too."""
    names = visitor.model_names()
    visitor.chosen(visitor.MODEL, names, DEFAULT)
    _let_go_of_what_is_damaged()
    titles = words.distinct({name: shared.model_title(name) for name in names})
    in_use = visitor.model_in_use()
    past = moment_in(in_use)  # when it was, the strip below says
    with st.popover(
        shared.model_name(past[0]) if past else titles[in_use],
        icon=":material/neurology:",
        key="network",
        help=say("The network that all pages use. Choose another one here."),
    ):
        st.selectbox(say("Network in use"), names, format_func=titles.__getitem__, key=visitor.MODEL,
                     help=say(words.HELP["model"]), persist_state="session")  # fmt: skip
        _way_back()
        models_in_and_out()
    visitor.keep(visitor.MODEL, DEFAULT)


def _let_go_of_what_is_damaged() -> None:
    """Use the usual network where the file of the chosen one cannot be read: each page would stop at it, this button too."""
    try:
        shared.card(visitor.model_in_use())
    except DigitLabError as error:
        BROKEN.put({visitor.visit(): error.message})
        st.session_state[visitor.MODEL] = DEFAULT


def _way_back() -> None:
    """Of a network of a run, the way into its past."""
    name = visitor.model_in_use()
    if RUN_NAME.fullmatch(name) and has_past(run := open_run(name)):
        enter_button(run, "past-enter")


def foot() -> None:
    """For the curious: the pages that are not in the menu, and how to do without pages."""
    with st.container(key="foot", horizontal=True, vertical_alignment="center"):
        st.markdown(say("For the curious:"), width="content")
        for name, text in words.PAGES.items():
            if text.curious:
                st.page_link(f"dashboard/pages/{name}.py", label=say(text.door), icon=text.icon,
                             query_params=visitor.in_url())  # fmt: skip
