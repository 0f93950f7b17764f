"""The digits that a visitor can learn from: those that everybody has, and those of their own."""

from core.datasets import offered
from core.datasets.uploads import brought_by, is_here, uploads
from dashboard import visitor
from dashboard.visitor import Key

TAKEN_IN: Key[list[str]] = Key("_own_data", list)  # what this visitor has taken in, the latest first


def own_datasets() -> list[str]:
    """The data of this visitor's own: on one's own machine all that were taken in, else those that they brought."""
    if visitor.owner() == visitor.LOCAL:
        return uploads()
    here = [name for name in TAKEN_IN.get() if is_here(name)]
    return [*here, *(name for name in brought_by(visitor.owner()) if name not in here)]


def choices() -> list[str]:
    """The names of all data sets that this visitor can learn from."""
    return [*offered(), *own_datasets()]
