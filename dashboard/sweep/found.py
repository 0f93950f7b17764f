"""What a sweep found: the best of it in words, a map in which a combination is chosen, what is luck, and all of it as a table.

While it fills, what is said becomes longer: each has a place with room for it (`style.css`), so that the map does not move.
"""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.sweep.finding import Finding, differing
from core.sweep.grid import AXES, told
from core.sweep.looks import Looked
from core.sweep.table import columns, row
from dashboard import visitor
from dashboard.parts.facts import facts
from dashboard.say import N_, say
from dashboard.sweep.choice import CELL, COLUMNS, ROWS
from dashboard.sweep.map import room_for, sweep_map, tapped

MAP = "sweep-map"
NOTHING_YET = N_("Nothing is over yet. The map fills as the trainings end.")
HELP = {
    "rows": N_("What stands in the rows of the map."),
    "columns": N_("What stands in its columns."),
    "fixed": N_("The map shows the combinations with this value."),
}


def say_the_best(what: Finding | None) -> None:
    """The best combination so far."""
    with st.container(key="sweep-best"):
        st.markdown(f"**{say(what.sentences[0])}**" if what else say(NOTHING_YET))


def say_what_is_luck(what: Finding | None) -> None:
    """How much of its lead is luck, and what it reads of digits that did not choose it."""
    with st.container(key="sweep-luck"):
        if what:
            st.markdown(" ".join(say(sentence) for sentence in what.sentences[1:]))


def show_map(found: Sequence[Looked], what: Finding | None, legend: str) -> tuple[int | None, DeltaGenerator]:
    """The map, and below it what turns it, so that on a phone the map is seen at once.

    Returns the number of the combination that is chosen in it, the one that was tapped or the best, and the place for what is
    told of that one, right below the map.
    """
    varying = _varying(found)
    place = st.container(key="sweep-map-place")
    st.caption(legend)
    told_of_it = st.container(key="sweep-runs", horizontal=True, vertical_alignment="center")
    with st.container(key="sweep-axes", horizontal=True):
        rows = _axis(say("Rows"), ROWS, varying, varying[0] if varying else "hidden")
        others = [axis for axis in varying if axis != rows]
        column = _axis(say("Columns"), COLUMNS, others, others[0]) if others else None
        shown = list(range(len(found)))
        for axis in others:
            if axis != column:
                shown = _with(found, shown, axis, what.best if what else 0)
    held_back = all(looked.cell.config.training.validation for looked in found)
    chosen = _chosen(len(found), what)
    with place:
        st.html(f'<div style="height:{room_for(len({found[number].cell.values[rows] for number in shown}))}rem"></div>')
        sweep_map(found, shown, rows, column, held_back=held_back, best=what.best if what and what.tried > 1 else None,
                  chosen=chosen, theme=visitor.theme(), key=MAP, take=lambda: _take(len(found)))  # fmt: skip
    return chosen, told_of_it


def show_table(found: Sequence[Looked]) -> None:
    """A row a combination."""
    facts([say(title) for title in columns(found)], [[say(cell) for cell in row(found, each)] for each in found],
          say("The same as a table"))  # fmt: skip


def _varying(found: Sequence[Looked]) -> list[str]:
    """The axes to choose from. Where each recipe is one combination, what else differs goes with it."""
    each_its_own = len({looked.cell.values["recipe"] for looked in found}) == len(found) > 1
    return ["recipe"] if each_its_own else differing(found)


def _chosen(count: int, what: Finding | None) -> int | None:
    asked = visitor.asked_for(CELL)
    if asked and asked.isascii() and asked.isdigit() and len(asked) < 4 and int(asked) < count:
        st.session_state[CELL] = asked
        visitor.keep(CELL, None)
        return int(asked)
    return what.best if what else None


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
