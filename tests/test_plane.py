"""Orders and the plane: by hand, and against NumPy's own eigenvectors."""

import numpy as np
import pytest

from core.catalog import load_model
from core.datasets import Dataset
from core.explain.maps import fitted
from core.explain.plane import lay_out, principal_axes, views
from core.scores.evaluation import Evaluation, digits_of
from core.scores.orders import ORDERS, lead, ordered

PROBABILITIES = np.zeros((4, 10))
PROBABILITIES[0, [1, 2]] = 0.6, 0.4
PROBABILITIES[1, [3, 4]] = 0.9, 0.1
PROBABILITIES[2, [2, 5, 6]] = 0.5, 0.25, 0.25
PROBABILITIES[3, [0, 9]] = 0.9, 0.1
FOUR = Evaluation(
    Dataset("four", np.zeros((4, 4), np.uint8), np.array([2, 3, 2, 1], dtype=np.int64), (2, 2)), PROBABILITIES
)


@pytest.mark.parametrize("order, expected", [
    ("sure", [1, 3, 0, 2]), ("unsure", [2, 0, 1, 3]), ("close", [0, 2, 1, 3]), ("digit", [3, 0, 2, 1]), ("odd", [2, 3, 1, 0]),
])  # fmt: skip
def test_orders_by_hand(order: str, expected: list[int]) -> None:
    odd = np.array([1.0, 2.0, 4.0, 3.0])
    assert ordered(FOUR, np.array([3, 1, 0, 2]), order, lambda: odd).tolist() == expected
    assert ordered(FOUR, np.array([], dtype=int), order, lambda: odd).tolist() == []


def test_every_order_has_a_test() -> None:
    assert set(ORDERS) == {"sure", "unsure", "close", "digit", "odd"}
    assert lead(PROBABILITIES) == pytest.approx([0.2, 0.8, 0.25, 0.8])


def test_the_axes_are_the_eigenvectors_of_the_covariance() -> None:
    seen = np.random.default_rng(3).normal(size=(200, 6)) * [5, 1, 3, 0.5, 0.2, 0.1] + 7
    axes, mean, kept = principal_axes(seen)
    values, vectors = np.linalg.eigh(np.cov(seen.T))
    assert np.abs(axes @ vectors[:, [-1, -2]]) == pytest.approx(np.eye(2), abs=1e-9)
    assert mean == pytest.approx(seen.mean(axis=0)) and kept == pytest.approx(values[-2:].sum() / values.sum())
    assert (axes[np.arange(2), np.abs(axes).argmax(axis=1)] > 0).all()


def test_points_on_a_line_lose_nothing() -> None:
    axes, _, kept = principal_axes(np.outer(np.arange(5.0), [3.0, 4.0]))
    assert axes[0] == pytest.approx([0.6, 0.8]) and kept == pytest.approx(1)


def test_digits_are_laid_out_as_the_network_sees_them() -> None:
    model, digits = load_model("small"), digits_of("digits")
    plane, seen = lay_out(model, digits), views(model, digits)
    two, threes = plane.points.astype(float), digits.labels == 3
    assert plane.points.shape == (len(digits), 2) and 0 < plane.kept < 1
    assert two.mean(axis=0) == pytest.approx([0, 0], abs=1e-4) and abs(np.cov(two.T)[0, 1]) < 1e-4
    assert two.var(axis=0).sum() / seen.var(axis=0).sum() == pytest.approx(plane.kept, rel=1e-4)
    distances = np.linalg.norm(seen[threes] - seen[threes].mean(axis=0), axis=1)
    assert plane.unusual[threes] == pytest.approx(distances, rel=1e-4)


@pytest.mark.parametrize("count", [1, 2])
def test_few_digits_can_be_laid_out(count: int) -> None:
    """A visitor may have made one drawing."""
    digits = digits_of("digits").subset(slice(0, count))
    plane = lay_out(load_model("small"), digits)
    assert np.isfinite(plane.points).all() and plane.points.shape == (count, 2)
    assert fitted(plane.points).shape == (count, 2)
