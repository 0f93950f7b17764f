"""What a command asks first: what a network answers on test digits, or on others."""

from dataclasses import dataclass

from core.catalog import find_model, load_model
from core.commands.reporting import tell
from core.datasets import named, needs_mnist
from core.explain.back_query.kept import file_hash
from core.scores.evaluation import Evaluation, evaluate_on
from core.scores.misread import known, shipped_evaluation

TESTED_ON_MNIST = ("mnist", "mnist+pen")  # whose test digits are MNIST's and no others
AS_THEY_SHIP = "MNIST is not on this computer: these are the answers of {model} that come with the program."


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A model's answers, and the name of the data set that they are on."""

    dataset: str
    evaluation: Evaluation


def tried(model: str, dataset: str | None = None, split: str = "test") -> Tried:
    """The answers of a model (a file or a name) on a data set, by default that which it learned from.

    Without MNIST those of a shipped network on its test digits are there as well; that is told on standard error. Raises
    `DigitLabError` where model or data set are missing, or do not fit each other.
    """
    loaded = load_model(model)
    name = named(dataset) if dataset else loaded.config.training.dataset
    if (
        split == "test"
        and name in TESTED_ON_MNIST
        and needs_mnist(name)
        and known(sha256 := file_hash(find_model(model)))
    ):
        tell(AS_THEY_SHIP.format(model=model))
        return Tried(name, shipped_evaluation(loaded, sha256))
    return Tried(name, evaluate_on(loaded, name, split))
