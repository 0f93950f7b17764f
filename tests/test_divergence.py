"""Training that goes astray is caught, told with its cause, and goes on from its last good moment at a smaller rate."""

import math

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import TrainingData, load_training
from core.engines import Totals
from core.errors import DigitLabError
from core.runs import worker
from core.runs.resume import make_ready, rate_to_try, refusal
from core.runs.run import Run, create_run
from core.runs.status import DIVERGED
from core.training.commands import SetRate
from core.training.divergence import CAUSES, DivergedError, Divergence, cause_of, smaller_rate
from core.training.events import ChangeEvent, EpochEvent, ResumeEvent
from core.training.loop import Training

pytestmark = pytest.mark.filterwarnings("ignore:.*encountered.*:RuntimeWarning")

GOOD = Config(
    NetworkConfig(inputs=64, hidden=(32,)),
    TrainingConfig(dataset="digits", optimizer="sgd", learning_rate=0.1, batch_size=32, epochs=4),
)
ASTRAY = {
    "pull": GOOD.with_training(learning_rate=1.0, l2=10.0),
    "rate_high": GOOD.with_network(activation="identity").with_training(learning_rate=90.0),
    "raw": GOOD.with_network(scaling="raw", activation="identity", hidden=(64, 64)).with_training(learning_rate=0.5),
    "start": GOOD.with_network(initializer="standard_normal", activation="identity", hidden=(64, 64, 64)),
    "momentum": GOOD.with_network(activation="identity", hidden=(32, 32, 32)).with_training(
        optimizer="momentum", momentum=0.999, learning_rate=0.1, epochs=30
    ),
    "rate": GOOD.with_network(activation="identity", hidden=(64,) * 8).with_training(learning_rate=0.9, epochs=20),
}


@pytest.fixture(scope="module")
def digits() -> TrainingData:
    return load_training("digits")


def end_of(config: Config, data: TrainingData) -> DivergedError | None:
    try:
        for _ in Training(config, data):
            pass
    except DivergedError as error:
        return error
    return None


@pytest.mark.parametrize("key", ASTRAY)
def test_the_cause_of_a_training_that_goes_astray_is_named_and_the_advice_helps(key, digits):
    config = ASTRAY[key]
    error = end_of(config, digits)
    assert error is not None, "it does not go astray, so there is nothing to explain"
    assert cause_of(config, config.training.learning_rate).key == key
    assert "smaller" in str(error) and "{" not in str(error)
    rate = config.training.learning_rate
    for _ in range(4):  # what it is told to try, and that again
        rate = smaller_rate(config, rate)
        if end_of(config.with_training(learning_rate=rate), digits) is None:
            return
    pytest.fail(f"still astray at a rate of {rate:g}")


def test_every_cause_is_tried_above():
    assert [cause.key for cause in CAUSES] == list(ASTRAY)


def test_a_training_that_learns_is_left_alone(digits):
    assert end_of(GOOD, digits) is None


def test_a_start_with_a_large_loss_that_falls_is_no_divergence(digits):
    config = GOOD.with_network(initializer="standard_normal", hidden=(300,)).with_training(
        optimizer="adam", learning_rate=1e-3
    )
    losses = [event.train_loss for event in Training(config, digits) if isinstance(event, EpochEvent)]
    assert losses[0] > 20 > losses[-1]


def test_thresholds_by_hand():
    watch = Divergence(Config())  # ten answers: a blind choice has a loss of 2.303
    for loss in (0.5, 6.9, 23.0):
        watch.check_epoch(Totals(1, loss, 0), 0, 0.1)
    with pytest.raises(DivergedError, match="epoch 4: its loss has grown to 24"):
        watch.check_epoch(Totals(2, 48.0, 0), 3, 0.1)
    for loss in (math.nan, math.inf):
        with pytest.raises(DivergedError, match="epoch 1: the loss is no longer a number"):
            watch.check(Totals(1, loss, 0), 0, 0.1)
    for loss in (50.0, 1.0, 6.9):
        watch.check(Totals(1, loss, 0), 0, 0.1)
        assert watch.is_sound
    watch.check(Totals(1, 7.0, 0), 0, 0.1)
    assert not watch.is_sound


