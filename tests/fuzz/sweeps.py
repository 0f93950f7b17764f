"""Readers of sweeps: the file that one is kept in, as its page and a terminal show it, and the form's fields."""

import json
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import DigitLabError
from core.sweep.finding import finding
from core.sweep.grid import Grid
from core.sweep.looks import looks
from core.sweep.sweep import Sweep, create, find, list_sweeps, place_of
from core.sweep.table import as_text
from dashboard.say import say
from dashboard.sweep import choice, form, map
from tests.fuzz import seeds
from tests.fuzz.mutations import dump


def a_sweep() -> Sweep:
    """Two rates, with two seeds each, of which one has its run."""
    made = create(Grid({"": seeds.config()}, rates=(0.1, 0.01), seeds=(0, 1)), owner="me")
    about = made.about()
    about.runs[place_of(0, 0)] = seeds.run().id
    made.write(about)
    return made


def kept() -> bytes:
    return (a_sweep().path / "sweep.json").read_bytes()


def sweep(folder: Path, content: bytes) -> Any:
    """One that is over or goes on, in the list of them, as a table, and in the sentences of what was found."""
    made = next(iter(list_sweeps()), None) or a_sweep()
    (made.path / "sweep.json").write_bytes(content)
    found = find(made.id)
    about = found.about()
    grid = about.grid.grid()
    seen = looks(found, about, grid)
    what = finding(seen)
    said = [say(sentence) for sentence in what.sentences] if what else []
    return choice._title(about), as_text(seen), said, [run.id for run in found.going()], about.preset, about.room


def form_seeds() -> list[bytes]:
    return [dump({"hidden": "50, 100-20", "rates": "0.1, 0.01", "epochs": "5, 10", "seeds": 2, "tap": 1})]


def fields(folder: Path, content: bytes) -> Any:
    """What the form's fields hold, and what the map tells of hands; choices are Streamlit's to judge."""
    told = json.loads(content)
    held = told if isinstance(told, dict) else {}
    st.session_state.clear()
    chosen = {"what": "own", "recipes": ["small"], "dataset": "digits", "seeds": 2}
    chosen |= {name: held[name] if isinstance(held.get(name), str) else "" for name in form.FIELDS}
    for name, value in chosen.items():
        st.session_state[form.key(name)] = value
    st.session_state["tapped"] = {"tap": held.get("tap")}
    tap = map.tapped("tapped", 4)
    try:
        return tap, [str(cell.values) for cell in form.grid_in_form().cells()]
    except DigitLabError as error:
        return tap, say(error.message)
