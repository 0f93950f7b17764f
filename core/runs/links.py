"""What a link of a run proves: that it was made by an owner of the run, and that no new ones have been made since.

All links of a run carry a proof of one generation, which its record names. A new generation makes all earlier ones worthless.
"""

import secrets

import msgspec

from core.errors import DigitLabError
from core.messages import N_
from core.runs import keys
from core.runs.record import Record
from core.runs.run import Run

NOT_KEPT = N_("No new links could be made: {reason}. The ones that were given still work.")


def proof(purpose: str, run_id: str, about: Record) -> str:
    """What a link of this run carries, for `keys.WATCH` or `keys.OWN`."""
    return keys.sign(purpose, _what(run_id, about))


def proves(purpose: str, run_id: str, about: Record, given: str) -> bool:
    """Whether what a link carries, which may be any text, was made for this run since its links were last made anew."""
    return keys.proves(purpose, _what(run_id, about), given)


def renew(run: Run, *, alone: bool = False) -> None:
    """Make all links worthless that were given so far; `alone`, the run is nobody's any more but who began it."""
    about = run.record()
    owners = () if alone else about.owners
    try:
        run.set_record(msgspec.structs.replace(about, links=secrets.token_hex(4), owners=owners))
    except OSError as error:
        raise DigitLabError(NOT_KEPT, reason=error.strerror) from error


def _what(run_id: str, about: Record) -> str:
    return f"{run_id}:{about.links}" if about.links else run_id
