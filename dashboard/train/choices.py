"""The digits that a visitor can learn from: those that everybody has, and those of their own."""

from core.datasets import offered
from core.datasets.uploads import is_here, uploads
from dashboard import visitor
from dashboard.visitor import Key

TAKEN_IN: Key[list[str]] = Key("_own_data", list)  # what this visitor has taken in, the latest first


def own_datasets() -> list[str]:
    """The data of this visitor's own: on one's own machine all that were taken in, else those of this session."""
    return uploads() if visitor.owner() == visitor.LOCAL else [name for name in TAKEN_IN.get() if is_here(name)]


def choices() -> list[str]:
    """The names of all data sets that this visitor can learn from."""
    return [*offered(), *own_datasets()]
