"""A cluster as somebody starts one by hand: a scheduler and workers, each a process of its own, on loopback.

No folder is shared: each worker has its own, and knows no MNIST but what it is given.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil

from core.folders import PROJECT
from core.runs.run import Run
from tests.waiting import until


class Cluster:
    """A scheduler and its workers, as somebody starts them by hand, with variables on top of this process's own."""

    def __init__(self, home: Path, protocol: str = "tcp", **environment: str) -> None:
        self.home, self.workers, self._environment = home, [], environment
        file = home / "scheduler.json"
        self.scheduler = self._begin(
            "scheduler", "--protocol", protocol, "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)
        )
        until(lambda: file.is_file() and file.stat().st_size)
        self.address = json.loads(file.read_text())["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        own = self.home / f"worker-{len(self.workers)}"
        own.mkdir()
        self.workers.append(
            self._begin(
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(own), home=own
            )
        )
        return self.workers[-1]

    def worker_of(self, run: Run) -> subprocess.Popen[bytes]:
        """The worker whose child trains this run."""
        for worker in self.workers:
            if worker.poll() is None:
                for child in psutil.Process(worker.pid).children(recursive=True):
                    if any(run.id in word for word in child.cmdline()):
                        return worker
        raise AssertionError("nobody trains it")

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()

    def _begin(self, kind: str, *arguments: str, home: Path | None = None) -> subprocess.Popen[bytes]:
        own = {"DIGITLAB_DATA": str(home), "DIGITLAB_RUNS": str(home)} if home else {}
        environment = {name: value for name, value in os.environ.items() if name != "MNIST_DIR"}
        with open(self.home / f"{kind}-{len(self.workers)}.log", "wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--no-dashboard"],
                cwd=PROJECT, env=environment | self._environment | own, stdout=log, stderr=log,
            )  # fmt: skip
