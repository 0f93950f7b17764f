"""Runs on a real cluster: a scheduler and two workers, each a process of its own with folders of its own, on loopback."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.jobs.cluster import carried, connection, task
from core.jobs.jobs import Jobs
from core.runs.run import Run
from core.runs.status import PARENT_GONE, STOPPED_EARLY
from core.training.events import ChangeEvent, EpochEvent, FinishEvent, ResumeEvent, SnapshotEvent
from dashboard.web.facts import of_cluster
from tests.cluster import Cluster
from tests.waiting import until

pytest.importorskip("distributed", reason="no cluster: install requirements-dev.txt")

from distributed import Client, Event, get_worker  # noqa: E402

HELD, FREE = "held", "free"  # what a worker tells that somebody else has, and what it waits for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    for _ in range(2):
        cluster.add_worker()
    yield cluster
    cluster.close()


@pytest.fixture
def jobs(cluster: Cluster, runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    monkeypatch.setenv("DIGITLAB_SCHEDULER", cluster.address)
    jobs = Jobs()
    until(lambda: jobs.cluster and jobs.cluster.workers())
    yield jobs
    jobs.close()


@pytest.fixture
def training(noise: str) -> Config:
    """Some seconds of training."""
    network = NetworkConfig(inputs=64, hidden=(1000,))
    return Config(network, TrainingConfig(dataset=noise, epochs=8, batch_size=1, engine="numpy"))


def ended(run: Run) -> bool:
    return not run.status().active


def changes(run: Run) -> int:
    return sum(isinstance(event, ChangeEvent) for event in run.events()[0])


def epochs_of(run: Run) -> list[int]:
    return [event.epoch for event in run.events()[0] if isinstance(event, EpochEvent)]


def test_what_is_asked_reaches_it_and_an_end_keeps_what_was_learned(jobs: Jobs, training: Config) -> None:
    run = jobs.start(training.with_training(epochs=1000), owner="a")
    until(lambda: run.status().phase == "training")
    jobs.set_rate(run, 0.001, by="a")
    until(lambda: changes(run))
    jobs.pause(run, by="a")
    until(lambda: run.status().state == "paused")
    assert run.status().by == "a" and jobs.queue.tickets
    jobs.stop(run, by="a")
    until(lambda: ended(run) and not jobs.queue.tickets)
    assert (run.status().state, run.status().by) == ("stopped", "a")
    assert run.model().provenance.epochs == pytest.approx(run.status().epoch)


def test_the_end_of_the_server_stops_it_and_another_server_goes_on(jobs: Jobs, training: Config) -> None:
    run = jobs.start(training.with_training(epochs=1000))
    until(lambda: epochs_of(run))
    jobs.close()
    assert run.status().state == "stopped" and run.status().reason == PARENT_GONE and run.checkpoint_path.is_file()
    step = run.status().step
    other = Jobs()
    other.resume(run)
    until(lambda: run.status().phase == "training" and run.status().step > step)
    other.stop(run)
    until(lambda: ended(run) and not other.queue.tickets)
    other.close()
    assert epochs_of(run) == list(range(1, len(epochs_of(run)) + 1))


def test_a_rate_and_a_stop_are_obeyed_within_a_second(jobs: Jobs, training: Config) -> None:
    """Once in three times at the least, for others may be at work on this machine."""

    def seconds(ask: Callable[[], None], obeyed: Callable[[], object]) -> float:
        begun = time.monotonic()
        ask()
        until(obeyed)
        return time.monotonic() - begun

    for _ in range(3):
        run = jobs.start(training.with_training(epochs=1000))
        until(lambda run=run: run.status().phase == "training")
        rate = seconds(lambda run=run: jobs.set_rate(run, 0.001), lambda run=run: changes(run))
        stop = seconds(lambda run=run: jobs.stop(run), lambda run=run: run.status().phase != "training")
        assert run.status().phase == "stopping" or ended(run), "what it has learned is being kept"
        until(lambda run=run: ended(run) and not jobs.queue.tickets)
        assert run.status().state == "stopped" and run.model_path.is_file()
        if rate < 1.0 and stop < 1.0:
            return
    raise AssertionError(f"a rate took {rate:.2f} s, a stop {stop:.2f}")


def test_a_run_waits_for_a_free_worker_in_sight_and_can_be_stopped_there(
    cluster: Cluster, jobs: Jobs, training: Config
) -> None:
    """Somebody else has both workers: it says that it waits, and where, and begins when one is free."""
    until(lambda: jobs.queue.limits.elsewhere() == 2)
    with Client(cluster.address, set_as_default=False) as other:
        taken = [other.submit(hold, number, pure=False) for number in range(2)]
        until(lambda: len(other.get_events(HELD)) >= 2)
        first, second, third = (jobs.start(training.with_training(epochs=1000)) for _ in range(3))
        until(lambda: all(run.status().state == "queued" for run in (first, second, third)))
        said = first.status().uptime
        until(lambda: first.status().uptime > said)
        assert [run.status().state for run in (first, second, third)] == ["queued"] * 3
        assert [jobs.place(run).number for run in (first, second, third)] == [1, 2, 3]
        begun = time.monotonic()
        jobs.stop(second, by="a")
        until(lambda: ended(second))
        assert time.monotonic() - begun < 5.0, "and not when a worker is free"
        assert (second.status().state, second.status().reason) == ("stopped", STOPPED_EARLY)
        assert second.status().by == "a" and not second.model_path.exists()
        Event(FREE, client=other).set()
        until(lambda: first.status().phase == third.status().phase == "training")
        assert jobs.place(first) is None
        other.gather(taken)
    for run in (first, third):
        jobs.stop(run)
    until(lambda: ended(first) and ended(third) and not jobs.queue.tickets)


def hold(number: int) -> None:
    """Take a worker's thread until it is to be free."""
    get_worker().log_event(HELD, number)
    Event(FREE).wait(120.0)


