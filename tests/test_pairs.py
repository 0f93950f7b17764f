"""Two networks on the same digits: counts by hand, McNemar's test against SciPy's, and the command."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import binomtest

from core.commands.main import main
from core.datasets import Dataset
from core.errors import DigitLabError
from core.scores.evaluation import Evaluation
from core.scores.pairs import most_different, pair


def reading(right: list[bool], labels: list[int] | None = None) -> Evaluation:
    """A network that reads these digits, and takes each other one for the next digit."""
    truth = np.array(labels or [number % 10 for number in range(len(right))], dtype=np.int64)
    digits = Dataset("some", np.zeros((len(right), 784), dtype=np.uint8), truth, (28, 28))
    answers = np.where(right, truth, (truth + 1) % 10)
    return Evaluation(digits, np.eye(10)[answers])


def test_what_is_fixed_and_broken_by_hand():
    first = reading([True, True, False, False, True, True])
    second = reading([True, False, True, False, False, False])
    found = pair(first, second)
    assert found.fixed.tolist() == [1, 4, 5] and found.broken.tolist() == [2]
    assert len(found.fixed) - len(found.broken) == first.score.correct - second.score.correct
    assert found.difference.sum() == 0 and found.difference.trace() == 2
    assert found.p_value == pytest.approx(10 / 16)  # three or four of four tosses, or none or one
    assert "not more than luck" in str(found.message)


@pytest.mark.parametrize(("fixed", "broken"), [(0, 0), (1, 0), (5, 5), (10, 3), (3, 10), (256, 28), (7, 0)])
def test_the_chance_is_that_of_scipy(fixed, broken):
    first = reading([True] * fixed + [False] * broken + [True])
    second = reading([False] * fixed + [True] * broken + [True])
    expected = binomtest(fixed, fixed + broken, 0.5).pvalue if fixed + broken else 1.0
    assert pair(first, second).p_value == pytest.approx(expected, rel=1e-12)


def test_words_say_which_is_better():
    one, other = reading([True] * 20 + [False]), reading([False] * 18 + [True] * 3)
    assert "it is better" in str(pair(one, other).message) and "it is worse" in str(pair(other, one).message)
    told = pair(one, other)
    assert (len(told.fixed), len(told.broken)) == (18, 1) and "That is 17 mistakes fewer: it is better" in str(
        told.message
    )
    assert "That is 17 mistakes more: it is worse" in str(pair(other, one).message)
    assert str(told.chance) == (
        "If both were equally good, luck would make them differ by so much or more in less than 0.1 % of such tests."
    )
    assert str(pair(one, one).message) == "Both read the very same digits."


def test_where_two_differ_most_by_hand():
    """Of twenty nines the first takes two for a 0 and the second seven; of three eights the first takes one for a 9."""
    labels = [9] * 20 + [8] * 3
    first = reading([False] * 2 + [True] * 18 + [False, True, True], labels)
    second = reading([False] * 7 + [True] * 13 + [True] * 3, labels)
    assert [str(each) for each in most_different(pair(first, second))] == [
        "They differ most on the 9: it reads 18 of 20 right, the other 13.",
        "It takes a 9 for a 0 less often than the other (twice, and 7 times).",
    ]
    only_eights = reading([True] * 20 + [False, True, True], labels), reading([True] * 23, labels)
    assert (
        str(most_different(pair(*only_eights))[-1])
        == "It takes an 8 for a 9 more often than the other (once, and never)."
    )
    assert most_different(pair(first, first)) == []


def test_without_mnist_shipped_networks_are_compared_all_the_same(data_dir, monkeypatch):
    monkeypatch.delenv("MNIST_DIR", raising=False)
    outcome = CliRunner().invoke(main, ["compare", "default", "blog", "--json"])
    told = json.loads(outcome.stdout.splitlines()[-1])
    assert (told["fixed"], told["broken"]) == (256, 28) and "MNIST is not on this computer" in outcome.stderr
    assert told["first"]["corrected"] == {"n": 9995, "correct": 9944}
    told = json.loads(CliRunner().invoke(main, ["evaluate", "default", "--json"]).stdout.splitlines()[-1])
    assert (told["correct"], told["corrected"]) == (9945, {"n": 9995, "correct": 9944})
    told = json.loads(CliRunner().invoke(main, ["slices", "blog", "--json"]).stdout.splitlines()[-1])
    assert {sum(part["n"] for part in each["parts"]) for each in told["slices"]} == {10_000}
    assert {sum(part["correct"] for part in each["parts"]) for each in told["slices"]} == {9_717}
    refused = CliRunner().invoke(main, ["evaluate", "blog", "--split", "train"])
    assert refused.exit_code == 1 and "MNIST is not on this computer" in refused.output


def test_networks_that_read_other_digits_cannot_be_compared():
    with pytest.raises(DigitLabError, match="different digits"):
        pair(reading([True, True]), reading([True, True, True]))


def test_the_command_says_both_ways():
    outcome = CliRunner().invoke(main, ["compare", "small", "small", "--json"])
    assert outcome.exit_code == 0, outcome.output
    told = json.loads(outcome.stdout.splitlines()[-1])
    assert (told["fixed"], told["broken"], told["p_value"]) == (0, 0, 1.0)
    refused = CliRunner().invoke(main, ["compare", "small", "default"])
    assert refused.exit_code == 1 and "pictures" in refused.output


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_the_shipped_networks_against_each_other():
    told = json.loads(CliRunner().invoke(main, ["compare", "default", "blog", "--json"]).stdout.splitlines()[-1])
    assert told["fixed"] - told["broken"] == told["first"]["correct"] - told["second"]["correct"] == 9945 - 9717
    assert told["p_value"] == pytest.approx(binomtest(told["fixed"], told["fixed"] + told["broken"]).pvalue)
