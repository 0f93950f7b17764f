"""What a training will take: the parts of the estimate by hand, that it comes true for a training that is carried out, `auto`."""

import dataclasses
import json
import time

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config, NetworkConfig
from core.datasets import Dataset, TrainingData, load_training
from core.engines import Totals, create_engine
from core.engines.numpy.engine import NumpyEngine
from core.errors import DigitLabError
from core.learning import train
from core.models.parameters import Parameters
from core.runs import worker
from core.runs.run import create_run
from core.training import choice
from core.training import estimate as estimating
from core.training.choice import resolved
from core.training.estimate import Estimate, estimate, megabytes

CONFIG = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(dataset="digits", epochs=4, batch_size=32)


class Slow(NumpyEngine):
    """An engine on a clock of its own: a step takes a hundredth of a second, and to evaluate a thousand digits a tenth."""

    now = 0.0

    def train(self, order, rates):
        Slow.now += 0.01 * len(rates)
        return Totals(len(order), 1.0, 0)

    def evaluate(self, data):
        Slow.now += 1e-4 * len(data)
        return Totals(len(data), 1.0, 0)


@pytest.fixture
def slow(monkeypatch):
    monkeypatch.setattr(estimating, "create_engine", lambda *given: Slow(*given))
    monkeypatch.setattr(estimating, "perf_counter", lambda: Slow.now)


