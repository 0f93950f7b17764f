"""Racing: every contender in a process of its own, in turns, so that all meet the same moods of the machine.

A process of one's own also keeps Taichi out of the process that asks, gives every library the same threads, and lets a
crash end one contender instead of the program. Who waits for a turn waits for a line, and uses no processor.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any, Self

import msgspec

from core.bench.cases import SAMPLES, Case
from core.bench.contenders import BLOG_TAICHI
from core.bench.peers import PEERS
from core.config import ENGINES
from core.errors import DigitLabError
from core.folders import PROJECT
from core.messages import Message, message
from core.processors import processors

REST_SECONDS = 0.05  # between turns: the threads of the last one go on looking for work for a while
LAST_BYTES = 2_000
Progress = Callable[[int, int, str, Case], None]  # steps done, steps in all, who is next, in which case
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
                    "TI_CPU_MAX_NUM_THREADS")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one contender in one case.

    Attributes
    ----------
    engine : `numpy`, `taichi`, `floor` (the bare matrix products), `blog` or `blog-taichi` (the earlier system's two
        loops), or a peer.
    seconds_per_epoch : the median over `repeats` turns, scaled from `measured_samples` up to `samples`.
    floor_fraction : the floor's seconds over these: the share of the bare products' speed.
    spread : (slowest - fastest) / median of the turns.
    data : `mnist`, or `noise` where it is missing.
    """

    engine: str
    hidden: int
    batch_size: int
    device: str
    optimizer: str
    seconds_per_epoch: float
    floor_fraction: float
    samples_per_second: float
    gflops: float
    spread: float
    repeats: int
    samples: int
    measured_samples: int
    threads: int
    data: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Contender:
    """A process that trains when it is told to. Used as a context manager, it is ended on the way out."""

    def __init__(self, name: str, case: Case, threads: int) -> None:
        self.name = name
        asked = json.dumps({"name": name, "case": case.to_dict(), "threads": threads})
        self._complaints = tempfile.TemporaryFile()  # not a pipe: one that nobody empties fills up
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.bench", asked],
            cwd=PROJECT,
            env=os.environ | dict.fromkeys(THREAD_VARIABLES, str(threads)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        assert self._process.stdin and self._process.stdout  # they are pipes
        self._told, self._heard = self._process.stdin, self._process.stdout

    def ready(self) -> str:
        """Wait until it has loaded, compiled and warmed up; returns the name of the data."""
        return self._answer()["data"]

    def turn(self) -> float:
        """The seconds of one turn."""
        self._told.write("go\n")
        self._told.flush()
        return self._answer()["seconds"]

    def _answer(self) -> dict[str, Any]:
        line = self._heard.readline()
        if not line:
            raise DigitLabError(
                "{name} ended before it was measured: {last_words}", name=self.name, last_words=self._last_words()
            )
        answer = json.loads(line)
        if "error" in answer:
            raise DigitLabError(msgspec.convert(answer["error"], Message))
        return answer

    def _last_words(self) -> str | Message:
        """The last line of what it complained of."""
        self._complaints.seek(max(self._complaints.seek(0, os.SEEK_END) - LAST_BYTES, 0))
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else message("no reason given")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._complaints.close()


def installed_engines() -> list[str]:
    """Our engines that can run here."""
    return [name for name in ENGINES if name != "taichi" or find_spec("taichi")]


def contenders(case: Case, engines: Sequence[str], *, peers: bool = False, blog: bool = False) -> list[str]:
    """The names of those who race in a case, the floor first.

    Those who are not ours run plain descent, and the blog's loops take one sample at a time, its second one on Taichi.
    """
    names = ["floor", *engines]
    if case.optimizer != "sgd":
        return names
    if case.batch_size > 1:
        return names + [name for name, peer in PEERS.items() if peers and peer.is_installed()]
    if peers or blog:
        names += ["blog", BLOG_TAICHI] if "taichi" in engines else ["blog"]
    return names


def measure(
    engines: Sequence[str],
    hidden: Sequence[int],
    batch_sizes: Sequence[int],
    *,
    device: str = "cpu",
    optimizer: str = "sgd",
    repeats: int = 5,
    samples: int = SAMPLES,
    threads: int | None = None,
    peers: bool = False,
    blog: bool = False,
    progress: Progress | None = None,
) -> Iterator[Row]:
    """Measure every network with every batch size; the rows of a case come together when it is done.

    `progress` is told before each step what is done next: a contender's start, or one of its turns. Raises
    `DigitLabError` when a contender cannot run.
    """
    cases = [Case(units, batch_size, samples, optimizer, device) for units in hidden for batch_size in batch_sizes]
    racing = [contenders(case, engines, peers=peers, blog=blog) for case in cases]
    done, total = 0, sum(map(len, racing)) * (1 + repeats)

    def tell(name: str, case: Case) -> None:
        nonlocal done
        if progress:
            progress(done, total, name, case)
        done += 1

    for case, names in zip(cases, racing, strict=True):
        yield from race(case, names, repeats=repeats, threads=threads or processors(), tell=tell)


def race(
    case: Case, names: Sequence[str], *, repeats: int, threads: int, tell: Callable[[str, Case], None]
) -> Iterator[Row]:
    """Let the contenders get ready one after another and then take turns; rows in the order of the names."""
    with ExitStack() as stack:
        runners, data = [], ""
        for name in names:
            tell(name, case)
            runners.append(stack.enter_context(Contender(name, case, threads)))
            data = runners[-1].ready()
        turns: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(repeats):
            for runner in runners:
                tell(runner.name, case)
                time.sleep(REST_SECONDS)
                turns[runner.name].append(runner.turn())
    floor = statistics.median(turns["floor"])
    for name in names:
        yield _row(name, case, turns[name], floor, threads=threads, data=data)


def _row(name: str, case: Case, seconds: list[float], floor: float, *, threads: int, data: str) -> Row:
    median = statistics.median(seconds)
    return Row(
        engine=name,
        hidden=case.hidden,
        batch_size=case.batch_size,
        device=case.device if name == "taichi" else "cpu",
        optimizer=case.optimizer,
        seconds_per_epoch=median * case.samples / case.measured_samples,
        floor_fraction=floor / median,
        samples_per_second=case.measured_samples / median,
        gflops=case.flops * case.measured_samples / median / 1e9,
        spread=(max(seconds) - min(seconds)) / median,
        repeats=len(seconds),
        samples=case.samples,
        measured_samples=case.measured_samples,
        threads=threads,
        data=data,
    )
