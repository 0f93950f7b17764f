"""Beginning a run from the Train page, and which run the visitor looks at."""

import streamlit as st

from core.config import Config
from core.errors import DigitLabError
from dashboard import in_class, shared, visitor
from dashboard.train import settings

START = "start"  # the place where it is said why nothing was begun
TRIED = "train_tried"  # what the form held then
PICKED = "run_picked"  # the visit in which the visitor picked a run, by beginning it or from the list


def start() -> None:
    """Begin a run with what the form holds at this moment, and show it."""
    st.session_state[TRIED] = settings.held()
    try:
        config = settings.configuration()
    except DigitLabError as error:
        raise DigitLabError("Nothing was started. {error}", error=error) from error
    pick(shared.jobs().start(shared.jobs().estimates.settled(config), owner=visitor.owner(), **in_class.about()).id)


def start_with(config: Config) -> None:
    """Put these settings into the form, and begin a run with them."""
    settings.fill_in(config)
    start()


def pick(run_id: str = "") -> None:
    """Note that the visitor chose the run that is shown; with an id, show that one."""
    if run_id:
        visitor.want(visitor.RUN, run_id)
    else:
        visitor.forget(visitor.RUN)
    st.session_state[PICKED] = visitor.visit()
