"""What its owner does with a sweep: stops it, goes on with it, shares it, deletes it, and has it back for a minute."""

import time

import streamlit as st

from core.sweep import sweep as sweeps
from core.sweep.looks import looks
from core.sweep.sweep import Sweep
from core.sweep.table import as_csv
from dashboard import shared, visitor
from dashboard.parts.refusals import told
from dashboard.parts.way_back import Deleted, way_back
from dashboard.say import N_, say
from dashboard.sweep.choice import CELL, SWEEP, mine, show
from dashboard.sweep.share import share
from dashboard.visitor import Key

HELP = {
    "stop": N_("Hands in no more trainings, and stops the one at work. What has been learned is kept."),
    "go_on": N_("Goes on with what was stopped, and with what is missing."),
    "delete": N_(
        "Takes the sweep and its trainings away, but for those with a star. For a minute you can have them back."
    ),
    "undo": N_("Brings the sweep and its trainings back as they were."),
    "csv": N_("A table with a row for each training, for a spreadsheet."),
}
DELETED: Key[Deleted] = Key("_sweep_deleted", Deleted)


def manage(sweep: Sweep, *, live: bool) -> None:
    """The buttons under a sweep; `live` says whether it goes on. What only its owner may do is shown to nobody else."""
    about = sweep.about()
    own = visitor.is_me(about.owner)
    with st.container(key="sweep-manage", horizontal=True):
        if own and live:
            st.button(say("Stop"), key="sweep-stop", icon=":material/stop:", help=say(HELP["stop"]), on_click=told(_stop),
                      args=(sweep.id,))  # fmt: skip
        elif own and _lacks_runs(sweep):
            st.button(say("Go on"), key="sweep-go-on", icon=":material/play_arrow:", help=say(HELP["go_on"]),
                      on_click=told(_go_on, once=True), args=(sweep.id,))  # fmt: skip
        if own:
            share(sweep)
        st.download_button(say("Save as CSV"), lambda: _csv(sweep), file_name=f"{sweep.id}.csv", mime="text/csv",
                           key="sweep-csv", icon=":material/download:", help=say(HELP["csv"]), on_click="ignore")  # fmt: skip
        if own:
            st.button(say("Delete"), key="sweep-delete", icon=":material/delete:", help=say(HELP["delete"]), disabled=live,
                      on_click=told(_delete, once=True), args=(sweep.id,))  # fmt: skip


def _lacks_runs(sweep: Sweep) -> bool:
    """Whether some of its trainings were stopped, or are not there, so that one can go on with it."""
    about = sweep.about()
    found = looks(sweep, about, about.grid.grid())
    return any(state in ("stopped", "died", "gone") for looked in found for state in looked.states.values())


def _csv(sweep: Sweep) -> str:
    """As it is when it is asked for."""
    about = sweep.about()
    return as_csv(looks(sweep, about, about.grid.grid()))


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
    visitor.drop(CELL)


def _undo() -> None:
    """Only what this session deleted comes back, so it is its owner who asks."""
    deleted = DELETED.get()
    DELETED.put(Deleted())
    show(sweeps.undo(deleted.id).id)
