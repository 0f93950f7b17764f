"""Work in processes of this machine, one way for all: a lifeline that ends them with this server, and one place for threads.

A process tells what it does in lines of JSON, which a thread reads: waiting for a line costs the pages nothing, and what
a process does (compute, compile, crash) harms nobody.
"""

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Any

from core.folders import PROJECT
from core.jobs.executor import Work
from core.messages import N_, Message, message, received

CRASHED = N_("The process that did this ended without an answer. Nothing else was harmed; you can try again.")
CRASHED_SO = N_(
    "The process that did this ended without an answer ({how}). Nothing else was harmed; you can try again."
)
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "TI_CPU_MAX_NUM_THREADS")
LAST_BYTES = 2_000


class LocalExecutor:
    """Begins each piece of work in a process of its own."""

    def __init__(self) -> None:
        self._begun: list[Process] = []

    def submit(self, work: Work, /) -> "Process":
        self._begun = [process for process in self._begun if process.running()]
        self._begun.append(Process(work))
        return self._begun[-1]

    def shutdown(self) -> None:
        for process in self._begun:
            process.let_go()
        for process in self._begun:
            process.wait(10.0)
            process.kill()


class Process:
    """A piece of work in a process of its own; see `core.jobs.executor.Handle` for what it offers.

    Attributes
    ----------
    pid : the process's number, which is that of its group too.
    log : the end of what it said on standard error, for whoever looks into a failure; empty where the work has a log.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.events: list[dict[str, Any]] = []
        self.error: Message | None = None
        self.log = ""
        self.exit_code: int | None = None
        self._killed = False
        self._done = threading.Event()
        self._complaints = open(work.log, "ab") if work.log else tempfile.TemporaryFile()
        threads = {name: os.environ.get(name, str(work.threads)) for name in THREAD_VARIABLES}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.jobs.lifeline", str(work.grace), *work.argv],
                cwd=PROJECT,
                env={**os.environ, **threads, **work.environment},
                stdin=subprocess.PIPE,  # the lifeline: it closes when this server ends
                stdout=self._complaints if work.log else subprocess.PIPE,
                stderr=self._complaints,
                start_new_session=os.name == "posix",  # a group of its own, to be ended as a whole; Ctrl-C stays away
            )
        except OSError:
            self._complaints.close()
            raise
        self.pid = self._process.pid
        try:
            threading.Thread(target=self._follow, name=f"reads {work.argv[0]}", daemon=True).start()
        except RuntimeError as error:  # no more threads: what nobody listens to must not go on
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout, self._complaints):
                if pipe:
                    pipe.close()
            raise OSError(errno.EAGAIN, str(error)) from error

    def running(self) -> bool:
        return not self._done.is_set()

    def done(self) -> bool:
        return self._done.is_set()

    def cancel(self) -> bool:
        return False  # a process has begun as soon as it is there

    def kill(self) -> None:
        if self.running():
            self._killed = True
            with contextlib.suppress(ProcessLookupError):
                if os.name == "posix":
                    os.killpg(self.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            self.wait(5.0)

    def let_go(self) -> None:
        """Let it end as the end of this server would: its input ends, and then it goes, or has its grace to do so."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def wait(self, seconds: float) -> bool:
        """Wait for its end; returns whether it has come."""
        return self._done.wait(seconds)

    def _follow(self) -> None:
        for line in self._process.stdout or ():
            try:
                event = json.loads(line)
            except ValueError:
                continue  # a library greets
            if isinstance(event, dict):
                self.error = received(event["error"]) if event.get("error") else self.error
                self.events.append(event)
        self.exit_code = self._process.wait()
        if not self.work.log:
            self._complaints.seek(max(self._complaints.seek(0, os.SEEK_END) - LAST_BYTES, 0))
            self.log = self._complaints.read().decode(errors="replace")
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            if pipe:
                pipe.close()
        if self.exit_code and not self._killed:
            self.error = self.error or crashed(self.exit_code)
        self._done.set()


def crashed(exit_code: int) -> Message:
    """What is said of a process that said nothing itself: how it ended, where the system tells ("aborted")."""
    try:
        how = signal.strsignal(-exit_code) if exit_code < 0 else None
    except ValueError:
        how = None
    return message(CRASHED_SO, how=how.lower()) if how else message(CRASHED)
