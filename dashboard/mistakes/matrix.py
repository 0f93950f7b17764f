"""The confusion matrix as a grid of real buttons: by finger, mouse or arrow keys, each number legible on its cell.

A chart answers a finger one tap late, so this is a small component of our own.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.look.confusion import cell_colours, difference_colours, label
from dashboard.look.numbers import a, decimal
from dashboard.look.scripts import bundle
from dashboard.parts.refusals import told
from dashboard.say import N_, say

HEIGHT = 436  # pixels of the page: the title, the answers and ten rows, see matrix.css

Cell = tuple[int, int]  # the true digit, the answer
COUNTS, ROWS, COLUMNS = "counts", "rows", "columns"  # what the numbers are, and their names in the URL
WAYS = {COUNTS: N_("How many"), ROWS: N_("% of a row"), COLUMNS: N_("% of a column")}
ALL = N_("How often each digit, in rows, was read as each answer, in columns")
DIFFERENCE = N_(
    "How many more digits the network in use has in each cell than the other; rows are digits, columns are answers"
)

_HERE = Path(__file__)
_component = st.components.v2.component(
    "confusion_matrix",
    html='<div class="matrix"><div class="columns" aria-hidden="true"></div><div class="side" aria-hidden="true"></div>'
    '<div class="grid" role="grid"></div></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=bundle(_HERE.parent, "matrix.js"),
)


def matrix(
    counts: np.ndarray, theme: str, *, chosen: Cell | None, take: Callable[[], None], key: str, way: str = COUNTS
) -> None:
    """Show how often each digit (rows) was read as each answer (columns); `tapped` tells `take` which cell was tapped."""
    labels = [[label(true, answer, int(count)) for answer, count in enumerate(row)] for true, row in enumerate(counts)]
    _show(numbers(counts, way), labels, cell_colours(counts, theme), say(ALL), chosen, take, key)


def difference_matrix(
    difference: np.ndarray, theme: str, *, chosen: Cell | None, take: Callable[[], None], key: str
) -> None:
    """Show how many more digits one network has in each cell than another; blue where that is better, orange where worse."""
    texts = [[f"{count:+d}".replace("-", "−") if count else "" for count in map(int, row)] for row in difference]
    labels = [
        [
            say(
                "{a_digit} read as {answer}: {count:+d} times, beside the other",
                a_digit=a(true),
                answer=answer,
                count=int(count),
            )
            for answer, count in enumerate(row)
        ]
        for true, row in enumerate(difference)
    ]
    _show(texts, labels, difference_colours(difference, theme), say(DIFFERENCE), chosen, take, key)


def _show(
    texts: list[list[str]],
    labels: list[list[str]],
    colours: list[list[tuple[str, str]]],
    title: str,
    chosen: Cell | None,
    take: Callable[[], None],
    key: str,
) -> None:
    digits = range(len(texts))
    rows = [
        [
            {
                "text": texts[true][answer],
                "label": labels[true][answer],
                "right": true == answer,
                "back": colours[true][answer][0],
                "ink": colours[true][answer][1],
            }
            for answer in digits
        ]
        for true in digits
    ]
    data = {
        "rows": rows,
        "chosen": chosen,
        "label": title,
        "row_title": say("it is a …"),
        "row_labels": [say("it is {a_digit}", a_digit=a(true)) for true in digits],
        "column_title": say("the network says"),
        "column_labels": [say("the network says {answer}", answer=answer) for answer in digits],
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
