"""The digits that a visitor can learn from: those that everybody has, and those of their own."""

from core.datasets import offered
from dashboard.parts.own_digits import own_datasets


def choices() -> list[str]:
    """The names of all data sets that this visitor can learn from."""
    return [*offered(), *own_datasets()]