@pytest.mark.parametrize(("optimizer", "rate", "next_"), [("sgd", 30.0, 0.1), ("sgd", 0.17, 0.02), ("sgd", 0.1, 0.01),
                                                          ("adam", 1.0, 0.001), ("adam", 0.0013, 0.0001)])  # fmt: skip
def test_a_smaller_rate(optimizer, rate, next_):
    assert smaller_rate(GOOD.with_training(optimizer=optimizer), rate) == pytest.approx(next_)


# -- runs


def astray(config: Config, at: int = 0) -> Run:
    """A run that learned well for some epochs, and whose rate somebody then set so high that it went astray."""

    def spoil(event) -> None:
        if isinstance(event, EpochEvent) and event.epoch == at:
            run.send(SetRate(90.0))

    run = create_run(config)
    with pytest.raises(DigitLabError, match="went astray"):
        worker.execute(run, on_event=spoil)
    assert (run.status().state, run.status().cause) == ("failed", DIVERGED)
    return run


STEERED = GOOD.with_network(activation="identity").with_training(epochs=8)


def test_a_run_goes_on_from_its_last_good_moment_at_a_smaller_rate(runs_dir):
    run = astray(STEERED, at=3)
    spoiled_at = next(event.step for event in run.events()[0] if isinstance(event, ChangeEvent))
    good = run.checkpoint()
    assert good["position"][0] == spoiled_at and np.isfinite(good["parameters"]).all()
    assert rate_to_try(run) == 0.1
    make_ready(run, rate=0.1)
    worker.execute(run)
    events = run.events()[0]
    assert next(event.step for event in events if isinstance(event, ResumeEvent)) == spoiled_at
    assert [event.value for event in events if isinstance(event, ChangeEvent)] == [90.0, 0.1]
    assert run.status().state == "finished" and run.model().provenance.scores["test"].accuracy > 0.8


def test_a_run_that_went_astray_at_once_begins_anew_at_a_smaller_rate(runs_dir):
    run = astray(STEERED.with_training(learning_rate=90.0))
    assert not run.checkpoint_path.exists()
    make_ready(run, rate=rate_to_try(run))
    worker.execute(run)
    assert run.status().state == "finished" and run.model().provenance.scores["test"].accuracy > 0.8


@pytest.mark.parametrize("rate", [None, 90.0, 95.0])
def test_at_no_smaller_rate_it_is_not_begun_again(runs_dir, rate):
    run = astray(STEERED.with_training(learning_rate=90.0))
    assert "smaller one, for example 0.1" in str(refusal(run, rate))
    with pytest.raises(DigitLabError, match="go astray again"):
        make_ready(run, rate=rate)


def test_an_impossible_rate_has_its_sentence(runs_dir):
    run = astray(STEERED.with_training(learning_rate=90.0))
    with pytest.raises(DigitLabError, match="Learning rate must be a number"):
        make_ready(run, rate=-1.0)
    assert run.status().state == "failed"


def test_the_command_says_how_to_go_on_and_does(runs_dir):
    spoiled = ["--activation", "identity", "--optimizer", "sgd", "--learning-rate", "90", "--epochs", "4"]
    outcome = CliRunner().invoke(main, ["train", "--dataset", "digits", *spoiled])
    assert outcome.exit_code == 1 and "usual" in outcome.output
    command = next(line for line in outcome.stderr.splitlines() if line.startswith("python -m core resume"))
    asked = command.removeprefix("python -m core ").split(" goes on")[0].split()
    outcome = CliRunner().invoke(main, asked)
    assert outcome.exit_code == 0 and "right" in outcome.stdout
