"""How well a model reads: accuracy with its interval, the confusion matrix, and the digits it gets wrong.

This is the only place that opens a test set: a figure on it is measured when training is over, and nothing is chosen by it.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy

from core.datasets import Dataset, load_test, load_training
from core.datasets.dataset import Excerpt
from core.datasets.hundred import first_of_each, rows_of_each
from core.datasets.uploads import is_upload, some
from core.errors import DigitLabError
from core.models.calibration import Calibration, best_temperature, reliability
from core.models.model import Model, Score

DIGITS = 10
MOST_EXPLORED = 10_000  # digits that are looked at together


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """All digits of which only some are here, among them all that are read wrong.

    Attributes
    ----------
    labels : (total,) int64.
    confidence : (total,) the probability that the model gives its answer.
    unusual : (n,) how unusual each digit that is here is among all (`core.explain.plane`).
    """

    labels: np.ndarray
    confidence: np.ndarray
    unusual: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A model's answers on a data set.

    Attributes
    ----------
    data : the digits (n) and their labels.
    probabilities : (n, 10) what the model gives.
    whole : what is known of all digits, where only some are here.
    """

    data: Dataset
    probabilities: np.ndarray
    whole: Whole | None = None

    @property
    def answers(self) -> np.ndarray:
        """(n,) the digit that the model reads."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> np.ndarray:
        """(n,) the probability that the model gives its answer."""
        return self.probabilities.max(axis=1)

    @property
    def all_labels(self) -> np.ndarray:
        """(total,) what all digits are, those that are not here among them."""
        return self.data.labels if self.whole is None else self.whole.labels

    @property
    def all_answers(self) -> np.ndarray:
        """(total,) the digits that the model reads in all of them."""
        if self.whole is None:
            return self.answers
        answers = self.whole.labels.copy()
        answers[self.data.numbers()] = self.answers
        return answers

    @property
    def all_confidence(self) -> np.ndarray:
        """(total,) the probabilities that the model gives its answers to all of them."""
        return self.confidence if self.whole is None else self.whole.confidence

    @property
    def among_all(self) -> np.ndarray:
        """(n,) where in (total,) the digits stand that are here."""
        return np.arange(len(self.data)) if self.whole is None else self.data.numbers()

    def here(self, of_all: np.ndarray) -> np.ndarray:
        """The places (k,) of those digits that are here, in their order, of some of all (total,)."""
        places = np.full(len(self.all_labels), -1)
        places[self.among_all] = np.arange(len(self.data))
        found = places[of_all]
        return found[found >= 0]

    @property
    def score(self) -> Score:
        """Of all digits, those that are not here among them."""
        counts = self.confusion()
        return Score(int(counts.sum()), int(np.trace(counts)))

    def confusion(self) -> np.ndarray:
        """(10, 10) counts of all digits: row is the true digit, column the answer."""
        pairs = self.all_labels * DIGITS + self.all_answers
        return np.bincount(pairs, minlength=DIGITS * DIGITS).reshape(DIGITS, DIGITS)

    def mistakes(self) -> np.ndarray:
        """Indices of the misread digits, the most confident mistake first."""
        wrong = np.flatnonzero(self.answers != self.data.labels)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")]

    def cell(self, true: int, answer: int) -> np.ndarray:
        """Indices of the digits `true` read as `answer`, the most confident first."""
        found = np.flatnonzero((self.data.labels == true) & (self.answers == answer))
        return found[np.argsort(-self.confidence[found], kind="stable")]


def evaluate(model: Model, data: Dataset) -> Evaluation:
    """Let the model read a data set."""
    if model.network.inputs != data.pixels.shape[1]:
        raise DigitLabError(
            "This model reads pictures of {height} × {width} pixels; those of {name} have {rows} × {columns}.",
            height=model.shape[0],
            width=model.shape[1],
            name=data.name,
            rows=data.shape[0],
            columns=data.shape[1],
        )
    rows = 2_000  # data.x is float32: this bounds the copy
    parts = [model.predict(data.x(slice(start, start + rows))) for start in range(0, len(data), rows)]
    return Evaluation(data, np.concatenate(parts))


def calibrate(model: Model, validation: Dataset | None, dataset: str) -> tuple[Model, Evaluation]:
    """The model with its confidence corrected by digits held back from training, and its answers on the test digits.

    Its calibration tells how it fares on these. Without digits held back the confidence stays as it is.
    """
    model = replace(model, calibration=Calibration())
    if validation is not None:
        held_back = evaluate(model, validation)
        temperature = best_temperature(held_back.probabilities, validation.labels)
        model = replace(model, calibration=Calibration(temperature))
    test = evaluate_on(model, dataset)
    bins = tuple(reliability(test.confidence, test.answers == test.data.labels))
    return replace(model, calibration=replace(model.calibration, bins=bins)), test


def evaluate_on(model: Model, dataset: str, part: str = "test") -> Evaluation:
    """Evaluate on the "test", "validation" or "train" part of a named data set."""
    return evaluate(model, digits_of(dataset, part))


def digits_of(dataset: str, part: str = "test") -> Dataset:
    """The "test", "validation" or "train" part of a named data set; its test part is opened here and nowhere else."""
    if part == "test":
        return load_test(dataset)
    if part not in ("train", "validation"):
        raise DigitLabError(
            "A data set has the parts train, validation and test; {part} is none of them.", part=repr(part)
        )
    data = load_training(dataset)
    digits = data.train if part == "train" else data.validation
    assert digits is not None  # some are held back unless one asks for none
    return digits


def explored(dataset: str, most: int = MOST_EXPLORED) -> Dataset:
    """The digits to try a network with that has not learned from them: of data of one's own all, of others the test part."""
    return everything(dataset, most) if is_upload(dataset) else digits_of(dataset)


