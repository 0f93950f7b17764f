"""The seam between what is to be done and who does it: a piece of work, and a handle on one that was begun.

It is shaped like `concurrent.futures`, so that another executor than this machine's processes (`core.jobs.local`) can take
its place. All that a piece of work needs and makes is in its folder; who hands it in keeps the folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.messages import Message

RUN, LESSON, CHECK, MEASUREMENT, ESTIMATE, BACK_QUERY = (
    "run",
    "lesson",
    "check",
    "measurement",
    "estimate",
    "back-query",
)
TAKING_IN, MAP, DOUBTING = "taking in", "map", "doubting"


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A piece of work.

    Attributes
    ----------
    kind : one of the kinds above; how many of a kind may go on at once is said by `core.jobs.limits`.
    argv : the Python module that does it, and what that is told: `("core.teach.worker", "/tmp/x")`.
    folder : where it reads and writes; None for work that needs no file and only tells what it found.
    owner : whose it is; turns go round between owners.
    alone : whether it needs the machine to itself, because it takes times that other work would spoil.
    seconds : how long it should take, for the estimate of a wait; it need not be right, only proportional.
    megabytes : memory that it will hold.
    threads : threads that it computes with.
    log : the file that takes all it prints. None: it tells what it does in lines of JSON, which the handle keeps.
    grace : seconds that it has to end by itself when the one who began it is gone. 0: it is ended with its owner, by force.
    elsewhere : whether it is done on another machine, and takes nothing of this one.
    environment : variables on top of this process's own.
    """

    kind: str
    argv: Sequence[str]
    folder: Path | None = None
    owner: str = ""
    alone: bool = False
    seconds: float = 30.0
    megabytes: int = 200
    threads: int = 1
    log: Path | None = None
    grace: float = 0.0
    elsewhere: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


class Handle(Protocol):
    """A piece of work that was begun.

    Attributes
    ----------
    events : the objects it has told so far, the oldest first; it only grows.
    error : once it is done, what is to be said when it failed; None when it did not, and when it was killed.
    exit_code : once it is done, its exit code; less than 0 is the number of the signal that ended it.
    """

    events: list[dict[str, Any]]
    error: Message | None
    exit_code: int | None

    def running(self) -> bool:
        """Whether it is at work. What has neither ended nor is at work waits for a machine that is free."""

    def done(self) -> bool:
        """Whether it has ended, however that was; then all attributes are complete."""

    def cancel(self) -> bool:
        """Take it back if it has not begun; False when it is too late for that."""

    def kill(self) -> None:
        """End it by force, with all that it has started."""


class Executor(Protocol):
    """Whoever can begin a piece of work."""

    def submit(self, work: Work, /) -> Handle:
        """Begin it. Raises `OSError` when that cannot be done."""

    def shutdown(self) -> None:
        """End all that goes on as the end of this process would, and wait for it."""
