"""The map of a sweep: two of its axes, a button for each combination, the bluer the fewer mistakes it makes."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.messages import Message
from core.sweep.finding import name_of
from core.sweep.grid import AXES, Value, told
from core.sweep.looks import Looked
from core.sweep.table import where_it_stands, with_spread
from dashboard.look.confusion import Colours, tinted
from dashboard.look.scripts import bundle
from dashboard.parts import refusals
from dashboard.say import N_, say

FEWEST_MISTAKES = 1e-4  # a share that no difference below is seen of
LABEL = N_("How well each combination reads: rows are {rows}, columns are {columns}")
LABEL_OF_ONE = N_("How well each combination reads: rows are {rows}")
NO_SUCH = N_("not tried")
BLANK: dict[str, Any] = {"text": "", "small": "", "label": "", "number": -1, "back": "", "ink": "", "best": False}

_HERE = Path(__file__)
_component = st.components.v2.component(
    "sweep_map",
    html='<div class="map" role="group"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=bundle(_HERE.parent, "map.js"),
)


def strengths(shares: Sequence[float | None]) -> list[float]:
    """How strongly each is coloured, 0 to 1: by the logarithm of its mistakes, between the most and the fewest of all."""
    logs = [None if share is None else -math.log(max(1.0 - share, FEWEST_MISTAKES)) for share in shares]
    known = [value for value in logs if value is not None]
    if not known or max(known) - min(known) < 1e-9:
        return [0.5 if value is not None else 0.0 for value in logs]
    low, high = min(known), max(known)
    return [0.0 if value is None else (value - low) / (high - low) for value in logs]


def sweep_map(
    found: Sequence[Looked],
    shown: Sequence[int],
    rows: str,
    columns: str | None,
    *,
    held_back: bool,
    best: int | None,
    chosen: int | None,
    theme: str,
    key: str,
    take: Callable[[], None],
) -> None:
    """Show the combinations `shown` by their numbers, with an axis in rows and one in columns; a tap is told to `take`."""
    means = [each.spread(held_back=held_back) for each in found]
    strong = strengths([each.mean if each else None for each in means])
    row_values = _values(found, shown, rows)
    column_values = _values(found, shown, columns) if columns else [""]
    places = {
        (found[number].cell.values[rows], found[number].cell.values[columns] if columns else ""): number
        for number in shown
    }

    def cell(row: Any, column: Any) -> dict[str, Any]:
        number = places.get((row, column))
        if number is None:
            return BLANK | {"label": say(NO_SUCH)}
        colours = tinted("for", strong[number], theme) if means[number] else tinted("for", 0.0, theme)
        return _cell(found, number, held_back, colours, best=number == best)

    titles = {"rows": say(AXES[rows]), "columns": say(AXES[columns]) if columns else ""}
    data = {
        "label": say(LABEL, **titles) if columns else say(LABEL_OF_ONE, rows=titles["rows"]),
        "corner": say("{rows} ↓ {columns} →", **titles) if columns else titles["rows"],
        "rows": [say(told(rows, value)) for value in row_values],
        "columns": [say(told(columns, value)) for value in column_values] if columns else [""],
        "cells": [[cell(row, column) for column in column_values] for row in row_values],
        "chosen": chosen,
    }
    _component(data=data, key=key, on_tap_change=refusals.told(take))


def room_for(rows: int) -> float:
    """How high a map of so many rows is at least, in rem: it is kept free until the map's script has come (`map.css`)."""
    return 2.5 + 3.5 * rows


def _values(found: Sequence[Looked], shown: Sequence[int], axis: str) -> list[Value]:
    return list(dict.fromkeys(found[number].cell.values[axis] for number in shown))


def _cell(found: Sequence[Looked], number: int, held_back: bool, colours: Colours, *, best: bool) -> dict[str, Any]:
    spread = found[number].spread(held_back=held_back)
    value: Message = with_spread(spread) if spread else where_it_stands(found[number])
    text, _, small = say(value).partition(" ± ")
    if not spread:  # how far it is, or why nothing comes: not to be taken for what it reads
        return BLANK | {"small": text, "label": say("{what}: {value}", what=say(name_of(found, number)), value=text),
                        "number": number, "back": colours[0], "ink": colours[1]}  # fmt: skip
    label = say("{what}: {value}", what=say(name_of(found, number)), value=say(value))
    return {"text": text, "small": f"± {small}" if small else "", "label": label, "number": number, "back": colours[0],
            "ink": colours[1], "best": best}  # fmt: skip


def tapped(key: str, count: int) -> int | None:
    """The number of the combination that was tapped just now; None if a browser sent something else."""
    held: Any = st.session_state.get(key)
    sent = held.get("tap") if held else None
    return sent if type(sent) is int and 0 <= sent < count else None
