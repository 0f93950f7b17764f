"""What the owner of a server is told of it (`status.py`)."""

import base64
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psutil

from core.catalog import DEFAULT, GUARD, JUDGE, shipped_models
from core.datasets import needs_mnist
from core.datasets.bundled import is_installed
from core.errors import DigitLabError
from core.folders import MODELS, runs_folder
from core.jobs.cluster.executor import ClusterExecutor
from core.jobs.limits import is_hosted
from core.models.files import SUFFIX, read_model
from core.processors import memory
from core.runs.glances import glances
from core.runs.run import recording
from core.scores.misread import excerpt
from dashboard import shared, words
from dashboard.pads.drawing import PEN, SIZE
from dashboard.pads.fabric import PICTURE, path
from dashboard.pads.strokes import picture_of
from dashboard.say import say

SEVEN = [(80.0, 70.0), (200.0, 70.0), (165.0, 140.0), (130.0, 225.0)]  # on the pad, as a hand would draw it
Read = Callable[[Any, str], Any]  # `dashboard.draw.stage.asked.word_on`
LITTLE_ROOM = 500e6  # bytes of the disk


@dataclass(frozen=True)
class Fact:
    """A line of the page; of one that is not `good` the owner should know."""

    name: str
    value: str
    good: bool = True


def facts(tabs: int) -> list[Fact]:
    """All of them, with as many open tabs as this server has."""
    hosted = say("for strangers") if is_hosted() else say("for whoever sits at it")
    return [
        Fact(say("Serves"), hosted),
        *_machine(),
        Fact(say("Open tabs"), say("{count:,}", count=tabs)),
        *_work(),
        *_checks(),
    ]


def _machine() -> list[Fact]:
    process = psutil.Process()
    own, workers = process.memory_info().rss, sum(_resident(child) for child in process.children(recursive=True))
    used = say("{own:,.0f} MB, and {workers:,.0f} MB of its workers, of {all:,.0f} MB", own=own / 1e6, workers=workers / 1e6,
               all=memory() / 1e6)  # fmt: skip
    return [
        Fact(say("Memory"), used, own + workers < 0.9 * memory()),
        Fact(say("Up for"), words.duration(time.time() - process.create_time())),
        _disk(),
    ]


def _disk() -> Fact:
    """Whether runs can be kept: something is written where they lie."""
    name, folder = say("The folder of the runs"), runs_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(prefix=".tried.", dir=folder) as file:
            file.write(bytes(4096))
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Fact(name, say("cannot be written: {reason}", reason=error.strerror or error), good=False)
    return Fact(name, say("can be written; {free:,.1f} GB are free", free=free / 1e9), free > LITTLE_ROOM)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:  # it has ended at this moment
        return 0


def _work() -> list[Fact]:
    states = Counter(say(words.STATES[glance.status.state]) for glance in glances())
    told = ", ".join(say("{state}: {count:,}", state=state, count=count) for state, count in sorted(states.items()))
    tickets = shared.jobs().queue.tickets
    waiting = sum(ticket.waiting for ticket in tickets)
    at_work = sum(ticket.live for ticket in tickets) - waiting
    queue = say("{at_work:,} at work, {waiting:,} waiting", at_work=at_work, waiting=waiting)
    return [
        Fact(say("Runs"), told or say("none yet")),
        Fact(say("Queue of this server"), queue),
        *of_cluster(shared.jobs().cluster),
    ]


def of_cluster(cluster: ClusterExecutor | None) -> list[Fact]:
    """Other machines that carry out runs, where there are any."""
    if cluster is None:
        return []
    workers, name = cluster.workers(), say("Cluster that trains")
    if workers is None:
        return [Fact(name, say("does not answer"), good=False)]
    told = say("workers: {workers:,}, runs at once: {runs:,}", workers=workers, runs=cluster.runs_at_once())
    return [Fact(name, told, workers > 0)]


def _checks() -> list[Fact]:
    """Whether what ships is here and can be read."""
    here = say("not on this computer; the bundled digits are used") if needs_mnist("mnist") else say("here")
    return [
        *(
            _check(say("Network {name}", name=name), partial(read_model, MODELS / f"{name}{SUFFIX}"))
            for name in (*shipped_models(), GUARD, JUDGE)
        ),
        Fact(
            say("The bundled digits"),
            say("here") if is_installed() else say("not here: scikit-learn is not installed"),
            is_installed(),
        ),
        _check(say("The misread digits that ship"), excerpt),
        _check(say("The recording"), recording().config),
        Fact(say("MNIST digits"), here),
    ]


def _check(name: str, read: Callable[[], object]) -> Fact:
    try:
        read()
    except DigitLabError as error:
        return Fact(name, say(error.message), good=False)
    return Fact(name, say("can be read"))


def tried(read: Read) -> Fact:
    """A 7 is drawn and read, by the way that a visitor's drawing goes."""
    stroke = path(SEVEN, PEN)
    png = PICTURE + base64.b64encode(picture_of([stroke], SIZE, SIZE)).decode()
    asked = {"language": "en", "version": 0, "sequence": 0, "strokes": [stroke], "png": png}
    begun = time.perf_counter()
    verdict = read(json.loads(json.dumps(asked)), DEFAULT)
    passed = 1000 * (time.perf_counter() - begun)
    value = say("It says {shown}, after {milliseconds:,.0f} ms. {sentence}", shown=verdict.shown, milliseconds=passed,
                sentence=verdict.sentence)  # fmt: skip
    return Fact(say("A 7 is drawn and read"), value, verdict.shown == "7")
