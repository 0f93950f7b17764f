"""Steering: what a person asks of a training while it goes on is done between two calls of the engine."""

import subprocess
import sys
import time
from unittest.mock import ANY

import numpy as np
import psutil
import pytest

from core.config import Config, NetworkConfig
from core.datasets import TrainingData
from core.errors import DigitLabError
from core.folders import PROJECT
from core.models.model import Change
from core.network.schedules import learning_rates
from core.runs import worker
from core.runs.run import Run, create_run
from core.training.commands import Go, Pause, Resume, SetRate, Step, Stop, from_line, to_line
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, FinishEvent, PauseEvent
from core.training.loop import Training
from tests.waiting import until

CONFIG = Config(NetworkConfig(inputs=9, hidden=(6,))).with_training(batch_size=4, epochs=3, learning_rate=0.01)


@pytest.fixture
def data(make_data) -> TrainingData:
    """Three batches an epoch."""
    return TrainingData(make_data(10), make_data(5, seed=1))


class Script:
    """An inbox that holds, at the n-th look, what the script says; and the pauses that were made."""

    def __init__(self, **looks: list) -> None:
        self.looks, self.count, self.pauses = {int(key[1:]): value for key, value in looks.items()}, 0, []
        self.training: Training | None = None

    def __call__(self) -> list:
        self.count += 1
        return self.looks.get(self.count, [])

    def wait(self) -> None:
        assert len(self.pauses) < 1000, "it waits for ever"
        self.pauses.append(self.training.step)


def steered(config: Config, data: TrainingData, script: Script) -> Training:
    """A training in which every batch is a call of the engine of its own: its clock says that each takes a second."""
    ticks = iter(range(1_000_000))
    script.training = Training(config, data, inbox=script, wait=script.wait, clock=lambda: float(next(ticks)))
    return script.training


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(Stop, {"by": "me"}), (Pause, {}), (Go, {}), (Step, {"batches": 7}), (SetRate, {"value": 0.5}), (Resume, {})],
)
def test_a_command_is_a_line_and_back(kind, fields):
    begun, command = time.time(), kind(**fields)
    assert begun <= command.at <= time.time() and from_line(to_line(command)) == command


@pytest.mark.parametrize("line", ["", "{", "[]", '"stop"', '{"command": "dance"}', '{"command": "step", "batches": 0}',
                                  '{"command": "set_rate"}', '{"command": "set_rate", "value": 1e9}', b"\xff"])  # fmt: skip
def test_what_is_no_command_is_skipped(line):
    assert from_line(line) is None


def test_a_line_of_an_earlier_version_is_a_stop():
    assert isinstance(from_line('{"command": "stop"}'), Stop)


@pytest.mark.parametrize("make", [lambda: Step(0), lambda: SetRate(-1.0), lambda: SetRate(float("nan")),
                                  lambda: SetRate(101.0)])  # fmt: skip
def test_what_is_impossible_cannot_be_asked(make):
    with pytest.raises(DigitLabError):
        make()


def test_a_stop_ends_it_before_the_next_batch(data):
    training = steered(CONFIG, data, Script(l3=[Stop(by="me")]))
    events = list(training)
    assert training.step == 2 and training.stopped.by == "me"
    assert not any(isinstance(event, FinishEvent) for event in events)


def test_a_pause_waits_and_changes_nothing(data):
    straight = steered(CONFIG, data, Script())
    list(straight)
    script = Script(l3=[Pause(by="me")], l5=[Pause()], l9=[Go()])
    training = steered(CONFIG, data, script)
    events = list(training)
    assert [event for event in events if isinstance(event, PauseEvent)] == [
        PauseEvent(2, ANY, "me")
    ]  # once, where it was
    assert script.pauses == [2] * 6 and isinstance(events[-1], FinishEvent)
    np.testing.assert_array_equal(training.engine.parameters().flat, straight.engine.parameters().flat)


def test_a_pause_costs_no_training_time(data):
    plain, paused = steered(CONFIG, data, Script()), steered(CONFIG, data, Script(l3=[Pause()], l50=[Go()]))
    assert list(plain)[-1].seconds == list(paused)[-1].seconds


def test_a_stop_ends_a_pause(data):
    training = steered(CONFIG, data, Script(l2=[Pause()], l5=[Stop()]))
    list(training)
    assert training.step == 1 and training.stopped and not training.waiting


def test_steps_are_taken_one_by_one_over_the_end_of_an_epoch(data):
    script = Script(l1=[Pause()], l2=[Step(1)], l4=[Step(4)], l10=[Go()])
    training = steered(CONFIG, data, script)
    events = list(training)
    assert script.pauses[0] == 0 and set(script.pauses) == {0, 1, 5} and training.step == 9
    assert [event.step for event in events if isinstance(event, BatchEvent)] == list(range(1, 10))


def test_who_steps_sees_each_step_however_short(data):
    """Steps that take no time at all: no tenth of a second is up, and yet each is told before the next pause."""
    script = Script(l1=[Step(1)], l3=[Step(1)], l5=[Step(1)], l7=[Stop()])
    script.training = Training(CONFIG, data, inbox=script, wait=script.wait, clock=lambda: 0.0)
    told = [(type(event), event.step) for event in script.training]
    assert told == [(BatchEvent, 1), (BatchEvent, 2), (EpochEvent, 3)]