def test_other_code_there_is_said(jobs: Jobs, training: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "version", lambda: "another")
    run = jobs.start(training)
    until(lambda: ended(run) and not jobs.queue.tickets)
    assert run.status().state == "failed" and run.status().reason.template == task.OTHER_THERE


def test_a_worker_that_is_killed_costs_nothing(cluster: Cluster, jobs: Jobs, training: Config) -> None:
    """Its run goes on elsewhere: each epoch once and in order, and the network of a run that nothing befell."""
    until(lambda: jobs.queue.limits.elsewhere() == 2)
    disturbed, undisturbed = jobs.start(training), jobs.start(training)
    until(lambda: disturbed.status().phase == "training")
    jobs.pause(disturbed)  # a pause keeps a checkpoint; what follows in the next two seconds will be lost
    until(lambda: disturbed.status().state == "paused" and disturbed.checkpoint_path.is_file())
    jobs.go(disturbed)
    kept = len(epochs_of(disturbed))
    until(lambda: len(epochs_of(disturbed)) >= kept + 1)
    cluster.worker_of(disturbed).send_signal(signal.SIGKILL)
    until(lambda: ended(disturbed) and ended(undisturbed))

    assert [run.status().state for run in (disturbed, undisturbed)] == ["finished", "finished"]
    events = disturbed.events()[0]
    assert epochs_of(disturbed) == epochs_of(undisturbed) == list(range(1, 9))
    assert sum(isinstance(event, ResumeEvent) for event in events) == 1
    assert sum(isinstance(event, FinishEvent) for event in events) == 1
    for kind in (EpochEvent, SnapshotEvent):
        steps = [event.step for event in events if isinstance(event, kind)]
        assert steps == sorted(set(steps))
    models = [run.model() for run in (disturbed, undisturbed)]
    np.testing.assert_array_equal(models[0].parameters.flat, models[1].parameters.flat)
    assert models[0].provenance.scores == models[1].provenance.scores
    names = [sorted(path.name for path in (run.path / "snapshots").iterdir()) for run in (disturbed, undisturbed)]
    assert names[0] == names[1] and not list(disturbed.path.glob(".*.tmp"))


def test_a_cluster_that_is_gone_leaves_a_sentence_and_the_checkpoint(
    cluster: Cluster, jobs: Jobs, training: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test of this cluster."""
    monkeypatch.setattr(carried, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(connection, "PATIENCE", 2.0)
    run = jobs.start(training.with_training(epochs=1000))
    until(lambda: epochs_of(run))
    jobs.pause(run)
    until(lambda: run.checkpoint_path.is_file())
    (told,) = of_cluster(jobs.cluster)
    assert told.good and told.value.startswith("workers: ")
    cluster.close()
    until(lambda: ended(run) and not jobs.queue.tickets)
    assert [(fact.value, fact.good) for fact in of_cluster(jobs.cluster)] == [("does not answer", False)]
    assert run.status().state == "failed" and run.status().reason.template == carried.UNREACHABLE
    begun = time.monotonic()
    later = jobs.start(training)
    assert time.monotonic() - begun < 5.0  # whoever clicked does not wait for the cluster
    until(lambda: ended(later) and not jobs.queue.tickets)
    assert later.status().reason.template == carried.UNREACHABLE
