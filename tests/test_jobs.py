"""Workers and the download as the app starts and stops them, without the app."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.bench.race import lap, verdict
from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs import jobs as jobs_module
from core.jobs.jobs import MEASURING, Jobs
from core.runs.run import Run

QUICK = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=1, batch_size=64))
LONG = QUICK.with_network(hidden=(1500, 1500)).with_training(epochs=1000)


@pytest.fixture
def jobs(runs_dir) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


def wait_for(run: Run, *states: str, seconds: float = 60.0) -> str:
    end = time.monotonic() + seconds
    while (state := run.status().state) not in states:
        assert time.monotonic() < end, f"the run is still {state}"
        time.sleep(0.05)
    return state


def test_a_run_to_its_end(jobs) -> None:
    run = jobs.start(QUICK)
    assert wait_for(run, "finished", "failed", "died") == "finished"
    assert run.model().provenance.epochs == 1.0
    assert jobs.active_run() is None


def test_a_second_run_is_refused_and_a_stop_frees_the_place(jobs) -> None:
    first = jobs.start(LONG)
    wait_for(first, "running")
    with pytest.raises(DigitLabError, match="Another run is training"):
        jobs.start(QUICK)
    jobs.stop(first)
    assert wait_for(first, "stopped", "died") == "stopped"
    second = jobs.start(QUICK)
    assert wait_for(second, "finished", "failed", "died") == "finished"


def test_a_worker_that_does_not_answer_is_ended_by_force(jobs, monkeypatch) -> None:
    monkeypatch.setattr(jobs_module, "KILL_AFTER", 0.0)
    run = jobs.start(LONG)
    worker = jobs._workers[run.id]
    jobs.stop(run)
    time.sleep(0.01)
    jobs.tidy()
    worker.wait(20)
    assert worker.returncode != 0
    jobs.tidy()
    assert not jobs._workers and run.status().state == "stopped"  # what a person stopped is stopped


def test_without_mnist_a_run_on_it_is_refused(runs_dir, tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    with pytest.raises(DigitLabError, match="Download them, or use the bundled"):
        Jobs().start(Config())
    assert not runs_dir.exists()


def test_a_download_that_fails_leaves_a_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    monkeypatch.setenv("DIGITLAB_MIRRORS", "http://127.0.0.1:9/")
    jobs = Jobs()
    download = jobs.start_download()
    end = time.monotonic() + 30
    while download.running:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert "MNIST could not be downloaded" in download.error
    assert jobs.download is download and jobs.start_download() is not download  # it can be tried again


# -- workers that crash, and a stand-in for Taichi

STAND_IN = """
import importlib.machinery, os, sys, types
if "core.runs.worker" in sys.orig_argv:
    stub = types.ModuleType("core.engines.taichi.engine")
    stub.__spec__ = importlib.machinery.ModuleSpec("core.engines.taichi.engine", None)
    {engine}
    sys.modules["core.engines.taichi.engine"] = stub
"""
CRASHES = """
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stub.ENGINE = lambda *_: os.abort()
"""
COMPUTES = """
    from core.engines.numpy.engine import NumpyEngine
    stub.ENGINE = NumpyEngine
