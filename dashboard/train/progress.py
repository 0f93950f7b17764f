"""The live panel of a run: laid out once, and filled anew while the run goes on or is played again.

Each time that a part of a page is drawn anew, Streamlit's page looks through all that stands in it, which costs the server and
a browser more than what is shown: so one part fills all that is live, wherever it stands, and the frame around it stays.
"""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import DigitLabError
from core.runs import present
from core.runs.run import Run
from dashboard import shared, visitor
from dashboard.parts.pace import pace
from dashboard.parts.redraw import redraw_after
from dashboard.parts.refusals import fragment
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import N_, say
from dashboard.train import curves, own, wheel
from dashboard.train.clock import clock_of
from dashboard.train.figures import figures
from dashboard.train.headline import headline, say_how_far
from dashboard.train.layers import layers
from dashboard.train.player import player
from dashboard.train.units import units
from dashboard.train.wall import digits_for, put_pictures, wall
from dashboard.train.watched import Watched, latest_network, network_of, watched

QUEUED = "queued"
RECORDED = N_(
    ":material/movie: **A recording**: this training was done before. Press **Start training** to begin your own."
)
PLAYED_SECONDS = 1.0  # a recording's moments come about as often


@dataclass(frozen=True)
class Places:
    """Where what is live stands. What has no place is not shown: the bar of a run that is over, a wall without digits."""

    bar: DeltaGenerator | None
    wall: DeltaGenerator | None
    own: DeltaGenerator
    figures: DeltaGenerator
    units: DeltaGenerator
    curves: curves.Places


@dataclass(frozen=True, slots=True)
class Going:
    """How a run went on when the page was laid out; where it does so otherwise, the page is laid out anew."""

    active: bool
    queued: bool
    playing: bool

    def every(self) -> float | None:
        """Seconds after which what is live is drawn anew, with many who watch each time more; None for what stands."""
        if not (self.active or self.playing):
            return None
        return pace() * (REFRESH_SECONDS if self.active else PLAYED_SECONDS)


def _going(run: Run) -> Going:
    status = run.status()
    clock = None if status.active else clock_of(run)
    return Going(status.active, status.state == QUEUED, bool(clock and clock.playing))


def standing(run: Run) -> tuple[bool, bool]:
    """Whether it goes on, and whether it waits: what the list of runs and the head of one say."""
    status = run.status()
    return status.active, status.state == QUEUED


def say_where_it_stands(run: Run) -> DeltaGenerator | None:
    """The head of a run: how it goes on, or what came of it. Its buttons concern the whole page where it is over.

    Returns where it is said how far it is, of one that goes on.
    """
    with st.container(key="run-headline"):
        if run.is_recording:
            st.markdown(say(RECORDED))
        elif run.status().active:
            with st.container(key="run-progress"):
                bar = st.empty()
            with bar:  # at once: the wheel under it would move when it came
                say_how_far(watched(run))
            fragment(_wheel)(run)
            return bar
        else:
            headline(watched(run))
    return None


def _wheel(run: Run) -> None:
    wheel.wheel(run, run.status(), run.config())


def watch(run: Run, bar: DeltaGenerator | None, said: tuple[bool, bool]) -> None:
    """Show how a run learns: what shows it refreshes itself while the run goes on, and while it is played again.

    `said` is how it stood when the page above was drawn; where its turn has come since, the page is drawn anew.
    """
    fragment(_studio)(run, bar, said)


def _studio(run: Run, bar: DeltaGenerator | None, said: tuple[bool, bool]) -> None:
    going = _going(run)
    if (going.active, going.queued) != said or not visitor.is_in_sight(run.id):
        st.rerun()
    if not going.active and (clock := clock_of(run)):
        player(clock)
    places = _lay_out(run, bar)
    fragment(_live)(run, places, going)


def _lay_out(run: Run, bar: DeltaGenerator | None) -> Places:
    """All that stays as it is, with places for the rest."""
    now = _now(run)
    left, right = st.columns([2.2, 1], gap="medium")
    with left:
        wall_place = _wall_place(now)
    with right:
        own_place = st.container(key="own-place")
    return Places(
        bar=bar,
        wall=wall_place,
        own=own_place,
        figures=st.container(key="run-figures"),
        units=st.container(key="units-place"),
        curves=curves.lay_out(now),
    )


def _wall_place(now: Watched) -> DeltaGenerator | None:
    """Where the wall stands; a run that goes on has its first network in a moment."""
    try:
        if not (now.status.active or _network(now)) or not (digits := digits_for(now.config)):
            return None
    except DigitLabError as error:
        st.caption(say("Its test digits are not here, so no wall of them can be shown. {error}", error=error.message))
        return None
    place = st.container(key="wall-place")
    with place:
        put_pictures(digits)
    return place


def _now(run: Run) -> Watched:
    """The run at the moment that is to be shown: the present of one that goes on, else where its player stands."""
    clock = None if run.status().active else clock_of(run)
    return watched(run, clock.epochs if clock and not clock.at_end else None)


def _network(now: Watched) -> str:
    """The name of the network at the moment that is shown; "" where there is none, and of a damaged one the headline says so."""
    try:
        if (latest := latest_network(now)) and shared.model(latest):
            return network_of(now)
    except DigitLabError:
        pass
    return ""


def _live(run: Run, places: Places, going: Going) -> None:
    """What changes from moment to moment."""
    if seconds := going.every():
        redraw_after(seconds, "live")
    now = _now(run)
    if going != _going(run) or (now.status.active and wheel.is_old(run, now.status)):
        st.rerun()  # its end and its queue, a pause by another tab, all that was to be played
    if not visitor.is_in_sight(run.id):
        st.rerun()  # its owner has taken the link back by which it was watched
    if now.status.active:
        present.watch(run)
    if places.bar:
        with places.bar:
            say_how_far(now)
    network = _network(now)
    if network:
        _show_network(now, network, places)
    with places.figures:
        figures(now)
    curves.fill(now, places.curves)


def _show_network(now: Watched, network: str, places: Places) -> None:
    """What the network of this name reads, and what its weights look like."""
    if places.wall and (digits := digits_for(now.config)):
        with places.wall:
            wall(network, digits)
    with places.own:
        own.pad()
        own.answer(network, now.config)
    with places.units:
        units(now, network, latest_network(now))
        layers(now, network)
