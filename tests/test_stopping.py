"""Early stopping: when patience runs out, which weights are kept, and that a run that goes on ends in the same place."""

import numpy as np
import pytest
from click.testing import CliRunner

from core.commands.main import main
from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import TrainingData, load_training
from core.engines import Totals
from core.learning import finished_model
from core.runs import worker
from core.runs.run import create_run
from core.training.commands import SetRate, Stop
from core.training.events import EpochEvent, FinishEvent, Kept
from core.training.loop import Training
from core.training.stopping import EarlyStopping, told

# Few digits and many units: over-fitting soon begins.
CONFIG = Config(
    NetworkConfig(inputs=64, hidden=(32,)),
    TrainingConfig(dataset="digits", learning_rate=0.02, batch_size=32, epochs=60, patience=3),
)


@pytest.fixture(scope="module")
def digits() -> TrainingData:
    """Two hundred digits to learn from."""
    data = load_training("digits")
    return TrainingData(data.train.subset(slice(0, 200)), data.validation)


def seen(*counts: tuple[int, float], patience: int = 2) -> EarlyStopping:
    """After epochs with so many right of ten, and such a loss."""
    stopping = EarlyStopping(patience)
    for epoch, (correct, loss) in enumerate(counts, start=1):
        stopping.see(epoch, Totals(10, loss, correct), lambda epoch=epoch: np.full(2, float(epoch)))
    return stopping


@pytest.mark.parametrize(
    ("counts", "epoch", "over"),
    [
        ([(5, 9.0)], 1, False),
        ([(5, 9.0), (6, 9.0), (7, 9.0)], 3, False),
        ([(5, 9.0), (7, 9.0), (6, 1.0)], 2, False),
        ([(5, 9.0), (7, 9.0), (6, 1.0), (6, 1.0)], 2, True),
        ([(7, 9.0), (7, 9.0), (7, 9.0)], 1, True),  # as good is no better
        ([(7, 9.0), (7, 8.0), (7, 8.5)], 2, False),  # of two with as many right, the smaller loss
    ],
)
def test_patience_by_hand(counts, epoch, over):
    stopping = seen(*counts)
    assert (stopping.best.epoch, stopping.is_over(len(counts))) == (epoch, over)
    np.testing.assert_array_equal(stopping.best.flat, np.full(2, float(epoch)))


def test_without_patience_it_never_ends_and_keeps_nothing():
    stopping = seen(*[(5, 9.0)] * 50, patience=0)
    assert stopping.best is None and not stopping.is_over(50) and stopping.state() == {}


def test_its_state_is_put_back():
    stopping, again = seen((5, 9.0), (7, 8.0), (6, 9.0)), EarlyStopping(2)
    again.load_state(stopping.state())
    assert again.best.kept == Kept(2, 7, 10) and again.best.totals.loss == 8.0
    np.testing.assert_array_equal(again.best.flat, stopping.best.flat)


def curve(training: Training) -> tuple[list[EpochEvent], FinishEvent, dict[int, np.ndarray]]:
    """The epochs, the end, and the weights after each epoch."""
    epochs, weights, end = [], {}, None
    for event in training:
        if isinstance(event, EpochEvent):
            epochs.append(event)
            weights[event.epoch] = training.engine.parameters().flat
        if isinstance(event, FinishEvent):
            end = event
    return epochs, end, weights


def test_a_training_ends_when_it_gets_no_better_and_keeps_its_best_weights(digits):
    training = Training(CONFIG, digits)
    epochs, end, weights = curve(training)
    assert end.early and len(epochs) == end.epoch == end.kept.epoch + 3 < 60
    best = max(epochs, key=lambda event: (event.validation_accuracy, -event.validation_loss))
    assert end.kept == Kept(best.epoch, round(best.validation_accuracy * end.kept.n), len(digits.validation))
    np.testing.assert_array_equal(training.engine.parameters().flat, weights[best.epoch])
    assert not np.array_equal(training.engine.parameters().flat, weights[end.epoch])
    assert training.epochs_kept == best.epoch
    assert f"after epoch {best.epoch}" in str(told(end)) and f"{end.kept.correct} of {end.kept.n}" in str(told(end))


def test_the_model_says_how_long_its_weights_have_learned(digits):
    training = Training(CONFIG, digits)
    _, end, _ = curve(training)
    model = finished_model(training, "Best")
    assert model.provenance.epochs == end.kept.epoch
    assert model.provenance.scores["validation"].correct == end.kept.correct


def test_what_was_changed_after_the_best_epoch_is_not_in_its_weights(digits):
    """The rate goes to nothing after the eighth epoch, so that nothing gets better from there on."""
    training = Training(CONFIG.with_training(patience=5, epochs=30), digits)
    asked = {"once": False}

    def inbox() -> list:
        if training.step >= 8 * training.steps_per_epoch and not asked["once"]:
            asked["once"] = True
            return [SetRate(0.0)]
        return []

    training._inbox = inbox
    _, end, _ = curve(training)
    assert training.changes and end.early and end.kept.epoch <= 8
    assert [change for change in training.changes_kept if change.step > end.kept.epoch * training.steps_per_epoch] == []


def test_the_whole_length_is_trained_where_it_keeps_getting_better(digits):
    _, end, _ = curve(Training(CONFIG.with_training(learning_rate=1e-4, epochs=5), digits))
    assert not end.early and end.epoch == 5 and end.kept.epoch == 5 and told(end) is None


def test_without_patience_nothing_is_said(digits):
    _, end, _ = curve(Training(CONFIG.with_training(patience=0, epochs=3), digits))
    assert end.kept is None and not end.early and told(end) is None


def test_a_training_that_goes_on_ends_in_the_same_place(digits):
    straight = Training(CONFIG, digits)
    _, end, _ = curve(straight)
    for cut in (
        1,
        end.kept.epoch,
        end.epoch - 1,
        end.epoch,
    ):  # the last: patience has run out, and nobody has heard of it
        stopped = Training(CONFIG, digits)
        state = None
        for event in stopped:
            if isinstance(event, EpochEvent) and event.epoch == cut:
                state = stopped.state()
                break
        resumed = Training(CONFIG, digits)
        resumed.load_state(state)
        _, again, _ = curve(resumed)
        assert (again.kept, again.epoch, again.early) == (end.kept, end.epoch, end.early)
        np.testing.assert_array_equal(resumed.engine.parameters().flat, straight.engine.parameters().flat)


def test_a_run_says_which_weights_it_kept(runs_dir):
    run = create_run(CONFIG.with_training(learning_rate=0.05, epochs=200))
    worker.execute(run)
    status, end = run.status(), run.events()[0][-1]
    assert status.state == "finished" and "It ended early" in status.detail
    assert f"after epoch {end.kept.epoch}" in status.detail and end.early
    assert run.model().provenance.epochs == end.kept.epoch


def test_a_run_that_is_stopped_keeps_what_it_has(runs_dir):
    run = create_run(CONFIG)
    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and event.epoch == 2 and run.send(Stop()))
    assert run.status().state == "stopped" and run.model().provenance.epochs >= 2


def test_patience_on_the_command_line(runs_dir):
    asked = ["train", "--dataset", "digits", "--learning-rate", "0.05", "--epochs", "200", "--patience", "2"]
    outcome = CliRunner().invoke(main, asked)
    assert outcome.exit_code == 0 and "It ended early" in outcome.stderr
