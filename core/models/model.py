"""A model: parameters and the configuration they were trained with, which together turn pixels into answers.

Everything that reads digits (pages, command line, evaluation) goes through `Model.predict`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.calibration import Calibration, with_temperature
from core.models.forward import ROWS_AT_ONCE, Trace, forward, last_layer
from core.models.parameters import Parameters

MOST_DIGITS = 1 << 40  # that a score can be of


@dataclass(frozen=True, slots=True)
class Score:
    """How many of `n` digits a model reads rightly. The interval is derived: see `core.scores.evaluation`."""

    n: int
    correct: int

    def __post_init__(self) -> None:
        if not 0 <= self.correct <= self.n <= MOST_DIGITS or not self.n:
            raise DigitLabError("{correct} of {n} is no score.", correct=self.correct, n=self.n)

    @property
    def accuracy(self) -> float:
        return self.correct / self.n

    @classmethod
    def total(cls, scores: Iterable["Score"]) -> "Score":
        """Several scores as one; there must be at least one."""
        scores = list(scores)
        return cls(sum(score.n for score in scores), sum(score.correct for score in scores))


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed while a model trained: from batch number `step` on, `field` of the training was `value`."""

    step: int
    field: str
    value: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a model comes from.

    Attributes
    ----------
    title : its name for a person.
    data_sha256 : the hash of the data it was trained on, or None when that is not known.
    epochs : epochs of training done; a fraction when the run was stopped within one.
    scores : scores by the part of the data set they were counted on ("test", "validation").
    version : the version of Digit Lab that wrote it.
    changes : what a person changed while it trained; the configuration holds the settings at the start.
    taught : fingerprints of the drawings that a taught copy has learned, in all its lessons (`core.teach.samples`).
    """

    title: str = "Untitled"
    data_sha256: str | None = None
    epochs: float = 0.0
    scores: dict[str, Score] = field(default_factory=dict)
    version: str = ""
    changes: tuple[Change, ...] = ()
    taught: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Model:
    """A network that reads digits. It never changes, for one is shared by all who read; `dataclasses.replace` makes another.

    Attributes
    ----------
    config : how it is built and how it was trained.
    parameters : its trained values, a read-only view of what was given.
    provenance : where it comes from.
    calibration : what corrects its confidence.
    """

    config: Config
    parameters: Parameters
    provenance: Provenance = Provenance()
    calibration: Calibration = Calibration()

    def __post_init__(self) -> None:
        flat = self.parameters.flat.view()
        flat.flags.writeable = False
        object.__setattr__(self, "parameters", Parameters(self.network, flat))

    @property
    def network(self) -> NetworkConfig:
        return self.config.network

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the pictures it reads."""
        return self.network.shape

    def trace(self, x: np.ndarray) -> Trace:
        """What each layer makes of pixels `x`, (n, inputs) or (n, height, width) in 0..1."""
        return forward(self.network, self.parameters, self._checked(x))

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """The ten output values (n, 10) as the network gives them; sigmoid outputs need not add up to one."""
        x = self._checked(x)
        parts = [
            last_layer(self.network, self.parameters, x[start : start + ROWS_AT_ONCE])[1]
            for start in range(0, len(x), ROWS_AT_ONCE)
        ]
        return np.concatenate(parts)

    def query(self, values: Sequence[float] | np.ndarray) -> np.ndarray:
        """The outputs (outputs,) for one list of inputs, as in Rashid's book: `model.query([1.0, 0.5, -1.5])`.

        They are the network's own, not probabilities; its scaling is applied to the inputs as to any others.
        """
        row = np.asarray(values, dtype=self.parameters.flat.dtype)
        if row.shape != (self.network.inputs,):
            raise DigitLabError(
                "This network takes {inputs} numbers at a time; it was given an array of shape {shape}.",
                inputs=self.network.inputs,
                shape=row.shape,
            )
        return self.outputs(row[None])[0]

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Ten probabilities for each picture.

        Parameters
        ----------
        x : (n, inputs) or (n, height, width) pixels in 0..1, 0 for the ground and 1 for ink.

        Returns
        -------
        (n, 10) float, rows adding up to one. Sigmoid outputs are divided by their sum, which keeps their order. The
        model's temperature corrects how sure they are, and keeps their order as well.
        """
        return with_temperature(self.uncorrected(x), self.calibration.temperature)

    def uncorrected(self, x: np.ndarray) -> np.ndarray:
        """The probabilities (n, 10) before the temperature."""
        outputs = self.outputs(x)
        if self.network.output == "softmax":
            return outputs
        total = outputs.sum(axis=1, keepdims=True)
        even = np.full_like(outputs, 1.0 / outputs.shape[1])
        return np.divide(outputs, total, out=even, where=total > 0.0)  # all silent: no digit is likelier

    def _checked(self, x: np.ndarray) -> np.ndarray:
        x = np.asarray(x)
        if x.ndim == 3:
            x = x.reshape(len(x), -1)
        if x.ndim != 2 or x.shape[1] != self.network.inputs or not len(x):
            if not self.network.is_square:
                raise DigitLabError(
                    "This network takes rows of {inputs} numbers; it was given an array of shape {shape}.",
                    inputs=self.network.inputs,
                    shape=x.shape,
                )
            height, width = self.shape
            raise DigitLabError(
                "This network reads pictures of {height} × {width} pixels as rows of {inputs} numbers; it was "
                "given an array of shape {shape}.",
                height=height,
                width=width,
                inputs=self.network.inputs,
                shape=x.shape,
            )
        return x


def new_model(config: Config | NetworkConfig, *, seed: int | None = None, dtype: str = "float64") -> Model:
    """A network that has learned nothing yet, with freshly drawn weights.

    The book's little network is `new_model(NetworkConfig(inputs=3, hidden=(3,), outputs=3, activation="sigmoid",
    output="sigmoid", bias=False, initializer="normal_fan_out"))`.
    """
    config = Config(network=config) if isinstance(config, NetworkConfig) else config
    seed = config.training.seed if seed is None else seed
    return Model(config, Parameters.initial(config.network, seed, dtype))
