"""How much sooner two workers are done than one: `python -m tests.cluster_speed [--runs 4] [--epochs 6]`.

The same runs of the default network are handed in twice, to a cluster of one worker and to one of two, on this machine, each
with one thread for its products. What it takes is counted from when they are handed in to the end of the last; that a worker
loads its libraries and is given MNIST is no part of it. How soon a run that trains obeys is told besides, as the page's files
say it: paused, another rate, asked to stop, and what it had learned kept.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from core.config import Config  # noqa: E402
from core.jobs.jobs import Jobs  # noqa: E402
from core.runs.run import Run  # noqa: E402
from core.training.events import ChangeEvent  # noqa: E402
from tests.cluster import Cluster  # noqa: E402
from tests.waiting import until  # noqa: E402


@dataclass
class Obeyed:
    """The most seconds until a run did what it was asked."""

    pause: float = 0.0
    rate: float = 0.0
    stop: float = 0.0
    kept: float = 0.0


def seconds_of(workers: int, runs: int, config: Config) -> tuple[float, Obeyed | None]:
    """Seconds for so many runs on so many workers, and of a single worker until another run obeyed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DIGITLAB_RUNS"] = str(Path(folder) / "runs")
        cluster = Cluster(Path(folder))
        os.environ["DIGITLAB_SCHEDULER"] = cluster.address
        for _ in range(workers):
            cluster.add_worker()
        jobs = Jobs()
        try:
            until(lambda: jobs.queue.limits.elsewhere() == workers)
            warm = [jobs.start(config.with_training(epochs=1)) for _ in range(workers)]
            until(lambda: not any(run.status().active for run in warm) and not jobs.queue.tickets)
            begun = time.monotonic()
            started = [jobs.start(config) for _ in range(runs)]
            until(lambda: not any(run.status().active for run in started), 600.0)
            took = time.monotonic() - begun
            assert all(run.status().state == "finished" for run in started)
            return took, obeyed(jobs, config) if workers == 1 else None
        finally:
            jobs.close()
            cluster.close()


def obeyed(jobs: Jobs, config: Config) -> Obeyed:
    """The longest of twenty pauses and goings on, twenty rates, and ten stops, after each of which it goes on."""
    longest = Obeyed()
    run = jobs.start(config.with_training(epochs=1000))
    until(lambda: run.status().epoch > 1.0)
    for _ in range(10):
        longest.pause = max(longest.pause, after(lambda: jobs.pause(run), lambda: run.status().state == "paused"))
        longest.pause = max(longest.pause, after(lambda: jobs.go(run), lambda: run.status().state == "running"))
    for number in range(20):
        rate = config.training.learning_rate * (1.0 - number / 100.0)
        longest.rate = max(longest.rate, after(lambda r=rate: jobs.set_rate(run, r), lambda n=number: changes(run) > n))
    for number in range(10):
        begun = time.monotonic()
        longest.stop = max(longest.stop, after(lambda: jobs.stop(run), lambda: run.status().phase != "training"))
        until(lambda: not run.status().active)
        longest.kept = max(longest.kept, time.monotonic() - begun)
        if number < 9:
            jobs.resume(run)
            until(lambda: run.status().phase == "training")
    return longest


def after(ask: Callable[[], None], done: Callable[[], object]) -> float:
    """Seconds from what is asked until it is done."""
    asked = time.monotonic()
    ask()
    until(done)
    return time.monotonic() - asked


def changes(run: Run) -> int:
    """How often its rate was changed, as far as is known here."""
    return sum(isinstance(event, ChangeEvent) for event in run.events()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=6)
    arguments = parser.parse_args()
    config = Config().with_training(epochs=arguments.epochs, engine="numpy")
    one, times = seconds_of(1, arguments.runs, config)
    assert times is not None  # of one worker
    print(f"{arguments.runs} runs on one worker: {one:.1f} s", flush=True)
    two, _ = seconds_of(2, arguments.runs, config)
    print(f"on two: {two:.1f} s, {one / two:.2f} times as fast")
    print(
        f"pause and go on are obeyed within {times.pause:.2f} s, another rate within {times.rate:.2f}, a stop within "
        f"{times.stop:.2f}, and what was learned is kept within {times.kept:.2f}"
    )


if __name__ == "__main__":
    main()
