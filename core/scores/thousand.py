"""A thousand digits that a network has not learned from: enough to see at once how well it reads, and few enough for that."""

from dataclasses import dataclass

from core.datasets import Dataset, available, measured_on
from core.datasets.hundred import SIDE, first_of_each, hundred
from core.errors import DigitLabError
from core.models.model import Model
from core.scores.evaluation import digits_of

EACH = 100  # of each class
USUAL = {(28, 28): "mnist", (8, 8): "digits"}


@dataclass(frozen=True, slots=True, eq=False)
class Thousand:
    """The first hundred test digits of each class, or as many as there are.

    Attributes
    ----------
    digits : these digits.
    bundled : whether they are the hundred that ship, for lack of the others.
    """

    digits: Dataset
    bundled: bool


def thousand_name(model: Model) -> str:
    """The data set that they are taken from: what the network is measured on, or what is at hand for pictures of its size.

    It is "" where those that ship have to do. Raises `DigitLabError` where there are none of this size.
    """
    own = model.config.training.dataset
    for name in (own, USUAL.get(model.shape, "")):
        if name and available(name) and available(measured_on(name)):
            return measured_on(name)
    if model.shape == (SIDE, SIDE):
        return ""
    raise DigitLabError("The digits that this network learned from are not on this computer, and none of its size are.")


def thousand(name: str) -> Thousand:
    """The digits of the data set of this name, "" for those that ship."""
    return Thousand(first_of_each(digits_of(name), EACH), False) if name else Thousand(hundred(), True)
