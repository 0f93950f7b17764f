"""A sweep as it stands: what it found, in words first; its map and its table, which fill while it runs; its runs."""

import time
from collections.abc import Sequence

import streamlit as st

from core.sentences import fine_share
from core.sweep import sweep as sweeps
from core.sweep.finding import Finding, differing, finding, name_of
from core.sweep.grid import AXES, Grid, told
from core.sweep.looks import PENDING, Looked, looks
from core.sweep.sweep import About, Sweep
from core.sweep.table import as_csv, columns, row
from dashboard import shared, visitor
from dashboard.parts import refusals
from dashboard.parts.facts import facts
from dashboard.parts.refusals import fragment
from dashboard.parts.way_back import Deleted, way_back
from dashboard.say import N_, say, say_many
from dashboard.sweep.choice import CELL, COLUMNS, ROWS, SWEEP, mine
from dashboard.sweep.map import sweep_map, tapped
from dashboard.visitor import Key

REFRESH_SECONDS = 2.0
MAP = "sweep-map"
NOTHING_YET = N_("Nothing is over yet. The map fills as the trainings end.")
WAITING = N_("The next training cannot be handed in yet. {why} It is tried again by itself.")
ON_THE_WAY = N_(
    "Combinations that differ in their epochs alone share one training: what the shorter one reads is taken from the curve "
    "of the longer, and its test digits are not counted."
)
HELP = {
    "rows": N_("What stands in the rows of the map."),
    "columns": N_("What stands in its columns."),
    "fixed": N_("The map shows the combinations with this value."),
    "stop": N_("Hands in no more trainings, and stops the one at work. What has been learned is kept."),
    "go_on": N_("Goes on with what was stopped, and with what is missing."),
    "delete": N_(
        "Takes the sweep and its trainings away, but for those with a star. For a minute you can have them back."
    ),
    "undo": N_("Brings the sweep and its trainings back as they were."),
    "csv": N_("A table with a row for each training, for a spreadsheet."),
}


DELETED: Key[Deleted] = Key("_sweep_deleted", Deleted)


def show_sweep(sweep: Sweep) -> None:
    """Everything of a sweep; what goes on is drawn anew by itself."""
    about = sweep.about()
    goes_on = about.open or bool(sweep.going())
    fragment(_sweep, run_every=REFRESH_SECONDS if goes_on else None)(sweep.id, goes_on)


def _sweep(sweep_id: str, went_on: bool) -> None:
    sweep = sweeps.find(sweep_id)
    about = sweep.about()
    grid = about.grid.grid()
    found = looks(sweep, about, grid)
    if went_on and not (about.open or sweep.going()):
        st.rerun()  # the whole page knows of it too
    what = finding(found)
    _how_far(found)
    _say_what_was_found(what)
    if why := shared.jobs().sweeps.refused(sweep_id):
        st.warning(say(WAITING, why=why), icon=":material/hourglass_top:")
    chosen = _chosen(len(found), what)
    _map(found, grid, what, chosen)
    _runs_of(found, chosen)
    facts([say(title) for title in columns(found)], [[say(cell) for cell in row(found, each)] for each in found],
          say("The same as a table"))  # fmt: skip
    if any(looked.cell.epoch is not None for looked in found):
        st.caption(say(ON_THE_WAY))
    _manage(sweep_id, about, found)


def _how_far(found: Sequence[Looked]) -> None:
    states = {
        (each.cell.training, seed): state
        for each in found
        if each.cell.epoch is None
        for seed, state in each.states.items()
    }
    over, count = sum(state not in PENDING for state in states.values()), len(states)
    if over == count:
        st.markdown(say_many("The training is over.", "All {count} trainings are over.", count))
    else:
        st.progress(over / count, say("{over} of {count} trainings are over.", over=over, count=count))


def _say_what_was_found(what: Finding | None) -> None:
    if what is None:
        st.markdown(say(NOTHING_YET))
        return
    first, *rest = (say(sentence) for sentence in what.sentences)
    st.markdown(f"**{first}** {' '.join(rest)}")


def _chosen(count: int, what: Finding | None) -> int | None:
    """The combination whose runs are shown: the one that was tapped, or the best."""
    asked = visitor.asked_for(CELL)
    if asked and asked.isascii() and asked.isdigit() and len(asked) < 4 and int(asked) < count:
        st.session_state[CELL] = asked
        visitor.keep(CELL, None)
        return int(asked)
    return what.best if what else None


