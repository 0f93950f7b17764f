"""Work that outlives a page's rerun, for all of a server: runs, races, lessons, back-queries, checks, measurements, the download.

All but the download goes through one queue, whose rules say what may go on beside what. A thread looks after it as long
as there is something in it, whether anybody looks at a page or not.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from core.bench.race import contestants
from core.config import Config
from core.engines.devices import Device
from core.errors import DigitLabError
from core.jobs.asking import Asking, Filming, film_work_of, work_of
from core.jobs.book import Book
from core.jobs.cluster.address import scheduler
from core.jobs.cluster.executor import ClusterExecutor
from core.jobs.devices import Devices
from core.jobs.doubting import Doubting
from core.jobs.doubting import work_of as work_of_doubting
from core.jobs.download import Download
from core.jobs.estimates import Estimates
from core.jobs.executor import MEASUREMENT, RUN, Executor, Work
from core.jobs.feeding import Feeding
from core.jobs.limits import Limits, is_hosted, limits_here, threads_of
from core.jobs.local import LocalExecutor
from core.jobs.mapping import Mappings
from core.jobs.pruning import EvenClock, prune, to_go
from core.jobs.queue import Place, Queue, Ticket
from core.jobs.racing import Race
from core.jobs.steady import Steady
from core.jobs.taking_in import TakingIn
from core.jobs.teaching import Teaching
from core.jobs.telling import Once
from core.jobs.trainings import Trainings
from core.messages import N_
from core.models.model import Model
from core.runs.classes import remove_what_is_over
from core.runs.run import Run
from core.settings import settings
from core.teach.samples import Sample
from core.training.commands import Go, Pause, SetRate, Step

PRUNE = 600.0  # seconds between two looks at what strangers have left
KEEP_HOUSE = 5.0  # seconds between two looks at what other servers left behind
LOOK_AGAIN = 0.2  # seconds between two looks of the watcher
USUAL = {MEASUREMENT: 90.0}  # seconds that work takes about which nobody says more
ONE_RACE = N_("A race is going on already, on the Engines page. Wait for its end, or stop it there.")
ONE_OF_A_KIND = N_("This is being done already. Wait until it is finished, or stop it.")


class Jobs:
    """The work of one server; safe to use from several visitors' threads.

    Attributes
    ----------
    queue : all that waits and goes on.
    cluster : other machines that carry out runs; None where this one does.
    estimates : how long trainings would take.
    maps : test digits laid out, like ones beside each other.
    sweeps : grids of trainings, whose runs are handed in a few at a time.
    """

    def __init__(self, executor: Executor | None = None, limits: Limits | None = None) -> None:
        self.cluster = cluster = ClusterExecutor(address) if executor is None and (address := scheduler()) else None
        limits = limits or (limits_here(cluster.runs_at_once) if cluster else limits_here())
        self.queue = Queue(executor or cluster or LocalExecutor(), limits, book=Book())
        self._trainings = Trainings(self.queue, elsewhere=cluster is not None)
        self._lock = threading.RLock()
        self.estimates = Estimates(self._submit)
        self.maps = Mappings(self._submit)
        self.sweeps = Feeding(self, limits.elsewhere if cluster else lambda: limits.slots.get(RUN, 1))
        self._latest: dict[str, Ticket] = {}
        self._race: Race | None = None
        self._askings: Once[tuple[str, str], Asking] = Once()
        self._filmings: Once[tuple[str, str], Filming] = Once()
        self._doubtings: Once[str, Doubting] = Once()
        self._devices = Devices()
        self._download: Download | None = None
        self._watcher: threading.Thread | None = None
        self._keeper: threading.Thread | None = None

    # -- runs

    def start(self, config: Config, *, owner: str = "", series: str = "", parent: str = "", room: str = "") -> Run:
        """Hand in a run; it begins at once where nothing stands in its way, and waits for its turn else.

        Runs of one series are compared; the parent is the run whose settings it repeats; the room is a class.
        """
        run = self._trainings.start(config, owner=owner, series=series, parent=parent, room=room)
        self._look_after()
        return run

    def resume(self, run: Run, *, owner: str = "", rate: float | None = None) -> None:
        """Hand in a run that has ended too early; it goes on from its last checkpoint, at this learning rate or as it was."""
        self._trainings.resume(run, owner=owner, rate=rate)
        self._look_after()

    def stop(self, run: Run, *, by: str = "") -> None:
        """End a run: one that waits leaves the queue, one that goes on is asked to keep what it has learned and end."""
        self._trainings.stop(run, by=by)

    def pause(self, run: Run, *, by: str = "") -> None:
        """Let a run wait after the batches that it is at. Refused, as all that follows, where it is over."""
        self._trainings.ask(run, Pause(by=by))

    def go(self, run: Run, *, by: str = "") -> None:
        """Let a run that is paused go on."""
        self._trainings.ask(run, Go(by=by))

    def step(self, run: Run, batches: int = 1, *, to_epoch_end: bool = False, by: str = "") -> None:
        """Let a run train so many batches, or to the end of its epoch, and wait."""
        self._trainings.ask(run, Step(batches, to_epoch_end, by=by))

    def set_rate(self, run: Run, rate: float, *, by: str = "") -> None:
        """Let a run learn at this rate from now on; an impossible one is refused."""
        self._trainings.ask(run, SetRate(rate, by=by))

    def place(self, run: Run) -> Place | None:
        """Where a run stands that waits for its turn; None for any other."""
        return self._trainings.place(run.id)

    # -- lessons

    def teach(self, model: Model, samples: Sequence[Sample], *, seed: int = 0, owner: str = "") -> Teaching:
        """Hand in a lesson: a copy of the model learns these drawings."""
        return Teaching(self.queue, self._submit, model, samples, seed=seed, owner=owner)

    # -- networks that are asked back

    def ask_back(self, model: Path, sha256: str, method: str, *, owner: str = "") -> Asking:
        """Let the network in a file, with this hash, write or imagine the ten digits; whoever asks for it, it is done once."""
        return self._askings.begin((sha256, method), lambda: Asking(self._submit(work_of(model, method, owner))))

    def asking(self, sha256: str, method: str) -> Asking | None:
        """The search of this network's that waits or goes on, or the last one."""
        return self._askings.of((sha256, method))

    def film(self, run_id: str, method: str, *, owner: str = "") -> Filming:
        """Let the networks that a run kept on its way write or imagine; whoever asks for it, it is done once."""
        return self._filmings.begin(
            (run_id, method), lambda: Filming(self._submit(film_work_of(run_id, method, owner)))
        )

    def filming(self, run_id: str, method: str) -> Filming | None:
        """The film of this run's that waits or is made, or the last one."""
        return self._filmings.of((run_id, method))

    # -- labels that are doubtful

    def doubt(self, dataset: str, *, owner: str = "") -> Doubting:
        """Hand in a look at all labels of a data set; whoever asks for it, it is done once."""
        return self._doubtings.begin(dataset, lambda: Doubting(self._submit(work_of_doubting(dataset, owner))))

    def doubting(self, dataset: str) -> Doubting | None:
        """The look at the labels of this data set that waits or goes on, or the last one."""
        return self._doubtings.of(dataset)

    # -- data of one's own

    def take_in(self, files: Mapping[str, bytes], *, owner: str = "") -> TakingIn:
        """Hand in files (content by name) to be read, checked and kept as a data set."""
        return TakingIn(self.queue, self._submit, files, owner)

    # -- work of which there is one at a time, and all visitors see it

    def begin(self, kind: str, argv: Sequence[str], *, owner: str = "", **environment: str) -> Ticket:
        """Hand in a check or a measurement; of each there is one at a time."""
        with self._lock:
            if (latest := self.latest(kind)) and latest.live:
                raise DigitLabError(ONE_OF_A_KIND)
            self._latest[kind] = self._submit(
                Work(
                    kind=kind,
                    argv=tuple(argv),
                    owner=owner,
                    alone=kind == MEASUREMENT,
                    seconds=USUAL.get(kind, 20.0),
                    threads=threads_of(alone=kind == MEASUREMENT),
                    environment=environment,
                )
            )
            return self._latest[kind]

    def latest(self, kind: str) -> Ticket | None:
        """The work of this kind that waits or goes on, or the last one."""
        return self._latest.get(kind)

    # -- a race

    @property
    def race(self) -> Race | None:
        """The race that goes on, or the last one."""
        return self._race

    def start_race(self, config: Config, device: str = "cpu", *, owner: str = "") -> Race:
        """Train with the same settings on NumPy and then on Taichi."""

        def start(config: Config) -> Run:
            run = self._trainings.start(config, owner=owner, kind="race")
            self._look_after()
            if race.stopped:  # meanwhile
                self.stop(run)
            return run

        with self._lock:
            if self._race and self._race.running:
                raise DigitLabError(ONE_RACE)
            race = Race(contestants(config, device))
            race.runs.append(start(race.configs[0]))
            self._race = race
            threading.Thread(target=race.go, args=(start, self._trainings.ticket), name="race", daemon=True).start()
            return race

    def stop_race(self, *, by: str = "") -> None:
        """Stop its present run, and begin no other."""
        if self._race and self._race.running:
            self._race.stopped = True
            self.stop(self._race.runs[-1], by=by)

    # -- looking after it

    def _submit(self, work: Work, on_end: Callable[[Ticket], None] | None = None) -> Ticket:
        ticket = self.queue.submit(work, on_end)
        self._look_after()
        return ticket

    def _look_after(self) -> None:
        """See to it that a thread looks after the queue as long as there is something in it."""
        with self._lock:
            if not (self._watcher and self._watcher.is_alive()):
                self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
                self._watcher.start()

    def _watch(self) -> None:
        steady = Steady()
        while True:
            steady.do(
                look_after_runs=self._trainings.look_after,
                tend_the_queue=self.queue.tend,
                hand_in_runs_of_sweeps=lambda: self.sweeps.look(at_once=not self.queue.tickets),
            )
            with self._lock:
                if not self.queue.tickets:
                    self._watcher = None
                    return
            time.sleep(LOOK_AGAIN)

    def keep_house(self) -> None:
        """See to it, from now on, that what servers leave behind that have ended is taken over or ended, whether anything
        is in this one's queue or not, and that what strangers have left makes room."""
        with self._lock:
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep_house, name="keeper", daemon=True)
                self._keeper.start()

    def _keep_house(self) -> None:
        steady, clock, pruned = Steady(), EvenClock(), float("-inf")
        while True:
            steady.do(take_over_what_others_left=self._trainings.take_over, look_at_what_waits=self._look)
            if time.monotonic() - pruned > PRUNE:
                steady.do(end_classes=remove_what_is_over, make_room=lambda: _make_room(clock))
                pruned = time.monotonic()
            time.sleep(KEEP_HOUSE)

    def take_over(self) -> None:
        """Take over or end what servers that are gone have left behind. Raises `OSError` where nobody can look at it."""
        self._trainings.take_over()
        self._look()

    def _look(self) -> None:
        """Begin what may begin now; as long as there is something in the queue, the watcher does so."""
        self.queue.tend()
        self.sweeps.look()
        if self.queue.tickets:
            self._look_after()

    def leave(self) -> None:
        """Let runs end and keep what they have, before this server ends: in a container its end is that of all processes."""
        self.queue.leave()

    def close(self) -> None:
        """End all as the end of this server would: what waits is taken back, runs keep what they have, and end."""
        self.queue.close()

    # -- what this machine has

    def devices(self) -> list[Device] | None:
        """What Taichi can compute on here; None as long as that is being tried, which takes some seconds once."""
        return self._devices.known()

    @property
    def download(self) -> Download | None:
        """The download under way or the last one, if there was any."""
        return self._download

    def start_download(self) -> Download:
        """Fetch MNIST, once for all visitors."""
        with self._lock:
            if self._download is None or not self._download.running:
                self._download = Download()
                self._download.begin()
            return self._download


def _make_room(clock: EvenClock) -> None:
    """Let go of what strangers have left for long: a date that has jumped would say so of all."""
    if is_hosted() and clock.is_even():
        prune(to_go(days=settings().days))
