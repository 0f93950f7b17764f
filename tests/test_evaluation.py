"""Evaluation: confusion, scores and intervals worked by hand or published, and mistakes in their order."""

import numpy as np
import pytest
from scipy.stats import hypergeom

from core.config import Config, NetworkConfig
from core.datasets import Dataset
from core.errors import DigitLabError
from core.models.model import Model, Score
from core.models.parameters import Parameters
from core.scores import evaluation
from core.scores.evaluation import Evaluation, class_scores, evaluate, evaluate_on, interval, prediction_interval

# Seven digits: (true, read as, confidence). Three zeros, one read as 1; three ones, two read as 0;
# and a seven read as 0.
READINGS = [(0, 0, 0.9), (1, 0, 0.6), (0, 1, 0.8), (1, 1, 0.7), (0, 0, 0.5), (1, 0, 0.95), (7, 0, 0.8)]


@pytest.fixture
def readings() -> Evaluation:
    probabilities = np.zeros((7, 10))
    for row, (_, answer, confidence) in enumerate(READINGS):
        probabilities[row] = (1 - confidence) / 9
        probabilities[row, answer] = confidence
    labels = np.array([true for true, _, _ in READINGS])
    return Evaluation(Dataset("seven", np.zeros((7, 4), dtype=np.uint8), labels, (2, 2)), probabilities)


def test_answers_and_score(readings):
    assert readings.answers.tolist() == [0, 0, 1, 1, 0, 0, 0]
    assert readings.confidence == pytest.approx([0.9, 0.6, 0.8, 0.7, 0.5, 0.95, 0.8])
    assert readings.score == Score(7, 3)


def test_confusion_has_true_digits_in_rows(readings):
    expected = np.zeros((10, 10), dtype=int)
    expected[0, 0], expected[0, 1], expected[1, 0], expected[1, 1], expected[7, 0] = 2, 1, 2, 1, 1
    np.testing.assert_array_equal(readings.confusion(), expected)


def test_class_scores_by_hand(readings):
    """0: 2 of 5 answers right, 2 of 3 found, F1 = 2 x 2 / (5 + 3). 1: 1 of 2, 1 of 3, F1 = 2 / 5. 7: never
    answered.
    """
    scores = class_scores(readings.confusion())
    assert scores.precision.tolist() == pytest.approx([2 / 5, 1 / 2] + [0] * 8)
    assert scores.recall.tolist() == pytest.approx([2 / 3, 1 / 3] + [0] * 8)
    assert scores.f1.tolist() == pytest.approx([1 / 2, 2 / 5] + [0] * 8)
    assert scores.support.tolist() == [3, 3, 0, 0, 0, 0, 0, 1, 0, 0]


def test_mistakes_begin_with_the_most_confident(readings):
    """0.95, then the two of 0.8 in the order of the data, then 0.6."""
    assert readings.mistakes().tolist() == [5, 2, 6, 1]


def test_a_cell_lists_its_digits(readings):
    assert readings.cell(1, 0).tolist() == [5, 1]
    assert readings.cell(0, 0).tolist() == [0, 4]
    assert readings.cell(3, 8).tolist() == []


