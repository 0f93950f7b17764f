"""The live panel of a run: its parts, each drawn anew as often as it needs while the run goes on or is played again."""

from collections.abc import Callable

import streamlit as st

from core.config import Config
from core.errors import DigitLabError
from core.runs import present
from core.runs.run import Run
from dashboard import shared
from dashboard.parts.refusals import fragment
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import N_, say
from dashboard.train import own
from dashboard.train.clock import clock_of
from dashboard.train.curves import curves
from dashboard.train.figures import figures
from dashboard.train.headline import headline
from dashboard.train.layers import layers
from dashboard.train.pace import pace
from dashboard.train.player import player
from dashboard.train.units import units
from dashboard.train.wall import digits_for, put_pictures, wall
from dashboard.train.watched import Watched, latest_network, network_of, watched

QUEUED = "queued"
RECORDED = N_(
    ":material/movie: **A recording**: this training was done before. Press **Start training** to begin your own."
)
CURVES_SECONDS = 0.5
PLAYED_SECONDS = 1.0  # a recording's moments come about as often


def say_where_it_stands(run: Run) -> None:
    """The head of a run: how it goes on, or what came of it. Its buttons concern the whole page where it is over."""
    status = run.status()
    with st.container(key="run-headline"):
        if run.is_recording:
            st.markdown(say(RECORDED))
        elif status.active:
            fragment(_under_way, run_every=pace() * REFRESH_SECONDS)(run, status.state == QUEUED)
        else:
            headline(watched(run))


def _under_way(run: Run, was_queued: bool) -> None:
    now = watched(run)
    if not now.status.active or was_queued != (now.status.state == QUEUED):
        st.rerun()  # the table of runs says how it stands, and is drawn with the whole page
    present.watch(run)
    headline(now)


def watch(run: Run) -> None:
    """Show how a run learns: what shows it refreshes itself while the run goes on, and while it is played again."""
    fragment(_studio)(run)


def _studio(run: Run) -> None:
    status = run.status()
    clock = None if status.active else clock_of(run)
    if clock:
        player(clock)
    playing = bool(clock and clock.playing)

    slower = pace()

    def every(seconds: float) -> float | None:
        return slower * seconds if status.active else slower * max(seconds, PLAYED_SECONDS) if playing else None

    has_network = _has_network(_now(run))
    if has_network:
        _wall_and_own(run, run.config(), every)
    fragment(_figures, run_every=every(REFRESH_SECONDS))(run, playing, slower)
    if has_network:
        fragment(_units, run_every=every(PLAYED_SECONDS))(run)
    fragment(_curves, run_every=every(CURVES_SECONDS))(run)


def _has_network(now: Watched) -> bool:
    """Whether there is a network to be shown; of a damaged one the headline says so."""
    try:
        return bool((name := latest_network(now)) and shared.model(name) and network_of(now))
    except DigitLabError:
        return False


def _wall_and_own(run: Run, config: Config, every: Callable[[float], float | None]) -> None:
    """The wall with one's own digit beside it."""
    left, right = st.columns([2.2, 1], gap="medium")
    with left, st.container(key="wall-place"):
        try:
            if digits := digits_for(config):
                put_pictures(digits)
                fragment(_wall, run_every=every(REFRESH_SECONDS))(run)
        except DigitLabError as error:
            st.caption(
                say("Its test digits are not here, so no wall of them can be shown. {error}", error=error.message)
            )
    with right:
        fragment(_own, run_every=every(REFRESH_SECONDS))(run)


def _now(run: Run) -> Watched:
    """The run at the moment that is to be shown: the present of one that goes on, else where its player stands."""
    clock = None if run.status().active else clock_of(run)
    return watched(run, clock.epochs if clock and not clock.at_end else None)


def _figures(run: Run, was_playing: bool, slower: int) -> None:
    now = _now(run)
    clock = None if now.status.active else clock_of(run)
    if was_playing and not (clock and clock.playing):
        st.rerun()  # all has been shown: from now on nothing refreshes itself
    if (now.status.active or was_playing) and slower != pace():
        st.rerun()  # there are many more who watch, or many fewer
    figures(now)


def _wall(run: Run) -> None:
    now = _now(run)
    digits, network = digits_for(now.config), network_of(now)
    if digits and network:
        wall(network, digits)


def _own(run: Run) -> None:
    now = _now(run)
    with st.container(key="own-place"):
        own.pad()
        if network := network_of(now):
            own.answer(network, now.config)


def _units(run: Run) -> None:
    now = _now(run)
    if not (network := network_of(now)):
        return
    with st.container(key="units-place"):
        units(now, network, latest_network(now))
        layers(now, network)


def _curves(run: Run) -> None:
    curves(_now(run))
