"""Work that outlives a page's rerun: worker processes for runs, and the download of MNIST. There is no Streamlit in here.

A run's truth lies in its folder, so losing this object loses no run; it only holds the workers' pipes and lets the
system forget ended processes.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from core.config import Config
from core.datasets import available
from core.datasets.download import download_mnist
from core.errors import DigitLabError
from core.folders import PROJECT
from core.runs import Run, create_run, list_runs

KILL_AFTER = 10.0  # seconds that a worker has to answer a stop
# One core is left to the pages: threads of a product wait for each other by spinning, and where something else takes a
# core from one of them, two can be many times slower than one.
THREADS = str(max(1, (os.cpu_count() or 2) - 1))


@dataclass
class Download:
    """The download of MNIST as it goes on in a thread of its own (it waits for the network, not for the processor)."""

    done: int = 0
    total: int = 0
    error: str = ""
    running: bool = True

    def go(self) -> None:
        try:
            download_mnist(progress=self._progress)
        except DigitLabError as error:
            self.error = str(error)
        except OSError as error:
            self.error = f"The files could not be kept: {error.strerror}. Make room on the disk and try again."
        finally:
            self.running = False

    def _progress(self, done: int, total: int) -> None:
        self.done, self.total = done, total


@dataclass
class Jobs:
    """The workers and the download of one server; safe to use from several visitors' threads."""

    _workers: dict[str, subprocess.Popen] = field(default_factory=dict)
    _stopping: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _download: Download | None = None

    def start(self, config: Config) -> Run:
        """Begin a run in a process of its own. One run at a time: a second is refused with a sentence."""
        with self._lock:
            self.tidy()
            if busy := self.active_run():
                raise DigitLabError(
                    "Another run is training at the moment, and two would only slow each other down. "
                    f"Wait for it ({busy.created:%H:%M}) or stop it first."
                )
            if config.training.dataset == "mnist" and not available("mnist"):
                raise DigitLabError(
                    "The MNIST digits are not on this computer yet. Download them, or use the bundled digits."
                )
            run = create_run(config)
            self._workers[run.id] = self._spawn(run)
            return run

    def _spawn(self, run: Run) -> subprocess.Popen:
        """The worker: its input is a pipe that closes when this server ends, and its output is the run's log."""
        with open(run.log_path, "ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "core.worker", str(run.path), "--stop-with-parent"],
                cwd=PROJECT,
                env=os.environ | {"OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", THREADS)},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=os.name == "posix",  # Ctrl-C in the server's terminal reaches it by the pipe only
            )
        run.set_process(worker.pid)
        return worker

    def active_run(self) -> Run | None:
        """The run that waits or trains at the moment."""
        return next((run for run in list_runs()[:50] if run.status().active), None)

    def stop(self, run: Run) -> None:
        """Ask a run to stop after its present batch; one that does not answer is ended by force (see `tidy`)."""
        run.send("stop")
        self._stopping.setdefault(run.id, time.monotonic())

    def tidy(self) -> None:
        """Forget workers that have ended, and end those that did not answer a stop. Cheap: call it on every look."""
        for run_id, worker in list(self._workers.items()):
            asked = self._stopping.get(run_id)
            if asked and time.monotonic() - asked > KILL_AFTER and worker.poll() is None:
                worker.kill()
            if worker.poll() is not None:  # asking also lets the system drop the ended process
                worker.stdin.close()
                self._workers.pop(run_id, None)
                self._stopping.pop(run_id, None)

    def close(self) -> None:
        """End all workers as the end of this server would: their input ends, they keep what they have, and stop."""
        for worker in self._workers.values():
            worker.stdin.close()
            worker.wait(KILL_AFTER)

    @property
    def download(self) -> Download | None:
        """The download under way or the last one, if there was any."""
        return self._download

    def start_download(self) -> Download:
        """Fetch MNIST, once for all visitors."""
        with self._lock:
            if self._download is None or not self._download.running:
                self._download = Download()
                threading.Thread(target=self._download.go, name="download", daemon=True).start()
            return self._download
