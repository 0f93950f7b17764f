"""Doubtful labels by confident learning: the rule by hand, flipped labels that are found, and the command."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.datasets import Dataset, load_training, uploads
from core.errors import DigitLabError
from core.heldout.folds import PARTS, divided, opinions
from core.heldout.labels import by_folds
from core.jobs.jobs import Jobs
from core.scores.confident import DoubtfulLabel, counts_as, doubtful_labels, thresholds
from core.scores.evaluation import everything
from tests.waiting import until


def given(*rows: dict[int, float]) -> np.ndarray:
    """Probabilities (n, 10) of which only some are not 0."""
    table = np.zeros((len(rows), 10))
    for number, row in enumerate(rows):
        table[number, list(row)] = list(row.values())
    return table


# Labelled 0, 0, 0, 1, 1: thresholds (0.9 + 0.6 + 0.3) / 3 = 0.6 and (0.8 + 0.4) / 2 = 0.6.
LABELS = np.array([0, 0, 0, 1, 1])
GIVEN = given({0: 0.9, 1: 0.1}, {0: 0.6, 1: 0.4}, {0: 0.3, 1: 0.7}, {0: 0.2, 1: 0.8}, {0: 0.55, 1: 0.4, 2: 0.05})


def test_the_rule_by_hand() -> None:
    assert thresholds(GIVEN, LABELS)[:2] == pytest.approx([0.6, 0.6]) and np.isinf(thresholds(GIVEN, LABELS)[2:]).all()
    assert counts_as(GIVEN, thresholds(GIVEN, LABELS)).tolist() == [
        0,
        0,
        1,
        1,
        -1,
    ]  # the last one reaches no threshold, and is not doubted
    (found,) = doubtful_labels(GIVEN, LABELS)
    assert found == DoubtfulLabel(2, 0, 1, 0.3, 0.7) and found.margin == pytest.approx(0.4)


def test_of_several_thresholds_that_are_reached_the_most_probable_digit_counts() -> None:
    """Thresholds 0.5, 0.3: the first two reach both; the second counts as what it is not labelled, the first does not."""
    labels = np.array([0, 0, 1, 1])
    probabilities = given({0: 0.6, 1: 0.4}, {0: 0.4, 1: 0.6}, {1: 0.5, 0: 0.1}, {1: 0.1, 0: 0.6})
    assert thresholds(probabilities, labels)[:2] == pytest.approx([0.5, 0.3])
    assert counts_as(probabilities, thresholds(probabilities, labels)).tolist() == [0, 1, 1, 0]
    assert [each.place for each in doubtful_labels(probabilities, labels)] == [3, 1]  # leads of 0.5 and 0.2


def test_the_parts_are_of_one_size_and_each_has_its_share_of_every_digit() -> None:
    labels = np.random.default_rng(0).integers(0, 10, 1_003)
    part = divided(labels)
    assert set(np.bincount(part)) <= {200, 201}
    counts = np.array([np.bincount(labels[part == number], minlength=10) for number in range(PARTS)])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()


def test_flipped_labels_are_found() -> None:
    """Of the small digits with one label in twenty changed, by the command whose figures the README has."""
    shown = CliRunner().invoke(main, ["doubtful", "digits", "--flip", "0.05", "--json"]).stdout
    told = json.loads(shown.splitlines()[-1])["flipped"]
    assert told["n"] == 90 and told["precision"] > 0.85 and told["recall"] > 0.75


def test_of_clean_digits_hardly_any_is_doubted_and_too_few_are_refused() -> None:
    told: list[float] = []
    found = by_folds(everything("digits").subset(slice(0, 600)), tell=told.append)
    assert found.n == 600 and found.count == len(found.first) < 30
    assert told == sorted(told) and told[-1] == 1.0
    with pytest.raises(DigitLabError, match="too few"):
        opinions(everything("digits").subset(slice(0, 9)))


@pytest.fixture
def mine(data_dir) -> str:
    digits = load_training("digits").train
    labels = digits.labels.copy()
    labels[7] = (labels[7] + 1) % 10
    changed = Dataset("mine", digits.pixels, labels, digits.shape, digits.pixel_max)
    return uploads.keep({"train": changed.subset(slice(0, 150)), "test": changed.subset(slice(150, 200))}, "mine.csv")


def test_a_process_looks_through_ones_own_data(mine: str) -> None:
    """Its digits are the 50 to test on, then the 150 to learn from: the changed one is number 57."""
    jobs = Jobs()
    doubting = jobs.doubt(mine, owner="me")
    assert jobs.doubt(mine) is doubting is jobs.doubting(mine)
    until(lambda: not doubting.live)
    assert doubting.found and doubting.done > 0 and not doubting.error
    assert doubting.found.n == 200 and 57 in {each.place for each in doubting.found.first}
    gone = jobs.doubt("upload-0123456789ab")
    until(lambda: not gone.live)
    assert "not on this computer" in str(gone.error) and gone.found is None


def test_the_command(mine: str) -> None:
    told = json.loads(CliRunner().invoke(main, ["doubtful", mine, "--json"]).stdout.splitlines()[-1])
    assert told["n"] == 200 and told["by"] == "five parts" and len(told["thresholds"]) == 10
    (changed,) = [row for row in told["doubtful"] if (row["part"], row["index"]) == ("train", 7)]
    margin = changed["suggested_probability"] - changed["label_probability"]
    assert changed["margin"] == margin > 0 and told["count"] == len(told["doubtful"])
    told = json.loads(
        CliRunner().invoke(main, ["doubtful", mine, "--model", "small", "--json"]).stdout.splitlines()[-1]
    )
    assert told["by"] == "small" and told["doubtful"][0]["index"] == 7
    told = json.loads(
        CliRunner().invoke(main, ["doubtful", "digits", "--model", "small", "--json"]).stdout.splitlines()[-1]
    )
    assert told["n"] == 180 and {row["part"] for row in told["doubtful"]} <= {"test"}  # the rest it has learned from