def _map(found: Sequence[Looked], grid: Grid, what: Finding | None, chosen: int | None) -> None:
    varying = differing(found)
    if len(grid.bases) == len(found) > 1:
        varying = ["recipe"]  # each row is one, and what else differs goes with it
    with st.container(key="sweep-axes", horizontal=True):
        rows = _axis(say("Rows"), ROWS, varying, varying[0] if varying else "hidden")
        others = [axis for axis in varying if axis != rows]
        column = _axis(say("Columns"), COLUMNS, others, others[0]) if others else None
        shown = list(range(len(found)))
        for axis in others:
            if axis != column:
                shown = _with(found, shown, axis, what.best if what else 0)
    held_back = all(looked.cell.config.training.validation for looked in found)
    with st.container(key="sweep-map-place"):
        sweep_map(found, shown, rows, column, held_back=held_back, best=what.best if what and what.tried > 1 else None,
                  chosen=chosen, theme=visitor.theme(), key=MAP, take=lambda: _take(len(found)))  # fmt: skip
    st.caption(say("How many of the digits kept apart it reads. ★ is the best. Tap one to see its trainings.") if held_back
               else say("How many of the test digits it reads. ★ is the best. Tap one to see its trainings."))  # fmt: skip


def _with(found: Sequence[Looked], shown: Sequence[int], axis: str, best: int) -> list[int]:
    """Those of the combinations that have one value of an axis, at first that of the best one; asked for."""
    labels = {say(told(axis, each.cell.values[axis])): each.cell.values[axis] for each in found}
    first = say(told(axis, found[best].cell.values[axis]))
    picked = st.segmented_control(say(AXES[axis]), list(labels), default=first, required=True, key=f"sweep-fixed-{axis}",
                                  help=say(HELP["fixed"]))  # fmt: skip
    value = labels.get(picked or first, labels[first])
    return [number for number in shown if found[number].cell.values[axis] == value]


def _axis(label: str, key: str, options: list[str], default: str) -> str:
    """Which axis stands there; asked for where there is a choice."""
    if len(options) < 2:
        return default
    visitor.chosen(key, options, default)
    st.segmented_control(label, options, format_func=lambda axis: say(AXES[axis]), key=key, required=True,
                         help=say(HELP[key]))  # fmt: skip
    visitor.keep(key, default)
    return st.session_state[key]


def _take(count: int) -> None:
    if (number := tapped(MAP, count)) is not None:
        visitor.want(CELL, str(number))


def _runs_of(found: Sequence[Looked], chosen: int | None) -> None:
    """The trainings of a combination, each a link to it."""
    if chosen is None or not found[chosen].runs:
        return
    looked = found[chosen]
    with st.container(key="sweep-runs", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{say(name_of(found, chosen))}**", width="content")
        for seed, run_id in looked.runs.items():
            st.page_link("dashboard/pages/train.py", label=_seed(looked, seed), icon=":material/show_chart:",
                         query_params={visitor.RUN: run_id})  # fmt: skip


def _seed(looked: Looked, seed: int) -> str:
    shares = looked.shares(held_back=seed in looked.held_back)
    if seed not in shares:
        return say("Seed {seed}", seed=seed)
    return say("Seed {seed}: {share}", seed=seed, share=say(fine_share(shares[seed])))


def _manage(sweep_id: str, about: About, found: Sequence[Looked]) -> None:
    own = visitor.is_me(about.owner)
    goes_on = about.open or any(state in PENDING for looked in found for state in looked.states.values())
    missing = any(state in ("stopped", "died", "gone") for looked in found for state in looked.states.values())
    with st.container(key="sweep-manage", horizontal=True):
        if goes_on:
            st.button(say("Stop"), key="sweep-stop", icon=":material/stop:", help=say(HELP["stop"]), disabled=not own,
                      on_click=refusals.told(_stop), args=(sweep_id,))  # fmt: skip
        elif missing:
            st.button(say("Go on"), key="sweep-go-on", icon=":material/play_arrow:", help=say(HELP["go_on"]), disabled=not own,
                      on_click=refusals.told(_go_on, once=True), args=(sweep_id,))  # fmt: skip
        st.download_button(say("Save as CSV"), as_csv(found), file_name=f"{sweep_id}.csv", mime="text/csv", key="sweep-csv",
                           icon=":material/download:", help=say(HELP["csv"]), on_click="ignore")  # fmt: skip
        st.button(say("Delete"), key="sweep-delete", icon=":material/delete:", help=say(HELP["delete"]),
                  disabled=not own or goes_on, on_click=refusals.told(_delete, once=True), args=(sweep_id,))  # fmt: skip


def show_way_back() -> None:
    """For a minute, what was just deleted can be had back."""
    if DELETED.get().can_be_had_back:
        with st.container(horizontal=True, vertical_alignment="center"):
            way_back(say("The sweep is deleted."), _undo, key="sweep-undo", help=say(HELP["undo"]))


def _stop(sweep_id: str) -> None:
    shared.jobs().sweeps.stop(mine(sweep_id), by=visitor.owner())


def _go_on(sweep_id: str) -> None:
    shared.jobs().sweeps.go_on(mine(sweep_id))


def _delete(sweep_id: str) -> None:
    sweeps.delete(mine(sweep_id))
    DELETED.put(Deleted(sweep_id, at=time.monotonic()))
    visitor.drop(SWEEP)


def _undo() -> None:
    """Only what this session deleted comes back, so it is its owner who asks."""
    deleted = DELETED.get()
    DELETED.put(Deleted())
    visitor.want(SWEEP, sweeps.undo(deleted.id).id)
