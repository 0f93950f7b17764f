"""Work in processes of this machine: what it tells, how it fails, and that it ends when told to and when its server ends."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.folders import PROJECT
from core.jobs.executor import CHECK, Work
from core.jobs.local import LocalExecutor, Process
from core.messages import Message
from tests.waiting import until

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there are no process groups")


@pytest.fixture
def begin(tmp_path: Path):
    """`begin(code)` runs this Python code as a piece of work."""
    executor = LocalExecutor()
    begun = []

    def submit(code: str, **more) -> Process:
        (tmp_path / "told.py").write_text(code)
        environment = {"PYTHONPATH": str(tmp_path)} | more.pop("environment", {})
        begun.append(executor.submit(Work(CHECK, ("told", "one", "two"), environment=environment, **more)))
        return begun[-1]

    yield submit
    for one in begun:
        one.kill()


def test_what_it_prints_arrives_line_by_line(begin):
    one = begin(
        "import json, os, sys, time\n"
        "print(json.dumps({'argv': sys.argv[1:], 'name': __name__, 'set': os.environ['FOR_IT']}), flush=True)\n"
        "print('a library greets')\nprint('[1, 2]')\n"
        "time.sleep(0.3)\nprint(json.dumps({'last': True}))",
        environment={"FOR_IT": "yes"},
    )
    until(lambda: one.events)
    assert one.running() and not one.done() and not one.cancel()
    assert one.events == [{"argv": ["one", "two"], "name": "__main__", "set": "yes"}]
    until(one.done)
    assert one.events[1:] == [{"last": True}] and one.error is None and one.exit_code == 0


def test_it_computes_with_the_threads_it_was_given_unless_the_server_was_told_otherwise(begin, monkeypatch):
    code = "import json, os; print(json.dumps({name: os.environ[name] for name in sorted(os.environ) if 'NUM_THREADS' in name}))"
    for name in ("OPENBLAS_NUM_THREADS", "TI_CPU_MAX_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    one = begin(code, threads=3)
    until(one.done)
    assert one.events[0] == {"OPENBLAS_NUM_THREADS": "3", "TI_CPU_MAX_NUM_THREADS": "3"}
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    two = begin(code, threads=3)
    until(two.done)
    assert two.events[0] == {"OPENBLAS_NUM_THREADS": "1", "TI_CPU_MAX_NUM_THREADS": "3"}


def test_a_failure_that_says_why(begin):
    one = begin('print(\'{"error": "There is no such thing."}\'); raise SystemExit(1)')
    until(one.done)
    assert str(one.error) == "There is no such thing." and one.exit_code == 1


def test_a_failure_that_says_why_in_a_message(begin):
    """So that it can be said in the visitor's language."""
    told = '{"error": {"template": "There is no {what}.", "values": {"what": "card"}}}'
    one = begin(f"print({told!r}); raise SystemExit(1)")
    until(one.done)
    assert one.error == Message("There is no {what}.", {"what": "card"})


def test_a_failure_without_a_word(begin):
    one = begin("raise KeyError('forgotten')")
    until(one.done)
    assert str(one.error).startswith("The process that did this ended without an answer.")
    assert "KeyError: 'forgotten'" in one.log


def test_work_with_a_log_prints_there(begin, tmp_path):
    one = begin("import sys; print('said'); sys.exit('complained')", log=tmp_path / "log.txt")
    until(one.done)
    assert sorted((tmp_path / "log.txt").read_text().split()) == ["complained", "said"] and one.exit_code == 1


@POSIX
def test_a_crash_is_a_sentence(begin):
    one = begin("import os; os.abort()")
    until(one.done)
    assert (
        str(one.error).startswith("The process that did this ended without an answer (aborted)") and one.exit_code < 0
    )


def test_a_machine_that_cannot_begin_it_raises(begin, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        begin("pass")


GRANDCHILD = (
    "import json, subprocess, sys, time\n"
    "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(json.dumps({'pid': other.pid}), flush=True)\ntime.sleep(60)"
)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@POSIX
def test_kill_ends_it_with_all_that_it_started(begin):
    one = begin(GRANDCHILD)
    until(lambda: one.events)
    one.kill()
    assert one.done() and one.error is None and one.exit_code < 0
    until(lambda: gone(one.events[0]["pid"]), 5.0)
    one.kill()  # once more does no harm


def server(folder: Path, work: str) -> subprocess.Popen:
    """A process that begins this work, and prints the numbers of its process and of what that has started."""
    code = (
        "import time\nfrom core.jobs.executor import Work\nfrom core.jobs.local import LocalExecutor\n"
        f"one = LocalExecutor().submit({work})\n"
        "while not one.events: time.sleep(0.01)\n"
        "print(one.pid, one.events[0]['pid'], flush=True)\ntime.sleep(60)"
    )
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True, env=environment
    )


@POSIX
@pytest.mark.parametrize("grace", [0.0, 1.0])
def test_it_ends_with_its_server(tmp_path, grace):
    """Also what does not end by itself in its grace, as a worker that hangs does not."""
    (tmp_path / "told.py").write_text(GRANDCHILD)
    with server(tmp_path, f"Work('check', ('told',), grace={grace})") as process:
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) == 2 and not any(gone(pid) for pid in pids)
        process.kill()
    if grace:
        time.sleep(grace / 2)
        assert not any(gone(pid) for pid in pids)
    for pid in pids:
        until(lambda pid=pid: gone(pid), 5.0 + grace)


@POSIX
def test_an_executor_that_is_shut_down_leaves_nothing(begin, tmp_path):
    (tmp_path / "told.py").write_text(GRANDCHILD)
    executor = LocalExecutor()
    one = executor.submit(Work(CHECK, ("told",), environment={"PYTHONPATH": str(tmp_path)}))
    until(lambda: one.events)
    executor.shutdown()
    assert one.done()
    until(lambda: gone(one.events[0]["pid"]), 5.0)
