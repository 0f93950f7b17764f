"""The runs on the Train page: the list of them, and the one that is looked at."""

import streamlit as st

from core.errors import DigitLabError
from core.runs.run import RECORDING, RUN_ID, Run, open_run
from dashboard import visitor, words
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.train.again import again, what_came_of_it
from dashboard.train.progress import say_where_it_stands, standing, watch
from dashboard.train.run_file import say_verdict, take_with_you
from dashboard.train.start import PICKED, pick
from dashboard.visitor import Key

MOST = 30  # runs in the list, the newest first; an older one joins them when its link is followed
LAST: Key[str] = Key("_last_run", str)  # the run that the visitor watched last
GONE = N_("That run is not here any more: it was deleted, its owner has made new links, or the link is wrong.")


def pick_run() -> Run:
    """The list of runs; returns the chosen one. By itself that is the visitor's own, and else the recording."""
    runs = _listed()
    first = _by_itself(runs)
    visitor.chosen(visitor.RUN, list(runs), first)
    if (
        len(runs) == 1
    ):  # there is nothing to choose; what was put in the place of a picker's choice would come back after it
        del st.session_state[visitor.RUN]
        return runs[first]
    titles = words.distinct({run_id: words.run_title(run, run.status()) for run_id, run in runs.items()})
    st.selectbox(say("Run"), list(runs), key=visitor.RUN, on_change=told(pick), help=say(words.HELP["run"]),
                 format_func=titles.__getitem__)  # fmt: skip
    # What the page shows by itself does not go into the URL: each writing there is a step of the browser's Back button.
    picked = st.session_state.get(PICKED) == visitor.visit() or visitor.RUN in st.query_params
    visitor.keep(visitor.RUN, None if picked else first)
    LAST.put(st.session_state[visitor.RUN])
    return runs[LAST.get()]


def _by_itself(runs: dict[str, Run]) -> str:
    """What is shown to who has chosen nothing: the run of theirs that goes on, what they watched last, or the recording."""
    mine = (run.id for run in runs.values() if not run.is_recording and run.status().active and visitor.owns(run))
    return next(mine, LAST.get() if LAST.get() in runs else RECORDING)


def show_run(run: Run) -> None:
    """Show a run; one that is damaged says what is wrong with it, and the list and the form stay."""
    try:
        run.config()  # what is wrong with it is said in place of all its parts
        said = standing(run)
        bar = say_where_it_stands(run)
        if run.is_recording:
            watch(run, bar, said)
        _what_next(run)
        if not run.is_recording:
            watch(run, bar, said)
    except DigitLabError as error:
        st.error(
            say("This run cannot be shown. {error} Choose another one above.", error=error.message),
            icon=":material/broken_image:",
        )


def _what_next(run: Run) -> None:
    """What can be done with a run as a whole, and what was found out by doing it once more."""
    status = run.status()
    with st.container(horizontal=True, key="run-next"):
        if not run.is_recording:
            again(run, status)
        take_with_you(run, status)
    say_verdict(run)
    what_came_of_it(run, status)


def _listed() -> dict[str, Run]:
    """The newest runs by their ids, and the one that the visitor or a link names, however old it is."""
    runs = {glance.id: open_run(glance.id) for glance in visitor.runs_in_sight()[:MOST]}
    runs[RECORDING] = open_run(RECORDING)
    wanted = visitor.asked_for(visitor.RUN)
    if wanted and wanted not in runs:
        if RUN_ID.fullmatch(wanted) and visitor.is_in_sight(wanted):
            runs[wanted] = open_run(wanted)
        else:
            st.warning(say(GONE), icon=":material/link_off:")
    return runs
