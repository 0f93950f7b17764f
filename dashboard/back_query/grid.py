"""The units of a hidden layer as a grid of pictures, a row for each digit: to choose one of them, or to switch some off."""

import base64
import hashlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.explain.units import CLASSES, LayerLook, weight_pictures
from dashboard import shared
from dashboard.look.scripts import bundle
from dashboard.parts.refusals import told
from dashboard.say import say

EACH = 10  # units of a digit that are shown at first, the strongest
MOST = 150  # of one digit
FULL = 127  # of an int8

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "unit_grid",
    html='<div class="grid" role="group"></div>',
    css=(_HERE / "grid.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "grid.js"),
)


def grid(
    name: str, layer: int, look: LayerLook, *, only: int | None, chosen: int | None, off: Collection[int],
    take: Callable[[int], None], key: str, each: int = EACH,
) -> None:  # fmt: skip
    """Show units of the network of this name; `take` is given the number (from 0) of one that is clicked.

    `only` one digit's units, or, of each digit, the strongest `each`; `chosen` is among them whatever comes first. Those that are
    `off` are crossed out.
    """
    rows = rows_of(look, only, chosen, each)

    def taken() -> None:
        held: Any = st.session_state.get(key)
        sent = held.get("click") if held else None
        if type(sent) is int and any(sent in units for _, units in rows):
            take(sent)

    data = grid_data(name, layer, look, rows, chosen, off) | {"brief": only is None}
    _component(data=data, key=key, on_click_change=told(taken))


def rows_of(look: LayerLook, only: int | None, chosen: int | None, each: int = EACH) -> list[tuple[int, list[int]]]:
    """Which units stand in which row: (digit, units), -1 for those that are for none."""
    order = look.order()
    shown = range(-1, CLASSES) if only is None else [only]
    rows = []
    for digit in sorted(shown, key=lambda digit: digit % (CLASSES + 1)):  # those for none come last
        units = [int(unit) for unit in order[look.meant[order] == digit]]
        first = units[: each if only is None else MOST]
        if chosen in units and chosen not in first:
            first[-1] = chosen
        if first:
            rows.append((digit, first))
    return rows


def grid_data(
    name: str, layer: int, look: LayerLook, rows: list[tuple[int, list[int]]], chosen: int | None, off: Collection[int]
) -> dict[str, Any]:
    """All that the browser shows."""
    units = np.array([unit for _, row in rows for unit in row], dtype=int)
    pictures = shared.of_network(
        shared.caches().units, name, ("grid", layer, units.tobytes()), lambda: _pictures(name, layer, units)
    )
    content = pictures.tobytes()
    return {
        "rows": [
            {
                "name": str(digit) if digit >= 0 else "–",
                "units": [
                    {"id": unit, "label": _label(unit, digit, unit in off), "pressed": unit == chosen, "off": unit in off}
                    for unit in row
                ],
            }
            for digit, row in rows
        ],
        "pictures": base64.b64encode(content).decode(),
        "version": hashlib.blake2b(content + units.tobytes() + repr(look.meant[units]).encode(), digest_size=8).hexdigest(),
        "shape": shared.model(name).shape,
        "label": say("Units of layer {layer}, a row for each digit that they are for", layer=layer + 1),
    }  # fmt: skip


def _pictures(name: str, layer: int, units: np.ndarray) -> np.ndarray:
    """(n, h w) int8, each on a scale of its own: units are compared by what they look for, not by how loudly."""
    weights = weight_pictures(shared.model(name), layer, units).reshape(len(units), -1)
    largest = np.maximum(np.abs(weights).max(axis=1, keepdims=True), 1e-12)
    return np.round(weights * (FULL / largest)).astype(np.int8)


def _label(unit: int, digit: int, is_off: bool) -> str:
    if is_off:
        return say("Unit {unit}, switched off", unit=unit + 1)
    if digit < 0:
        return say("Unit {unit}, for no digit", unit=unit + 1)
    return say("Unit {unit}, for {digit}", unit=unit + 1, digit=digit)
