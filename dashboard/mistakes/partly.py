"""Some of the digits are here and the others only counted: what is said of that, and what cannot be done with so few."""

from core.scores.evaluation import Evaluation
from dashboard.say import N_, say, say_many

HERE = N_(
    "Here are the {count:,} digits that it misread of {n:,}, and some that other networks misread; the pictures of the others "
    "come with MNIST."
)
MISSING = N_("The pictures of {count:,} of the {n:,} test digits are not here.")
NO_MAP = N_("The map of all {n:,} test digits is not here. Beside it are those that the network misread.")


def is_partly_here(evaluation: Evaluation) -> bool:
    return evaluation.whole is not None


def what_is_here(evaluation: Evaluation) -> str:
    return say(HERE, count=len(evaluation.mistakes()), n=evaluation.data.total)


def what_is_missing(evaluation: Evaluation) -> str:
    return say(MISSING, count=evaluation.data.total - len(evaluation.data), n=evaluation.data.total)


def no_map(evaluation: Evaluation) -> str:
    """Why there is no map."""
    return say(NO_MAP, n=evaluation.data.total)


def say_elsewhere(count: int) -> str:
    return say_many("{count:,} more like these comes with MNIST.", "{count:,} more like these come with MNIST.", count)


def say_not_here(count: int) -> str:
    """The same where these were counted already."""
    return say_many("The picture of {count:,} of these comes with MNIST.", "The pictures of {count:,} of these come with MNIST.",
                    count)  # fmt: skip
