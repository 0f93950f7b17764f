"""Some of the digits are here and the others only counted: what is said of that, and what cannot be done with so few."""

import numpy as np

from core.scores.evaluation import Evaluation
from dashboard.say import N_, say, say_many

HERE = N_(
    "Here are the {count:,} digits that it misread of {n:,}, and some that other networks misread; the rest comes with MNIST."
)
MISSING = N_("{count:,} of the {n:,} test digits are not here.")
NEEDS_ALL = N_(
    "This view looks at all {n:,} test digits, most of which come with MNIST. Beside it are those that the network misread."
)


def is_partly_here(evaluation: Evaluation) -> bool:
    return evaluation.elsewhere is not None


def what_is_here(evaluation: Evaluation) -> str:
    return say(HERE, count=len(evaluation.mistakes()), n=evaluation.data.total)


def what_is_missing(evaluation: Evaluation) -> str:
    return say(MISSING, count=evaluation.data.total - len(evaluation.data), n=evaluation.data.total)


def needs_all(evaluation: Evaluation) -> str:
    """Why a view has nothing to show."""
    return say(NEEDS_ALL, n=evaluation.data.total)


def count_elsewhere(evaluation: Evaluation, true: int | None, answer: int | None) -> int:
    """How many digits of a cell, a row, a column or the whole matrix are not here."""
    if evaluation.elsewhere is None:
        return 0
    rows = slice(None) if true is None else [true]
    columns = slice(None) if answer is None else [answer]
    return int(np.asarray(evaluation.elsewhere)[rows][:, columns].sum())


def say_elsewhere(count: int) -> str:
    return say_many("{count:,} more like these comes with MNIST.", "{count:,} more like these come with MNIST.", count)
