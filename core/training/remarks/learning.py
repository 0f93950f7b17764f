"""Remarks on what is wrong with how it learns: over-fitting, and a learning rate that is too high or too low."""

import numpy as np

from core.messages import N_
from core.sentences import share
from core.training.remarks.curves import Curves, luck
from core.training.remarks.remark import Found, Rule

RISEN = 1.05  # times the lowest loss: a rise that one sees
JUMP = 2.0  # times what it was before: no noise of a batch
UNSETTLED = 1.0 / 3.0  # of the epochs after the first
SLOW = 0.7  # of the loss that it began with


def _loss_over_best(curves: Curves) -> tuple[int, float, float] | None:
    """The epoch with the lowest loss on digits held back, where the loss has risen since for two epochs or more."""
    loss = curves.loss
    best = int(np.argmin(loss))
    if len(loss) - 1 - best < 2 or not (loss[best + 1 :] > loss[best]).all() or loss[-1] < RISEN * loss[best]:
        return None
    return best + 1, float(loss[best]), float(loss[-1])


def _over_fitting(curves: Curves) -> Found | None:
    found = _loss_over_best(curves)
    if not found or curves.train_loss[-1] >= curves.train_loss[found[0] - 1]:
        return None
    epoch, lowest, now = found
    return epoch, {"epoch": epoch, "lowest": lowest, "now": now, "learned": curves.last.train_loss}


def _surer_of_mistakes(curves: Curves) -> Found | None:
    found = _loss_over_best(curves)
    if not found or curves.accuracy[-1] < curves.accuracy[found[0] - 1]:
        return None
    epoch, lowest, now = found
    return epoch, {
        "lowest": lowest,
        "now": now,
        "before": share(curves.accuracy[epoch - 1]),
        "after": share(curves.accuracy[-1]),
    }


def _by_heart(curves: Curves) -> Found | None:
    learned, held_back, n = curves.last.train_accuracy, float(curves.accuracy[-1]), curves.count
    if not n or learned - held_back < max(0.02, luck(held_back, n)):
        return None
    return curves.last.epoch, {"learned": share(learned), "held_back": share(held_back)}


def _unsettled(curves: Curves) -> Found | None:
    loss = curves.train_loss
    rises = np.flatnonzero(loss[1:] > RISEN * loss[:-1])
    if len(rises) < max(2, UNSETTLED * (len(loss) - 1)):
        return None
    first = int(rises[0])
    return first + 2, {
        "rises": len(rises),
        "epochs": len(loss),
        "before": float(loss[first]),
        "after": float(loss[first + 1]),
    }


def _jump(curves: Curves) -> Found | None:
    """A loss that at one moment is twice what it was, and stays above what it had been."""
    loss = np.array([event.loss for event in curves.batches])
    for at in range(3, len(loss) - 1):
        before = float(np.median(loss[at - 3 : at]))
        if loss[at : at + 2].min() > JUMP * before and loss[at] > 0.1:
            event = curves.batches[at]
            return max(int(np.ceil(event.epoch)), 1), {"before": before, "after": event.loss, "step": event.step}
    return None


def _too_slow(curves: Curves) -> Found | None:
    loss = curves.train_loss
    falling = (loss[1:] < loss[:-1]).all()
    if not falling or curves.config.training.loss != "cross_entropy" or loss[-1] < SLOW * curves.chance_loss:
        return None
    return curves.last.epoch, {"first": float(loss[0]), "now": float(loss[-1]), "epochs": len(loss),
                               "rate": curves.config.training.learning_rate}  # fmt: skip


RULES = (
    Rule(
        "over_fitting",
        N_(
            "Over-fitting begins after epoch {epoch}: from there on the loss of the digits kept apart rises, from "
            "{lowest:.3f} to {now:.3f}, while that of the digits it learns falls to {learned:.3f}."
        ),
        _over_fitting,
        4,
        True,
    ),
    Rule(
        "surer_of_mistakes",
        N_(
            "It gets surer of its mistakes: the loss of the digits kept apart rises from {lowest:.3f} to "
            "{now:.3f}, and yet no fewer of them are right: {before}, then {after}."
        ),
        _surer_of_mistakes,
        4,
        True,
    ),
    Rule(
        "by_heart",
        N_(
            "It knows by heart what it cannot carry over: {learned} of the digits it learned from are right, and "
            "{held_back} of those kept apart. Changed digits or dropout would help."
        ),
        _by_heart,
        2,
        True,
    ),
    Rule(
        "unsettled",
        N_(
            "The learning rate is too high to settle: in {rises} of {epochs} epochs the loss rose, first from "
            "{before:.3f} to {after:.3f}."
        ),
        _unsettled,
        3,
    ),
    Rule(
        "jump",
        N_(
            "At batch {step:,} the loss jumped from {before:.3f} to {after:.3f}: a change threw the weights too "
            "far. A smaller learning rate avoids that."
        ),
        _jump,
    ),
    Rule(
        "too_slow",
        N_(
            "The learning rate of {rate:g} is far too low: the loss falls in every epoch, and yet after {epochs} "
            "it has only come from {first:.2f} to {now:.2f}."
        ),
        _too_slow,
        2,
    ),
)
