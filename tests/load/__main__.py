"""`python -m tests.load`: so many visitors at a time, without browsers, and how soon the app answers each of them.

They draw digits on the first page, or watch a training; every answer is looked at, whether it is of this drawing. For a quiet
machine, and best of its own: visitors need a processor too, about a tenth of what the servers take.
"""

import asyncio
import contextlib
import dataclasses
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import click
import numpy as np
import psutil

from core.config import Config, NetworkConfig, TrainingConfig
from core.datasets import needs_mnist
from core.runs import keys, links
from core.runs.run import create_run
from dashboard.visitor import RUN as RUN_KEY
from dashboard.visitor import SEE
from tests.browser.app import serve
from tests.load.cost import Cost
from tests.load.drawings import digits
from tests.load.room import Noted, Room
from tests.waiting import until

LONG = TrainingConfig(epochs=1_000, learning_rate=1e-4)


@contextlib.contextmanager
def servers(count: int, folder: Path, hosted: bool) -> Iterator[list[str]]:
    """Addresses of so many servers on one folder."""
    environment = {"DIGITLAB_DATA": str(folder / "data")} | ({"DIGITLAB_HOSTED": "1"} if hosted else {})
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(serve(folder / "runs", **environment)) for _ in range(count)]


@contextlib.contextmanager
def training(folder: Path) -> Iterator[str]:
    """A training that goes on meanwhile, in a worker as the queue begins it; the query of a link by which it is watched."""
    from core.jobs.executor import RUN, Work
    from core.jobs.limits import threads_of
    from core.jobs.local import LocalExecutor

    data = "digits" if needs_mnist("mnist") else "mnist"
    network = NetworkConfig(hidden=(200,)) if data == "mnist" else NetworkConfig(inputs=64, hidden=(200,))
    run = create_run(Config(network, dataclasses.replace(LONG, dataset=data)), folder / "runs")
    work = Work(kind=RUN, argv=("core.runs.worker", str(run.path), "--stop-with-parent"), folder=run.path,
                threads=threads_of(), log=run.log_path)  # fmt: skip
    executor = LocalExecutor()
    executor.submit(work)
    try:
        until(lambda: run.events()[0])
        yield urlencode({RUN_KEY: run.id, SEE: links.proof(keys.WATCH, run.id, run.record())})
    finally:
        executor.shutdown()


def measured(noted: Noted, cost: Cost, worker: Cost, own: float, seconds: float) -> dict:
    """The figures, in seconds and megabytes, of the servers and of the worker that trains."""

    def spread(values: Sequence[float]) -> dict | None:
        if not values:
            return None
        half, high, highest = np.percentile(values, [50, 95, 99])
        return {"p50": round(float(half), 3), "p95": round(float(high), 3), "p99": round(float(highest), 3),
                "count": len(values)}  # fmt: skip

    return {
        "drawings": noted.drawings,
        "lost": len(noted.lost),
        "wrong": len(noted.wrong),
        "answer": spread(noted.answers),
        "answer while others come": spread(noted.arriving),
        "asked twice": noted.asked_twice,
        "first page": spread(noted.first),
        "a watched part": spread(noted.refreshed),
        "a watched part while they come": spread(noted.settling),
        "megabytes at most": round(max(cost.memory)),
        "megabytes of the worker at most": round(max(worker.memory)),
        "megabytes each minute": [
            round(float(np.mean(cost.memory[start : start + 60]))) for start in range(0, len(cost.memory), 60)
        ],
        "processors": round(cost.seconds / seconds, 2),
        "processors of the worker": round(worker.seconds / seconds, 2),
        "processors of the visitors": round(own / seconds, 2),
        "megabytes sent": round(noted.received / 1e6),
        "complaints": sorted(set(noted.lost + noted.wrong))[:5],
    }


@click.command(help=__doc__)
@click.option("--visitors", default=60, show_default=True, help="who draw on the first page")
@click.option("--watchers", default=0, show_default=True, help="who watch the training")
@click.option("--seconds", default=60.0, show_default=True, help="that all of them are there")
@click.option("--arrive", default=10.0, show_default=True, help="seconds within which they come")
@click.option(
    "--stay", default=0.0, help="seconds after which a visitor leaves and another one comes; 0: nobody leaves"
)
@click.option("--servers", "count", default=1, show_default=True, help="on one folder, visitors shared among them")
@click.option("--address", multiple=True, help="of a server that runs already, in place of one that is begun here")
@click.option("--training/--no-training", "trains", default=False, help="one training goes on meanwhile")
@click.option("--hosted/--own", default=True, help="a server for strangers")
@click.option("--json", "as_json", is_flag=True, help="one line of JSON in place of a table")
def main(visitors: int, watchers: int, seconds: float, arrive: float, stay: float, count: int, address: tuple[str, ...],
         trains: bool, hosted: bool, as_json: bool) -> None:  # fmt: skip
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        os.environ["DIGITLAB_RUNS"] = str(folder / "runs")
        drawn = digits(50)
        addresses = list(address) or stack.enter_context(servers(count, folder, hosted))
        ours = psutil.Process().children()
        run = stack.enter_context(training(folder)) if trains or watchers else ""
        room = Room(addresses, drawn, arrive, seconds)
        me, begun = psutil.Process(), time.monotonic()
        before = sum(me.cpu_times()[:2])
        with Cost(ours) as cost, Cost([each for each in me.children() if each not in ours]) as worker:
            crowd = room.come_and_go(visitors, stay) if stay else room.fill(visitors, watchers, run)
            asyncio.run(crowd)
        passed = time.monotonic() - begun
        figures = measured(room.noted, cost, worker, sum(me.cpu_times()[:2]) - before, passed)
    if as_json:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:32} {value}")


if __name__ == "__main__":
    main()
