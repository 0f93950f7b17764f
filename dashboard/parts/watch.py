"""Watching a piece of the server's work from a page."""

from collections.abc import Callable

import streamlit as st

from core.jobs.queue import Ticket
from dashboard import shared
from dashboard.parts.refusals import fragment

REFRESH_SECONDS = 0.5


def watch(kind: str, panel: Callable[[Ticket | None, bool], None]) -> None:
    """Show `panel(ticket, live)`, again and again while the work waits or goes on, and the whole page when that changes."""

    def look(was_live: bool) -> None:
        ticket, live = _now(kind)
        if was_live != live:
            st.rerun()
        panel(ticket, live)

    _, live = _now(kind)
    fragment(look, run_every=REFRESH_SECONDS if live else None)(live)


def _now(kind: str) -> tuple[Ticket | None, bool]:
    ticket = shared.jobs().latest(kind)
    return ticket, bool(ticket and ticket.live)
