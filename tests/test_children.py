"""Child processes: what they tell, how they fail, and that they end when they are told to and when their server ends."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from core.folders import PROJECT
from core.jobs.children import Child

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def child(tmp_path: Path):
    """`child(code)` runs this Python code as a child of its own."""
    begun = []

    def begin(code: str, **env: str) -> Child:
        (tmp_path / "told.py").write_text(code)
        begun.append(Child(["told", "one", "two"], {"PYTHONPATH": str(tmp_path)} | env))
        return begun[-1]

    yield begin
    for one in begun:
        one.stop()


def test_what_it_prints_arrives_line_by_line(child):
    one = child(
        "import json, os, sys, time\n"
        "print(json.dumps({'argv': sys.argv[1:], 'name': __name__, 'set': os.environ['FOR_IT']}), flush=True)\n"
        "print('a library greets')\nprint('[1, 2]')\n"
        "time.sleep(0.3)\nprint(json.dumps({'last': True}))",
        FOR_IT="yes",
    )
    wait_for(lambda: one.events)
    assert one.running and one.events == [{"argv": ["one", "two"], "name": "__main__", "set": "yes"}]
    wait_for(lambda: not one.running)
    assert one.events[1:] == [{"last": True}] and one.error == "" and not one.stopped


def test_a_failure_that_says_why(child):
    one = child('print(\'{"error": "There is no such thing."}\'); raise SystemExit(1)')
    wait_for(lambda: not one.running)
    assert one.error == "There is no such thing."


def test_a_failure_without_a_word(child):
    one = child("raise KeyError('forgotten')")
    wait_for(lambda: not one.running)
    assert one.error.startswith("The process that did this ended without an answer.")
    assert "KeyError: 'forgotten'" in one.log


@POSIX
def test_a_crash_is_a_sentence(child):
    one = child("import os; os.abort()")
    wait_for(lambda: not one.running)
    assert one.error.startswith("The process that did this ended without an answer (aborted)")


GRANDCHILD = (
    "import json, subprocess, sys, time\n"
    "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(json.dumps({'pid': other.pid}), flush=True)\ntime.sleep(60)"
)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@POSIX
def test_stop_ends_it_with_all_that_it_started(child):
    one = child(GRANDCHILD)
    wait_for(lambda: one.events)
    one.stop()
    assert not one.running and one.stopped and one.error == ""
    wait_for(lambda: gone(one.events[0]["pid"]), 5.0)
    one.stop()  # once more does no harm


@POSIX
def test_it_ends_with_its_server(tmp_path):
    (tmp_path / "told.py").write_text(GRANDCHILD)
    server = (
        "import time\nfrom core.jobs.children import Child\n"
        f"one = Child(['told'], {{'PYTHONPATH': {str(tmp_path)!r}}})\n"
        "while not one.events: time.sleep(0.01)\n"
        "print(one._process.pid, one.events[0]['pid'], flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", server], cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) == 2 and not any(gone(pid) for pid in pids)
        process.kill()
    for pid in pids:
        wait_for(lambda pid=pid: gone(pid), 5.0)
