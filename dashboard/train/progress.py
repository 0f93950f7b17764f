"""The live panel of a run: its parts, each drawn anew as often as it needs while the run goes on."""

import streamlit as st

from core.runs.run import Run
from dashboard.parts.refusals import fragment
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.train.curves import curves
from dashboard.train.figures import figures
from dashboard.train.headline import headline
from dashboard.train.watched import Watched, watched

QUEUED = "queued"
CURVES_SECONDS = 0.5


def watch(run: Run) -> None:
    """Show a run; the panel refreshes itself while the run is active, and the page when its turn comes and when it ends."""
    status = run.status()
    if status.active:
        fragment(_follow, run_every=REFRESH_SECONDS)(run, was_queued=status.state == QUEUED)
        fragment(_curves, run_every=CURVES_SECONDS)(run)
    else:
        now = watched(run)
        _news(now)
        curves(now)


def _follow(run: Run, *, was_queued: bool) -> None:
    now = watched(run)
    if not now.status.active or (was_queued and now.status.state != QUEUED):
        st.rerun()  # the list of runs says how it stands, and is drawn with the whole page
    _news(now)


def _news(now: Watched) -> None:
    headline(now)
    figures(now)


def _curves(run: Run) -> None:
    curves(watched(run))
