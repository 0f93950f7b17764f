"""A network that only guesses: how that is seen, why it is likely so, and what to change.

The thresholds are those at which runs on the bundled digits were seen to end at ten per cent (`tests/test_guessing.py`
trains on both sides of each).
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.config import MAX_EPOCHS, Config
from core.models.model import Score

LITTLE = 1 / 9  # of the way from blind choice to no mistake: with ten answers, 20 % right
USUAL_RATES = {"sgd": 0.1, "momentum": 0.01, "nesterov": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001}
FAR = 50.0  # times smaller than usual, and hardly a weight has moved when training ends
LARGE = 10.0  # times larger than usual, and a step lands behind the valley it was to go down into
STRONG_PULL = 0.1
MUCH_DROPOUT = 0.8
DEEP = 3  # hidden layers of sigmoid units, through which next to nothing comes back to the first
FEW_STEPS = 200
ENOUGH_STEPS = 1_000
USUAL_STARTS = {"relu": "he"}  # and "glorot" for units with flat ends
WIDE_STARTS = ("standard_normal", "standard_normal_biases", "uniform_half")


@dataclass(frozen=True, slots=True)
class Cure:
    """Why a run is likely to have learned nothing, as a key, and the same configuration with that mended."""

    reason: str
    config: Config


def is_guessing(score: Score, outputs: int) -> bool:
    """Whether a network with so many answers reads hardly better than one that picks an answer blindly."""
    chance = 1 / outputs
    return score.accuracy < chance + LITTLE * (1 - chance)


def cure(config: Config, steps: int) -> Cure | None:
    """The likeliest reason why training of so many steps came to nothing; None where the settings give no hint."""
    for reason, applies, mend in RULES:
        if applies(config, steps):
            return Cure(reason, mend(config, steps))
    return None


def usual_rate(config: Config) -> float:
    return USUAL_RATES[config.training.optimizer]


def _usual_start(config: Config) -> str:
    return USUAL_STARTS.get(config.network.activation, "glorot")


def _longer(config: Config, steps: int) -> Config:
    times = -(-ENOUGH_STEPS // max(steps, 1))
    return config.with_training(epochs=min(config.training.epochs * times, MAX_EPOCHS))


RULES: tuple[tuple[str, Callable[[Config, int], bool], Callable[[Config, int], Config]], ...] = (
    (
        "rate_low",
        lambda config, steps: config.training.learning_rate * FAR < usual_rate(config),
        lambda config, steps: config.with_training(learning_rate=usual_rate(config)),
    ),
    (
        "rate_high",
        lambda config, steps: config.training.learning_rate > usual_rate(config) * LARGE,
        lambda config, steps: config.with_training(learning_rate=usual_rate(config)),
    ),
    (
        "pull",
        lambda config, steps: config.training.l2 >= STRONG_PULL,
        lambda config, steps: config.with_training(l2=0.0),
    ),
    (
        "dropout",
        lambda config, steps: config.network.dropout >= MUCH_DROPOUT,
        lambda config, steps: config.with_network(dropout=0.0),
    ),
    (
        "raw",
        lambda config, steps: config.network.scaling == "raw",
        lambda config, steps: config.with_network(scaling="unit"),
    ),
    (
        "deep",
        lambda config, steps: config.network.activation == "sigmoid" and len(config.network.hidden) >= DEEP,
        lambda config, steps: config.with_network(activation="relu", initializer="he"),
    ),
    (
        "start",
        lambda config, steps: config.network.initializer in WIDE_STARTS,
        lambda config, steps: config.with_network(initializer=_usual_start(config)),
    ),
    ("short", lambda config, steps: steps < FEW_STEPS, _longer),
)
