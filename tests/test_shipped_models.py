"""The shipped networks: as good as their card says, and usable for what they are shipped for."""

import re

import numpy as np
import pytest

from core.backquery import back_query_all, can_back_query
from core.catalog import find_model, load_model, shipped_models
from core.evaluation import evaluate_on, interval
from core.folders import MODELS
from core.recipes import RECIPES


def test_what_is_shipped() -> None:
    assert shipped_models() == ["default", "rashid", "small"]
    assert find_model("default").stat().st_size < 6_000_000


@pytest.mark.mnist
@pytest.mark.parametrize("name, least", [("default", 0.984), ("rashid", 0.94)])
def test_score_on_mnist_is_the_cards(mnist_dir, name: str, least: float) -> None:
    model = load_model(name)
    score = evaluate_on(model, "mnist").score
    assert score.accuracy >= least
    assert score == model.provenance.scores["test"] or name == "default"  # stored in float16: counted again below
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


@pytest.mark.parametrize("name, recipe", [("default", "best"), ("rashid", "backwards"), ("small", "course-d-numpy")])
def test_they_are_what_their_recipe_makes(name: str, recipe: str) -> None:
    assert load_model(name).config == RECIPES[recipe].config


@pytest.mark.parametrize("name", ["rashid", "small"])
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
