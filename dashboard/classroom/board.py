"""The board of a class: all its runs, the best first, with a small curve each; looked at once for all who watch it."""

import html
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.errors import DigitLabError
from core.runs.classes import Class, Pupil
from core.runs.glances import Glance, glances
from core.runs.record import Record
from core.runs.run import open_run
from core.training.events import EpochEvent
from dashboard import words
from dashboard.look.numbers import share
from dashboard.look.small_lines import outline
from dashboard.say import N_, say

FRESH = 1.0  # seconds for which all who watch are shown the same look
MOST_ROWS = 120
MOST_CURVES = 300  # that are remembered, of some hundred numbers each
EMPTY = N_("Nobody has begun a training yet. What the pupils begin on the Train page stands here at once.")
COLUMNS = (N_("Name"), N_("Network"), N_("State"), N_("Digits right"), N_("So far"))


@dataclass(frozen=True, slots=True)
class Row:
    """A run on the board. `score` is a share in 0..1, None as long as nothing was counted; `curve` is that after each epoch."""

    pupil: Pupil
    run: str
    record: Record
    title: str
    state: str
    active: bool
    score: float | None
    curve: tuple[float, ...]
    epochs: int


class Board:
    """Looks at the runs of classes; any number of threads may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._curves: OrderedDict[str, tuple[int, list[float]]] = OrderedDict()  # by run: what has been read, and found
        self._looks: dict[str, tuple[float, list[Row]]] = {}

    def rows(self, room: Class) -> list[Row]:
        """All runs of a class, the best first; those of which nothing was counted yet last, the newest first."""
        with self._lock:
            now = time.monotonic()
            self._looks = {code: look for code, look in self._looks.items() if now - look[0] < FRESH}
            if room.code not in self._looks:
                self._looks[room.code] = now, self._look(room)
            return self._looks[room.code][1]

    def forget(self, code: str) -> None:
        """Look anew at the next time: something of this class was changed here."""
        with self._lock:
            self._looks.pop(code, None)

    def _look(self, room: Class) -> list[Row]:
        pupils = {pupil.owner: pupil for pupil in room.pupils()}
        found = [each for each in glances() if each.record.room == room.code and each.record.owner in pupils]
        rows = [self._row(pupils[each.record.owner], each) for each in found[:MOST_ROWS]]
        return sorted(rows, key=lambda row: -1.0 if row.score is None else row.score, reverse=True)

    def _row(self, pupil: Pupil, glance: Glance) -> Row:
        curve = self._curve(glance.id)
        test = glance.summary.test
        score = test.accuracy if test else curve[-1] if curve else None
        epochs = int(glance.summary.settings.get("epochs", len(curve)) or 1)
        return Row(
            pupil,
            glance.id,
            glance.record,
            glance.title,
            glance.status.state,
            glance.status.active,
            score,
            curve,
            epochs,
        )

    def _curve(self, run_id: str) -> tuple[float, ...]:
        """How many digits it got right that were kept apart, after each epoch; read on from where the last look ended."""
        after, found = self._curves.pop(run_id, (0, []))
        try:
            events, after = open_run(run_id).events(after)
        except (DigitLabError, OSError):  # it went at this moment
            events = []
        for event in events:
            if isinstance(event, EpochEvent):
                found = found[: event.epoch - 1]  # one that goes on from a checkpoint takes some back
                found.append(event.train_accuracy if event.validation_accuracy is None else event.validation_accuracy)
        self._curves[run_id] = after, found
        while len(self._curves) > MOST_CURVES:
            self._curves.popitem(last=False)
        return tuple(found)


@st.cache_resource(show_spinner=False)
def board() -> Board:
    """The server's board, one for all who watch."""
    return Board()


def name_of(pupil: Pupil) -> str:
    """What a pupil is called on the board."""
    return say("Pupil {number}", number=pupil.number) if pupil.hidden else pupil.name


def apart(name: str) -> str:
    """A name to stand in a sentence: written from right to left, it leaves the rest of it in its order."""
    return f"\u2068{name}\u2069"


def show_board(room: Class) -> None:
    """The table, in places that stay: who leads moves up, and nothing else moves."""
    rows = board().rows(room)
    with st.container(key="class-board"):
        if rows:
            st.html(table(rows))
        else:
            st.caption(say(EMPTY))
        begun = {row.pupil.owner for row in rows}
        waiting = [apart(name_of(pupil)) for pupil in room.pupils() if pupil.owner not in begun]
        if waiting:
            said = say("Not begun yet: {names}", names=", ".join(waiting))
            st.html(f"<p>{html.escape(said)}</p>")


def table(rows: list[Row]) -> str:
    """Names are text, whatever is in them."""
    head = "".join(f'<th scope="col">{html.escape(say(column))}</th>' for column in COLUMNS)
    label = html.escape(say("The board of the class"))
    return (
        f'<div class="facts board" role="region" tabindex="0" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_line, rows))}</tbody></table></div>"
    )


def _line(row: Row) -> str:
    right = "–" if row.score is None else share(row.score)
    cells = (html.escape(each) for each in (row.title, say(words.STATES[row.state]), right))
    return (
        f'<tr><th scope="row"><bdi>{html.escape(name_of(row.pupil))}</bdi></th>'
        + "".join(f"<td>{cell}</td>" for cell in cells)
        + f"<td>{_curve(row)}</td></tr>"
    )


def _curve(row: Row) -> str:
    if not row.curve:
        return ""
    epochs = np.arange(1, len(row.curve) + 1, dtype=np.float64)
    shape = outline(epochs, np.array(row.curve), float(max(row.epochs, len(row.curve))))
    said = html.escape(say("{share} right after epoch {epoch}", share=share(row.curve[-1]), epoch=len(row.curve)))
    return f'<i class="spark" role="img" aria-label="{said}" title="{said}"><u style="clip-path:{shape}"></u></i>'
