"""Work that outlives a page's rerun: runs, races, measurements and downloads. There is no Streamlit in here.

A run's truth lies in its folder, so losing this object loses no run; it only holds the workers' pipes and lets the
system forget ended processes. Everything here is shared by all visitors of a server.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.bench.race import contestants
from core.config import Config
from core.datasets import needs_mnist
from core.datasets.download import download_mnist
from core.engines.devices import Device, probe
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.children import Child
from core.jobs.racing import Race
from core.messages import message
from core.runs.run import Run, Status, create_run, list_runs, open_run
from core.training.commands import Stop

KILL_AFTER = 10.0  # seconds that a worker has to answer a stop
# One core is left to the pages: threads of a product wait for each other by spinning, and where something else takes a
# core from one of them, two can be many times slower than one.
THREADS = str(max(1, (os.cpu_count() or 2) - 1))
THREAD_LIMITS = {name: os.environ.get(name, THREADS) for name in ("OPENBLAS_NUM_THREADS", "TI_CPU_MAX_NUM_THREADS")}
TRIAL_SECONDS = 45.0  # a busy machine is slow, not without devices
TRY_AGAIN = 120.0
MEASURING = "measure"  # the child that needs the machine to itself
BUSY_RUN = (
    "Another run is training at the moment, and two would only slow each other down. "
    "Wait for it ({begun}) or stop it first."
)
BUSY_MEASURING = (
    "The engines are being measured on the Engines page, and other work would spoil the times. "
    "Wait until that is done, or stop it there."
)
BUSY_RACE = "A race is going on, on the Engines page. Wait for its end, or stop it there."
QUIET_NEEDED = (
    "A network is being trained, begun at {begun}, and that would spoil the times. "
    "Wait for its end, or stop it on the Train page."
)
CRASHED = "The process that was training crashed ({how}). {kept} {advice}"
ADVICE = {"taichi": "Try once more, or choose the NumPy engine.", "numpy": "Try once more."}
CRASHES = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE")  # what a faulty driver or compiler dies of


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
    """The workers, children and the download of one server; safe to use from several visitors' threads."""

    _workers: dict[str, subprocess.Popen] = field(default_factory=dict)
    _stopping: dict[str, float] = field(default_factory=dict)
    _children: dict[str, Child] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _download: Download | None = None
    _race: Race | None = None
    _devices: list[Device] | None = None
    _tried: float = float("-inf")

    def start(self, config: Config, *, race: Race | None = None) -> Run:
        """Begin a run in a process of its own. One run at a time: a second is refused with a sentence."""
        with self._lock:
            self.tidy()
            if busy := self.active_run():
                raise DigitLabError(BUSY_RUN.format(begun=f"{busy.created:%H:%M}"))
            if self._race and self._race.running and race is not self._race:
                raise DigitLabError(BUSY_RACE)
            if self.is_running(MEASURING):
                raise DigitLabError(BUSY_MEASURING)
            if needs_mnist(config.training.dataset):
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
                [sys.executable, "-m", "core.runs.worker", str(run.path), "--stop-with-parent"],
                cwd=PROJECT,
                env=os.environ | THREAD_LIMITS,
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
        run.send(Stop())
        self._stopping.setdefault(run.id, time.monotonic())

    def tidy(self) -> None:
        """Forget workers that have ended, and end those that did not answer a stop. Cheap: call it on every look."""
        for run_id, worker in list(self._workers.items()):
            asked = self._stopping.get(run_id)
            if asked and time.monotonic() - asked > KILL_AFTER and worker.poll() is None:
                worker.kill()
            if worker.poll() is not None:  # asking also lets the system drop the ended process
                worker.stdin.close()
                self._stopping.pop(run_id, None)
                if self._workers.pop(run_id, None):
                    _note_crash(open_run(run_id), worker.returncode)

    def close(self) -> None:
        """End all workers as the end of this server would: their input ends, they keep what they have, and stop."""
        for worker in list(self._workers.values()):
            worker.stdin.close()
            worker.wait(KILL_AFTER)
        for child in self._children.values():
            child.stop()

    # -- other work in processes of its own

    def begin(self, name: str, argv: Sequence[str], **env: str) -> Child:
        """Begin a piece of work, one of each name at a time; refused with a sentence where it would spoil other work.

        `MEASURING` needs the machine to itself.
        """
        with self._lock:
            self.tidy()
            if self.is_running(MEASURING):
                raise DigitLabError(BUSY_MEASURING)
            if self.is_running(name):
                raise DigitLabError("This is being done already. Wait until it is finished, or stop it.")
            if name == MEASURING and self._race and self._race.running:
                raise DigitLabError(BUSY_RACE)
            if name == MEASURING and (busy := self.active_run()):
                raise DigitLabError(QUIET_NEEDED.format(begun=f"{busy.created:%H:%M}"))
            if name == MEASURING and any(map(self.is_running, self._children)):
                raise DigitLabError("Other work is going on at the moment and would spoil the times. Wait a little.")
            self._children[name] = Child(argv, THREAD_LIMITS | env)
            return self._children[name]

    def child(self, name: str) -> Child | None:
        """The work of this name under way, or the last one."""
        return self._children.get(name)

    def is_running(self, name: str) -> bool:
        child = self._children.get(name)
        return child is not None and child.running

    # -- a race

    @property
    def race(self) -> Race | None:
        """The race under way, or the last one."""
        return self._race

    def start_race(self, config: Config, device: str = "cpu") -> Race:
        """Train with the same settings on NumPy and then on Taichi."""
        with self._lock:
            race = Race(contestants(config, device))
            race.runs.append(self.start(race.configs[0]))
            self._race = race
            threading.Thread(target=race.go, args=(self._go_on_racing, self.tidy), name="race", daemon=True).start()
            return race

    def _go_on_racing(self, config: Config) -> Run:
        run = self.start(config, race=self._race)
        if self._race.stopped:  # meanwhile
            self.stop(run)
        return run

    def stop_race(self) -> None:
        """Stop its present run, and begin no other."""
        if self._race and self._race.running:
            self._race.stopped = True
            self.stop(self._race.runs[-1])

    # -- devices

    def devices(self) -> list[Device] | None:
        """What Taichi can compute on here; None as long as that is being tried, which takes some seconds once.

        Where nothing could be used it is tried again after a while: the machine may only have been too busy.
        """
        with self._lock:
            hopeless = self._devices is None or not any(device.available for device in self._devices)
            if hopeless and time.monotonic() - self._tried > TRY_AGAIN:
                self._tried = time.monotonic()
                threading.Thread(target=self._probe, name="probe", daemon=True).start()
        return self._devices

    def _probe(self) -> None:
        self._devices = probe(TRIAL_SECONDS)

    # -- the download

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


def _note_crash(run: Run, code: int) -> None:
    """Write into the run how its worker crashed. One that was ended from outside has died, which `Run` sees by itself."""
    crashes = {-getattr(signal, name): name for name in CRASHES if hasattr(signal, name)}
    if code in crashes and run.status().state == "died":
        kept = (
            "Its last checkpoint is safe." if run.checkpoint_path.is_file() else "It had not reached a checkpoint yet."
        )
        how, advice = signal.strsignal(-code) or crashes[code], ADVICE[run.config().training.engine]
        run.set_status(Status("failed", reason=message(CRASHED, how=how.lower(), kept=kept, advice=advice)))
