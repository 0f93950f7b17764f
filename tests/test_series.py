"""Several seeds: spread and paired difference by hand, that luck is called luck, and that a real difference is found."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.commands.series import changed
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.model import Score
from core.runs.run import list_runs
from core.runs.series import runs_of, scores_of, with_seeds
from core.scores.luck import difference, spread

CONFIG = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(dataset="digits", seed=7)


def scores(*right: int, n: int = 1000) -> dict[int, Score]:
    return {seed: Score(n, count) for seed, count in enumerate(right)}


def test_spread_by_hand():
    told = spread(list(scores(960, 970, 980).values()))
    assert (told.n, told.mean, told.lowest, told.highest) == (3, pytest.approx(0.97), 0.96, 0.98)
    assert told.deviation == pytest.approx(0.01)
    assert "97.0 %" in str(told.message) and "1.00 points" in str(told.message) and "3 seeds" in str(told.message)
    assert "one seed" in str(spread([Score(10, 9)]).message)
    with pytest.raises(DigitLabError):
        spread([])


def test_difference_by_hand():
    """Differences of 1, 2 and 3 points: mean 2, deviation 1; t of 2 degrees at 97.5 % is 4.303, so 2 +- 4.303 / sqrt(3)."""
    told = difference(scores(950, 950, 950), scores(960, 970, 980))
    assert (told.n, told.mean) == (3, pytest.approx(0.02))
    assert told.low == pytest.approx(0.02 - 0.04303 / 3**0.5, abs=1e-5) and not told.real
    assert "not more than luck" in str(told.message)
    told = difference(scores(950, 950, 950), scores(960, 961, 962))
    assert told.real and str(told.message).startswith("The second is better by 1.10 points, 0.85 to 1.35 over 3 seeds")
    told = difference(scores(960, 961, 962), scores(950, 950, 950))
    assert told.real and str(told.message).startswith("The first is better by 1.10 points, 0.85 to 1.35")


def test_pairing_takes_out_what_the_seed_does():
    """Seeds differ by far more than the two trainings do, and always in the same way."""
    first, second = scores(900, 930, 960, 980), scores(904, 935, 964, 985)
    assert difference(first, second).real
    assert not difference(first, {seed: second[(seed + 1) % 4] for seed in range(4)}).real


def test_only_seeds_that_both_have_count_and_one_is_too_few():
    first = {1: Score(10, 5), 2: Score(10, 6)}
    told = difference(first, {2: Score(10, 9), 3: Score(10, 9)})
    assert told.n == 1 and not told.real and "Take three or more" in str(told.message)
    assert "Take three or more" in str(difference(first, {}).message)


def test_no_difference_at_all_is_told():
    assert "no difference" in str(difference(scores(5, 6, 7, n=10), scores(5, 6, 7, n=10)).message)


def test_luck_is_taken_for_more_in_one_of_twenty_cases():
    """Two trainings that are the same but for luck, five seeds each, a thousand times."""
    rng = np.random.default_rng(0)
    found = [
        difference(scores(*rng.binomial(1000, 0.95, 5)), scores(*rng.binomial(1000, 0.95, 5))).real for _ in range(1000)
    ]
    assert 0.03 < np.mean(found) < 0.07


def test_seeds_go_on_from_the_first():
    assert [config.training.seed for config in with_seeds(CONFIG, 3)] == [7, 8, 9]
    with pytest.raises(DigitLabError, match="1 to 100 seeds"):
        with_seeds(CONFIG, 0)


def test_settings_of_the_other_as_a_person_writes_them():
    other = changed(CONFIG, ("learning_rate=0.5", "hidden=32,16", "optimizer = sgd"))
    assert (other.training.learning_rate, other.network.hidden, other.training.optimizer) == (0.5, (32, 16), "sgd")
    assert other.training.seed == 7
    for wrong, says in (
        ("hidden", "name=value"),
        ("colour=red", "colour"),
        ("epochs=many", "many"),
        ("epochs=0", "Epochs"),
    ):
        with pytest.raises(DigitLabError, match=says):
            changed(CONFIG, (wrong,))


def test_a_series_is_trained_and_a_real_difference_found(runs_dir):
    settings = ["--seeds", "3", "--dataset", "digits", "--hidden", "32", "--epochs", "5", "--versus", "hidden=2"]
    outcome = CliRunner().invoke(main, ["series", *settings, "--json"])
    assert outcome.exit_code == 0, outcome.output
    told = json.loads(outcome.stdout.splitlines()[-1])
    first, second = told["series"]
    assert first["seeds"] == second["seeds"] == [0, 1, 2] and first["mean"] > second["mean"]
    assert told["difference"]["real"] and told["difference"]["high"] < 0
    runs = runs_of(first["name"])
    assert len(runs) == 3 and len(list_runs()) == 6
    assert [score.accuracy for score in scores_of(runs).values()] == first["accuracies"]
    again = CliRunner().invoke(main, ["runs", "compare", first["name"], second["name"]])
    assert "The first is better" in again.stdout
    assert "32" not in CliRunner().invoke(main, ["runs", "compare", "series-none"]).stdout


def test_a_series_that_is_not_there(runs_dir):
    with pytest.raises(DigitLabError, match="no series called"):
        runs_of("")
    outcome = CliRunner().invoke(main, ["runs", "compare", "series-none"])
    assert outcome.exit_code == 1 and "There is no series called 'series-none'." in outcome.output