def test_steps_and_what_follows_an_epoch_are_multiplied(slow):
    data = load_training("digits")
    told = estimate(CONFIG, data)
    steps = -(-len(data.train) // 32)
    assert told.epoch == pytest.approx(steps * 0.01 + 1e-4 * len(data.validation))
    assert told.prepare == pytest.approx(0.01)  # the first step
    assert told.seconds == pytest.approx(told.prepare + 4 * told.epoch)


@pytest.mark.parametrize(
    ("processors", "changes", "more", "first"), [(2, 0.1, 0.05, 0.1), (2, 100.0, 99.53, 100.0), (1, 0.1, 0.1, 0.0)]
)
def test_changing_digits_is_beside_the_steps_where_there_are_two_processors(
    slow, monkeypatch, processors, changes, more, first
):
    """Of 47 steps of 0.01 s: changing digits slows them down by half of what it takes, or is waited for where it takes longer."""
    data, config = load_training("digits"), CONFIG.with_training(augmentation="affine")
    assert -(-len(data.train) // 32) == 47
    plain = estimate(CONFIG, data).epoch
    monkeypatch.setattr(estimating, "_seconds_of_changes", lambda config, digits: changes)
    monkeypatch.setattr(estimating, "processors", lambda: processors)
    told = estimate(config, data)
    assert told.epoch == pytest.approx(plain + more)
    assert told.seconds - 4 * told.epoch == pytest.approx(first + told.prepare)


def test_it_leaves_no_trace_in_what_it_tries():
    data = load_training("digits")
    engine = create_engine(CONFIG.network, CONFIG.training, Parameters.initial(CONFIG.network, 0))
    engine.load(data.train)
    before = engine.parameters().flat.copy()
    engine.train(np.arange(64), np.zeros(2))
    np.testing.assert_array_equal(engine.parameters().flat, before)


@pytest.mark.parametrize(("augmentation", "batch_size"), [("none", 1), ("affine", 32), ("rotations", 32)])
def test_a_try_takes_two_seconds_at_most(augmentation, batch_size):
    config = CONFIG.with_training(augmentation=augmentation, batch_size=batch_size, optimizer="sgd")
    data, started = load_training("digits"), time.process_time()
    told = estimate(config, data)
    assert time.process_time() - started < 2.0
    assert 0 < told.epoch < told.seconds and told.megabytes > 50


def test_memory_by_hand(monkeypatch):
    pixels = np.zeros((1_000_000, 100), np.uint8)  # a hundred megabytes
    data = TrainingData(Dataset("large", pixels, np.zeros(1_000_000, np.int64), (10, 10), 255, "x"), None)
    config = Config(NetworkConfig(inputs=100, hidden=(1,))).with_training(validation=False)
    monkeypatch.setattr(estimating, "processors", lambda: 2)
    plain, changed = megabytes(config, data), megabytes(config.with_training(augmentation="affine"), data)
    once = megabytes(config.with_training(augmentation="affine", epochs=1), data)
    monkeypatch.setattr(estimating, "processors", lambda: 1)
    alone = [megabytes(config.with_training(augmentation=name), data) for name in ("none", "affine")]
    assert changed - plain == pytest.approx(200.0)  # those of this epoch, and those of the next
    assert once - plain == alone[1] - alone[0] == pytest.approx(100.0)
    assert 100.0 < plain < 100.0 + 130.0 + 8 * estimating.BLAS_MEGABYTES


def test_what_cannot_be_begun_cannot_be_estimated():
    with pytest.raises(DigitLabError, match="784 inputs"):
        estimate(CONFIG.with_network(inputs=784), load_training("digits"))


# -- auto


@pytest.fixture
def told(monkeypatch):
    """`told(numpy, taichi)`: estimates in seconds, that of Taichi None where it cannot be had; returns which were tried."""

    def tell(numpy: float, taichi: float | None) -> list[str]:
        tried: list[str] = []

        def of(config: Config, seconds: float | None) -> Estimate | None:
            tried.append(config.training.engine)
            return None if seconds is None else Estimate(config.training.engine, 0.0, seconds, seconds, 100.0)

        monkeypatch.setattr(choice, "estimate", lambda config, data, step_seconds: of(config, numpy))
        monkeypatch.setattr(choice, "tried", lambda config: of(config, taichi))
        return tried

    return tell


AUTO = CONFIG.with_training(engine="auto")


@pytest.mark.parametrize(
    ("numpy", "taichi", "chosen", "tried"),
    [
        (5.0, 0.1, "numpy", ["numpy"]),  # too short to compile for
        (100.0, 50.0, "taichi", ["numpy", "taichi"]),
        (100.0, 95.0, "numpy", ["numpy", "taichi"]),  # not clearly quicker
        (100.0, 200.0, "numpy", ["numpy", "taichi"]),
        (100.0, None, "numpy", ["numpy", "taichi"]),
    ],
)
def test_the_quicker_engine_is_taken(told, numpy, taichi, chosen, tried):
    asked = told(numpy, taichi)
    config, _ = resolved(AUTO, None)
    assert config == CONFIG.with_training(engine=chosen) and asked == tried


def test_an_engine_that_was_chosen_stays(told):
    asked = told(1.0, 1.0)
    assert resolved(CONFIG, None) == (CONFIG, []) and asked == []
    card = AUTO.with_training(device="cuda")
    assert resolved(card, None)[0].training.engine == "taichi" and asked == []


def test_a_run_writes_down_which_engine_it_took(runs_dir):
    run = create_run(AUTO)
    assert run.config().training.engine == "auto"
    worker.execute(run)
    assert run.config().training.engine == run.model().config.training.engine == "numpy"


def test_a_notebook_may_ask_for_the_quicker_one():
    assert train(AUTO.with_training(epochs=1)).config.training.engine == "numpy"


def test_a_process_that_fails_is_no_estimate(monkeypatch):
    monkeypatch.setattr(choice.sys, "executable", "/bin/false")
    assert choice.tried(CONFIG) is None


def test_the_command_tells_time_and_memory():
    outcome = CliRunner().invoke(
        main, ["estimate", "--dataset", "digits", "--epochs", "4", "--engine", "auto", "--json"]
    )
    fields = json.loads(outcome.stdout.splitlines()[-1])
    assert outcome.exit_code == 0 and fields["engine"] == "numpy" and 0 < fields["epoch"] < fields["seconds"]
    assert {field.name for field in dataclasses.fields(Estimate)} <= set(fields)


@pytest.mark.slow
def test_an_estimate_is_of_the_size_of_the_truth():
    """`python -m core estimate --check` measures how near; here, beside other tests, only that nothing is forgotten."""
    settings = ["--dataset", "digits", "--hidden", "256,256", "--epochs", "150"]
    told = json.loads(CliRunner().invoke(main, ["estimate", *settings, "--json"]).stdout.splitlines()[-1])
    truth = json.loads(CliRunner().invoke(main, ["estimate", *settings, "--carry-out"]).stdout.splitlines()[-1])
    assert truth["seconds"] / 4 < told["seconds"] < truth["seconds"] * 4
