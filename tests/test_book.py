"""Several servers on one runs folder: real processes that share slots, turns and what a dead one leaves behind."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.config import Config, NetworkConfig, TrainingConfig
from core.folders import PROJECT
from core.jobs import book, lifeline
from core.jobs.book import Book
from core.jobs.executor import RUN, Work
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits
from core.jobs.queue import Queue
from core.runs.run import Run
from tests.browser.app import serve
from tests.test_queue import FakeExecutor
from tests.waiting import until

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

# A server that hands in fifty pieces of work at once, at a moment on the clock that all processes share. Each is at work for
# some milliseconds, and notes how many are at that moment.
SERVER = """
import os, sys, threading, time
from pathlib import Path
from core.jobs.executor import RUN, Work
from core.jobs.limits import Limits
from core.jobs.book import Book
from core.jobs.queue import Queue

folder, name, slots = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

class Handle:
    events, error, exit_code = [], None, 0
    def __init__(self, work):
        self.mark, self.end = folder / "at work" / work.argv[0], time.monotonic() + 0.004
        self.mark.touch(exist_ok=False)
        count = len(os.listdir(folder / "at work"))
        with open(folder / "counts", "a") as counts:
            counts.write(f"{work.argv[0]} {count}\\n")
    def done(self):
        if time.monotonic() > self.end and self.mark:
            self.mark.unlink()
            self.mark = None
        return self.mark is None
    def kill(self): pass

class Begins:
    def submit(self, work): return Handle(work)
    def shutdown(self): pass

queue = Queue(Begins(), Limits({RUN: slots}, per_owner=99, in_total=999), book=Book(lambda: folder / "queue"))
def hand_in(number):
    time.sleep(max(0.0, moment - time.monotonic()))
    queue.submit(Work(RUN, (f"{name}{number}",), owner=name, seconds=0.01))
(folder / f"ready {name}").touch()
while not (folder / "moment").exists():
    time.sleep(0.002)
moment = float((folder / "moment").read_text())
threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(50)]
[thread.start() for thread in threads], [thread.join() for thread in threads]
with open(folder / "counts", "a") as counts:
    counts.write(f"{name} 0\\n")  # all is handed in
while queue.tickets:
    queue.tend()
    time.sleep(0.001)
"""


@pytest.mark.parametrize("slots", [1, 3])
def test_a_hundred_starts_in_one_moment_at_two_servers_never_take_more_than_the_slots(
    tmp_path: Path, slots: int
) -> None:
    (tmp_path / "at work").mkdir()
    arguments = [[sys.executable, "-c", SERVER, str(tmp_path), name, str(slots)] for name in "ab"]
    servers = [subprocess.Popen(each, cwd=PROJECT) for each in arguments]
    until(lambda: all((tmp_path / f"ready {name}").exists() for name in "ab"))
    (tmp_path / "moment.new").write_text(str(time.monotonic() + 0.2))
    (tmp_path / "moment.new").rename(tmp_path / "moment")
    assert [server.wait(60) for server in servers] == [0, 0]
    lines = [line.split() for line in (tmp_path / "counts").read_text().splitlines()]
    counts = {name: int(count) for name, count in lines if name not in "ab"}
    assert len(counts) == 100 and max(counts.values()) == slots
    after = max(number for number, (name, _) in enumerate(lines) if name in "ab")  # from here on both wait
    begun = [name[0] for name, _ in lines[after + 1 :]]
    both = begun[: 2 * min(begun.count("a"), begun.count("b"))]  # turns go round as long as both have work
    assert abs(both.count("a") - both.count("b")) <= 2 * slots


def queue(folder: Path, **limits) -> Queue:
    return Queue(FakeExecutor(), Limits(**limits), book=Book(lambda: folder))


def work(name: str, **more) -> Work:
    return Work(RUN, (name,), owner=name[0], **more)


def begun(*queues: Queue) -> list[list[str]]:
    return [[handle.work.argv[0] for handle in each._executor.begun if not handle.ended] for each in queues]


def test_slots_turns_places_and_limits_are_those_of_all_servers(tmp_path: Path) -> None:
    here, there = queue(tmp_path), queue(tmp_path, per_owner=2)
    first = here.submit(work("a1"))
    second, third = there.submit(work("a2")), here.submit(work("b1"))
    assert begun(here, there) == [["a1"], []]
    assert (there.place(second).number, here.place(third).number) == (2, 1)  # owners take turns, wherever they are
    there.submit(work("a3"))
    with pytest.raises(ValueError, match="2 of your tasks"):
        there.submit(work("a4"))
    first.handle.ended = True
    there.tend(), here.tend(), there.tend()
    assert begun(here, there) == [["b1"], []]
    third.handle.ended = True
    here.tend(), there.tend()
    assert begun(here, there) == [[], ["a2"]]


def test_who_takes_anothers_place_stands_where_that_one_stood_though_its_owner_was_forgotten_meanwhile(
    tmp_path,
) -> None:
    here = queue(tmp_path)
    _, gone, other = (here.submit(work(name)) for name in ("a1", "b1", "c1"))
    here.take_back(gone)
    assert here.place(other).number == 1
    again = here.submit(work("b1"), number=gone.number)
    assert (here.place(again).number, here.place(other).number) == (1, 2)


def test_a_server_that_sleeps_holds_nobody_back_and_a_clock_that_is_set_changes_nothing(tmp_path, monkeypatch) -> None:
    here, there = queue(tmp_path), queue(tmp_path)
    first = here.submit(work("a1"))
    there.submit(work("b1"))
    for day in (86_400.0, -86_400.0):
        monkeypatch.setattr(time, "time", lambda day=day: 1_800_000_000.0 + day)
        here.tend(), there.tend()
        assert begun(here, there) == [["a1"], []]
    here.submit(work("c1"))
    first.handle.ended = True
    monkeypatch.setattr(book, "ASLEEP_AFTER", 0.0)
    here.tend()  # the other one, whose turn it is, has not looked for long
    assert begun(here, there) == [["c1"], []]


def test_a_book_that_cannot_be_read_is_written_anew_and_one_that_cannot_be_written_is_done_without(tmp_path) -> None:
    here, there = queue(tmp_path / "queue"), queue(tmp_path / "queue")
    first = here.submit(work("a1"))
    for path in (tmp_path / "queue").glob("*.json"):
        path.write_bytes(b"\xff[[{")
    there.submit(work("b1"))
    here._book._beat = float("-inf")  # a second later
    here.tend(), there.tend()
    first.handle.ended = True
    here.tend(), there.tend()
    assert "b1" in begun(there)[0]
    (tmp_path / "a file").touch()
    alone = queue(tmp_path / "a file" / "queue")
    with pytest.raises(ValueError, match="could not be handed in: Not a directory"):
        alone.submit(work("a1"))
    assert not alone.tickets


# -- servers that die

ENDLESS = """
from core.config import Config
from core.jobs.jobs import Jobs
from core.jobs.limits import Limits
import sys, time
jobs, config = Jobs(limits=Limits()), Config.from_json({config!r})
runs = [jobs.start(config, owner=owner) for owner in ("a", "b")]
while runs[0].status().phase != "training":
    time.sleep(0.02)
