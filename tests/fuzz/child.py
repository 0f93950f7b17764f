"""A process that tries changed files on one reader, and tells what came of them, one JSON object a line.

Started by `tests.fuzz.trial`; a file is known by the seed, its reader and its number, so that it can be made again.
"""

import contextlib
import faulthandler
import io
import json
import logging
import os
import random
import re
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a thread that waits burns as much as one that works

MOST_MEGABYTES, MOST_SECONDS = 200.0, 2.0
HUNG = 60  # seconds by the clock
ROOM = 3 << 30  # bytes of address space beyond what there is at the start: who asks for more gets none
LOOK_EACH = 50  # files between two looks at the memory that is held
LONGEST = 1_500  # letters of a sentence
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # files there cost a tenth
STATE = struct.Struct("<QQQ")  # the number of the file that is being read, how many were read, how many refused


def resident() -> float:
    """Megabytes of this process now."""
    with open("/proc/self/statm", "rb", buffering=0) as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def peak() -> float:
    """The most megabytes that this process has had since `forget_peak`."""
    with open("/proc/self/status", "rb", buffering=0) as file:
        found = re.search(rb"VmHWM:\s*(\d+)", file.read())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def seconds_now() -> float:
    """Seconds by the clock, less those in which this process could have gone on and the machine had other work to do."""
    with open("/proc/self/schedstat", "rb", buffering=0) as file:
        return time.perf_counter() - int(file.read().split()[1]) / 1e9


def forget_peak() -> None:
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "wb", buffering=0) as file:
        file.write(b"5")


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts(name)
            yield from texts(each, depth + 1)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each, depth + 1)
    elif depth < 9 and hasattr(value, "__struct_fields__") or hasattr(value, "__dataclass_fields__"):
        names = getattr(value, "__struct_fields__", None) or value.__dataclass_fields__
        for name in names:
            yield from texts(getattr(value, name), depth + 1)


def where(error: BaseException) -> str:
    """The last line of the project that an error went through."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if re.search(r"/(core|dashboard)/", frame.filename)
    ]
    if not frames:
        frames = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{'/'.join(Path(frames[-1].filename).parts[-3:])}:{frames[-1].lineno}" if frames else ""


class Trial:
    """One reader, tried on file after file."""

    def __init__(self, name: str, folder: Path) -> None:
        from core.errors import DigitLabError
        from tests.fuzz.readers import READERS

        self._error, self.name, self._folder = DigitLabError, name, folder
        self._reader = READERS[name]
        self._seeds = list(self._reader.seeds())
        self.valid = self.refused = 0
        self.slowest = self.largest = self._held = 0.0
        self._count, self._seen = 0, float("inf")
        for seed in self._seeds:
            self._tried(seed)  # what is loaded once is not a file's doing
        self._seen = peak()

    def content(self, seed: int, number: int) -> bytes:
        """The changed file of this number."""
        rng = random.Random(f"{seed} {self.name} {number}")
        return self._reader.change(rng, rng.choice(self._seeds), self._seeds)

    def look_anew(self) -> None:
        """Forget how much memory it was: to make a file may have taken more than to read it will."""
        forget_peak()
        self._held, self._seen = resident(), peak()

    def read(self, content: bytes) -> dict[str, Any] | None:
        """Read a file; a finding, or nothing where all is well."""
        if self._count % LOOK_EACH == 0:
            self._held = resident()
        self._count += 1
        began = seconds_now()
        finding, sentence = self._tried(content)
        seconds, top = seconds_now() - began, peak()
        if seconds > MOST_SECONDS:  # once more: a busy machine is slow in other ways too
            began = seconds_now()
            self._tried(content)
            seconds = min(seconds, seconds_now() - began)
        megabytes, self._seen = (top - self._held if top > self._seen else 0.0), max(top, self._seen)
        self.slowest, self.largest = max(self.slowest, seconds), max(self.largest, megabytes)
        self.refused, self.valid = self.refused + sentence, self.valid + (not sentence)
        if megabytes > MOST_MEGABYTES / 2:
            self.look_anew()
        if finding or (megabytes <= MOST_MEGABYTES and seconds <= MOST_SECONDS):
            return finding
        what = "memory" if megabytes > MOST_MEGABYTES else "time"
        return {"kind": what, "where": "", "what": f"{megabytes:.0f} MB, {seconds:.1f} s"}

    def _tried(self, content: bytes) -> tuple[dict[str, Any] | None, bool]:
        """What is wrong with how a file was read, and whether it was refused in a sentence."""
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                value = self._reader.read(self._folder, content)
            return _unfit(list(texts(value)), "shown"), False
        except self._error as error:
            return _unfit([str(error)], "sentence", longest=LONGEST), True
        except Exception as error:  # whatever it is: that is what is looked for
            return {"kind": type(error).__name__, "where": where(error), "what": str(error)[:200]}, False


def _unfit(said: list[str], kind: str, longest: int = 1 << 30) -> dict[str, Any] | None:
    """What is wrong with what was said: nothing at all, half a letter, or more than anybody reads."""
    for text in said:
        try:
            text.encode()
        except UnicodeEncodeError:
            return {"kind": f"{kind}: half a letter", "where": "", "what": repr(text)[:200]}
        if len(text) > longest or kind == "sentence" and not text.strip():
            return {"kind": f"{kind}: length", "where": "", "what": f"{len(text)}: {text[:200]!r}"}
    return None


@contextlib.contextmanager
def place_of_its_own() -> Iterator[Path]:
    """Runs, data and scratch files in a folder that is gone afterwards; what stands there need not survive a power cut."""
    with tempfile.TemporaryDirectory(prefix="digit-lab-fuzz-", dir=IN_MEMORY) as name:
        os.environ |= {"DIGITLAB_RUNS": f"{name}/runs", "DIGITLAB_DATA": f"{name}/data", "MNIST_DIR": f"{name}/mnist"}
        os.environ.pop("PEN_DIGITS", None)
        os.fsync = lambda descriptor: None
        scratch = Path(name) / "scratch"
        scratch.mkdir()
        tempfile.tempdir = str(scratch)
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        yield scratch


def limit_memory() -> None:
    with open("/proc/self/statm", "rb") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, now + ROOM))


def main(name: str, seed: int, start: int, end: int, board: Path) -> None:
    """Try the files `start` to `end`; those of findings are left beside the `board`, on which stands how far it is."""
    out = sys.stdout
    faulthandler.enable()
    with place_of_its_own() as folder, open(board, "r+b", buffering=0) as state:
        trial = Trial(name, folder)
        limit_memory()
        for number in range(start, end):
            state.seek(0)
            state.write(STATE.pack(number, trial.valid, trial.refused))
            content = trial.content(seed, number)
            (board.parent / str(number)).write_bytes(content)
            signal.alarm(HUNG)  # ends this process
            finding = trial.read(content)
            if finding:
                print(json.dumps(finding | {"number": number, "size": len(content)}), file=out, flush=True)
            else:
                (board.parent / str(number)).unlink()
        signal.alarm(0)
        print(
            json.dumps(
                {"valid": trial.valid, "refused": trial.refused, "seconds": trial.slowest, "megabytes": trial.largest}
            ),
            file=out,
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), Path(sys.argv[5]))
