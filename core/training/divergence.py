"""Training that goes astray: how that is seen, why it is likely so, and a rate with which to go on from the last good moment.

A step that is too long lands higher than it began, the slope there is steeper, and so the next step is longer still: the
loss grows until it is no number any more. Weights that shrink or pull too strongly do the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.config import Config
from core.engines import Totals
from core.errors import DigitLabError
from core.messages import N_, Message, message
from core.network.optimizers import OPTIMIZERS
from core.training.guessing import LARGE, WIDE_STARTS, usual_rate

GROWN = 10.0  # times the lowest loss of an epoch, and the loss of a network that knows nothing
UNSOUND = 3.0  # times the lowest loss: a checkpoint made now would keep weights that are on their way out
UNBOUNDED = ("relu", "leaky_relu", "identity")  # activations whose values grow with their sums
NO_NUMBER = N_("The training went astray in epoch {epoch}: the loss is no longer a number. {cause} {advice}")
TOO_LARGE = N_("The training went astray in epoch {epoch}: its loss has grown to {loss:,.0f}. {cause} {advice}")
SMALLER = N_("Choose a smaller learning rate, for example {rate:g}.")


class DivergedError(DigitLabError):
    """The loss stopped being a number, or grew beyond all measure."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a training is likely to have gone astray.

    Attributes
    ----------
    key : names the rule; sentence : says it with its numbers.
    advice : what to change; by default the learning rate.
    """

    key: str
    applies: Callable[[Config, float], bool]
    sentence: str
    advice: str = SMALLER


def _decay(config: Config) -> float:
    """What is taken off a weight in a step at a rate of 1, as a share of it."""
    return config.training.l2 + (config.training.weight_decay if config.training.optimizer == "adamw" else 0.0)


def _adds_up(config: Config) -> bool:
    return config.training.optimizer in ("momentum", "nesterov")


CAUSES = (
    Cause(
        "pull",
        lambda config, rate: (
            rate * _decay(config) > 2.0
        ),  # then what is left is larger than what was, and of other sign
        N_("At a learning rate of {rate:g} a penalty of {decay:g} takes more off each weight than there is of it."),
        N_("Choose a smaller learning rate or a smaller penalty."),
    ),
    Cause(
        "rate_high",
        lambda config, rate: rate > LARGE * usual_rate(config),
        N_("A learning rate of {rate:g} is too high for {optimizer}, for which {usual:g} is usual."),
    ),
    Cause(
        "raw",
        lambda config, rate: config.network.scaling == "raw",
        N_("Inputs from 0 to 255 change the weights hundreds of times as much as inputs from 0 to 1 do."),
        N_("Choose inputs from 0 to 1, or a smaller learning rate, for example {rate:g}."),
    ),
    Cause(
        "start",
        lambda config, rate: config.network.initializer in WIDE_STARTS and config.network.activation in UNBOUNDED,
        N_("Its weights began so large that its units, which have no upper end, answer with sums in the hundreds."),
        N_("Choose smaller weights to begin with, or a smaller learning rate, for example {rate:g}."),
    ),
    Cause(
        "momentum",
        lambda config, rate: _adds_up(config) and config.training.momentum > 0.95,
        N_("With a momentum of {momentum:g} its steps add up to {times:,.0f} times the learning rate of {rate:g}."),
    ),
    Cause("rate", lambda config, rate: True, N_("A learning rate of {rate:g} is too high for this network.")),
)


def cause_of(config: Config, rate: float) -> Cause:
    """The likeliest cause, for a training at this rate."""
    return next(cause for cause in CAUSES if cause.applies(config, rate))


def smaller_rate(config: Config, rate: float) -> float:
    """A rate to try next: what is usual for the optimiser, or a tenth where it was not higher than that; one figure long."""
    usual = usual_rate(config)
    lower = usual if rate > 2.0 * usual else rate / 10.0
    return float(f"{lower:.0e}")


class Divergence:
    """Watches the loss of one training.

    Attributes
    ----------
    lowest : the lowest mean loss of an epoch so far; infinite before the first has ended.
    is_sound : whether the last batches did about as well as what was before: what is kept now can be gone back to.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._knows_nothing = math.log(
            config.network.outputs
        )  # cross-entropy of a blind choice; other losses are smaller
        self.lowest = math.inf
        self._lowest_seen = math.inf  # of any call of the engine
        self.is_sound = True

    def check(self, totals: Totals, epoch: int, rate: float) -> None:
        """Raise `DivergedError` where the loss of these samples is no number; `epoch` counts from 0."""
        if not math.isfinite(totals.loss):
            raise self._error(NO_NUMBER, totals, epoch, rate)
        self.is_sound = totals.mean_loss <= UNSOUND * max(self._lowest_seen, self._knows_nothing)
        self._lowest_seen = min(self._lowest_seen, totals.mean_loss)

    def check_epoch(self, totals: Totals, epoch: int, rate: float) -> None:
        """Raise it where the mean loss of a whole epoch is far above that of an earlier one."""
        if totals.mean_loss > GROWN * max(self.lowest, self._knows_nothing):
            raise self._error(TOO_LARGE, totals, epoch, rate)
        self.lowest = min(self.lowest, totals.mean_loss)

    def _error(self, sentence: str, totals: Totals, epoch: int, rate: float) -> DivergedError:
        cause, advice = explain(self._config, rate)
        return DivergedError(sentence, epoch=epoch + 1, loss=totals.mean_loss, cause=cause, advice=advice)


def explain(config: Config, rate: float) -> tuple[Message, Message]:
    """The likeliest cause in a sentence, and what to change in another."""
    cause, training = cause_of(config, rate), config.training
    values: dict[str, Any] = {
        "rate": rate, "usual": usual_rate(config), "decay": _decay(config), "momentum": training.momentum,
        "times": 1.0 / (1.0 - training.momentum), "optimizer": Message(OPTIMIZERS[training.optimizer].title),
    }  # fmt: skip
    return message(cause.sentence, **values), message(cause.advice, rate=smaller_rate(config, rate))
