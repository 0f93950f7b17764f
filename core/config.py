"""What a network is and how it is trained: the one type that goes from a form to a file, a worker, a saved model and a page.

`Config` holds two frozen, validated parts. `NetworkConfig` is all that a prediction needs; `TrainingConfig` is all that
a run needs besides. Whatever can be derived (a picture's shape, the number of weights) is a property and is not stored.
"""

import dataclasses
import json
import math
import re
from dataclasses import dataclass, field
from typing import Any, Self

from core.checks import boolean, integers, is_number, one_of, within
from core.drawings.augment import AUGMENTATIONS
from core.errors import DigitLabError
from core.messages import Message
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, OUTPUTS
from core.network.optimizers import OPTIMIZERS
from core.network.scaling import SCALINGS
from core.network.schedules import SCHEDULES

DTYPES = ("float32", "float64")
ENGINES = ("numpy", "taichi")
AUTO = "auto"  # whichever is quicker for a training, settled when it begins: see `core.training.choice`
DEVICES = ("cpu", "cuda", "vulkan", "metal")

MAX_LAYER = 8_192
MAX_LAYERS = 12
MAX_WEIGHTS = 40_000_000  # 160 MB in float32; an optimiser such as Adam keeps two more copies
MAX_EPOCHS = 1_000
MAX_SEED = 2**63 - 1
DATASET = re.compile(r"[a-z0-9][a-z0-9+-]{0,79}", re.ASCII)  # the name of a data set: a path means nothing elsewhere
FORMER_FILE = "file-"  # begins the name of data that an older version knew by their path


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The network: its layers, what they compute, and how they are filled before training.

    A fully connected network `inputs -> hidden[0] -> ... -> outputs`. It takes pixels in 0..1 and applies its own
    input `scaling`; `mean` and `std` belong to the scaling "standard" and are measured on the training data when left
    open.
    """

    inputs: int = 784
    hidden: tuple[int, ...] = (200,)
    outputs: int = 10
    activation: str = "relu"
    output: str = "softmax"
    bias: bool = True
    initializer: str = "he"
    dropout: float = 0.0
    scaling: str = "unit"
    mean: float | None = None
    std: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", tuple(integers(self.hidden)))
        within("inputs", self.inputs, 1, 65_536, whole=True)
        within("outputs", self.outputs, 2, 10, whole=True)
        if len(self.hidden) > MAX_LAYERS:
            raise DigitLabError(
                "A network may have at most {max_layers} layers between picture and answers, not {count}.",
                max_layers=MAX_LAYERS,
                count=len(self.hidden),
            )
        for width in self.hidden:
            within("hidden", width, 1, MAX_LAYER, whole=True)
        if self.parameter_count > MAX_WEIGHTS:
            raise DigitLabError(
                "This network would have {parameter_count:,} weights; at most {max_weights:,} fit. Use smaller layers.",
                parameter_count=self.parameter_count,
                max_weights=MAX_WEIGHTS,
            )
        one_of("activation", self.activation, ACTIVATIONS)
        one_of("output", self.output, OUTPUTS)
        boolean("bias", self.bias)
        one_of("initializer", self.initializer, INITIALIZERS)
        within("dropout", self.dropout, 0.0, 0.95)
        one_of("scaling", self.scaling, SCALINGS)
        if self.mean is not None:
            within("mean", self.mean, -1e6, 1e6)
        if self.std is not None:
            within("std", self.std, 1e-6, 1e6)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units per layer, input first: `(784, 200, 10)`."""
        return (self.inputs, *self.hidden, self.outputs)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels of the pictures that the network reads; one row where they make no square."""
        side = math.isqrt(self.inputs)
        return (side, side) if self.is_square else (1, self.inputs)

    @property
    def is_square(self) -> bool:
        """Whether the inputs are a square picture, as all digits here are. A network of one's own may take other numbers."""
        return math.isqrt(self.inputs) ** 2 == self.inputs

    @property
    def parameter_count(self) -> int:
        """Number of trained values: all weights, and all biases when there are any."""
        pairs = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return sum(fan_in * fan_out + (fan_out if self.bias else 0) for fan_in, fan_out in pairs)


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How the network is trained: data, engine, loss, optimiser, order, length and seed.

    `shuffle` shows the samples of each epoch in a new random order; without it they come in the order of the file.
    `drop_last` leaves out an epoch's last batch when it is not full. `patience` ends it early when the digits held back
    were read no better for so many epochs, and keeps the best weights; 0 never does (see `core.training.stopping`).
    """

    dataset: str = "mnist"
    engine: str = "numpy"
    device: str = "cpu"
    loss: str = "cross_entropy"
    targets: tuple[float, float] = (0.0, 1.0)
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.01
    schedule: str = "constant"
    batch_size: int = 128
    epochs: int = 5
    l2: float = 0.0
    augmentation: str = "none"
    shuffle: bool = True
    drop_last: bool = False
    validation: bool = True
    patience: int = 0
    seed: int = 0
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, str) or not DATASET.fullmatch(self.dataset):
            raise DigitLabError(
                "Name the data set to train on, for example mnist or digits. A file of your own is taken in first, and has a "
                "name from then on."
            )
        one_of("engine", self.engine, (*ENGINES, AUTO))
        one_of("device", self.device, DEVICES)
        if self.engine == "numpy" and self.device != "cpu":
            raise DigitLabError("The NumPy engine runs on the CPU only, not on {device}.", device=self.device)
        one_of("loss", self.loss, {loss for _, loss in LOSSES})
        object.__setattr__(self, "targets", tuple(self.targets))
        if len(self.targets) != 2 or not all(is_number(value) for value in self.targets):
            raise DigitLabError("The targets are two numbers: one for a wrong answer and one for the right one.")
        if not 0.0 <= self.targets[0] < self.targets[1] <= 1.0:
            raise DigitLabError(
                "The targets must lie in 0..1, the lower one first; got {targets}.", targets=self.targets
            )
        one_of("optimizer", self.optimizer, OPTIMIZERS)
        within("learning_rate", self.learning_rate, 0.0, 100.0)
        within("momentum", self.momentum, 0.0, 0.9999)
        within("weight_decay", self.weight_decay, 0.0, 10.0)
        one_of("schedule", self.schedule, SCHEDULES)
        within("batch_size", self.batch_size, 1, 65_536, whole=True)
        within("epochs", self.epochs, 1, MAX_EPOCHS, whole=True)
        within("l2", self.l2, 0.0, 10.0)
        one_of("augmentation", self.augmentation, AUGMENTATIONS)
        boolean("shuffle", self.shuffle)
        boolean("drop_last", self.drop_last)
        boolean("validation", self.validation)
        within("patience", self.patience, 0, MAX_EPOCHS, whole=True)
        if self.patience and not self.validation:
            raise DigitLabError(
                "Training can end early only where digits are kept apart to tell when. Keep digits apart, or set the "
                "patience to 0."
            )
        within("seed", self.seed, 0, MAX_SEED, whole=True)
        one_of("dtype", self.dtype, DTYPES)


@dataclass(frozen=True, slots=True)
class Config:
    """A network and its training, as one value. `to_json` and `from_json` are inverse to each other."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        if (self.network.output, self.training.loss) not in LOSSES:
            loss = next(loss.title for (_, name), loss in LOSSES.items() if name == self.training.loss)
            outputs = ", ".join(output for output, name in LOSSES if name == self.training.loss)
            raise DigitLabError(
                "{loss} is for {outputs} outputs only. Choose these, or another loss.",
                loss=Message(loss),
                outputs=outputs,
            )

    def with_changes(self, *, network: dict[str, Any], training: dict[str, Any]) -> Self:
        """A copy in which fields of both parts differ, changed at once: one part alone may not fit the other."""
        return dataclasses.replace(
            self,
            network=dataclasses.replace(self.network, **network),
            training=dataclasses.replace(self.training, **training),
        )

    def with_network(self, **changes: Any) -> Self:
        """A copy in which some fields of the network differ."""
        return dataclasses.replace(self, network=dataclasses.replace(self.network, **changes))

    def with_training(self, **changes: Any) -> Self:
        """A copy in which some fields of the training differ."""
        return dataclasses.replace(self, training=dataclasses.replace(self.training, **changes))

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read a configuration back; unknown or impossible settings raise `DigitLabError`, missing ones get defaults."""
        if not isinstance(data, dict) or set(data) != {"network", "training"}:
            raise DigitLabError("A configuration has exactly two parts, network and training.")
        training = data["training"]
        if (path := former_path(data)) is not None:
            training = training | {"dataset": _named_after(path)}
        return cls(_read_part(NetworkConfig, data["network"]), _read_part(TrainingConfig, training))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DigitLabError("The configuration is not valid JSON: {error}.", error=error) from error
        return cls.from_dict(data)


def former_path(data: dict[str, Any]) -> str | None:
    """The path of the file that an older configuration names as its data set, if it does: a path has a dot or a slash."""
    training = data.get("training")
    dataset = training.get("dataset") if isinstance(training, dict) else None
    return dataset if isinstance(dataset, str) and re.search(r"[./\\]", dataset) else None


def _named_after(path: str) -> str:
    """A name that says which file it was: "/home/me/My digits.csv" is "file-my-digits-csv"."""
    words = re.findall(r"[a-z0-9]+", re.split(r"[/\\]", path)[-1].lower())
    return FORMER_FILE + ("-".join(words)[:60] or "unknown")


def _read_part(part: type, data: Any) -> Any:
    """One half of a configuration from its dictionary. Fields that an older file lacks keep their defaults."""
    if not isinstance(data, dict):
        raise DigitLabError("The {name} of a configuration must be a set of named settings.", name=part.__name__)
    known = {field.name for field in dataclasses.fields(part)}
    if unknown := sorted(set(data) - known):
        raise DigitLabError(
            "The configuration has settings that this version does not know: {unknown}.",
            unknown=", ".join(name[:40] for name in unknown[:5]),
        )
    try:
        return part(**data)
    except TypeError as error:
        raise DigitLabError("The configuration has a value of the wrong kind: {error}.", error=error) from error
