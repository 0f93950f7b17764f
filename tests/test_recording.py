"""The recording, the hundred digits, early moments and the present network: what can be watched of a run."""

import os
import time

import numpy as np
import pytest

from core.catalog import find_model, load_model
from core.config import Config, NetworkConfig
from core.datasets import load_training
from core.datasets.hundred import FILE, first_of_each, hundred, write_hundred
from core.errors import DigitLabError
from core.models.files import read_model
from core.models.parameters import Parameters
from core.runs import keeping, present, recorded, resume
from core.runs.present import Present
from core.runs.recorded import MOST_BYTES, record
from core.runs.run import RECORDING, create_run, list_runs, open_run
from core.runs.snapshots import Snapshots, moment_of, name_of
from core.runs.summary import summary
from core.scores.evaluation import digits_of, evaluate
from core.training.commands import Stop
from core.training.events import EpochEvent, ResumeEvent, SnapshotEvent, follow
from core.training.loop import Training
from core.training.moments import early_moments

SMALL = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(epochs=2, batch_size=32)


def test_early_moments_are_where_they_fall():
    assert early_moments(64) == {1: 1 / 64, 2: 1 / 32, 4: 1 / 16, 8: 1 / 8, 16: 1 / 4, 32: 1 / 2}
    assert early_moments(12) == {1: 1 / 16, 2: 1 / 8, 3: 1 / 4, 6: 1 / 2}  # of several at one step the latest
    assert early_moments(1) == {}  # the epoch's end is none


@pytest.mark.parametrize(("moment", "name"), [(0, "0000"), (7, "0007"), (0.25, "0000.25"), (1 / 64, "0000.015625")])
def test_a_moment_has_a_name(moment, name):
    assert name_of(moment) == name and moment_of(name) == moment


@pytest.mark.parametrize("name", ["0000.", ".25", "1e3", "0000.2.5", "x"])
def test_what_names_no_moment(name):
    assert moment_of(name) is None


def test_early_snapshots_are_at_their_step_and_all_stay(runs_dir, noise):
    """400 digits of noise, 306 of them to learn from: ten batches an epoch, so that a quarter of it is the third's end."""
    from core.runs import worker

    config = SMALL.with_training(dataset=noise, epochs=9)
    run = create_run(config, snapshots=3)
    worker.execute(run)
    kept = Snapshots(run)
    assert kept.moments() == [0, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 4, 8]
    told = [event for event in run.events()[0] if isinstance(event, SnapshotEvent)]
    assert [(event.step, event.number) for event in told[:6]] == [
        (0, 0), (1, 1 / 16), (2, 1 / 8), (3, 1 / 4), (5, 1 / 2), (10, 1)
    ]  # fmt: skip
    trained = Training(config, load_training(noise))
    trained.engine.train(trained._epochs.order(0)[: 3 * 32], np.full(3, config.training.learning_rate))
    quarter = load_model(f"{run.id}@0.25")
    expected = trained.engine.parameters().flat.astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(quarter.parameters.flat, expected)
    assert quarter.provenance.epochs == 0.3


def test_an_early_snapshot_outlives_a_checkpoint_behind_it():
    early, late = SnapshotEvent(3, 0.25), SnapshotEvent(6, 0.5)
    assert follow([], [early, late, ResumeEvent(4, 0)]) == [early, ResumeEvent(4, 0)]


def test_the_present_network_is_written_while_somebody_watches(runs_dir, noise):
    run = create_run(SMALL.with_training(dataset=noise))
    training = Training(run.config(), load_training(noise))
    writer = Present(run)
    writer.look(training)
    with pytest.raises(DigitLabError, match="nobody watches"):
        find_model(f"{run.id}@now")
    present.watch(run)
    writer = Present(run)
    next(iter(training))
    writer.look(training)
    now = load_model(f"{run.id}@now")
    assert now.provenance.epochs == training.epochs_done > 0
    np.testing.assert_array_equal(
        now.parameters.flat, training.engine.parameters().flat.astype(np.float16).astype(np.float32)
    )
    written = present.path_of(run).stat().st_mtime_ns
    writer.look(training)  # half a second has not gone by
    assert present.path_of(run).stat().st_mtime_ns == written
    os.utime(run.path / "watched", (time.time() - 60,) * 2)
    writer = Present(run)
    writer.look(training)  # whoever watched is gone
    assert present.path_of(run).stat().st_mtime_ns == written
    writer.end()
    assert not present.path_of(run).exists() and not (run.path / "watched").exists()


# -- what ships


def test_the_hundred_are_the_first_ten_of_each(make_data, tmp_path):
    test = make_data(300, side=28)
    write_hundred(test, tmp_path / "h.npz")
    found = hundred(tmp_path / "h.npz")
    assert found.labels.tolist() == [digit for digit in range(10) for _ in range(10)]
    np.testing.assert_array_equal(found.pixels[23], test.pixels[32])  # the fourth 2 of 0, 1, ..., 9, 0, 1, ...
    assert len(first_of_each(make_data(25))) == 25  # of some digits there are three, of others two
    (tmp_path / "h.npz").write_bytes(b"no zip")
    with pytest.raises(DigitLabError, match="missing or damaged"):
        hundred(tmp_path / "h.npz")


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_the_shipped_hundred_are_mnist_s(mnist_dir):
    assert hundred().sha256 == first_of_each(digits_of("mnist")).sha256


def test_the_recording_learns_before_one_s_eyes():
    run = open_run(RECORDING)
    kept = Snapshots(run)
    moments = kept.moments()
    assert keeping.size_of(run) + FILE.stat().st_size <= MOST_BYTES
    assert len(moments) == 20 and moments[:3] == [0, 1 / 64, 1 / 32] and run.status().state == "finished"
    right = [evaluate(read_model(kept.path(moment)), hundred()).score.correct for moment in moments]
    assert right[0] < 15 and 25 < right[1] < 50 and min(right[-7:]) >= 94
    epochs = [event for event in run.events()[0] if isinstance(event, EpochEvent)]
    assert len(epochs) == 13 and epochs[-1].layers and epochs[-1].confusion
    np.testing.assert_array_equal(
        load_model("recording@0").parameters.flat,
        Parameters.initial(run.config().network, 0).flat.astype(np.float16).astype(np.float32),
    )
    assert load_model(RECORDING).provenance.scores["test"].accuracy > 0.94


def test_the_recording_is_not_changed(runs_dir):
    run = open_run(RECORDING)
    before = {path: path.stat().st_mtime_ns for path in run.path.rglob("*")}
    for change in (
        lambda: keeping.delete(run),
        lambda: keeping.rename(run, "mine"),
        lambda: keeping.write_note(run, "mine"),
        lambda: resume.make_ready(run),
        lambda: run.send(Stop()),
    ):
        with pytest.raises(DigitLabError, match="stays as it is"):
            change()
    assert summary(run).test and list_runs() == []
    assert {path: path.stat().st_mtime_ns for path in run.path.rglob("*")} == before


def test_a_recording_keeps_only_what_can_be_watched(runs_dir, noise, tmp_path):
    for _ in range(2):  # the second in place of the first
        run = record(tmp_path / "here", config=SMALL.with_training(dataset=noise), seed=3)
    assert {path.name for path in run.path.iterdir()} == set(recorded.KEPT)
    assert run.config().training.seed == 3 and run.status().state == "finished" and run.status().machine == ""
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".recording")] == []
