"""Trained once more: with the same seed, with other luck, or with several seeds to see how much luck there is."""

import streamlit as st

from core.config import Config
from core.datasets.uploads import is_upload
from core.errors import DigitLabError
from core.messages import N_, Message
from core.runs.repeat import is_repeat, parent_of, repeated
from core.runs.run import Run, open_run
from core.runs.series import further_seeds, join_series, runs_of, scores_of
from core.runs.status import Status
from core.scores.luck import spread
from dashboard import in_class, shared, visitor
from dashboard.cache import Cache
from dashboard.parts.refusals import told
from dashboard.parts.told_later import tell_later
from dashboard.say import say, say_many
from dashboard.train.choices import choices
from dashboard.train.start import pick

MOST_SEEDS = 5  # at once: as many as an owner may have waiting
HELP = {
    "same": N_(
        "Trains once more with the same settings and the same seed. It must come out the same, and that is checked."
    ),
    "luck": N_("Trains once more with the next seed: other weights at the start, another order of the digits."),
    "seeds": N_("Trains the same settings with several seeds, one after the other, and says how far they spread."),
    "how_many": N_("How many more seeds. With three runs in all one begins to see what is luck."),
    "begin": N_("Hands in one run for each seed."),
}
SOME = N_("{done} of {count} are handed in. {error}")
NOT_YOUR_DIGITS = N_("This run learned from another visitor’s own digits. Only they can train with them.")


def again(run: Run, status: Status) -> None:
    """The buttons, which keep their places while a run goes on."""
    off = status.active
    st.button(say("Same again"), key="run-same", icon=":material/replay:", help=say(HELP["same"]), disabled=off,
              on_click=told(_same, once=True), args=(run.id,))  # fmt: skip
    st.button(say("New luck"), key="run-luck", icon=":material/casino:", help=say(HELP["luck"]), disabled=off,
              on_click=told(_luck, once=True), args=(run.id,))  # fmt: skip
    with st.popover(
        say("Several seeds"), key="run-seeds", icon=":material/stacks:", help=say(HELP["seeds"]), disabled=off
    ):
        st.slider(
            say("How many more"), 1, MOST_SEEDS, 2, key="run_seeds", help=say(HELP["how_many"]), persist_state="session"
        )
        st.button(say("Train them"), key="run-seeds-begin", icon=":material/play_arrow:", help=say(HELP["begin"]),
                  on_click=told(_several, once=True), args=(run.id,))  # fmt: skip


def what_came_of_it(run: Run, status: Status) -> None:
    """Whether a run that was trained again is the same, and how far the runs of its series spread."""
    if not status.active and (parent := parent_of(run)):
        _say_whether_it_is_the_same(run, parent)
    if series := run.record().series:
        _spread(series)
        if sweep := visitor.sweep_in_sight(series):
            st.page_link("dashboard/pages/sweep.py", label=say("The sweep that it belongs to"), icon=":material/grid_view:",
                         query_params={visitor.SWEEP: sweep})  # fmt: skip


def _say_whether_it_is_the_same(run: Run, parent: Run) -> None:
    try:
        found = _repeated(run, parent) if is_repeat(parent.config(), run.config()) else None
    except DigitLabError as error:  # one of the two is damaged, which is no reason not to show the other
        st.caption(say(error.message))
        return
    if found:
        st.markdown(say("{title}: {found}", title=parent.title(), found=found))


def _repeated(run: Run, parent: Run) -> Message | None:
    """What `repeated` says, remembered as long as neither run changes: it reads all figures and weights of both."""
    key = tuple((each.path, each.path.stat().st_mtime_ns) for each in (run, parent))
    return _compared().get(key, lambda: repeated(run, parent))


@st.cache_resource(show_spinner=False)
def _compared() -> Cache[Message | None]:
    return Cache(500_000, lambda found: 1_000)


def _spread(series: str) -> None:
    runs = runs_of(series)
    if len(runs) < 2:
        return
    going = sum(each.status().active for each in runs)
    if going:
        st.markdown(say_many("Of the {n} runs with other seeds, one is over.",
                             "Of the {n} runs with other seeds, {count} are over.", len(runs) - going, n=len(runs)))  # fmt: skip
    if scores := list(scores_of(runs).values()):
        st.markdown(say(spread(scores).message))


def _start(run: Run, config: Config, series: str = "") -> Run:
    if is_upload(config.training.dataset) and config.training.dataset not in choices():
        raise DigitLabError(NOT_YOUR_DIGITS)
    return shared.jobs().start(config, owner=visitor.owner(), parent=run.id, series=series, **in_class.about())


def _same(run_id: str) -> None:
    run = open_run(run_id)
    pick(_start(run, run.config()).id)


def _luck(run_id: str) -> None:
    """The same settings with the next seed."""
    run = open_run(run_id)
    config = run.config()
    pick(_start(run, config.with_training(seed=config.training.seed + 1)).id)


def _several(run_id: str) -> None:
    run, count = open_run(run_id), int(st.session_state["run_seeds"])
    if not visitor.owns(run):
        raise DigitLabError("Another visitor began this run. Train it again yourself first.")
    series, config = join_series(run), run.config()
    for done, seed in enumerate(further_seeds(series, count)):
        try:
            _start(run, config.with_training(seed=seed), series)
        except DigitLabError as error:
            if not done:
                raise
            raise DigitLabError(SOME, done=done, count=count, error=error.message) from error
    tell_later(say_many("One more run is handed in.", "{count} more runs are handed in.", count))
