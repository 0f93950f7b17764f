"""Child processes that tell what they do in lines of JSON, read by a thread; for work that is not a run.

A thread that waits for a line costs the pages nothing, and what a child does (measure, compile, crash) harms nobody.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from core.folders import PROJECT

CRASHED = "The process that did this ended without an answer{how}. Nothing else was harmed; you can try again."
LAST_BYTES = 2_000


class Child:
    """`python -m` with these arguments in a process of its own, which ends with this server.

    Parameters
    ----------
    argv : the module and what it is told: `["core", "bench", "--json-lines"]`.
    env : variables on top of the server's own.

    Attributes
    ----------
    events : the objects it has printed so far, one a line; it only grows. Lines that are no JSON object are left out.
    running : whether it is still at work; once it is False, `events` and `error` are complete.
    stopped : whether `stop` was called while it was at work.
    error : a sentence when it failed; empty as long as it did not. A child says it itself by the line
        `{"error": "..."}`, and for one that ended without a word it is said here.
    log : the end of what it said on standard error, for whoever looks into a failure.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self.events: list[dict[str, Any]] = []
        self.running = True
        self.stopped = False
        self.error = ""
        self.log = ""
        self._complaints = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.jobs.lifeline", *argv],
            cwd=PROJECT,
            env=os.environ | (env or {}),
            stdin=subprocess.PIPE,  # the lifeline: it closes when this server ends
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            start_new_session=os.name == "posix",  # a group of its own, to be ended as a whole
        )
        self._thread = threading.Thread(target=self._read, name=f"child {argv[0]}", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                self.error = event.get("error") or self.error
                self.events.append(event)
        code = self._process.wait()
        self._complaints.seek(max(self._complaints.seek(0, os.SEEK_END) - LAST_BYTES, 0))
        self.log = self._complaints.read().decode(errors="replace")
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            pipe.close()
        if code and not self.stopped:
            self.error = self.error or CRASHED.format(how=_how(code))
        self.running = False

    def stop(self, timeout: float = 5.0) -> None:
        """End it at once, with all that it has started. What it has told so far stays in `events`."""
        if self.running:
            self.stopped = True
            with contextlib.suppress(ProcessLookupError):
                if os.name == "posix":
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        self._thread.join(timeout)


def _how(code: int) -> str:
    """How a process ended, in brackets, where the system tells."""
    if code >= 0:
        return ""
    try:
        return f" ({signal.strsignal(-code).lower()})"
    except (ValueError, AttributeError):
        return ""
