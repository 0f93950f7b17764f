"""A run leaves as one file, its figures as a table and for TensorBoard; a run from a file is opened, and counted again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.errors import DigitLabError
from core.jobs import allowance
from core.jobs.limits import is_hosted
from core.messages import N_, Message
from core.runs import keeping
from core.runs.bundle import pack
from core.runs.metrics import to_csv
from core.runs.opening import open_file
from core.runs.run import Run
from core.runs.status import Status
from core.runs.tensorboard import zipped
from dashboard import visitor
from dashboard.parts.model_files import save_model_button
from dashboard.say import say
from dashboard.train.start import pick
from dashboard.visitor import Key

MOST_MEGABYTES = 15  # of a file that is opened on a page
MOST_UNPACKED = 80_000_000  # bytes
HELP = {
    "take": N_("Files of this run to keep or to send."),
    "run": N_("One file with its settings, curve, network, some of the networks on the way, and your note. Opened anywhere, its "
              "score is counted again."),
    "csv": N_("Its curve as a table for a spreadsheet."),
    "tensorboard": N_("Its curves, weights and sizes for the program TensorBoard: unpack it, and give it the folder."),
    "open": N_("A file that was saved here by “The whole run”. It becomes a run like any other."),
}  # fmt: skip
NOT_YET = N_("The whole run and its network can be saved when it is over.")
TURN: Key[int] = Key("_run_file_turn", int)


@dataclass(frozen=True, slots=True)
class Opened:
    """The run that this visitor opened last, and what was found when its score was counted again."""

    id: str = ""
    state: Literal["agrees", "differs", "unknown"] = "unknown"
    message: Message | None = None


OPENED: Key[Opened] = Key("_run_opened", Opened)


def take_with_you(run: Run, status: Status) -> None:
    """What leaves: each file is made when its button is pressed."""
    name = _file_name(run)
    with st.popover(say("Take it with you"), key="run-take", icon=":material/download:", help=say(HELP["take"])):
        if status.active or not run.model_path.is_file():
            st.caption(say(NOT_YET))
        else:
            _save(say("The whole run"), lambda: pack(run), f"{name}.zip", "application/zip", "run")
            save_model_button(run.id, "run-save-model")
        _save(say("Figures as a table"), lambda: to_csv(run.events()[0]).encode(), f"{name}.csv", "text/csv", "csv")
        _save(say("For TensorBoard"), lambda: zipped(run), f"{name}-tensorboard.zip", "application/zip", "tensorboard")


def _save(label: str, make: Callable[[], bytes], name: str, kind: str, what: str) -> None:
    st.download_button(label, make, name, kind, icon=":material/download:", key=f"run-save-{what}", help=say(HELP[what]),
                       on_click="ignore")  # fmt: skip


def _file_name(run: Run) -> str:
    kept = "".join(letter if letter.isalnum() else "-" for letter in run.title())
    return "-".join(filter(None, kept.split("-"))).lower() or "run"


def open_run_file() -> None:
    """A place for the file of a run; what is in it is opened, shown, and counted again."""
    with st.popover(
        say("Open a run from a file"), key="run-open", icon=":material/upload_file:", help=say(HELP["open"])
    ):
        file = st.file_uploader(say("The file of a run"), type=["zip"], key=f"run-file-{TURN.get()}",
                                max_upload_size=MOST_MEGABYTES, help=say(HELP["open"]))  # fmt: skip
        if file is None:
            return
        try:
            with st.spinner(say("Opening the run, and counting its score …")):
                _open(file.getvalue())
        except DigitLabError as error:
            st.error(say(error.message), icon=":material/broken_image:")
            return
    TURN.put(TURN.get() + 1)
    st.rerun()


def _open(content: bytes) -> None:
    """Make a run of it, this visitor's own, and show it."""
    me = visitor.owner()
    allowance.check_room(me)
    run, verdict = open_file(content, owner=me, most=MOST_UNPACKED)
    if is_hosted():
        keeping.prune(run.path.parent, in_use=[run.id], **allowance.room_in_all())
    OPENED.put(Opened(run.id, verdict.state, verdict.message))
    pick(run.id)


def say_verdict(run: Run) -> None:
    """Of a run that was opened just now: a tick or a cross, with both scores."""
    opened = OPENED.get()
    if opened.id != run.id or opened.message is None:
        return
    if opened.state == "agrees":
        st.success(say(opened.message), icon=":material/check:")
    elif opened.state == "differs":
        st.error(say(opened.message), icon=":material/close:")
    else:
        st.info(say(opened.message), icon=":material/help:")