print(*(run.id for run in runs), jobs._trainings.ticket(runs[0].id).handle.pid, flush=True)
time.sleep(60)
"""


@POSIX
@pytest.mark.slow
def test_what_a_dead_server_leaves_is_ended_or_taken_over(runs_dir, noise, monkeypatch) -> None:
    """Its worker hangs, so that it cannot see its server's end; its waiting run is begun by the server that is left."""
    monkeypatch.setattr(book, "LAST_MOMENTS", -57.0)  # of the minute that a run has to keep what it has learned
    config = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset=noise, epochs=1000, batch_size=1))
    jobs = Jobs(limits=Limits())
    code = ENDLESS.format(config=config.to_json())
    try:
        with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
            first, second, pid = server.stdout.readline().split()
            mine = jobs.start(config.with_training(epochs=1), owner="c")
            worker = psutil.Process(int(pid))
            worker.suspend()
            server.kill()
        jobs.take_over()
        assert mine.status().state == "queued" == Run(runs_dir / second).status().state  # the slot is not free yet
        assert jobs.place(Run(runs_dir / second)).number == 1
        until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
        until(lambda: Run(runs_dir / second).status().phase == "training")
        assert Run(runs_dir / first).status().state == "died"
        other = Jobs(limits=Limits())
        other.stop(Run(runs_dir / second), by="b")  # by way of any server
        until(lambda: mine.status().state == "finished")
    finally:
        jobs.close()


@POSIX
@pytest.mark.slow
def test_a_server_that_comes_later_goes_on_with_what_waited_though_nobody_visits_it(runs_dir, noise) -> None:
    config = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset=noise, epochs=1000, batch_size=1))
    code = ENDLESS.format(config=config.to_json())
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as server:
        first, second, _ = server.stdout.readline().split()
        server.kill()
    with serve(runs_dir):
        until(lambda: Run(runs_dir / second).status().phase == "training")
    assert Run(runs_dir / first).status().state == "stopped"


@POSIX
def test_a_process_in_which_no_thread_gets_on_ends_itself() -> None:
    code = (
        "import core.jobs.lifeline as lifeline, re\n"
        "lifeline.HUNG_AFTER, lifeline.WAKES = 0.5, 0.1\n"
        "lifeline.end_when_hung()\n"
        "re.match('(a+)+$', 60 * 'a' + 'b')"  # holds Python for longer than anybody lives
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, timeout=30)
    assert done.returncode == 1 and b"Timeout" in done.stderr
    assert lifeline.HUNG_AFTER > 120.0
