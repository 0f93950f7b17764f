"""Watching a child process of the server from a page."""

from collections.abc import Callable

import streamlit as st

from core.jobs.children import Child
from dashboard import shared
from dashboard.parts.refusals import fragment

REFRESH_SECONDS = 0.5


def watch(name: str, panel: Callable[[Child | None, bool], None]) -> None:
    """Show `panel(child, live)`, again and again while the child is at work, and the whole page when it begins or ends."""

    def look(was_live: bool) -> None:
        child, live = _now(name)
        if was_live != live:
            st.rerun()
        panel(child, live)

    _, live = _now(name)
    fragment(look, run_every=REFRESH_SECONDS if live else None)(live)


def _now(name: str) -> tuple[Child | None, bool]:
    child = shared.jobs().child(name)
    return child, bool(child and child.running)
