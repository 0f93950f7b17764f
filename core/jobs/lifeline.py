"""`python -m core.jobs.lifeline MODULE ...` runs a module as `python -m MODULE ...` would, and ends it with its parent.

Standard input is a pipe whose other end the parent holds: the system closes it when the parent ends, however it ends.
Then this process goes, and with it all that it has started.
"""

import os
import runpy
import signal
import sys
import threading

NICENESS = 5  # pages come first


def end_with_parent() -> None:
    """Wait, in a thread, for the end of standard input, and then end this process group by force."""
    threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(0, 4096):
        pass
    if os.name == "posix" and os.getpgid(0) == os.getpid():  # our own group, or we would end who started us
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    end_with_parent()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
