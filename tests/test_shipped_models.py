"""The shipped networks: as good as their card says, and usable for what they are shipped for."""

import re
import time

import numpy as np
import pytest

from core.catalog import find_model, load_guard, load_model, shipped_models
from core.datasets import Dataset, load_training
from core.drawings.doodles import KINDS, doodle
from core.explain.back_query.inverse import back_query_all, can_back_query
from core.folders import MODELS
from core.models.calibration import calibration_error, reliability
from core.scores.doubt import refused
from core.scores.evaluation import Evaluation, evaluate_on, interval
from core.training.recipes import RECIPES


def test_what_is_shipped() -> None:
    assert shipped_models() == ["default", "blog", "rashid", "small"]
    assert find_model("default").stat().st_size < 6_000_000


@pytest.fixture(scope="module")
def default_on_mnist(mnist_dir) -> Evaluation:
    return evaluate_on(load_model("default"), "mnist")


@pytest.mark.mnist
@pytest.mark.parametrize("name, least", [("default", 0.994), ("blog", 0.97), ("rashid", 0.94)])
def test_score_on_mnist_is_the_cards(default_on_mnist, name: str, least: float) -> None:
    model = load_model(name)
    score = (default_on_mnist if name == "default" else evaluate_on(model, "mnist")).score
    assert score.accuracy >= least
    assert score == model.provenance.scores["test"] or name == "blog"  # stored in float16 after it was counted
    _card_says(name, score)


def test_score_on_the_bundled_digits_is_the_cards() -> None:
    score = evaluate_on(load_model("small"), "digits").score
    assert score == load_model("small").provenance.scores["test"]
    _card_says("small", score)


def _card_says(name: str, score) -> None:
    row = next(line for line in (MODELS / "README.md").read_text().splitlines() if line.startswith(f"| `{name}`"))
    correct, n = (int(number.replace(",", "")) for number in re.search(r"([\d,]+) of ([\d,]+) \(", row).groups())
    assert (correct, n) == (score.correct, score.n)
    low, high = (float(number) for number in re.search(r"([\d.]+) to ([\d.]+) %", row).groups())
    assert (low, high) == pytest.approx(tuple(100 * side for side in interval(score)), abs=0.051)


@pytest.mark.parametrize(
    "name, recipe",
    [("default", "everybody"), ("blog", "blog-a-200-4"), ("rashid", "backwards"), ("small", "course-d-numpy")],
)
def test_they_are_what_their_recipe_makes(name: str, recipe: str) -> None:
    assert load_model(name).config == RECIPES[recipe].config


@pytest.mark.parametrize("name", ["blog", "rashid", "small"])
def test_the_invertible_ones_give_ten_different_pictures(name: str) -> None:
    model = load_model(name)
    assert can_back_query(model)
    pictures = back_query_all(model).reshape(10, -1)
    assert np.corrcoef(pictures)[~np.eye(10, dtype=bool)].max() < 0.95


@pytest.mark.parametrize("name", ["rashid", "small"])
def test_the_invertible_ones_read_most_of_their_own_pictures(name: str) -> None:
    model = load_model(name)
    answers = model.predict(back_query_all(model).astype(np.float32)).argmax(axis=1)
    assert np.count_nonzero(answers == np.arange(10)) >= 7


@pytest.mark.mnist
def test_its_confidence_means_something(default_on_mnist) -> None:
    model, test = load_model("default"), default_on_mnist
    bins = reliability(test.confidence, test.answers == test.data.labels)
    assert calibration_error(bins) <= 0.01
    stored = [(each.n, each.correct) for each in model.calibration.bins]
    # stored in float16 after it was counted: a few answers move to the next bin
    assert sum(abs(each.n - n) for each, (n, _) in zip(bins, stored, strict=True)) < 40


@pytest.mark.mnist
def test_the_guards_card_is_true_of_digits(default_on_mnist) -> None:
    reader, guard = load_model("default"), load_guard()
    digits = load_training("mnist").validation
    assert refused(reader, guard, digits).mean() <= 0.02
    counted = guard.provenance.scores["digits"]
    assert counted.accuracy <= 0.02
    assert refused(reader, guard, default_on_mnist.data).sum() == counted.correct


def test_the_guard_refuses_nine_in_ten_drawings_that_are_no_digit() -> None:
    rng = np.random.default_rng(99)
    pixels = np.stack([doodle(kind, rng).ravel() for kind in KINDS for _ in range(40)])
    data = Dataset("doodles", pixels, np.zeros(len(pixels), np.int64), (28, 28))
    assert refused(load_model("default"), load_guard(), data).mean() >= 0.9


def test_ten_thousand_predictions_take_a_second_of_one_core() -> None:
    model, pictures = load_model("default"), np.random.default_rng(0).random((10_000, 784), dtype=np.float32)
    model.predict(pictures[:100])
    started = time.process_time()
    model.predict(pictures)
    assert time.process_time() - started < 2.0  # one on a quiet machine
