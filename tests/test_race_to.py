"""The recipes for an aim, and the command that trains them: its seconds count from the start of the process."""

import json
import os
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from core.commands import race_to as command
from core.commands.main import main
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.folders import PROJECT
from core.runs.process import age
from core.training.aims import AIMS, DEFAULT, Aim, aim
from core.training.warnings import warnings

SMALL = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(dataset="digits", epochs=3, validation=False)


def test_the_aims_are_those_of_the_project():
    assert {name: (each.accuracy, each.seconds) for name, each in AIMS.items()} == {
        "0.98": (0.98, 4.0), "0.985": (0.985, 15.0), "0.99": (0.99, 60.0)
    }  # fmt: skip
    assert AIMS[DEFAULT].seconds == 15.0


@pytest.mark.parametrize("name", AIMS)
def test_a_recipe_is_sound(name):
    config = aim(name).config
    assert warnings(config, 60_000) == [] and not config.training.validation and config.training.dataset == "mnist"


def test_an_aim_that_is_not_there():
    with pytest.raises(DigitLabError, match="Known: 0.98, 0.985, 0.99"):
        aim("1.0")


@pytest.fixture
def small(monkeypatch):
    """A recipe that takes a moment, on the bundled digits."""
    monkeypatch.setattr(command, "aim", lambda name: Aim(0.5, 1e9, SMALL))
    monkeypatch.setattr(command, "needs_mnist", lambda name: False)


def told(*arguments: str) -> dict:
    outcome = CliRunner().invoke(main, ["race-to", *arguments, "--json"])
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout.splitlines()[-1])


def test_it_tells_seconds_accuracy_and_epochs(small):
    before = age()
    fields = told("0.98", "--seed", "5")
    assert before < fields["seconds"] < age()
    assert (
        fields["epochs"] == 3
        and fields["seed"] == 5
        and fields["n"] == 180
        and fields["accuracy"] == fields["correct"] / 180
    )
    assert fields["met"] == (fields["accuracy"] >= 0.5)


def test_the_same_seed_gives_the_same_network_and_another_another(small):
    first, again, other = told("--seed", "1"), told("--seed", "1"), told("--seed", "2")
    assert first["correct"] == again["correct"]
    assert AIMS["0.98"].config.with_training(seed=1) != AIMS["0.98"].config.with_training(seed=2) and other["seed"] == 2


def test_seconds_count_from_the_start_of_the_process():
    """Its imports and whatever else came before are in them; whoever starts it sees no less."""
    begun = time.monotonic()
    script = "import time; time.sleep(0.5); from core.runs.process import age; print(age())"
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert 0.5 <= float(outcome.stdout) <= time.monotonic() - begun + 1 / os.sysconf("SC_CLK_TCK")


@pytest.mark.mnist
@pytest.mark.slow
def test_the_quickest_recipe_reads_98_of_100(mnist_dir):
    """How long it takes is for a quiet machine to say, by the command; what it reads must hold anywhere."""
    assert told("0.98", "--seed", "0")["accuracy"] >= 0.98
