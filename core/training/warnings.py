"""Settings that can be trained but will not learn, told before the start, with what would.

What is impossible is refused by `core.config` and the engines; what has come to nothing is explained afterwards by
`core.training.guessing` and `core.training.divergence`. The thresholds are those at which networks on the bundled digits
were seen to fail (`tests/test_warnings.py` trains on both sides of each).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.config import Config
from core.messages import N_, Message, message
from core.network.activations import ACTIVATIONS
from core.network.optimizers import OPTIMIZERS
from core.training.divergence import UNBOUNDED
from core.training.guessing import DEEP, MUCH_DROPOUT, STRONG_PULL, USUAL_RATES, usual_rate

SUMMING = ("momentum", "nesterov")  # their steps add up to 1 / (1 - momentum) times the rate
PLAIN_RATE = 0.1  # usual for steps that go as far as the slope says
TOO_FAR = {
    "sgd": 10.0,
    "momentum": 20.0,
    "nesterov": 20.0,
    "rmsprop": 100.0,
    "adam": 100.0,
    "adamw": 100.0,
}  # times usual
FLATTER = 5.0  # so much flatter is squared error than cross-entropy, and so much higher may its rate be
FEW = 20.0  # steps of the usual length, with fewer of which a network has hardly left its start
STRONG_DECAY = 3.0
VERY_MUCH_DROPOUT = 0.9
NARROW = 4  # units: through fewer, ten digits cannot be told apart
NORMAL_STARTS = ("standard_normal", "standard_normal_biases")


@dataclass(frozen=True, slots=True)
class Warning:
    """A setting that will not do.

    Attributes
    ----------
    key : names the rule.
    field : the setting that it is about, by its name in `core.config`.
    message : what will happen, for a person.
    instead : the configuration with that mended.
    """

    key: str
    field: str
    message: Message
    instead: Config


@dataclass(frozen=True, slots=True)
class _Rule:
    key: str
    field: str
    applies: Callable[[Config, int], bool]
    sentence: str
    mended: Callable[[Config], Config]


def warnings(config: Config, digits: int) -> list[Warning]:
    """What will not work about a configuration that learns from so many digits; the most serious first."""
    training = config.training
    batches = digits // training.batch_size if training.drop_last else -(-digits // training.batch_size)
    steps = batches * training.epochs
    values: dict[str, Any] = {
        "rate": training.learning_rate, "usual": usual_rate(config), "optimizer": Message(OPTIMIZERS[training.optimizer].title),
        "momentum": training.momentum, "times": 1.0 / (1.0 - training.momentum), "steps": steps, "l2": training.l2,
        "decay": training.weight_decay, "dropout": config.network.dropout, "layers": len(config.network.hidden),
        "units": min(config.network.hidden, default=0), "patience": training.patience, "epochs": training.epochs,
        "activation": Message(ACTIVATIONS[config.network.activation].title),
    }  # fmt: skip
    return [
        Warning(rule.key, rule.field, message(rule.sentence, **values), rule.mended(config))
        for rule in RULES
        if rule.applies(config, steps)
    ]


def _times_usual(config: Config) -> float:
    """How long a step is, in usual ones, its echoes in later steps counted where the optimiser adds them up."""
    training = config.training
    if training.optimizer in SUMMING:
        return training.learning_rate / (1.0 - training.momentum) / PLAIN_RATE
    return training.learning_rate / USUAL_RATES[training.optimizer]


def _goes_too_far(config: Config) -> bool:
    flatter = 1.0 if config.training.loss == "cross_entropy" else FLATTER
    return _times_usual(config) > TOO_FAR[config.training.optimizer] * flatter


def _high_momentum(config: Config) -> bool:
    return config.training.optimizer in SUMMING and config.training.momentum > 0.95


def _hardly_moves(config: Config, steps: int) -> bool:
    return min(_times_usual(config), 1.0) * steps < FEW


def _at_usual_rate(config: Config) -> Config:
    return config.with_training(learning_rate=usual_rate(config))


def _short_of_units(config: Config) -> bool:
    return min(config.network.hidden, default=NARROW + 1) <= NARROW and config.network.outputs > NARROW


def _too_deep(config: Config) -> bool:
    plain = config.training.optimizer in ("sgd", *SUMMING)
    return config.network.activation == "sigmoid" and len(config.network.hidden) >= (DEEP - 1 if plain else DEEP)


def _drops_too_much(config: Config) -> bool:
    network = config.network
    return network.dropout >= (MUCH_DROPOUT if len(network.hidden) > 1 else VERY_MUCH_DROPOUT)


def _usual_start(config: Config) -> Config:
    return config.with_network(initializer="he" if config.network.activation in UNBOUNDED else "glorot")


RULES = (
    _Rule(
        "rate_high", "learning_rate",
        lambda config, steps: _goes_too_far(config) and not _high_momentum(config),
        N_("A learning rate of {rate:g} is too high for {optimizer}: each change will throw the weights too far, and it will "
           "learn little or go astray. {usual:g} is usual."),
        _at_usual_rate,
    ),
    _Rule(
        "momentum", "learning_rate",
        lambda config, steps: _goes_too_far(config) and _high_momentum(config),
        N_("With a momentum of {momentum:g} the steps add up to {times:,.0f} times the learning rate of {rate:g}: they will "
           "throw the weights too far. A momentum of 0.9 with a rate of {usual:g} is usual."),
        lambda config: _at_usual_rate(config).with_training(momentum=0.9),
    ),
    _Rule(
        "rate_low", "learning_rate",
        lambda config, steps: _hardly_moves(config, steps) and _times_usual(config) < 1.0,
        N_("A learning rate of {rate:g} is too low for {optimizer}: in {steps:,} changes the weights will hardly move. "
           "{usual:g} is usual."),
        _at_usual_rate,
    ),
    _Rule(
        "short", "epochs",
        lambda config, steps: steps < FEW and _times_usual(config) >= 1.0,
        N_("The weights will be changed only {steps:,} times, too few to learn anything. Choose more epochs or smaller batches."),
        lambda config: config.with_training(batch_size=min(config.training.batch_size, 32), epochs=10),
    ),
    _Rule(
        "raw", "scaling",
        lambda config, steps: config.network.scaling == "raw",
        N_("Inputs from 0 to 255 make sums so large that units are stuck at their ends, or learning goes astray."),
        lambda config: config.with_network(scaling="unit"),
    ),
    _Rule(
        "start", "initializer",
        lambda config, steps: config.network.initializer in NORMAL_STARTS and config.network.activation in UNBOUNDED
        and bool(config.network.hidden),
        N_("Weights that begin with a spread of 1 are much too large for {activation} units, whose answers have no upper end: "
           "it will learn slowly or go astray."),
        _usual_start,
    ),
    _Rule(
        "deep", "hidden",
        lambda config, steps: _too_deep(config),
        N_("Through {layers} layers of sigmoid units next to nothing of an error comes back to the first: they will hardly "
           "learn."),
        lambda config: config.with_network(activation="relu", initializer="he"),
    ),
    _Rule(
        "pull", "l2",
        lambda config, steps: config.training.l2 >= STRONG_PULL,
        N_("An L2 penalty of {l2:g} pulls all weights to zero faster than they learn. 0.0001 is usual."),
        lambda config: config.with_training(l2=1e-4),
    ),
    _Rule(
        "decay", "weight_decay",
        lambda config, steps: config.training.optimizer == "adamw" and config.training.weight_decay >= STRONG_DECAY,
        N_("A weight decay of {decay:g} shrinks all weights faster than they learn. 0.01 is usual."),
        lambda config: config.with_training(weight_decay=0.01),
    ),
    _Rule(
        "dropout", "dropout",
        lambda config, steps: bool(config.network.hidden) and _drops_too_much(config),
        N_("A dropout of {dropout:g} silences nearly all units at a time, and little of a digit will get through. 0.1 to 0.5 "
           "is usual."),
        lambda config: config.with_network(dropout=0.1),
    ),
    _Rule(
        "narrow", "hidden",
        lambda config, steps: _short_of_units(config),
        N_("Its narrowest layer has {units} units: all that is known of a digit has to go through them, which is too "
           "little to tell ten digits apart."),
        lambda config: config.with_network(hidden=tuple(max(width, 16) for width in config.network.hidden)),
    ),
    _Rule(
        "linear", "activation",
        lambda config, steps: config.network.activation == "identity" and bool(config.network.hidden),
        N_("Layers whose units pass on their sums as they are can do no more than a network without them."),
        lambda config: config.with_network(activation="relu", initializer="he"),
    ),
    _Rule(
        "patience", "patience",
        lambda config, steps: config.training.patience >= config.training.epochs,
        N_("A patience of {patience} epochs cannot end a training of {epochs}: choose less, or more epochs."),
        lambda config: config.with_training(patience=max(config.training.epochs // 3, 1) if config.training.epochs > 1 else 0),
    ),
)  # fmt: skip
