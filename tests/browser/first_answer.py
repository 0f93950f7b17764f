"""How soon the first digit is read on a small machine without a network: `python -m tests.browser.first_answer`.

Server and browser share two processors and a network of their own, in which there is nothing but this computer; the server and
all that it begins may take 690 MB together. Linux sets such bounds for root alone.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from tests.browser.app import launch_with_memory, serve
from tests.browser.slow_link import Waited, waited
from tests.load.__main__ import training

MEGABYTES, PROCESSORS, AIM = 690, 2, 3.0  # seconds
ALONE = "--without-a-network"
CONTROL = Path("/sys/fs/cgroup")


class Bounded:
    """A group of processes that together may take so much memory: those that are begun within `beginning`, and theirs."""

    def __init__(self, megabytes: int) -> None:
        """Raises `OSError` where this computer lets nobody bound memory, or not whoever asks."""
        new = (CONTROL / "cgroup.controllers").is_file()  # the second version of Linux's groups
        kind, above = ("", CONTROL) if new else ("memory", CONTROL / "memory")
        names = ("memory.max", "memory.peak") if new else ("memory.limit_in_bytes", "memory.max_usage_in_bytes")
        self._limit, self._most = names
        self._before = above / _group_of_this_process(kind).lstrip("/")
        self._group = above / f"digit-lab-{os.getpid()}"
        self._group.mkdir()
        (self._group / self._limit).write_text(str(megabytes * 1_000_000))

    @contextlib.contextmanager
    def beginning(self) -> Iterator[None]:
        """What is begun in this block is in the group; this process is so meanwhile alone."""
        self._take(self._group)
        try:
            yield
        finally:
            self._take(self._before)

    def _take(self, group: Path) -> None:
        (group / "cgroup.procs").write_text(str(os.getpid()))

    def most(self) -> int:
        """Megabytes that it has held at a time, with what is kept of files."""
        return round(int((self._group / self._most).read_text()) / 1e6)

    def end(self) -> None:
        """Take the group away, whose processes have ended."""
        self._group.rmdir()


def _group_of_this_process(kind: str) -> str:
    lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    return next(path for _, kinds, path in lines if kind in kinds.split(","))


def visits(playwright: Playwright, bounded: Bounded, folder: Path) -> Iterator[tuple[str, Waited]]:
    """How long visitors waited: as a server begins, once more, and a new one while a training goes on."""
    os.environ["DIGITLAB_RUNS"] = str(folder / "runs")
    with contextlib.ExitStack() as stack:
        with bounded.beginning():
            address = stack.enter_context(serve(folder / "runs", DIGITLAB_DATA=str(folder / "data")))
        first = stack.enter_context(_browser(playwright, folder / "first"))
        yield "the server has just begun, a first visit", waited(first, address, slow=False)
        yield "again", waited(first, address, slow=False)
        with bounded.beginning():
            stack.enter_context(training(folder))
        other = stack.enter_context(_browser(playwright, folder / "other"))
        yield "a training goes on, a first visit", waited(other, address, slow=False)


def _browser(playwright: Playwright, folder: Path) -> contextlib.closing:
    return contextlib.closing(launch_with_memory(playwright, folder, viewport={"width": 1280, "height": 900}))


def measure() -> None:
    """Print the table. The network is set up already."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    bounded = Bounded(MEGABYTES)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        print("| who comes | something to draw on | first answer | after the first paint |\n|---|---|---|---|")
        slowest = 0.0
        for name, row in visits(playwright, bounded, Path(folder)):
            after = row.read - row.painted
            slowest = max(slowest, after)
            print(f"| {name} | {row.pad:.1f} s | {row.read:.1f} s | {after:.1f} s |")
    print(f"The server and its worker held at most {bounded.most()} MB.")
    bounded.end()
    if slowest > AIM:
        raise SystemExit(f"A first answer took {slowest:.1f} s, and {AIM:.0f} s are allowed.")


def main() -> None:
    if ALONE in sys.argv:
        measure()
        return
    try:
        command = ["unshare", "--net", sys.executable, "-m", "tests.browser.first_answer", ALONE]
        raise SystemExit(subprocess.run(command).returncode)
    except OSError as error:
        raise SystemExit(f"This needs Linux's unshare: {error}") from error


if __name__ == "__main__":
    main()
