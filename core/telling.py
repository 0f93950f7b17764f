"""How a process of its own tells what it does: one JSON object a line, of which `core.jobs.local` takes every one.

What went wrong is the last of them, `{"error": {"template": "...", "values": {...}}}`, which `core.messages.received` takes.
"""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from core.errors import DigitLabError
from core.messages import Message, message

T = TypeVar("T")


def tell(**fields: Any) -> None:
    """One line, at once."""
    print(json.dumps(fields), flush=True)


def now_and_then(seconds: float) -> Callable[[Callable[[T], None]], Callable[[T], None]]:
    """Let a function be called, but not again before so many seconds are over: what comes in between is left out."""

    def held(say: Callable[[T], None]) -> Callable[[T], None]:
        said = 0.0

        def say_now_and_then(what: T) -> None:
            nonlocal said
            if time.monotonic() - said >= seconds:
                said = time.monotonic()
                say(what)

        return say_now_and_then

    return held


def carried_out(work: Callable[[], None], *, out_of_memory: Message, no_files: str) -> int:
    """Do the work of a process, and give its exit status: 1 where it failed, after telling why.

    Parameters
    ----------
    out_of_memory : what is told where there was too little.
    no_files : the template of what is told where a file could not be read or written, with its `reason`.
    """
    try:
        work()
    except DigitLabError as error:
        return _fail(error.message)
    except MemoryError:
        return _fail(out_of_memory)
    except OSError as error:
        return _fail(message(no_files, reason=error.strerror))
    return 0


def _fail(reason: Message) -> int:
    tell(error=msgspec.to_builtins(reason))
    return 1
