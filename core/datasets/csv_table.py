"""Digits as comma-separated text: a line per picture, its label first, then its pixel values from 0 to 255.

This is how MNIST is passed around as `mnist_train.csv` and `mnist_test.csv` (J. Redmon's files, used in
Rashid's book).
"""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.errors import DigitLabError
from core.messages import Message, message

LINES_AT_ONCE = 2000  # text takes four times the memory of the numbers in it


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read (n, side, side) uint8 pictures and (n,) int64 labels; a first line of column names is passed over.

    Raises `DigitLabError` naming the file, the line and what is wrong in it.
    """
    try:
        # A byte-order mark is skipped; bytes that are no text become characters that no number has.
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            table = np.concatenate(list(_tables(file, path.name)) or [np.empty((0, 0), np.uint8)])
    except FileNotFoundError:
        raise DigitLabError("There is no file {path}.", path=path) from None
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error) from None
    if len(table) == 0:
        raise DigitLabError("{name} holds no pictures: it has no line of numbers.", name=path.name)
    side = math.isqrt(table.shape[1] - 1)
    return table[:, 1:].reshape(-1, side, side), table[:, 0].astype(np.int64)


def _tables(lines: Iterator[str], name: str) -> Iterator[np.ndarray]:
    """The numbers of the file, some lines at a time: each (lines, 1 + pixels) uint8."""
    columns = None
    number = 1  # of the next line, as an editor counts
    while batch := list(itertools.islice(lines, LINES_AT_ONCE)):
        start = number
        number += len(batch)
        if start == 1 and _is_header(batch[0]):
            batch[0] = ""
        filled = [line for line in batch if line.strip()]
        if not filled:
            continue
        columns = columns or _count_columns(filled[0], name)
        try:
            table = np.loadtxt(filled, np.uint8, delimiter=",", comments=None, ndmin=2)
        except ValueError:
            table = None
        if table is None or table.shape[1] != columns or table[:, 0].max() > 9:
            raise DigitLabError(_first_fault(batch, start, columns, name))
        yield table


def _is_header(line: str) -> bool:
    """Whether a line starts with a word, such as `label`; one that starts otherwise is meant as a picture."""
    return line[:1].isalpha() or line[:1] == '"'


def _count_columns(line: str, name: str) -> int:
    columns = line.count(",") + 1
    side = math.isqrt(columns - 1)
    if columns < 2 or side * side != columns - 1:
        raise DigitLabError(
            "{name} has {columns:,} values in its first line of numbers; it needs a label and the pixels of "
            "a square picture, 785 in all for 28 x 28.",
            name=name,
            columns=columns,
        )
    return columns


def _first_fault(batch: list[str], start: int, columns: int, name: str) -> Message:
    """The sentence about the first line that is wrong: the fast reader only knows that there is one."""
    for number, line in enumerate(batch, start):
        cells = line.strip().split(",")
        if cells == [""]:
            continue
        if len(cells) != columns:
            return message("{name}, line {number:,}: it has {count:,} values where {columns:,} are needed.",
                           name=name, number=number, count=len(cells), columns=columns)  # fmt: skip
        for column, cell in enumerate(map(str.strip, cells), 1):
            place = {"name": name, "number": number, "column": column, "cell": repr(cell[:20])}
            if not (cell.removeprefix("+").isascii() and cell.removeprefix("+").isdigit()):
                return message("{name}, line {number:,}, value {column:,}: {cell} is not a whole number; "
                               "pixels are 0 to 255 and labels 0 to 9.", **place)  # fmt: skip
            if column == 1 and (len(cell) > 20 or int(cell) > 9):
                return message("{name}, line {number:,}, value {column:,}: {cell} is not a label, which is a digit "
                               "from 0 to 9.", **place)  # fmt: skip
            if len(cell) > 20 or int(cell) > 255:
                return message("{name}, line {number:,}, value {column:,}: {cell} is not a pixel from 0 to 255.",
                               **place)  # fmt: skip
    return message("{name}: lines {first:,} to {last:,} cannot be read as numbers.",
                   name=name, first=start, last=start + len(batch) - 1)  # fmt: skip
