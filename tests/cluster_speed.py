"""How much sooner two workers are done than one: `python -m tests.cluster_speed [--runs 4] [--epochs 6]`.

The same runs of the default network are handed in twice, to a cluster of one worker and to one of two, on this machine, each
with one thread for its products. What it takes is counted from when they are handed in to the end of the last; that a worker
loads its libraries and is given MNIST is no part of it. How soon a run that trains obeys is told besides.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"

from core.config import Config  # noqa: E402
from core.jobs.jobs import Jobs  # noqa: E402
from tests.cluster import Cluster  # noqa: E402
from tests.waiting import until  # noqa: E402


def seconds_of(workers: int, runs: int, config: Config) -> tuple[float, float]:
    """Seconds for so many runs on so many workers, and until another obeyed."""
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
            return took, obeyed(jobs, config)
        finally:
            jobs.close()
            cluster.close()


def obeyed(jobs: Jobs, config: Config) -> float:
    """The most seconds that a run took, of twenty times that it was paused or let go on, until it said so."""
    run = jobs.start(config.with_training(epochs=1000))
    until(lambda: run.status().epoch > 1.0)
    longest = 0.0
    for _ in range(10):
        for ask, state in ((jobs.pause, "paused"), (jobs.go, "running")):
            asked = time.monotonic()
            ask(run)
            until(lambda state=state: run.status().state == state)
            longest = max(longest, time.monotonic() - asked)
    jobs.stop(run)
    until(lambda: not run.status().active)
    return longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=6)
    arguments = parser.parse_args()
    config = Config().with_training(epochs=arguments.epochs, engine="numpy")
    one, pause = seconds_of(1, arguments.runs, config)
    print(f"{arguments.runs} runs on one worker: {one:.1f} s", flush=True)
    two, _ = seconds_of(2, arguments.runs, config)
    print(f"on two: {two:.1f} s, {one / two:.2f} times as fast; pause and go on are obeyed within {pause:.2f} s")


if __name__ == "__main__":
    main()
