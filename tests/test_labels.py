"""The fifteen test digits of MNIST whose label people do not agree with, and the score on the corrected labels."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from core.catalog import load_model
from core.commands.main import main
from core.scores.evaluation import Evaluation, digits_of, evaluate_on
from core.scores.labels import DOUBTFUL, PEOPLE, corrected, corrected_labels, doubtful


def test_fifteen_ten_of_them_changed_and_five_left_out():
    assert len(DOUBTFUL) == 15 and [found.index for found in DOUBTFUL.values()] == sorted(DOUBTFUL)
    assert sum(found.people_say is not None for found in DOUBTFUL.values()) == 10
    assert all(found.other != found.given for found in DOUBTFUL.values())
    assert all(sum(found.votes) == PEOPLE and 2 * found.votes[0] < PEOPLE for found in DOUBTFUL.values())
    assert [found.index for found in DOUBTFUL.values() if found.votes[1] == PEOPLE] == [947, 6651]


def test_other_digits_have_none():
    found = evaluate_on(load_model("small"), "digits")
    assert doubtful(found.data) == {} and corrected(found) is None
    told = json.loads(CliRunner().invoke(main, ["evaluate", "small", "--json"]).stdout.splitlines()[-1])
    assert "corrected" not in told


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_they_are_where_the_table_says():
    digits = digits_of("mnist")
    assert all(digits.labels[index] == found.given for index, found in doubtful(digits).items()) and doubtful(digits)
    labels, left_out = corrected_labels(digits)
    assert np.flatnonzero(labels != digits.labels).tolist() == [
        947,
        1621,
        1901,
        2462,
        2597,
        3558,
        5937,
        6651,
        6783,
        9729,
    ]
    assert np.flatnonzero(left_out).tolist() == [2130, 2654, 3520, 8527, 9679]
    assert labels[5937] == 3  # three of five people say so


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_the_corrected_score_by_hand():
    """One that answers as MNIST's labels has 9,985 of 9,995; one that answers as people do has them all."""
    digits = digits_of("mnist")
    official, people = (
        Evaluation(digits, np.eye(10)[labels]) for labels in (digits.labels, corrected_labels(digits)[0])
    )
    assert (corrected(official).n, corrected(official).correct) == (9995, 9985)
    assert corrected(people).correct == 9995 and people.score.correct == 9990


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_the_command_gives_it_beside_the_official_one():
    told = json.loads(CliRunner().invoke(main, ["evaluate", "default", "--json"]).stdout.splitlines()[-1])
    assert told["correct"] == 9945 and told["corrected"] == {"n": 9995, "correct": 9944}