"""
WITH_TAICHI = QUICK.with_training(engine="taichi")


@pytest.fixture
def taichi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`taichi(source)` puts a stand-in into the place of Taichi's engine in every worker that is started."""

    def use(source: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(STAND_IN.format(engine=source.strip()))
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{':' if sys.platform != 'win32' else ';'}{PROJECT}")

    return use


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals to die of")
def test_a_crash_of_taichi_is_a_failed_run_with_a_sentence(jobs, taichi) -> None:
    """The worker's process really aborts, as one does in which a driver or a compiler goes wrong."""
    taichi(CRASHES)
    run = jobs.start(WITH_TAICHI)
    wait_for(run, "failed", "died")
    end = time.monotonic() + 20
    while run.status().state != "failed":  # the server learns a moment later how the process ended
        assert time.monotonic() < end
        jobs.tidy()
        time.sleep(0.02)
    assert run.status().detail == (
        "The process that was training crashed (aborted). It had not reached a checkpoint yet. "
        "Try once more, or choose the NumPy engine."
    )
    assert wait_for(jobs.start(QUICK), "finished", "failed", "died") == "finished"  # nothing else was harmed


# -- races


def wait_for_race(jobs: Jobs, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while jobs.race.running:
        assert time.monotonic() < end, jobs.race
        time.sleep(0.05)


def test_a_race_is_two_runs_one_after_the_other(jobs, taichi) -> None:
    taichi(COMPUTES)
    race = jobs.start_race(QUICK.with_training(epochs=3, seed=5))
    with pytest.raises(DigitLabError, match="Another run is training|A race is going on"):
        jobs.start(QUICK)
    wait_for_race(jobs)
    assert race.error == "" and [run.status().state for run in race.runs] == ["finished", "finished"]
    first, second = race.runs
    assert first.config().training.engine == "numpy" and second.config().training.engine == "taichi"
    assert first.config().training.seed == second.config().training.seed == 5
    assert len(race.prepared) == 2 and all(seconds > 0 for seconds in race.prepared)
    laps = [lap(name, run.events()[0]) for name, run in zip(("NumPy", "Taichi"), race.runs, strict=True)]
    assert [accuracy for _, accuracy in laps[0].marks] == [accuracy for _, accuracy in laps[1].marks]
    assert "Both end with" in verdict(laps)  # the stand-in is NumPy itself: the same bits


def test_between_a_race_s_runs_no_other_run_gets_in(jobs, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "active_run", lambda: None)
    jobs._race = jobs_module.Race((QUICK, WITH_TAICHI))
    with pytest.raises(DigitLabError, match="A race is going on"):
        jobs.start(QUICK)
    with pytest.raises(DigitLabError, match="A race is going on"):
        jobs.begin(MEASURING, ["told"])


def test_a_race_that_is_stopped_begins_no_second_run(jobs) -> None:
    race = jobs.start_race(LONG)
    wait_for(race.runs[0], "running")
    jobs.stop_race()
    assert race.running or not race.runs[0].status().active  # as long as its run goes on, so that pages look again
    assert wait_for(race.runs[0], "stopped", "died") == "stopped"
    wait_for_race(jobs)
    assert race.stopped and len(race.runs) == 1 and jobs.active_run() is None


def test_a_race_whose_first_run_is_stopped_elsewhere_is_over(jobs) -> None:
    race = jobs.start_race(LONG)
    wait_for(race.runs[0], "running")
    jobs.stop(race.runs[0])
    wait_for_race(jobs)
    assert len(race.runs) == 1


# -- other work


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What to tell `Jobs.begin` for a child that says one word and then waits."""
    code = "import time; print('{\"word\": 1}', flush=True); time.sleep(60)"
    (tmp_path / "told.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return ["told"]


def test_while_the_engines_are_measured_nothing_else_begins(jobs, told) -> None:
    child = jobs.begin(MEASURING, told)
    assert jobs.child(MEASURING) is child and jobs.child("other") is None
    for begin in (lambda: jobs.start(QUICK), lambda: jobs.begin("other", told), lambda: jobs.start_race(QUICK)):
        with pytest.raises(DigitLabError, match="being measured"):
            begin()
    child.stop()
    assert jobs.race is None
    other = jobs.begin("other", told)
    with pytest.raises(DigitLabError, match="being done already"):
        jobs.begin("other", told)
    with pytest.raises(DigitLabError, match="would spoil the times"):
        jobs.begin(MEASURING, told)
    jobs.close()
    assert not other.running


def test_while_a_run_trains_nothing_is_measured(jobs, told) -> None:
    run = jobs.start(LONG)
    with pytest.raises(DigitLabError, match="would spoil the times. Wait for its end, or stop it"):
        jobs.begin(MEASURING, told)
    jobs.begin("other", told)
    jobs.stop(run)


# -- devices


def test_devices_are_tried_once_and_in_the_background(monkeypatch) -> None:
    calls, cpu = [], Device("cpu", "Processor", True)

    def probe(timeout: float) -> list[Device]:
        calls.append(timeout)
        time.sleep(0.2)
        return [cpu]

    monkeypatch.setattr(jobs_module, "probe", probe)
    jobs, begun = Jobs(), time.monotonic()
    assert jobs.devices() is None and time.monotonic() - begun < 0.15
    while jobs.devices() is None:
        assert time.monotonic() - begun < 20
        time.sleep(0.01)
    assert jobs.devices() == [cpu] and len(calls) == 1


def test_devices_that_did_not_answer_are_tried_again_later(monkeypatch) -> None:
    found = iter([[Device("cpu", "Processor", False, "Too busy.")], [Device("cpu", "Processor", True)]])
    monkeypatch.setattr(jobs_module, "probe", lambda timeout: next(found))
    monkeypatch.setattr(jobs_module, "TRY_AGAIN", 0.3)
    jobs, end = Jobs(), time.monotonic() + 20
    seen = []
    while not seen or not seen[-1]:
        assert time.monotonic() < end
        if (now := jobs.devices()) is not None:
            seen.append(now[0].available)
        time.sleep(0.01)
    assert seen[0] is False and seen[-1] is True
