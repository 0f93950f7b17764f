"""A training is tried for a moment, in a process of its own: `python -m core.training.trial CONFIGURATION` (as JSON).

It tells, in lines of JSON, what each engine that was tried would take, and whether others used the machine meanwhile.
"""

import dataclasses
import sys
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import psutil

from core.config import Config
from core.datasets import load_training
from core.messages import N_, Message
from core.processors import installed, processors
from core.telling import carried_out, tell
from core.training.choice import resolved
from core.training.estimate import STEP_SECONDS, Estimate, estimate

BUSY = 0.2  # of a processor's time that went to others, above which what was measured is too slow
OUT_OF_MEMORY = Message("The machine has not enough memory for this. Choose smaller layers or a smaller batch.")
NO_FILES = N_("The digits could not be read: {reason}.")


class Others:
    """How much of the machine others use, from now on."""

    def __init__(self) -> None:
        self._started, self._used, self._own = perf_counter(), _used(), _own()

    def are_at_work(self) -> bool:
        """Whether they took a good part of one processor; of a machine that is shared out to many, nothing can be told."""
        if processors() < installed():
            return False
        elapsed = perf_counter() - self._started
        return (_used() - self._used) - (_own() - self._own) > BUSY * elapsed


def _used() -> float:
    """Seconds that all processors together have computed since the machine was switched on."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)


def _own() -> float:
    """Seconds of them that were this process's, and those of what it has started."""
    times = psutil.Process().cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def work(config: Config) -> None:
    """Try it, and tell what was found."""
    data = load_training(config.training.dataset, validation=config.training.validation)
    others = Others()
    chosen, told = resolved(config, data, step_seconds=STEP_SECONDS)
    told = told or [estimate(chosen, data)]
    best = next((each for each in told if each.engine == chosen.training.engine), told[0])
    tell(estimates=[_fields(each) for each in (best, *(each for each in told if each is not best))],
         busy=others.are_at_work())  # fmt: skip


def _fields(told: Estimate) -> dict[str, Any]:
    return dataclasses.asdict(told)


def main(words: Sequence[str] | None = None) -> int:
    (text,) = sys.argv[1:] if words is None else words
    return carried_out(lambda: work(Config.from_json(text)), out_of_memory=OUT_OF_MEMORY, no_files=NO_FILES)


if __name__ == "__main__":
    sys.exit(main())