def everything(dataset: str, most: int = MOST_EXPLORED) -> Excerpt:
    """The test digits of a data set, and after them those to learn from, spread evenly where only so many may be had.

    Their numbers count the test digits first, then all others. It is for those who look at digits or at their labels, and
    not for training.
    """
    test, train = digits_of(dataset), load_training(dataset, validation=False).train
    tested = min(len(test), most)
    rows = np.linspace(0, len(train) - 1, min(len(train), most - tested)).astype(int)
    return Excerpt(
        test.name,
        np.concatenate([test.pixels[:tested], train.pixels[rows]]),
        np.concatenate([test.labels[:tested], train.labels[rows]]),
        test.shape,
        test.pixel_max,
        places=np.concatenate([np.arange(tested), len(test) + rows]),
        of=len(test) + len(train),
        whole="",
    )


def first_test_digits(dataset: str) -> Dataset:
    """The first ten of each digit of the test part, to be looked at; of an upload no more than these are read."""
    if is_upload(dataset):
        return some(dataset, "test", rows_of_each)
    return first_of_each(digits_of(dataset))


def interval(score: Score, confidence: float = 0.95) -> tuple[float, float]:
    """The interval in which the true accuracy lies with this confidence (Wilson 1927; holds near 0 and 1 as well).

    It is no forecast: how many of a new set are right varies by chance as well, see `prediction_interval`.
    """
    z = float(scipy.special.ndtri(0.5 + confidence / 2))
    n, p = score.n, score.accuracy
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = max(0.0, centre - half) if score.correct else 0.0  # where rounding leaves 1e-16 of it
    high = min(1.0, centre + half) if score.correct < n else 1.0
    return float(low), float(high)


def prediction_interval(score: Score, count: int, confidence: float = 0.95) -> tuple[int, int]:
    """Between which numbers, both included, the right answers among `count` new digits of the same kind will lie.

    In at least this share of all pairs of an old and a new set, whatever the true accuracy: the interval holds the numbers
    that a two-sided test of both sets having one accuracy does not reject, given their sum (hypergeometric). Its ends are
    quantiles of two beta-binomial distributions (A. R. Thatcher: Relationships between Bayesian and confidence limits for
    predictions, Journal of the Royal Statistical Society B 26, 1964).
    """
    tail, right, wrong = (1 - confidence) / 2, score.correct, score.n - score.correct
    low, high = 0, count
    if right:
        low = int(np.searchsorted(_beta_binomial(count, right, wrong + 1), tail, side="right"))
    if wrong:
        high = int(np.searchsorted(_beta_binomial(count, right + 1, wrong), 1 - tail, side="left"))
    return low, high


def _beta_binomial(count: int, a: float, b: float) -> np.ndarray:
    """The distribution function (count + 1,) of successes in `count` trials, their probability drawn from Beta(a, b)."""
    k = np.arange(count + 1)
    betaln = scipy.special.betaln
    logarithms = betaln(k + a, count - k + b) - betaln(a, b) - betaln(k + 1, count - k + 1) - np.log(count + 1)
    return np.cumsum(np.exp(logarithms))


@dataclass(frozen=True, slots=True)
class ClassScores:
    """Precision, recall and F1 of the ten digits, each (10,) and 0 where it is not defined, and how often each occurs."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


def class_scores(confusion: np.ndarray) -> ClassScores:
    """Per-digit scores from a confusion matrix (10, 10) of counts."""
    right = np.diag(confusion).astype(float)
    answered, support = confusion.sum(axis=0), confusion.sum(axis=1)
    precision = np.divide(right, answered, out=np.zeros(len(right)), where=answered > 0)
    recall = np.divide(right, support, out=np.zeros(len(right)), where=support > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros(len(right)), where=both > 0)
    return ClassScores(precision, recall, f1, support)
