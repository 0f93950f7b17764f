"""Remarks on what it takes digits for, and on its layers: from the look that is taken after each epoch."""

import numpy as np

from core.messages import N_
from core.sentences import a, share
from core.training.remarks.curves import Curves, luck
from core.training.remarks.remark import Found, Rule

MANY_SILENT = 0.2
HARDLY = 0.1  # of how far the last layer has moved
LEARNT = 0.9  # of a digit's pictures are read rightly
ENOUGH = 20  # pictures of a digit, fewer of which tell nothing
ONE_ANSWER = 0.4  # of all answers


def _silent(curves: Curves) -> Found | None:
    """The hidden layer with the largest share of silent units."""
    hidden = curves.last.layers[:-1]
    if not hidden:
        return None
    worst = max(range(len(hidden)), key=lambda layer: hidden[layer].silent / hidden[layer].units)
    silent, units = hidden[worst].silent, hidden[worst].units
    if silent < MANY_SILENT * units:
        return None
    return curves.last.epoch, {"silent": silent, "units": units, "layer": worst + 1}


def _first_layer(curves: Curves) -> Found | None:
    layers = curves.last.layers
    if len(layers) < 3 or layers[0].moved >= HARDLY * layers[-1].moved:
        return None
    return curves.last.epoch, {
        "first": 100 * layers[0].moved,
        "last": 100 * layers[-1].moved,
        "layers": len(layers) - 1,
    }


def _recalls(confusion: np.ndarray) -> np.ndarray:
    """(outputs,) the share of each digit that is read rightly, not a number where there are too few of it."""
    of_digit = confusion.sum(axis=1)
    return np.divide(np.diag(confusion), of_digit, out=np.full(len(of_digit), np.nan), where=of_digit >= ENOUGH)


def _hardest_digit(curves: Curves) -> Found | None:
    """The digit that is read worst, where that is no luck, and what it is mostly taken for."""
    if not curves.confusions:
        return None
    confusion = curves.confusions[-1]
    recalls = _recalls(confusion)
    if np.isnan(recalls).all():
        return None
    digit = int(np.nanargmin(recalls))
    n, wrong = int(confusion[digit].sum()), confusion[digit].copy()
    wrong[digit] = 0
    overall = np.trace(confusion) / confusion.sum()
    if overall - recalls[digit] < luck(overall, n) or wrong.max() < 2:
        return None
    taken = int(wrong.argmax())
    return curves.last.epoch, {
        "digit": a(digit),
        "right": share(recalls[digit]),
        "taken": a(taken),
        "count": int(wrong[taken]),
        "wrong": int(wrong.sum()),
    }


def _learnt_last(curves: Curves) -> Found | None:
    """The digit that was the last to be read well, an epoch at least after the others, where the look saw all of it."""
    confusions = curves.confusions
    if len(confusions) != len(curves.epochs):
        return None
    recalls = np.array([_recalls(confusion) for confusion in confusions])
    if np.isnan(recalls).any() or (recalls[-1] < LEARNT).any():
        return None
    since = [
        int(np.flatnonzero(recalls[:, digit] < LEARNT)[-1]) + 1 if (recalls[:, digit] < LEARNT).any() else 0
        for digit in range(recalls.shape[1])
    ]
    last = int(np.argmax(since))
    others = sorted(since)
    if others[-1] <= others[-2]:
        return None
    return curves.epochs[since[last]].epoch, {
        "digit": a(last),
        "epoch": curves.epochs[since[last]].epoch,
        "before": curves.epochs[others[-2]].epoch,
    }


def _one_answer(curves: Curves) -> Found | None:
    if not curves.confusions:
        return None
    confusion = curves.confusions[-1]
    answers, of_digit = confusion.sum(axis=0) / confusion.sum(), confusion.sum(axis=1) / confusion.sum()
    digit = int(answers.argmax())
    if answers[digit] < ONE_ANSWER or answers[digit] < 2.0 * of_digit[digit]:
        return None
    return curves.last.epoch, {"digit": a(digit), "share": share(answers[digit]), "true": share(of_digit[digit])}


RULES = (
    Rule(
        "silent",
        N_(
            "In layer {layer} {silent:,} of {units:,} units answer every digit alike: they have no part in what it "
            "knows."
        ),
        _silent,
    ),
    Rule(
        "first_layer",
        N_(
            "The first of its {layers} layers hardly learns: its weights have moved by {first:.1f} % of "
            "their size, those of the last layer by {last:.1f} %."
        ),
        _first_layer,
    ),
    Rule(
        "hardest_digit",
        N_(
            "It finds {digit} hardest: {right} of them are right, and of {wrong:,} mistakes {count:,} take it "
            "for {taken}."
        ),
        _hardest_digit,
    ),
    Rule(
        "learnt_last",
        N_(
            "The digit that it learned last is {digit}: nine of ten are right since epoch {epoch}, of all others "
            "since epoch {before}."
        ),
        _learnt_last,
        2,
    ),
    Rule(
        "one_answer",
        N_("It says {digit} to {share} of all digits, and only {true} are: it has not learned to tell them apart."),
        _one_answer,
    ),
)
