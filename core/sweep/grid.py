"""A grid of settings: recipes, sizes, rates and epochs, each with each, and every combination with several seeds.

Combinations that differ in their epochs alone share a run where that changes nothing: it is on its way what the shorter one
is at its end. So it is where the learning rate does not follow a schedule and nothing ends early, and where digits are
held back, by which the curve tells how well it read at that moment.
"""

import functools
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.config import Config
from core.engines import check as check_engine
from core.errors import DigitLabError
from core.messages import N_, Message, message
from core.training.recipes import RECIPES

MOST = 200  # trainings
AXES = {  # what may vary, in the order in which it is told; the fields of `core.config` but for the first
    "recipe": N_("Recipe"),
    "hidden": N_("Units"),
    "learning_rate": N_("Rate"),
    "epochs": N_("Epochs"),
}
TOO_MANY = N_("That would be {count} trainings, and a sweep has at most {most}. Leave out some values, or some seeds.")
NOTHING = N_("A sweep needs something to start from: a recipe, or settings.")
NO_SEED = N_("A sweep needs at least one seed.")
TWICE = N_("{axis} has the value {value} twice.")
NO_UNITS = N_("no units between")

Value = str | float | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination.

    Attributes
    ----------
    values : what it has on each axis, whether that varies or not.
    config : its training, with the first seed.
    training : the number of the training that it is read from.
    epoch : the epoch of that training after which it is over; None where it is the whole of it.
    """

    values: Mapping[str, Value]
    config: Config
    training: int
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """What is tried. An axis without values keeps what the recipe has.

    Attributes
    ----------
    bases : what to start from, by recipe; settings that are none have the name "".
    hidden, rates, epochs : units of each layer, learning rates, and how often to go through all digits.
    seeds : with which each combination is trained.

    Raises `DigitLabError` for too many trainings, and for a combination that cannot be, with its own sentence.
    """

    bases: Mapping[str, Config]
    hidden: tuple[tuple[int, ...], ...] = ()
    rates: tuple[float, ...] = ()
    epochs: tuple[int, ...] = ()
    seeds: tuple[int, ...] = (0,)
    _cells: tuple[Cell, ...] = field(init=False, repr=False, compare=False)
    _trainings: tuple[Config, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.bases:
            raise DigitLabError(NOTHING)
        if not self.seeds:
            raise DigitLabError(NO_SEED)
        count = len(self.seeds)
        for values in self.axes.values():
            count *= max(len(values), 1)
        if count > MOST:  # before any is made
            raise DigitLabError(TOO_MANY, count=count, most=MOST)
        for name, values in self.axes.items():
            for value in values:
                if values.count(value) > 1:
                    raise DigitLabError(TWICE, axis=Message(AXES[name]), value=told(name, value))
        combinations = list(self._combinations())
        trainings = _longest(combinations)
        object.__setattr__(self, "_cells", _read_from(combinations, trainings))
        object.__setattr__(self, "_trainings", tuple(trainings.values()))
        for config in self._trainings:
            check_engine(config.network, config.training)
            for seed in self.seeds:
                config.with_training(seed=seed)

    @property
    def axes(self) -> dict[str, tuple[Value, ...]]:
        """The values of each axis, in the order of `AXES`; empty where each recipe keeps its own."""
        return {
            "recipe": tuple(self.bases),
            "hidden": self.hidden,
            "learning_rate": self.rates,
            "epochs": self.epochs,
        }

    @property
    def varying(self) -> list[str]:
        """The axes of more than one value."""
        return [name for name, values in self.axes.items() if len(values) > 1]

    def cells(self) -> list[Cell]:
        """All combinations, the last axis the quickest."""
        return list(self._cells)

    def trainings(self) -> list[Config]:
        """The trainings that are needed, with the first seed."""
        return list(self._trainings)

    def slots(self) -> Iterator[tuple[int, int]]:
        """All runs that are needed, as (number of the training, seed): one seed after the other, so that all is seen soon."""
        count = len(self.trainings())
        yield from ((number, seed) for seed in self.seeds for number in range(count))

    def _combinations(self) -> Iterator[tuple[dict[str, Value], Config]]:
        for (name, base), hidden, rate, epochs in itertools.product(
            self.bases.items(), self.hidden or (None,), self.rates or (None,), self.epochs or (None,)
        ):
            network: dict[str, Any] = {} if hidden is None else {"hidden": hidden}
            training: dict[str, Any] = {"seed": self.seeds[0]}
            training |= {} if rate is None else {"learning_rate": rate}
            training |= {} if epochs is None else {"epochs": epochs}
            config = base.with_changes(network=network, training=training)
            values: dict[str, Value] = {
                "recipe": name,
                "hidden": config.network.hidden,
                "learning_rate": config.training.learning_rate,
                "epochs": config.training.epochs,
            }
            yield values, config


def _is_on_the_way(config: Config) -> bool:
    """Whether a longer training of the same is, after as many epochs, what this one is at its end."""
    training = config.training
    return training.schedule == "constant" and training.validation and not training.patience


def _longest(made: list[tuple[dict[str, Value], Config]]) -> dict[Config, Config]:
    """The trainings of combinations by what they have in common with those that are on their way; of these the longest, at
    the place of the first."""
    found: dict[Config, Config] = {}
    for _, config in made:
        key = _key(config)
        if key not in found or config.training.epochs > found[key].training.epochs:
            found[key] = config
    return found


def _key(config: Config) -> Config:
    return config.with_training(epochs=1) if _is_on_the_way(config) else config


def _read_from(made: list[tuple[dict[str, Value], Config]], trainings: dict[Config, Config]) -> tuple[Cell, ...]:
    """Each combination with the training that it is read from, and the epoch at which."""
    numbers = {key: (number, config.training.epochs) for number, (key, config) in enumerate(trainings.items())}
    found = []
    for values, config in made:
        (number, longest), epochs = numbers[_key(config)], config.training.epochs
        found.append(Cell(values, config, number, None if epochs == longest else epochs))
    return tuple(found)


def told(axis: str, value: Value) -> Message:
    """A value of an axis as a table says it."""
    if axis == "recipe":
        return message(RECIPES[str(value)].title) if value in RECIPES else message("{name}", name=value)
    if isinstance(value, tuple):
        if not value:
            return message(NO_UNITS)
        return message("{value}", value=", ".join(map(str, value)))
    return message("{value:g}", value=value)


class Written(msgspec.Struct, frozen=True):
    """A grid as a file holds it."""

    bases: dict[str, dict[str, Any]]
    hidden: list[list[int]]
    rates: list[float]
    epochs: list[int]
    seeds: list[int]

    @classmethod
    def of(cls, grid: Grid) -> "Written":
        bases = {name: config.to_dict() for name, config in grid.bases.items()}
        return cls(bases, [list(each) for each in grid.hidden], list(grid.rates), list(grid.epochs), list(grid.seeds))

    @property
    def count(self) -> int:
        """How many combinations it has."""
        return math.prod(max(len(values), 1) for values in (self.bases, self.hidden, self.rates, self.epochs))

    def grid(self) -> Grid:
        """The grid itself, remembered: it is asked for again and again while it fills.

        Raises `DigitLabError` where it is none: a hand may have written the file.
        """
        return _grid(msgspec.json.encode(self))


@functools.lru_cache(maxsize=8)
def _grid(content: bytes) -> Grid:
    written = msgspec.json.decode(content, type=Written)
    bases = {name: Config.from_dict(config) for name, config in written.bases.items()}
    hidden = tuple(tuple(each) for each in written.hidden)
    return Grid(bases, hidden, tuple(written.rates), tuple(written.epochs), tuple(written.seeds))
