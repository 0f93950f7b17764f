"""Going on: a worker is really killed, another goes on from its checkpoint, and the weights are those of one go, bit by bit."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from core.config import Config, NetworkConfig
from core.datasets.uploads import keep, remove, take_in
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.runs import worker
from core.runs.resume import make_ready
from core.runs.run import Run, create_run
from core.runs.status import Status
from core.training.commands import Stop
from core.training.events import BatchEvent, EpochEvent, FinishEvent, ResumeEvent, SnapshotEvent
from tests.waiting import until

CONFIG = Config(NetworkConfig(inputs=64, hidden=(64,), dropout=0.2)).with_training(
    optimizer="adam", schedule="cosine", batch_size=16, epochs=40, learning_rate=0.003
)
KEEPS_OFTEN = """
import sys
from core.runs import worker
worker.CHECKPOINT_SECONDS = worker.LONG_EPOCH_SECONDS = 0.05
sys.exit(worker.main())
"""


@pytest.fixture
def start(runs_dir):
    """`start(run)` starts a worker that keeps a checkpoint twenty times a second; those left over are killed."""
    workers = []

    def begin(run: Run) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, "-c", KEEPS_OFTEN, str(run.path)], cwd=PROJECT)
        workers.append(process)
        return process

    yield begin
    for process in workers:
        process.kill()
        process.wait()


def kill_behind(run: Run, process: subprocess.Popen, epochs: float) -> None:
    """`kill -9` when this process is at work on the run, which is so far (an earlier one may have been) and has a checkpoint."""
    until(lambda: run.status().phase == "training" and run.checkpoint_path.is_file() and _epochs(run) > epochs)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert run.status().state == "died" and "last checkpoint is safe" in run.status().detail


def _epochs(run: Run) -> float:
    return max((event.epoch for event in run.events()[0] if isinstance(event, BatchEvent | EpochEvent)), default=0)


def in_one_go(config: Config) -> Run:
    run = create_run(config)
    worker.execute(run)
    return run


CASES = {
    "adam-dropout-cosine": CONFIG,
    "changed-digits": CONFIG.with_training(augmentation="affine", optimizer="momentum"),
    "one-by-one": CONFIG.with_training(batch_size=1, optimizer="sgd", epochs=30).with_network(dropout=0.0),
}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize("name", CASES)
def test_killed_twice_and_the_very_same_weights(start, noise, name):
    config = CASES[name].with_training(dataset=noise)
    run = create_run(config)
    for epochs in (2.0, 9.0):
        process = start(run)
        kill_behind(run, process, epochs)
        make_ready(run)
        assert run.status().state == "waiting"
    assert start(run).wait(60) == 0
    straight = in_one_go(config)
    model, whole = run.model(), straight.model()
    np.testing.assert_array_equal(model.parameters.flat, whole.parameters.flat)
    assert model.provenance.scores == whole.provenance.scores and model.calibration == whole.calibration
    for key, array in straight.checkpoint().items():
        if key != "sums":  # seconds
            np.testing.assert_array_equal(run.checkpoint()[key], array, err_msg=key)
    told, events = run.events()[0], straight.events()[0]
    assert sum(isinstance(event, ResumeEvent) for event in told) == 2
    for kind in (EpochEvent, SnapshotEvent, FinishEvent):  # each once, and the same figures
        ours, theirs = ([_figures(event) for event in each if isinstance(event, kind)] for each in (told, events))
        assert ours == theirs
    assert sorted(path.name for path in (run.path / "snapshots").iterdir()) == sorted(
        path.name for path in (straight.path / "snapshots").iterdir()
    )


def _figures(event) -> tuple:
    return tuple(getattr(event, name) for name in event.__struct_fields__ if name != "seconds")


def test_half_a_line_that_a_killed_worker_left_is_ended(runs_dir, noise):
    run = create_run(CONFIG.with_training(dataset=noise, epochs=2))
    (run.path / "metrics.jsonl").write_text('{"event": "epoch", "step": 3, "epo')
    worker.execute(run)
    epochs = [event.epoch for event in run.events()[0] if isinstance(event, EpochEvent)]
    assert epochs == [1, 2] and run.status().state == "finished"


def test_killed_before_its_first_checkpoint_it_begins_again(runs_dir, noise):
    config = CONFIG.with_training(dataset=noise, epochs=2)
    run = create_run(config)
    run.append(EpochEvent(99, 7, 1.0, 0.5, 0.5))
    run.set_status(Status("died"))
    make_ready(run)
    worker.execute(run)
    assert [event.epoch for event in run.events()[0] if isinstance(event, EpochEvent)] == [1, 2]
    np.testing.assert_array_equal(run.model().parameters.flat, in_one_go(config).model().parameters.flat)


def test_stopped_and_gone_on_with_it_ends_as_in_one_go(runs_dir, noise):
    config = CONFIG.with_training(dataset=noise, epochs=3)
    run = create_run(config)
    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and run.send(Stop()))
    assert run.status().state == "stopped" and run.model().provenance.epochs == 1.0
    make_ready(run)
    assert run.status().state == "waiting"  # the stop is over
    worker.execute(run)
    assert run.status().state == "finished" and run.model().provenance.epochs == 3.0
    np.testing.assert_array_equal(run.model().parameters.flat, in_one_go(config).model().parameters.flat)


def test_what_is_finished_or_going_on_is_not_gone_on_with(runs_dir, noise):
    run = create_run(CONFIG.with_training(dataset=noise, epochs=1))
    with pytest.raises(DigitLabError, match="going on already"):
        make_ready(run)
    worker.execute(run)
    with pytest.raises(DigitLabError, match="This run is finished"):
        make_ready(run)


def test_other_digits_than_it_began_with_are_noticed(runs_dir, noise, make_data):
    run = create_run(CONFIG.with_training(dataset=noise, epochs=3))
    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and run.send(Stop()))
    other = keep({"train": make_data(334, side=8, seed=1), "test": make_data(66, side=8)}, "other.csv")
    (run.path / "config.json").write_text(run.config().with_training(dataset=other).to_json())
    make_ready(run)
    with pytest.raises(DigitLabError, match="not those that the run began with"):
        worker.execute(run)
    assert run.status().state == "failed"


def by_path(run: Run, path: str) -> Run:
    """The run with a configuration as an older version wrote it, which knew a file by its path."""
    written = json.loads((run.path / "config.json").read_text())
    written["training"]["dataset"] = path
    (run.path / "config.json").write_text(json.dumps(written))
    return run


def test_a_run_that_knew_its_file_by_a_path_goes_on(runs_dir, data_dir, tmp_path, make_data):
    """Of an older version: the file is taken in, and the end is that of a run that had its name from the beginning."""
    digits = make_data(400, side=8)
    np.savetxt(tmp_path / "My digits.csv", np.column_stack([digits.labels, digits.pixels]), fmt="%d", delimiter=",")
    name = take_in(tmp_path / "My digits.csv")
    config = CONFIG.with_training(dataset=name, epochs=3)
    run = create_run(config)
    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and run.send(Stop()))
    by_path(run, str(tmp_path / "My digits.csv"))
    assert run.config().training.dataset == "file-my-digits-csv"
    remove(name)
    make_ready(run)
    assert run.config() == config
    worker.execute(run)
    np.testing.assert_array_equal(run.model().parameters.flat, in_one_go(config).model().parameters.flat)


def test_a_run_whose_file_is_gone_says_so(runs_dir, noise):
    run = create_run(CONFIG.with_training(dataset=noise, epochs=3))
    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and run.send(Stop()))
    with pytest.raises(DigitLabError, match="no dataset or file '/gone/mine.csv'"):
        make_ready(by_path(run, "/gone/mine.csv"))
    assert run.status().state == "stopped"


@pytest.mark.parametrize("change", [{"hidden": (32,)}, {"hidden": (64, 10)}])
def test_a_checkpoint_of_another_network_is_a_sentence(runs_dir, noise, change):
    run = create_run(CONFIG.with_training(dataset=noise, epochs=3))
    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and run.send(Stop()))
    (run.path / "config.json").write_text(run.config().with_network(**change).to_json())
    make_ready(run)
    with pytest.raises(DigitLabError, match="does not fit"):
        worker.execute(run)


def test_two_processes_never_work_on_one_run(runs_dir, noise, monkeypatch):
    monkeypatch.setattr(worker, "LET_GO_SECONDS", 0.1)
    run = create_run(CONFIG.with_training(dataset=noise, epochs=1))

    def second(event):
        with pytest.raises(DigitLabError, match="Another process is at work"):
            worker.execute(run)

    worker.execute(run, on_event=lambda event: isinstance(event, EpochEvent) and second(event))
    assert run.status().state == "finished"


def test_the_app_goes_on_with_a_run(runs_dir, noise):
    """Stopped by force, as a worker that hangs is, it is "stopped", and the app can go on with it."""
    jobs = Jobs()
    try:
        slow = CONFIG.with_network(hidden=(800, 800)).with_training(dataset=noise, epochs=900, batch_size=2)
        run = jobs.start(slow)  # many minutes: it must not be finished before it is looked at
        until(lambda: run.checkpoint_path.is_file())
        run.send(Stop())
        os.kill(json.loads((run.path / "process.json").read_text())["pid"], signal.SIGKILL)
        until(lambda: not run.status().active)
        assert run.status().state == "stopped"
        begun = run.events()[0][-1].step
        jobs.resume(run)
        until(lambda: run.status().state == "running" and run.events()[0][-1].step > begun)
        with pytest.raises(DigitLabError, match="is not over"):
            jobs.resume(run)
        jobs.stop(run)
        until(lambda: run.status().state == "stopped")
    finally:
        jobs.close()
