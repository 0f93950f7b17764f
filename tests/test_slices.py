"""Slices add up, thirds are thirds, the worst part is named with the luck of all that were tried; and the command's numbers."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import fisher_exact

from core.catalog import load_model
from core.commands.main import main
from core.datasets import Dataset
from core.models.model import Score
from core.scores.evaluation import Evaluation, evaluate_on, interval
from core.scores.slices import _thirds, classes, slices, worst


def evaluation(wrong: np.ndarray, digits: Dataset) -> Evaluation:
    """Answers that are right but for these places."""
    answers = digits.labels.copy()
    answers[wrong] = (answers[wrong] + 1) % 10
    return Evaluation(digits, np.eye(10)[answers])


def strokes_of(widths: list[int]) -> Dataset:
    """Upright bars of these widths, which is all that tells them apart but for their ink."""
    pictures = np.zeros((len(widths), 28, 28), dtype=np.uint8)
    for picture, width in zip(pictures, widths, strict=True):
        picture[4:24, 12 : 12 + width] = 255
    return Dataset("bars", pictures.reshape(-1, 784), np.ones(len(widths), dtype=np.int64), (28, 28))


def test_thirds_by_hand():
    assert _thirds(np.array([1.0, 2, 3, 4, 5, 6, 7])).tolist() == [0, 0, 1, 1, 1, 2, 2]
    assert _thirds(np.full(9, 20.0)).tolist() == [1] * 9
    assert _thirds(np.array([18.0, *[20.0] * 8])).tolist() == [0, *[1] * 8]


def test_every_slice_divides_all_digits():
    found = evaluate_on(load_model("small"), "digits")
    for each in slices(found):
        places = np.concatenate([part.places for part in each.parts])
        assert sorted(places.tolist()) == list(range(180)), each.name
        assert sum(part.correct for part in each.parts) == found.score.correct


def test_the_worst_part_is_found_where_there_is_one():
    """Of 300 bars the 100 thick ones are read wrong half of the time."""
    digits = strokes_of([2] * 100 + [4] * 100 + [7] * 100)
    found = evaluation(np.arange(200, 300, 2), digits)
    told = worst(found, slices(found))
    assert told and told.real and told.part.n == 100 and told.part.correct == 50
    assert told.high < 1.0 and "more than luck" in str(told.message) and f"{told.tried} parts" in str(told.message)
    low, high = (f"{100 * end:.1f} %" for end in interval(Score(100, 50), 1 - 0.05 / told.tried))
    assert f"50.0 % of 100 right; of many more like these, {low} to {high}." in str(told.message)


def test_what_luck_does_is_not_called_a_finding():
    rng = np.random.default_rng(5)
    digits = strokes_of(rng.integers(2, 8, 600).tolist())
    hits = 0
    for seed in range(40):
        found = evaluation(np.random.default_rng(seed).choice(600, 30, replace=False), digits)
        told = worst(found, slices(found))
        hits += bool(told and told.real)
    assert hits <= 4  # at most 2 are to be expected at 5 %


def test_the_chance_is_that_of_fisher():
    digits = strokes_of([2] * 100 + [4] * 100 + [7] * 100)
    told = worst(found := evaluation(np.array([0, 1, 150, *range(200, 212)]), digits), slices(found))
    expected = fisher_exact([[12, 88], [3, 197]], alternative="greater").pvalue
    assert told and told.p_value == pytest.approx(told.tried * expected, rel=1e-9)


def test_too_few_digits_are_no_part():
    digits = strokes_of([2] * 10)
    found = evaluation(np.arange(3), digits)
    assert worst(found, slices(found)) is None


def test_names_of_parts_are_told_apart_in_each_slice():
    for name, (parts, which) in classes(strokes_of([2, 3, 4, 5])).items():
        assert len(set(parts)) == 3 and which.max() <= 2, name


def test_the_command_gives_counts_that_add_up():
    outcome = CliRunner().invoke(main, ["slices", "small", "--json"])
    assert outcome.exit_code == 0, outcome.output
    told = json.loads(outcome.stdout.splitlines()[-1])
    assert {each["name"] for each in told["slices"]} >= {"thickness", "slant", "width", "height", "holes", "ink"}
    for each in told["slices"]:
        assert sum(part["n"] for part in each["parts"]) == 180
        assert sum(part["correct"] for part in each["parts"]) == 170


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_a_blog_network_reads_crossed_sevens_badly():
    found = evaluate_on(load_model("blog"), "mnist")
    told = worst(found, slices(found))
    assert told and told.real and told.part.name == "crossed" and 0.75 < told.part.accuracy < 0.9
