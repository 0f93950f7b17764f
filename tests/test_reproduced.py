"""The tutorials' rows trained again: their numbers by hand, what is kept, the tables, and that the README shows what was kept."""

import json

import pytest
from click.testing import CliRunner

from core.bench.reproduced import ours_within, put_into, reported, row, tables
from core.bench.reproduction import Reproduced, Trained, keep, kept, tutorials
from core.commands.main import main
from core.errors import DigitLabError
from core.folders import PROJECT
from core.training.aims import AIMS


def trained(*correct: int, n: int = 10_000, seconds: float = 10.0) -> Trained:
    count = len(correct)
    return Trained(seeds=list(range(count)), correct=list(correct), seconds=[seconds] * count, n=n, made="2026-11-30",
                   processors=2)  # fmt: skip


def test_where_one_more_training_would_lie_by_hand():
    """Mean 97 %, deviation 0.1 points; t of 2 degrees at 97.5 % is 4.303, and the root of 4/3 is 1.1547."""
    low, high = trained(9690, 9700, 9710).spread.likely
    assert (low, high) == (pytest.approx(0.97 - 0.0049687, abs=1e-6), pytest.approx(0.97 + 0.0049687, abs=1e-6))
    assert trained(9700).spread.likely == (0.97, 0.97)


@pytest.mark.parametrize(("share", "words"), [(0.967, "give or take luck"), (0.975, "here less"), (0.96, "here more")])
def test_what_was_reported_is_judged_by_the_spread(share, words):
    assert words in str(reported(trained(9690, 9700, 9710).spread, share))


def test_ours_is_the_best_that_takes_no_longer():
    quick, good = trained(9810, seconds=3.0), trained(9880, seconds=9.0)
    outcome = Reproduced(rows={"blog-e-keras": trained(9770, seconds=8.0)}, ours={"0.98": quick, "0.985": good})
    assert (
        ours_within(outcome, 8.0) is quick and ours_within(outcome, 9.0) is good and ours_within(outcome, 1.0) is None
    )
    assert str(row(outcome, "blog-e-keras")[-1]) == "98.10 % in 3.0 s"


def test_what_is_kept_comes_back_and_a_damaged_file_is_a_sentence(tmp_path):
    path = tmp_path / "reproduced.json"
    assert kept(path) == Reproduced()
    outcome = Reproduced(rows={"blog-b": trained(3500, 3400, 3450)})
    keep(outcome, path)
    assert kept(path) == outcome
    path.write_text("{")
    with pytest.raises(DigitLabError, match="damaged"):
        kept(path)


def test_the_command_trains_with_the_seeds_it_states():
    outcome = CliRunner().invoke(main, ["reproduce", "course-d-numpy", "--seeds", "2", "--json"])
    assert outcome.exit_code == 0, outcome.output
    found = json.loads(outcome.stdout.splitlines()[-1])["rows"]["course-d-numpy"]
    assert found["seeds"] == [0, 1] and found["n"] == 180 and all(160 <= correct <= 175 for correct in found["correct"])


def test_the_readme_shows_what_is_kept():
    readme = (PROJECT / "README.md").read_text()
    assert tables(kept()) in readme and put_into(readme, kept()) == readme
    assert put_into("no marks", kept()) == "no marks"


def test_every_row_and_every_aim_was_trained_with_enough_seeds():
    outcome = kept()
    assert set(outcome.rows) == set(tutorials()) and set(outcome.ours) == set(AIMS)
    assert all(len(each.seeds) >= 3 for each in outcome.rows.values())
    assert all(len(each.seeds) >= 5 for each in outcome.ours.values())


@pytest.mark.parametrize("name", AIMS)
def test_an_aim_was_reached_in_its_time(name):
    ours = kept().ours[name]
    assert ours.spread.mean >= AIMS[name].accuracy and ours.mean_seconds <= AIMS[name].seconds


@pytest.mark.parametrize("name", ["blog-a-200-4", "blog-a-200-7", "blog-e-keras"])
def test_a_tutorial_is_met_by_its_rule_and_beaten_by_ours_in_the_same_time(name):
    """What the blog and Keras report lies within the spread of the faithful recipe, or below it."""
    outcome, reported_share = kept(), tutorials()[name].reported
    ours = ours_within(outcome, outcome.rows[name].mean_seconds)
    assert reported_share is not None and outcome.rows[name].spread.likely[1] >= reported_share
    assert ours is not None and ours.spread.mean > max(reported_share, outcome.rows[name].spread.mean)
