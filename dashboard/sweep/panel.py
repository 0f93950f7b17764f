"""A sweep as it stands: how far it is, what it found, and its trainings; what is live fills while it runs."""

from collections.abc import Sequence

import streamlit as st

from core.catalog import is_moment, runs_that_read
from core.sentences import fine_share
from core.sweep import sweep as sweeps
from core.sweep.finding import finding, name_of
from core.sweep.looks import PENDING, Looked, looks
from core.sweep.sweep import About, Sweep
from dashboard import shared, visitor
from dashboard.parts.pace import pace
from dashboard.parts.redraw import redraw_after
from dashboard.parts.refusals import fragment, told
from dashboard.say import N_, say, say_many
from dashboard.sweep.choice import by_its_link
from dashboard.sweep.found import say_the_best, say_what_is_luck, show_map, show_table
from dashboard.sweep.managing import manage
from dashboard.visitor import Key

REFRESH_SECONDS = 2.0
TO_DRAW: Key[bool] = Key("_sweep_to_draw", bool)
KEPT_APART = N_("How many of the digits kept apart it reads. ★ is the best. Tap one to see its trainings.")
TEST = N_("How many of the test digits it reads. ★ is the best. Tap one to see its trainings.")
WAITING = N_("The next training cannot be handed in yet. {why} It is tried again by itself.")
DRAW = N_("Draw a digit, and have it read by the best network of these. All pages use it until you choose another one.")
ON_THE_WAY = N_(
    "Combinations that differ in their epochs alone share one training: what the shorter one reads is taken from the curve "
    "of the longer, and its test digits are not counted."
)


def goes_on(sweep: Sweep) -> bool:
    """Whether any of it is still to be trained, without its being stopped."""
    return sweep.about().open or bool(sweep.going())


def show_sweep(sweep: Sweep) -> None:
    """Everything of a sweep; what goes on is drawn anew by itself."""
    live = goes_on(sweep)
    fragment(_live)(sweep.id, live)
    manage(sweep, live=live)


def _live(sweep_id: str, was_live: bool) -> None:
    """What changes as trainings end. How it goes on and who may see it concern the whole page, which is drawn anew then."""
    _go_to_the_pad()
    if was_live:
        redraw_after(pace() * REFRESH_SECONDS, "sweep")
    sweep = sweeps.find(sweep_id)
    about = sweep.about()
    if was_live != goes_on(sweep) or not visitor.may_see_sweep(sweep_id, about):
        st.rerun()
    with st.container(key="sweep-live"):
        _show(sweep, about)


def _show(sweep: Sweep, about: About) -> None:
    found = looks(sweep, about, about.grid.grid())
    what = finding(found)
    _how_far(found)
    say_the_best(what)
    if why := shared.jobs().sweeps.refused(sweep.id):
        st.warning(say(WAITING, why=why), icon=":material/hourglass_top:")
    held_back = all(looked.cell.config.training.validation for looked in found)
    chosen, place = show_map(found, what, say(KEPT_APART if held_back else TEST))
    with place:
        if chosen is not None and found[chosen].runs:
            _runs_of(sweep, about, found, chosen)
    say_what_is_luck(what)
    show_table(found)
    if any(looked.cell.epoch is not None for looked in found):
        st.caption(say(ON_THE_WAY))


def _how_far(found: Sequence[Looked]) -> None:
    states = {
        (each.cell.training, seed): state
        for each in found
        if each.cell.epoch is None
        for seed, state in each.states.items()
    }
    over, count = sum(state not in PENDING for state in states.values()), len(states)
    with st.container(key="sweep-progress"):
        if over == count:
            st.markdown(say_many("The training is over.", "All {count} trainings are over.", count))
        else:
            done = max(over / count, _share_done(found))
            st.progress(done, say("{over} of {count} trainings are over.", over=over, count=count))


def _share_done(found: Sequence[Looked]) -> float:
    """How much of all training is done, 0 to 1: a long one moves the bar before it is over."""
    trainings = [looked.done for looked in found if looked.cell.epoch is None]
    return sum(trainings) / len(trainings)


def _runs_of(sweep: Sweep, about: About, found: Sequence[Looked], chosen: int) -> None:
    """The trainings of a combination, each a link to it."""
    looked = found[chosen]
    st.markdown(f"**{say(name_of(found, chosen))}**", width="content")
    for seed, run_id in looked.runs.items():
        st.page_link("dashboard/pages/train.py", label=_seed(looked, seed), icon=":material/show_chart:",
                     query_params={visitor.RUN: run_id} | by_its_link(sweep.id, about))  # fmt: skip
    if name := _best_network(looked):
        st.button(say("Draw with it"), key="sweep-draw", icon=":material/draw:", help=say(DRAW), on_click=told(_draw_with),
                  args=(name,))  # fmt: skip


def _draw_with(name: str) -> None:
    visitor.use_model(name)
    TO_DRAW.put(True)


def _go_to_the_pad() -> None:
    """Go to the page Draw if the button was pressed; a callback cannot go there itself."""
    if TO_DRAW.get():
        TO_DRAW.put(False)
        st.switch_page("dashboard/pages/draw.py")


def _best_network(looked: Looked) -> str:
    """The name of the best network of a combination, as it was after the combination's epochs; "" where none can be read with."""
    shares = looked.shares(held_back=bool(looked.held_back))
    if not shares:
        return ""
    run_id = looked.runs[max(shares, key=shares.__getitem__)]
    name = run_id if looked.cell.epoch is None else f"{run_id}@{looked.cell.epoch}"
    reads = any(run.id == run_id for run in runs_that_read())
    return name if reads and (name == run_id or is_moment(name)) else ""


def _seed(looked: Looked, seed: int) -> str:
    shares = looked.shares(held_back=seed in looked.held_back)
    if seed not in shares:
        return say("Seed {seed}", seed=seed)
    return say("Seed {seed}: {share}", seed=seed, share=say(fine_share(shares[seed])))
