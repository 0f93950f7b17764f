"""The table of all runs: found, sorted, starred and ticked; the one whose name is chosen is the one that is watched."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.runs import keeping
from core.runs.glances import Glance
from core.runs.run import RUN_ID, open_run
from dashboard import visitor, words
from dashboard.look.scripts import bundle
from dashboard.parts.pace import pace
from dashboard.parts.redraw import redraw_after
from dashboard.parts.refusals import fragment, told
from dashboard.say import N_, say, say_many
from dashboard.train import compared, rows
from dashboard.train.compare import show_compared
from dashboard.train.managing import CHANGED, can_be_had_back, manage, may_change
from dashboard.train.rows import COLUMNS, WHICH, Order
from dashboard.train.run_file import open_run_file
from dashboard.train.start import pick
from dashboard.visitor import Key

STEP = 15  # rows to begin with, and how many more come with a click
AGAIN_SECONDS = 5.0  # between two looks while something is under way, with many who watch more
TABLE = "runs-table"
SHOWN: Key[int] = Key("_runs_shown", lambda: STEP)
ORDER: Key[Order] = Key("_runs_order", Order)
HELP = {
    "find": N_("Shows the runs whose name, note or settings hold these words."),
    "which": N_("Which of the runs are in the table."),
    "more": N_("Shows the next ones of those found."),
}
PLAIN = {"settings": N_("Settings"), "state": N_("State"), "compare": N_("Compare")}  # columns that sort nothing
SHOWING = ("starred", "name", "score", "settings", "time", "created", "state", "compare")

_HERE = Path(__file__)
_component = st.components.v2.component(
    "runs_table",
    html="<table></table>",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=bundle(_HERE.parent, "table.js"),
)


def show_table() -> None:
    """The table under what is watched; as long as there is no run, only the way in for one from a file."""
    found = visitor.runs_in_sight()
    if not found and not can_be_had_back():
        with st.container(key="runs-head", horizontal=True, vertical_alignment="center"):
            open_run_file()
        return
    fragment(_table)()


def _table() -> None:
    if CHANGED.get() or visitor.is_wanted(visitor.RUN):
        CHANGED.put(False)
        st.rerun()  # what else the page shows of runs is drawn with the whole of it
    found = visitor.runs_in_sight()
    if any(glance.status.active for glance in found):
        redraw_after(pace() * AGAIN_SECONDS, "table")
    watched = st.session_state.get(visitor.RUN) or ""
    ticked = compared.keep_only({glance.id for glance in found})
    with st.container(key="runs-head", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader(say("All runs"), anchor=False, width="content")
        open_run_file()
    with st.container(key="runs-find", horizontal=True):
        text = st.text_input(say("Find"), key="runs_text", help=say(HELP["find"]), icon=":material/search:", max_chars=80,
                             persist_state="session", live=True)  # fmt: skip
        which = st.segmented_control(say("Show"), list(WHICH), format_func=_which, default="all",
                                     required=True, key="runs_which", help=say(HELP["which"]),
                                     persist_state="session")  # fmt: skip
    manage(watched if any(glance.id == watched for glance in found) else "")  # it may have been deleted elsewhere
    wanted = rows.chosen(found, text=text or "", which=which or "all", order=ORDER.get())
    titles = words.distinct({glance.id: glance.title for glance in found})
    _show(wanted, titles, watched, ticked)
    _more(len(wanted))
    show_compared(found, titles)


def _show(wanted: list[Glance], titles: dict[str, str], watched: str, ticked: list[str]) -> None:
    if not wanted:
        st.caption(say("No run is like that."))
    shown = wanted[: SHOWN.get()]
    data = {
        "label": say("All runs"),
        "columns": [_column(name) for name in SHOWING],
        "words": {"star": say("Star"), "compare": say("Compare")},
        "rows": [rows.row(each, titles[each.id], watched=watched, compared=ticked) for each in shown],
    }
    _component(data=data, key=TABLE, on_act_change=told(_act))


def _column(name: str) -> dict[str, Any]:
    if name in PLAIN:
        return {"key": name, "title": say(PLAIN[name]), "sorts": False, "sorted": ""}
    title, _, most_first = COLUMNS[name]
    order = ORDER.get()
    ways = ("down", "up") if most_first != order.reversed else ("up", "down")
    return {"key": name, "title": say(title), "sorts": True, "sorted": ways[0] if order.column == name else ""}


def _more(count: int) -> None:
    left = count - SHOWN.get()
    if left > 0:
        label = say_many("{count:,} more", "{count:,} more", left)
        st.button(
            label, key="runs-more", icon=":material/expand_more:", help=say(HELP["more"]), on_click=told(_show_more)
        )


def _show_more() -> None:
    SHOWN.put(SHOWN.get() + 4 * STEP)


def _act() -> None:
    """Do what was asked for in the table; a browser can send anything."""
    held: Any = st.session_state.get(TABLE)
    sent = held.get("act") if held else None
    if not (isinstance(sent, list) and len(sent) == 2 and all(isinstance(part, str) for part in sent)):
        return
    act(*sent)


def act(what: str, which: str) -> None:
    """Sort by a column, or watch, star or tick a run."""
    if what == "sort" and which in COLUMNS:
        order = ORDER.get()
        ORDER.put(Order(which, reversed=order.column == which and not order.reversed))
    elif what in ("watch", "star", "compare") and RUN_ID.fullmatch(which):
        run = open_run(which)
        if what == "watch":
            pick(run.id)
        elif what == "compare":
            compared.compare(run.id)
        else:
            about = may_change(run)
            keeping.star(run, starred=not about.starred)


def _which(name: str) -> str:
    return say(WHICH[name][0])
