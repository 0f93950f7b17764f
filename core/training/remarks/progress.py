"""Remarks on how far it has come: whether more epochs help, what is luck, and what a change by hand did."""

import numpy as np

from core.messages import N_
from core.sentences import share
from core.training.remarks.curves import Curves, luck
from core.training.remarks.remark import Found, Rule

STILL_FALLING = 0.97  # of the loss an epoch before


def _more_epochs(curves: Curves) -> Found | None:
    loss, accuracy = curves.loss[-3:], curves.accuracy
    if not (loss[1:] < STILL_FALLING * loss[:-1]).all() or accuracy[-1] <= accuracy[-3]:
        return None
    return curves.last.epoch, {
        "before": float(loss[-2]),
        "now": float(loss[-1]),
        "gain": 100 * float(accuracy[-1] - accuracy[-3]),
    }


def _within_luck(curves: Curves) -> Found | None:
    gain, n = float(curves.accuracy[-1] - curves.accuracy[-2]), curves.count
    if not n or gain <= 0 or gain >= (by_luck := luck(float(curves.accuracy[-1]), n)):
        return None
    return curves.last.epoch, {"gain": 100 * gain, "luck": 100 * by_luck, "n": n}


def _plateau(curves: Curves) -> Found | None:
    """The second half of the epochs, four at least, in which accuracy stayed within what luck makes of it."""
    accuracy, n, half = curves.accuracy, curves.count, len(curves.epochs) // 2
    if not n or half < 4:
        return None
    later = accuracy[-half:]
    if later.max() - later.min() >= luck(float(later.mean()), n) or later.max() - accuracy[-half - 1] >= luck(
        float(later[0]), n
    ):
        return None
    return curves.epochs[-half].epoch, {
        "epoch": curves.epochs[-half].epoch,
        "low": share(later.min()),
        "high": share(later.max()),
    }


def _loss_without_accuracy(curves: Curves) -> Found | None:
    """Three epochs in which the loss fell by a tenth and accuracy stayed within luck."""
    loss, accuracy, n = curves.loss, curves.accuracy, curves.count
    if not n or loss[-1] > 0.9 * loss[-4] or abs(accuracy[-1] - accuracy[-4]) >= luck(float(accuracy[-1]), n) / 2:
        return None
    return curves.last.epoch, {"before": float(loss[-4]), "now": float(loss[-1]), "accuracy": share(accuracy[-1])}


def _fast_start(curves: Curves) -> Found | None:
    first, best = float(curves.accuracy[0]), float(curves.accuracy.max())
    chance = 1.0 / curves.config.network.outputs
    if best < 0.5 or (first - chance) < 0.9 * (best - chance):
        return None
    return 1, {"first": share(first), "best": share(best)}


def _collapse(curves: Curves) -> Found | None:
    accuracy, chance = curves.accuracy, 2.0 / curves.config.network.outputs
    fallen = np.flatnonzero((accuracy[1:] < chance) & (np.maximum.accumulate(accuracy)[:-1] > 0.5))
    if not len(fallen):
        return None
    at = int(fallen[0]) + 1
    return curves.epochs[at].epoch, {
        "before": share(accuracy[:at].max()),
        "after": share(accuracy[at]),
        "epoch": curves.epochs[at].epoch,
    }


def _rate_changed(curves: Curves) -> Found | None:
    """The last change of the rate, with the loss of the batches just before it and some time after it."""
    changes = [change for change in curves.changes if change.field == "learning_rate"]
    if not changes:
        return None
    change = changes[-1]
    before = [event.loss for event in curves.batches if event.step <= change.step][-3:]
    after = [event.loss for event in curves.batches if event.step > change.step]
    if not before or len(after) < 3:
        return None
    epoch = next((event.epoch for event in curves.batches if event.step >= change.step), 1.0)
    return max(int(np.ceil(epoch)), 1), {
        "rate": change.value,
        "before": float(np.mean(before)),
        "after": float(np.mean(after[-3:])),
    }


RULES = (
    Rule(
        "more_epochs",
        N_(
            "More epochs would still help: the loss of the digits kept apart went from {before:.3f} to {now:.3f} "
            "in the last one, and the last two brought {gain:.1f} points."
        ),
        _more_epochs,
        3,
        True,
    ),
    Rule(
        "within_luck",
        N_(
            "The gain of the last epoch, {gain:.2f} points, is within luck: of {n:,} digits up to {luck:.2f} "
            "points come and go by chance."
        ),
        _within_luck,
        2,
        True,
    ),
    Rule(
        "plateau",
        N_(
            "It has not got better since epoch {epoch}: from there on between {low} and {high} are right, which "
            "is within luck."
        ),
        _plateau,
        8,
        True,
    ),
    Rule(
        "loss_without_accuracy",
        N_(
            "The loss fell from {before:.3f} to {now:.3f} in three epochs and no more digits are right, "
            "{accuracy}: it only gets surer of what it knew."
        ),
        _loss_without_accuracy,
        4,
        True,
    ),
    Rule(
        "fast_start",
        N_("Nearly all was learned in the first epoch: {first} right, and {best} at best."),
        _fast_start,
        3,
        True,
    ),
    Rule(
        "collapse",
        N_("In epoch {epoch} it lost what it knew: from {before} right to {after}. A step threw its weights too far."),
        _collapse,
        2,
        True,
    ),
    Rule(
        "rate_changed",
        N_("Since its learning rate was set to {rate:g}, the loss went from {before:.3f} to {after:.3f}."),
        _rate_changed,
        0,
    ),
)
