"""What a link gives to who opens it: to watch a run or a sweep, or to own a run.

Each carries a proof that only this server can make.
"""

from urllib.parse import urlencode

import msgspec
import streamlit as st

from core.catalog import RUN_NAME
from core.errors import DigitLabError
from core.messages import N_
from core.runs import keys, links
from core.runs.record import MOST_OWNERS, Record
from core.runs.run import RECORDING, Run, open_run
from core.sweep.sweep import Sweep, find
from dashboard import visitor
from dashboard.presenter import reachable
from dashboard.say import say

OWN = "own"  # in the URL: what proves that the run in it is given to who opens it
OLD = N_("This link does not give you the run: its owner has made new links since, or it is wrong. Ask for a new one.")
MANY = N_("This run has {count} owners already, and takes no more.")


def accept() -> None:
    """Take what the address gives. What owns is taken out of it: who passes the address on gives the run to nobody."""
    _accept_sweep(st.query_params.get(visitor.SWEEP, ""))
    for name in (visitor.RUN, visitor.MODEL):
        run_id = st.query_params.get(name, "").partition("@")[0]
        if not RUN_NAME.fullmatch(run_id) or run_id == RECORDING:
            continue
        own = st.query_params.get(OWN) if name == visitor.RUN else None
        try:
            _accept(run_id, own)
        except DigitLabError as error:  # it was deleted, or takes no more owners: the page is there all the same
            if own is not None:  # of one that was only to be watched its picker says so
                st.warning(say(error.message), icon=":material/link_off:")
    if OWN in st.query_params:
        del st.query_params[OWN]


def _accept_sweep(sweep_id: str) -> None:
    """Take what the proof in the address gives of a sweep, and of its runs with it; of one that is gone its picker says so."""
    try:
        about = find(sweep_id).about()
    except DigitLabError:
        return
    if links.proves(keys.WATCH, sweep_id, about, st.query_params.get(visitor.SEE, "")):
        visitor.let_see(sweep_id, about)


def _accept(run_id: str, own: str | None) -> None:
    """Take what the proofs in the address give of a run. Raises `DigitLabError` where it is gone, or cannot be given."""
    run = open_run(run_id)
    about = run.record()
    owned = links.proves(keys.OWN, run_id, about, own or "")
    if owned or links.proves(keys.WATCH, run_id, about, st.query_params.get(visitor.SEE, "")):
        visitor.let_see(run_id, about)
    if owned:
        _own(run, about)
    elif own is not None and not visitor.holds(about):
        raise DigitLabError(OLD)


def _own(run: Run, about: Record) -> None:
    me = visitor.owner()
    if visitor.holds(about):
        return
    if len(about.owners) >= MOST_OWNERS:
        raise DigitLabError(MANY, count=len(about.owners) + 1)
    try:
        run.set_record(msgspec.structs.replace(about, owners=(*about.owners, me)))
    except OSError as error:
        raise DigitLabError("The run could not be given to you: {reason}.", reason=error.strerror) from error


def watch_link(what: Run | Sweep) -> str:
    """A link that shows a run, or a sweep with its runs, to who opens it."""
    if isinstance(what, Sweep):
        return _link({visitor.SWEEP: what.id, visitor.SEE: links.proof(keys.WATCH, what.id, what.about())})
    return _link({visitor.RUN: what.id, visitor.SEE: links.proof(keys.WATCH, what.id, what.record())})


def owner_link(run: Run) -> str:
    """A link that makes who opens it an owner of a run."""
    return _link({visitor.RUN: run.id, OWN: links.proof(keys.OWN, run.id, run.record())})


def _link(query: dict[str, str]) -> str:
    here = (st.context.url or "").partition("?")[0]
    address = reachable(here, st.get_option("server.address") or "") or here
    return f"{address}?{urlencode(query)}"
