"""Train: choose the settings, start a run, and watch it learn."""

import streamlit as st

from core.datasets import needs_mnist
from core.errors import DigitLabError
from core.runs.run import list_runs, open_run
from dashboard import shared, visitor, words
from dashboard.parts.mnist import get_mnist
from dashboard.parts.refusals import told
from dashboard.train.form import training_form
from dashboard.train.progress import watch

PICKED = "run_picked"  # the visit in which the visitor picked a run, by beginning it or from the list


def pick() -> None:
    st.session_state[PICKED] = visitor.visit()


def start() -> None:
    """Begin a run and show it; what cannot be begun is said beside the button."""
    st.session_state.pop("train_error", None)
    try:
        st.session_state[visitor.RUN] = shared.jobs().start(st.session_state["train_config"], owner=visitor.owner()).id
        pick()
    except DigitLabError as error:
        st.session_state["train_error"] = str(error)


form, result = st.columns([1, 1.4], gap="large")
with form:
    config = st.session_state["train_config"] = training_form()
    missing = config is not None and needs_mnist(config.training.dataset)
    if missing:
        get_mnist("The MNIST digits are not on this computer yet.")
    if config:
        st.caption(words.weights_of(config.network.sizes, config.network.parameter_count))
    st.button("Start training", type="primary", icon=":material/play_arrow:", key="start", on_click=told(start),
              disabled=config is None or missing, width="stretch")  # fmt: skip
    if error := st.session_state.get("train_error"):
        st.error(error)

with result:
    runs = {run.id: run for run in list_runs()[:30]}
    if not runs:
        st.info(words.NO_RUNS, icon=":material/arrow_back:")
    else:
        newest = next(iter(runs))
        visitor.chosen(visitor.RUN, list(runs), newest)
        st.selectbox("Run", list(runs), key=visitor.RUN, on_change=told(pick), help=words.HELP["run"],
                     format_func=lambda run_id: words.run_title(runs[run_id], runs[run_id].status()))  # fmt: skip
        # What the page shows by itself does not go into the URL: each writing there is a step of the browser's Back button.
        picked = st.session_state.get(PICKED) == visitor.visit() or visitor.RUN in st.query_params
        visitor.keep(visitor.RUN, None if picked else newest)
        watch(open_run(st.session_state[visitor.RUN]))
