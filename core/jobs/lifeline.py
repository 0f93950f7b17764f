"""`python -m core.jobs.lifeline GRACE MODULE ...` runs a module as `python -m MODULE ...` would, and ends it with its parent.

Standard input is a pipe whose other end the parent holds: the system closes it when the parent ends, however it ends.
Then this process has GRACE seconds to end by itself (a module that keeps what it has done reads standard input too);
after them it goes by force, and with it all that it has started.

A process that hangs so that no thread of it gets on any more (a library that never gives Python back) could not do that: it is
ended by a watchdog that needs none of Python, whether there is a parent or not.
"""

import contextlib
import faulthandler
import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

NICENESS = 5  # pages come first
# Where memory runs out, the system ends what holds most, which is the server. This counts as if it held all that there is; half
# of it, in a container of 240 MB, was less than the server held.
FIRST_TO_GO = "1000"
HUNG_AFTER = 300.0  # seconds in which no thread of Python's got on: whoever began it would have ended it by then
WAKES = 5.0  # seconds after which the watchdog is told that all is well


def end_with_parent(grace: float) -> None:
    """Wait, in a thread, for the end of standard input and for `grace` seconds, and then end this process group by force."""
    threading.Thread(target=_wait, args=(grace,), name="lifeline", daemon=True).start()


def end_when_hung() -> None:
    """End this process when its threads of Python's have not got on for `HUNG_AFTER` seconds of the clock that nobody sets."""
    threading.Thread(target=_wake, name="watchdog", daemon=True).start()


def go_before_the_server() -> None:
    """Where memory runs out, let the system end this process and not the server, which tells of it and goes on."""
    with contextlib.suppress(OSError):  # not a Linux
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)


def _wake() -> None:
    while True:
        faulthandler.dump_traceback_later(HUNG_AFTER, exit=True)
        time.sleep(WAKES)


def _wait(grace: float) -> None:
    while os.read(0, 4096):
        pass
    time.sleep(grace)
    if os.name == "posix" and os.getpgid(0) == os.getpid():  # our own group, or we would end who started us
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    end_with_parent(float(sys.argv[1]))
    end_when_hung()
    go_before_the_server()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
