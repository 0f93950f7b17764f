"""What a link of a run or a sweep proves: that an owner made it, and that no new ones have been made since.

All links of one carry a proof of one generation, which its record names. A new generation makes all earlier ones worthless.
"""

import secrets
from typing import Protocol

import msgspec

from core.errors import DigitLabError
from core.messages import N_
from core.runs import keys
from core.runs.run import Run

NOT_KEPT = N_("No new links could be made: {reason}. The ones that were given still work.")


class Linked(Protocol):
    """What is known of a thing that has links: a run's record, or what is kept of a sweep."""

    @property
    def links(self) -> str:
        """Which generation of its links works; "" is the first."""


def proof(purpose: str, of: str, about: Linked) -> str:
    """What a link of the run or sweep of this id carries, for `keys.WATCH` or `keys.OWN`."""
    return keys.sign(purpose, _what(of, about))


def proves(purpose: str, of: str, about: Linked, given: str) -> bool:
    """Whether what a link carries, which may be any text, was made for this one since its links were last made anew."""
    return keys.proves(purpose, _what(of, about), given)


def new_generation() -> str:
    """The name of another generation of links."""
    return secrets.token_hex(4)


def renew(run: Run, *, alone: bool = False) -> None:
    """Make all links worthless that were given so far; `alone`, the run is nobody's any more but who began it."""
    about = run.record()
    owners = () if alone else about.owners
    try:
        run.set_record(msgspec.structs.replace(about, links=new_generation(), owners=owners))
    except OSError as error:
        raise DigitLabError(NOT_KEPT, reason=error.strerror) from error


def _what(of: str, about: Linked) -> str:
    return f"{of}:{about.links}" if about.links else of
