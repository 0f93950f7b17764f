import numpy as np
import pytest

from core.models.calibration import Bin, best_temperature, bin_of, calibration_error, reliability, with_temperature


def test_temperature_divides_the_sums_of_a_softmax():
    sums = np.array([[2.0, 0.0, -1.0], [0.5, 0.5, 4.0]])
    plain = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    cooler = np.exp(sums / 1.7) / np.exp(sums / 1.7).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(with_temperature(plain, 1.7), cooler, rtol=1e-12)
    assert with_temperature(plain, 1.0) is plain


def test_temperature_of_an_answer_ruled_out_wholly():
    assert with_temperature(np.array([[1.0, 0.0]]), 2.0).tolist() == [[1.0, 0.0]]


def test_the_best_temperature_finds_the_one_that_was_hidden():
    rng = np.random.default_rng(0)
    sums = rng.normal(0, 2, (20_000, 10))
    true = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=row) for row in true])
    sharpened = with_temperature(true, 1 / 2.5)  # too sure by 2.5
    assert best_temperature(sharpened, labels) == pytest.approx(2.5, rel=0.03)


def test_the_best_temperature_by_hand_and_at_its_bounds():
    """Of three alike answers with sums 2 and 0 two are right: they should be sure of 2/3, and 2 / t = log 2."""
    sure = np.exp([2.0, 0.0]) / np.exp([2.0, 0.0]).sum()
    assert best_temperature(np.array([sure] * 3), np.array([0, 0, 1])) == pytest.approx(2 / np.log(2), rel=1e-6)
    assert best_temperature(np.array([sure] * 3), np.array([0, 0, 0])) == pytest.approx(1 / 5)
    assert best_temperature(np.array([sure] * 3), np.array([1, 1, 0])) == pytest.approx(5.0)
    ruled_out = np.array([[1.0, 0.0]] * 4, dtype=np.float32)
    assert best_temperature(ruled_out, np.array([0, 0, 0, 1])) == pytest.approx(5.0)


def test_reliability_and_error_worked_by_hand():
    confidence = np.array([0.55, 0.6, 0.92, 0.94, 0.95, 1.0])
    right = np.array([True, False, True, True, False, True])
    bins = reliability(confidence, right, (0.0, 0.5, 0.6, 0.9, 0.95, 1.0))
    assert [each.n for each in bins] == [0, 2, 0, 3, 1]
    assert [each.correct for each in bins] == [0, 1, 0, 2, 1]
    assert bins[1].confidence == pytest.approx(0.575) and bins[1].accuracy == 0.5
    # |1 - 1.15| + |2 - 2.81| + |1 - 1| over six answers
    assert calibration_error(bins) == pytest.approx((0.15 + 0.81) / 6)
    assert calibration_error([]) == 0.0


def test_the_bin_of_a_confidence():
    bins = [Bin(0.0, 0.5, 1, 1, 0.4), Bin(0.5, 1.0, 1, 1, 0.9)]
    assert [bin_of(bins, c) is bins[i] for c, i in ((0.0, 0), (0.5, 0), (0.51, 1), (1.0, 1), (1.0000001, 1))] == [
        True
    ] * 5
