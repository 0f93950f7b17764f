"""The worker: a run carried out in a process of its own, and every way in which it can end."""

import itertools
import json
import os
import signal
import subprocess
import sys

import numpy as np
import psutil
import pytest

import core
from core.config import Config, NetworkConfig
from core.datasets import load_training
from core.datasets.uploads import remove
from core.engines.numpy.engine import NumpyEngine
from core.errors import DigitLabError
from core.folders import PROJECT
from core.messages import Message
from core.models.model import Score
from core.runs import worker
from core.runs.run import Run, create_run
from core.runs.status import STOPPED
from core.runs.stopper import Stopper
from core.training.commands import Stop
from core.training.events import BatchEvent, EpochEvent, FinishEvent
from core.training.loop import Training
from tests.waiting import until

QUICK = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(
    dataset="digits", batch_size=32, epochs=2, learning_rate=0.01
)

PROMPT = 3.0  # processor seconds from being told to stop to the end, with the test of the network; the training has many minutes


@pytest.fixture
def endless(noise) -> Config:
    """Many minutes of training on a small file."""
    training = {"dataset": noise, "batch_size": 1, "epochs": 1000, "learning_rate": 1e-5}
    return QUICK.with_training(**training).with_network(hidden=(500, 500))


@pytest.fixture
def start(runs_dir):
    """`start(run, *options)` starts a worker on a run; workers that are left over are killed."""
    workers = []

    def begin(run: Run, *options: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen:
        command = [sys.executable, "-m", "core.runs.worker", str(run.path), *options]
        workers.append(subprocess.Popen(command, cwd=PROJECT, stdin=stdin, stderr=subprocess.PIPE, text=True))
        return workers[-1]

    yield begin
    for process in workers:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stderr):
            if pipe:
                pipe.close()


def in_training(run: Run) -> bool:
    return BatchEvent in map(type, run.events()[0])


def processor_until_its_end(process: subprocess.Popen) -> float:
    """Wait for a process that was told to end; the processor's seconds that it took from now on. Others cannot add to them."""
    spent, before = sum(psutil.Process(process.pid).cpu_times()[:2]), os.times()
    assert process.wait(120) == 0, process.stderr.read()
    after = os.times()  # a child's time is added to its parent's when it is waited for
    return after.children_user + after.children_system - before.children_user - before.children_system - spent


# -- in a process of its own


def test_a_run_to_its_end(start, runs_dir):
    run = create_run(QUICK)
    process = start(run)
    assert process.wait(120) == 0, process.stderr.read()
    assert process.stderr.read() == ""
    assert run.status().state == "finished" and run.status().detail == ""
    events = run.events()[0]
    assert [event.epoch for event in events if isinstance(event, EpochEvent)] == [1, 2]
    assert isinstance(events[-1], FinishEvent)
    model = core.load_model(run.id)
    assert model.config == QUICK
    assert model.predict(np.zeros((1, 8, 8))).shape == (1, 10)
    origin = model.provenance
    assert (origin.epochs, origin.version, origin.scores["test"].n) == (2.0, core.__version__, 180)
    assert origin.scores["validation"].n == 134 and origin.scores["test"].accuracy > 0.6
    data = load_training("digits")
    assert origin.data_sha256 == data.train.sha256
    here = Training(QUICK, data)  # another process, the same bits
    for _ in here:
        pass
    np.testing.assert_array_equal(model.parameters.flat, here.engine.parameters().flat)
    np.testing.assert_array_equal(run.checkpoint()["parameters"], model.parameters.flat)


@pytest.mark.parametrize("how", ["command", "SIGTERM"])
def test_told_to_stop(start, endless, how):
    run = create_run(endless)
    process = start(run)
    until(lambda: in_training(run))
    if how == "command":
        run.send(Stop(by="someone"))
    else:
        process.terminate()
    assert processor_until_its_end(process) < PROMPT
    assert run.status().state == "stopped" and run.status().reason == STOPPED
    assert run.status().by == ("someone" if how == "command" else "")
    model = run.model()
    assert 0 < model.provenance.epochs < 1000
    np.testing.assert_array_equal(run.checkpoint()["parameters"], model.parameters.flat)
    assert not any(isinstance(event, FinishEvent) for event in run.events()[0])