@pytest.mark.parametrize(
    ("correct", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_interval_as_published(correct, n, low, high):
    """R. G. Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I."""
    assert interval(Score(n, correct)) == pytest.approx((low, high), abs=5e-5)


def test_interval_stays_within_0_and_1_and_narrows():
    assert interval(Score(20, 20)) == (pytest.approx(1 - 0.1611, abs=5e-5), 1.0)
    assert interval(Score(1, 0))[0] == 0.0
    wide, narrow = interval(Score(10_000, 9_800), 0.99), interval(Score(10_000, 9_800))
    assert wide[0] < narrow[0] < 0.98 < narrow[1] < wide[1]
    assert all(type(end) is float for end in narrow)


def test_a_forecast_by_hand():
    """All of n right, and one more digit: were it misread, it would be the last of n + 1 by a chance of 1 / (n + 1)."""
    assert prediction_interval(Score(3, 3), 1) == (0, 1) and prediction_interval(Score(3, 0), 1) == (0, 1)
    assert prediction_interval(Score(38, 38), 1) == (0, 1)  # 1 / 39 is more than 0.025
    assert prediction_interval(Score(40, 40), 1) == (1, 1)  # 1 / 41 is less
    assert prediction_interval(Score(40, 0), 1) == (0, 0)


@pytest.mark.parametrize(("n", "count"), [(12, 12), (12, 30), (30, 7)])
def test_a_forecast_holds_what_the_test_of_equal_accuracies_does_not_reject(n, count):
    """Another way to the same numbers: hypergeometric tails for each pair of counts."""
    for correct in range(n + 1):
        kept = []
        for new in range(count + 1):
            both = hypergeom(n + count, correct + new, n)  # the right ones of the old set, given the sum
            if min(both.cdf(correct), both.sf(correct - 1)) > 0.025:
                kept.append(new)
        low, high = prediction_interval(Score(n, correct), count)
        assert kept == list(range(low, high + 1)), correct


@pytest.mark.parametrize("n", [180, 10_000])
@pytest.mark.parametrize("accuracy", [0.9, 0.939, 0.98, 0.995, 0.999])
def test_a_forecast_comes_true_19_times_in_20(n, accuracy):
    """20,000 pairs of an old and a new set: a share of 0.95 may come out 0.0046 lower by chance (three deviations).

    The interval of the true accuracy, which was shown as a forecast before, misses 19 % of new sets of 180.
    """
    old, new = np.random.default_rng(0).binomial(n, accuracy, (2, 20_000))
    ends = {right: prediction_interval(Score(n, right), n) for right in map(int, np.unique(old))}
    low, high = np.array([ends[int(right)] for right in old]).T
    assert ((low <= new) & (new <= high)).mean() >= 0.95 - 0.0046
    if n == 180 and accuracy == 0.939:
        ends = {right: interval(Score(n, right)) for right in ends}
        low, high = n * np.array([ends[int(right)] for right in old]).T
        assert ((low > new) | (new > high)).mean() > 0.12


def model_that_answers_its_brightest_pixel() -> Model:
    """Sixteen pixels, of which the first ten are the ten outputs."""
    network = NetworkConfig(inputs=16, hidden=(), bias=False)
    parameters = Parameters(network, np.zeros(160, dtype=np.float32))
    parameters.weights[0][:10] = 20 * np.eye(10)
    return Model(Config(network), parameters)


def test_evaluate_reads_every_digit_in_its_place():
    """More digits than are read at once; every seventh label is wrong."""
    answers = np.random.default_rng(0).integers(0, 10, 4_321)
    pixels = np.zeros((4_321, 16), dtype=np.uint8)
    pixels[np.arange(4_321), answers] = 255
    labels = np.where(np.arange(4_321) % 7 == 0, (answers + 1) % 10, answers)
    result = evaluate(model_that_answers_its_brightest_pixel(), Dataset("bright", pixels, labels, (4, 4)))
    np.testing.assert_array_equal(result.answers, answers)
    assert result.score == Score(4_321, 4_321 - 618)
    assert result.mistakes().tolist() == list(range(0, 4_321, 7))
    assert result.confusion().sum() == 4_321


def test_pictures_of_another_size_are_refused(make_data):
    with pytest.raises(DigitLabError, match="4 × 4 pixels.*noise have 3 × 3"):
        evaluate(model_that_answers_its_brightest_pixel(), make_data(5))


def test_the_parts_of_a_data_set(monkeypatch):
    opened = []
    real = evaluation.load_test
    monkeypatch.setattr(evaluation, "load_test", lambda name: opened.append(name) or real(name))
    network = NetworkConfig(inputs=64, hidden=())
    model = Model(Config(network), Parameters.initial(network, 0))
    sizes = [evaluate_on(model, "digits", part).score.n for part in ("train", "validation")]
    assert sizes == [1617 - 134, 134] and opened == []  # the test set stays closed
    assert evaluate_on(model, "digits").score.n == 180 and opened == ["digits"]
    with pytest.raises(DigitLabError, match="train, validation and test"):
        evaluate_on(model, "digits", "exam")
