"""The confusion matrix as a grid of real buttons: by finger, mouse or arrow keys, each number legible on its cell.

A chart answers a finger one tap late, so this is a small component of our own.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.look.confusion import cell_colours, label
from dashboard.look.numbers import a, decimal
from dashboard.parts.refusals import told
from dashboard.say import N_, say

HEIGHT = 436  # pixels of the page: the title, the answers and ten rows, see matrix.css

Cell = tuple[int, int]  # the true digit, the answer
COUNTS, ROWS, COLUMNS = "counts", "rows", "columns"  # what the numbers are, and their names in the URL
WAYS = {COUNTS: N_("How many"), ROWS: N_("% of a row"), COLUMNS: N_("% of a column")}

_HERE = Path(__file__)
_component = st.components.v2.component(
    "confusion_matrix",
    html='<div class="matrix"><div class="columns" aria-hidden="true"></div><div class="side" aria-hidden="true"></div>'
    '<div class="grid" role="grid"></div></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def matrix(
    counts: np.ndarray, theme: str, *, chosen: Cell | None, take: Callable[[], None], key: str, way: str = COUNTS
) -> None:
    """Show how often each digit (rows) was read as each answer (columns); `tapped` tells `take` which cell was tapped."""
    texts = numbers(counts, way)
    rows = [
        [
            {
                "text": texts[true][answer],
                "label": label(true, answer, int(count)),
                "right": true == answer,
                "back": back,
                "ink": ink,
            }
            for answer, (count, (back, ink)) in enumerate(zip(row, colours, strict=True))
        ]
        for true, (row, colours) in enumerate(zip(counts, cell_colours(counts, theme), strict=True))
    ]
    data = {
        "rows": rows,
        "chosen": chosen,
        "label": say("How often each digit, in rows, was read as each answer, in columns"),
        "row_title": say("it is a …"),
        "row_labels": [say("it is {a_digit}", a_digit=a(true)) for true in range(len(counts))],
        "column_title": say("the network says"),
        "column_labels": [say("the network says {answer}", answer=answer) for answer in range(len(counts))],
    }
    _component(data=data, key=key, on_tap_change=told(take))


def numbers(counts: np.ndarray, way: str) -> list[list[str]]:
    """What stands on each cell: counts, or per cents of the row's or the column's sum; nothing where there is no mistake.

    A share of mistakes has one decimal, and is not rounded to nothing.
    """
    if way == COUNTS:
        return [[say("{count:,}", count=int(count)) if count or true == answer else "" for answer, count in enumerate(row)]
                for true, row in enumerate(counts)]  # fmt: skip
    sums = counts.sum(axis=1 if way == ROWS else 0, keepdims=True)
    shares = np.divide(100.0 * counts, sums, out=np.zeros(counts.shape), where=sums > 0)
    return [[_per_cent(value) if value or true == answer else "" for answer, value in enumerate(row)]
            for true, row in enumerate(shares)]  # fmt: skip


def _per_cent(value: float) -> str:
    if value in (0, 100):
        return decimal(value, 0)
    return decimal(min(max(value, 0.1), 99.9), 1)


def tapped(key: str, size: int) -> Cell | None:
    """The cell that was tapped just now, of a matrix of so many digits; None if a browser sent something else."""
    held: Any = st.session_state.get(key)
    sent = held.get("tap") if held else None
    if isinstance(sent, list) and len(sent) == 2 and all(type(part) is int and 0 <= part < size for part in sent):
        return sent[0], sent[1]
    return None
