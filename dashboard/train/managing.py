"""What its owner does with a run: another name, a note, deleting it, and having it back for a minute."""

import time

import streamlit as st

from core.errors import DigitLabError
from core.messages import N_
from core.runs import keeping
from core.runs.record import MAX_NOTE, MAX_TITLE, Record
from core.runs.run import RUN_ID, Run, open_run
from dashboard import visitor
from dashboard.parts.refusals import told
from dashboard.parts.way_back import Deleted, way_back
from dashboard.say import say
from dashboard.train.share import share
from dashboard.train.start import pick
from dashboard.visitor import Key

NOT_YOURS = N_("This run is another visitor’s. Only its owner can change it.")
HELP = {
    "edit": N_("Give the run another name, and write down what you want to remember of it."),
    "delete": N_("Takes the run and its network away. For a minute you can have it back."),
    "undo": N_("Brings the run back as it was."),
    "title": N_("What the run and its network are called in lists."),
    "note": N_("Whatever you want to remember of this run. It is kept with it, and goes along when the run is saved to a file."),
    "save": N_("Keeps the name and the note."),
}  # fmt: skip


DELETED: Key[Deleted] = Key("_run_deleted", Deleted)
FILLED: Key[tuple[str, str, str]] = Key(
    "_run_filled", lambda: ("", "", "")
)  # what the fields were filled with: run, name, note
CHANGED: Key[bool] = Key("_runs_changed", bool)  # whether the whole page is to be drawn anew


def may_change(run: Run) -> Record:
    """The run's record, for its owner; nobody else changes anything of it."""
    about = run.record()
    if not visitor.holds(about):
        raise DigitLabError(NOT_YOURS)
    return about


def manage(watched: str) -> None:
    """The run that is watched, with what can be done with it, and the way back of one that was just deleted."""
    with st.container(key="runs-manage", horizontal=True, vertical_alignment="center"):
        if RUN_ID.fullmatch(watched):
            _manage(open_run(watched))
        _way_back()


def _manage(run: Run) -> None:
    about, title = run.record(), run.title()
    mine = visitor.holds(about)
    st.markdown(f"**{title}**", width="content")
    with st.popover(
        say("Name and note"), icon=":material/edit:", key="run-edit", disabled=not mine, help=say(HELP["edit"])
    ):
        name, note = f"run-title-{run.id}", f"run-note-{run.id}"
        now = run.id, title, about.note
        if FILLED.get() != now or name not in st.session_state:  # it was renamed, here or in another tab
            FILLED.put(now)
            st.session_state[name], st.session_state[note] = title, about.note
        st.text_input(say("Name"), key=name, max_chars=MAX_TITLE, help=say(HELP["title"]), persist_state="session")
        st.text_area(say("Note"), key=note, max_chars=MAX_NOTE, help=say(HELP["note"]), persist_state="session")
        st.button(say("Keep"), key="run-edit-keep", icon=":material/check:", help=say(HELP["save"]), on_click=told(_edit),
                  args=(run.id,))  # fmt: skip
    st.button(say("Delete"), key="run-delete", icon=":material/delete:", disabled=not mine, help=say(HELP["delete"]),
              on_click=told(_delete, once=True), args=(run.id,))  # fmt: skip
    if mine:
        share(run)


def _edit(run_id: str) -> None:
    """Keep the name and the note that stand in the fields."""
    run = open_run(run_id)
    about = may_change(run)
    title, note = st.session_state[f"run-title-{run_id}"], st.session_state[f"run-note-{run_id}"]
    if title != run.title():
        keeping.rename(run, title)
    if note != about.note:
        keeping.write_note(run, note)
    CHANGED.put(True)


def _delete(run_id: str) -> None:
    run = open_run(run_id)
    may_change(run)
    title = run.title()
    keeping.delete(run)
    DELETED.put(Deleted(run_id, title, time.monotonic()))
    if st.session_state.get(visitor.RUN) == run_id:
        visitor.drop(visitor.RUN)
    CHANGED.put(True)


def can_be_had_back() -> bool:
    """Whether this visitor deleted a run less than a minute ago."""
    return DELETED.get().can_be_had_back


def _way_back() -> None:
    if can_be_had_back():
        way_back(say("{title} is deleted.", title=DELETED.get().title), _undo, key="run-undo", help=say(HELP["undo"]))


def _undo() -> None:
    """Only what this session deleted comes back, so it is its owner who asks."""
    deleted = DELETED.get()
    DELETED.put(Deleted())
    pick(keeping.undo(deleted.id).id)