def test_stops_when_its_parent_is_gone(start, endless):
    """Its standard input is a pipe; the system closes it with the process that held the other end."""
    run = create_run(endless)
    process = start(run, "--stop-with-parent", stdin=subprocess.PIPE)
    until(lambda: in_training(run))
    process.stdin.close()
    assert processor_until_its_end(process) < PROMPT
    assert run.status().state == "stopped" and "The app was closed" in run.status().detail
    assert run.model_path.is_file()


def test_killed(start, endless):
    run = create_run(endless)
    process = start(run)
    until(lambda: in_training(run))
    assert run.status().state == "running"
    process.kill()
    until(lambda: run.status().state == "died")  # before anybody has collected the process
    process.wait()
    assert run.status().state == "died" and "ended without a word" in run.status().detail
    assert run.events()[0] and not run.model_path.exists()


def test_what_cannot_be_done_ends_with_a_sentence(start):
    run = create_run(QUICK)
    (run.path / "config.json").write_text(QUICK.to_json().replace("relu", "magic"))
    process = start(run)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 1
    assert run.status().state == "failed"
    assert run.status().detail == said.strip() and said.startswith("There is no activation called 'magic'.")


# -- in this process: `execute`, as the command line calls it


def failing(run: Run) -> str:
    with pytest.raises(DigitLabError) as error:
        worker.execute(run)
    assert run.status().state == "failed" and run.status().detail == str(error.value)
    assert not run.model_path.exists()
    return str(error.value)


def test_data_that_are_not_here_any_more(runs_dir, noise):
    run = create_run(QUICK.with_training(dataset=noise))
    remove(noise)
    assert f"The data {noise} are not on this computer. Give the file again" in failing(run)