def test_steps_of_a_network_that_learns_one_by_one_are_whole_strides_of_the_same_bits(make_data):
    data = TrainingData(make_data(100), None)
    config = CONFIG.with_training(batch_size=1, optimizer="sgd", epochs=1)
    straight = steered(config, data, Script())
    list(straight)
    stride = straight.engine.stride
    assert stride > 1
    script = Script(l1=[Step(1)], l3=[Step(stride + 1)], l9=[Go()])
    training = steered(config, data, script)
    list(training)
    assert set(script.pauses) == {stride, 3 * stride}
    np.testing.assert_array_equal(training.engine.parameters().flat, straight.engine.parameters().flat)


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_another_rate_is_used_noted_and_told(data, schedule):
    training = steered(CONFIG.with_training(schedule=schedule), data, Script(l4=[SetRate(0.2, by="me")]))
    events = list(training)
    [told] = [event for event in events if isinstance(event, ChangeEvent)]
    assert (told.step, told.field, told.value, told.by) == (3, "learning_rate", 0.2, "me")
    assert training.changes == (Change(3, "learning_rate", 0.2),)
    rates = [event.learning_rate for event in events if isinstance(event, BatchEvent)]
    expected = [*learning_rates(schedule, 0.01, 0, 3, 9), *learning_rates(schedule, 0.2, 3, 6, 9)]
    assert rates == pytest.approx(expected)


def test_a_change_is_part_of_the_state(data):
    straight = steered(CONFIG, data, Script(l3=[SetRate(0.2)]))
    list(straight)
    stopped = steered(CONFIG, data, Script(l3=[SetRate(0.2)], l5=[Stop()]))
    list(stopped)
    resumed = steered(CONFIG, data, Script())
    resumed.load_state(stopped.state())
    list(resumed)
    assert resumed.changes == straight.changes and resumed.rate == 0.2
    np.testing.assert_array_equal(resumed.engine.parameters().flat, straight.engine.parameters().flat)


# -- a worker, as a page steers it


@pytest.fixture
def run(runs_dir, noise) -> Run:
    """Many minutes of training on few digits."""
    config = Config(NetworkConfig(inputs=64, hidden=(300,))).with_training(
        dataset=noise, batch_size=1, epochs=1000, learning_rate=1e-5
    )
    return create_run(config)


@pytest.fixture
def process(run):
    worker = subprocess.Popen([sys.executable, "-m", "core.runs.worker", str(run.path)], cwd=PROJECT)
    yield worker
    worker.kill()
    worker.wait()


def last_step(run: Run) -> int:
    return max((event.step for event in run.events()[0]), default=0)


def test_a_worker_obeys_all_five(run, process):
    until(lambda: run.status().phase == "training" and last_step(run))
    run.send(Pause(by="me"))
    until(lambda: run.status().state == "paused" and run.checkpoint_path.is_file())
    assert run.status().by == "me"
    paused_at, used = run.status().step, sum(psutil.Process(process.pid).cpu_times()[:2])
    assert run.status().active
    time.sleep(1.0)
    assert sum(psutil.Process(process.pid).cpu_times()[:2]) - used < 0.2  # it sleeps
    assert last_step(run) == run.status().step == paused_at
    run.send(Step(1, by="me"))
    until(lambda: last_step(run) > paused_at)
    until(lambda: run.status().state == "paused")
    run.send(SetRate(0.0005, by="me"))
    until(lambda: any(isinstance(event, ChangeEvent) for event in run.events()[0]))
    stepped_to = last_step(run)
    run.send(Go(by="me"))
    until(lambda: last_step(run) > stepped_to and run.status().state == "running")
    run.send(Stop(by="me"))
    assert process.wait(20) == 0
    status, model = run.status(), run.model()
    assert (status.state, status.by) == ("stopped", "me") and status.step > stepped_to
    assert model.provenance.changes == (Change(stepped_to, "learning_rate", 0.0005),)
    assert model.config.training.learning_rate == 1e-5  # as it began


def test_a_stop_before_the_data_is_read_leaves_no_model(run):
    run.send(Stop(by="me"))
    worker.execute(run)
    assert (run.status().state, run.status().by) == ("stopped", "me") and "before it began" in run.status().detail
    assert not run.model_path.exists() and run.events() == ([], 0)


def test_a_stop_while_it_prepares_is_obeyed_gently(run, monkeypatch):
    make = Training.__init__

    def slow(self, *given, **more):
        run.send(Stop(by="me"))
        make(self, *given, **more)

    monkeypatch.setattr(Training, "__init__", slow)
    worker.execute(run)
    assert run.status().state == "stopped" and "before it began" in run.status().detail


def test_a_stop_while_it_tests_keeps_the_model(runs_dir, monkeypatch):
    config = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset="digits", epochs=1)
    run, finished = create_run(config), worker.finished_model
    monkeypatch.setattr(worker, "finished_model", lambda *given: run.send(Stop()) or finished(*given))
    worker.execute(run)
    assert run.status().state == "finished" and run.model().provenance.epochs == 1.0


def test_it_says_how_far_it_is_whatever_it_does(run, monkeypatch):
    """The beat comes from a thread: also while the main one is busy with something else for long."""
    monkeypatch.setattr("core.runs.reporter.BEAT_SECONDS", 0.05)
    beats = []

    def busy(event) -> None:
        if isinstance(event, EpochEvent) and not beats:
            for _ in range(10):
                time.sleep(0.05)
                beats.append(run.status().uptime)
            run.send(Stop())

    worker.execute(run, on_event=busy)
    assert len(set(beats)) > 4 and beats == sorted(beats)
    assert run.status().step > 0 and run.status().epoch > 0


def test_commands_sent_before_the_training_begins_wait_for_it(runs_dir):
    config = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset="digits", epochs=1)
    run = create_run(config)
    run.send(SetRate(0.5))
    worker.execute(run)
    assert run.model().provenance.changes == (Change(0, "learning_rate", 0.5),)
