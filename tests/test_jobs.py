"""Workers and the download as the app starts and stops them, without the app."""

import time
from collections.abc import Iterator

import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.runs import Run
from dashboard import jobs as jobs_module
from dashboard.jobs import Jobs

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
    assert not jobs._workers and run.status().state == "died"


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