def test_missing_mnist(runs_dir, monkeypatch):
    monkeypatch.setattr("core.datasets.mnist.mnist_folder", lambda: None)
    assert "MNIST is not on this computer" in failing(create_run(Config()))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe\x00", b"[" * 100_000], ids=["empty", "{}", "bytes", "deep"])
def test_a_damaged_configuration(runs_dir, content):
    run = create_run(QUICK)
    (run.path / "config.json").write_bytes(content)
    failing(run)


def test_a_network_for_other_pictures(runs_dir):
    assert "8 × 8 = 64 pixels" in failing(create_run(QUICK.with_network(inputs=784)))


def test_an_engine_that_is_not_there(runs_dir, monkeypatch):
    """A run that was begun where Taichi was; here it is missing, and no new one could be begun."""
    config = QUICK.with_training(engine="taichi")
    run = create_run(config)
    for name in [name for name in sys.modules if name.startswith("core.engines.taichi.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "taichi", None)
    assert "Taichi is not installed here" in failing(run)
    with pytest.raises(DigitLabError, match="Taichi is not installed here"):
        create_run(config)


@pytest.mark.filterwarnings("ignore")
def test_a_training_that_goes_astray(runs_dir):
    config = QUICK.with_network(activation="identity", hidden=(16, 16, 16))
    steep = config.with_training(optimizer="sgd", learning_rate=100.0)
    assert "smaller learning rate" in failing(create_run(steep))


def test_too_little_memory(runs_dir, monkeypatch):
    def too_large(*_, **__):
        raise MemoryError

    monkeypatch.setattr(worker, "load_training", too_large)
    assert "out of memory" in failing(create_run(QUICK))


def test_a_full_disk(runs_dir, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Run, "save_checkpoint", full)
    assert "The disk is full" in failing(create_run(QUICK))


def test_events_are_told_after_they_are_written(runs_dir):
    run, told = create_run(QUICK), []

    def note(event):
        assert run.events()[0][-1] == event
        told.append(event)

    worker.execute(run, on_event=note)
    assert told == run.events()[0] and isinstance(told[-1], FinishEvent)


def test_the_reason_to_stop_is_kept(runs_dir):
    run = create_run(QUICK)
    worker.execute(run, stop=lambda: Message("Enough.") if run.events()[0][1:] else None)  # behind the first snapshot
    assert (run.status().state, run.status().detail) == ("stopped", "Enough.")
    assert 0 < run.model().provenance.epochs <= 1.0


def test_stopping_after_the_last_epoch_is_finishing(runs_dir):
    run = create_run(QUICK)
    worker.execute(run, on_event=lambda event: isinstance(event, FinishEvent) and run.send(Stop()))
    assert run.status().state == "finished"


def test_phases_in_their_order(runs_dir, monkeypatch):
    run, phases = create_run(QUICK), []
    set_status = Run.set_status
    monkeypatch.setattr(Run, "set_status", lambda self, status: phases.append(status.phase) or set_status(self, status))
    worker.execute(run)
    assert [phase for phase, _ in itertools.groupby(phases)] == ["reading", "preparing", "training", "testing", ""]


def test_while_taichi_compiles_the_run_says_so(runs_dir, monkeypatch):
    run, phases = create_run(QUICK.with_training(engine="taichi")), []
    set_status = Run.set_status
    monkeypatch.setattr(Run, "set_status", lambda self, status: phases.append(status.phase) or set_status(self, status))
    monkeypatch.setattr(
        "core.training.loop.create_engine", lambda *given: phases.append("compiling") or NumpyEngine(*given)
    )
    worker.execute(run)
    assert phases == ["reading", "preparing", "compiling", "training", "testing", ""]


@pytest.mark.parametrize(("every", "count"), [(0.0, 3), (1e9, 1)])
def test_checkpoints_are_kept_as_training_goes(runs_dir, monkeypatch, every, count):
    """One after each of the two epochs when time allows, and one at the end in any case."""
    saved = []
    monkeypatch.setattr(worker, "CHECKPOINT_SECONDS", every)
    monkeypatch.setattr(Run, "save_checkpoint", lambda self, state: saved.append(int(state["position"][0])))
    worker.execute(create_run(QUICK))
    assert saved == ([47, 94, 94] if count == 3 else [94])  # 1,617 - 134 = 1,483 digits: 47 batches of 32


def test_the_engine_is_closed_however_it_ends(runs_dir, monkeypatch):
    closed = []
    monkeypatch.setattr(NumpyEngine, "close", lambda self: closed.append(True))
    worker.execute(create_run(QUICK))
    assert closed == [True]
    monkeypatch.setattr(worker, "finished_model", lambda *_: (_ for _ in ()).throw(DigitLabError("No.")))
    with pytest.raises(DigitLabError):
        worker.execute(create_run(QUICK))
    assert closed == [True, True]


def test_the_scores_are_those_of_the_model(runs_dir):
    run = create_run(QUICK)
    worker.execute(run)
    model = run.model()
    validation = load_training("digits").validation
    right = np.count_nonzero(model.predict(validation.x()).argmax(axis=1) == validation.labels)
    assert model.provenance.scores["validation"] == Score(134, right)


def test_without_validation_there_is_no_validation_score(runs_dir):
    run = create_run(QUICK.with_training(validation=False))
    worker.execute(run)
    assert set(run.model().provenance.scores) == {"test"}


# -- the ways in from outside


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_reason_to_stop(number):
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        stopper = Stopper(with_parent=False)
        assert stopper() is None
        signal.raise_signal(number)
        assert stopper() == STOPPED
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_folder_that_is_no_run(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["core.runs.worker", str(tmp_path)])
    assert worker.main() == 2
    assert "is not a run folder" in capsys.readouterr().err


def test_a_run_folder_of_any_name(runs_dir, tmp_path):
    """`RUN_DIR` may be any folder: a day's training must not fail at its end for want of a date or title."""
    folder = tmp_path / "my run"
    folder.mkdir()
    (folder / "config.json").write_text(QUICK.to_json())
    run = Run(folder)
    worker.execute(run)
    assert run.status().state == "finished"
    assert json.loads((folder / "status.json").read_text())["state"] == "finished"
