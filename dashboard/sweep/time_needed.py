"""How long a sweep will take: by the size of its networks, and after a try of the longest, by that."""

import streamlit as st

from core.config import Config
from core.jobs.limits import runs_at_once
from core.jobs.trainings import seconds_of
from core.sweep.grid import Grid
from dashboard import shared, visitor, words
from dashboard.parts.refusals import fragment, told
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import N_, say, say_many

BEGINS = 2.0  # seconds that a process takes to begin and to test
TRYING = N_("Trying the longest of them for two seconds …")
ROUGH = N_("About {time} here, by the size of the networks.")
TRIED = N_("About {time} here, by a try of the longest of them.")
HELP = N_("Tries the longest of these trainings for two seconds, and works out how long all of them take here.")


def time_needed(grid: Grid) -> None:
    """How many trainings it is, how long they take, and the button that finds it out better."""
    longest = max(grid.trainings(), key=seconds_of)
    st.button(say("How long will it take?"), key="sweep-estimate", icon=":material/timer:", type="tertiary", help=say(HELP),
              on_click=told(_try_it, once=True), args=(longest,))  # fmt: skip
    trial = shared.jobs().estimates.of(longest)
    live = bool(trial and trial.live)
    fragment(_say, run_every=REFRESH_SECONDS if live else None)(grid, longest, live)


def _try_it(longest: Config) -> None:
    shared.jobs().estimates.begin(longest, visitor.owner())


def _say(grid: Grid, longest: Config, was_live: bool) -> None:
    trial = shared.jobs().estimates.of(longest)
    if was_live and not (trial and trial.live):
        st.rerun()
    count = len(list(grid.slots()))
    said = [
        say_many("One combination,", "{count} combinations,", len(grid.cells())),
        say_many("one training.", "{count} trainings.", count),
    ]
    found = trial.found[0].seconds if trial and trial.found else None
    if trial and trial.live:
        said.append(say(TRYING))
    else:
        time = words.duration(seconds(grid, longest, found))
        said.append(say(ROUGH, time=time) if found is None else say(TRIED, time=time))
    st.caption(" ".join(said))


def seconds(grid: Grid, longest: Config, found: float | None = None) -> float:
    """Of all its trainings, as many at once as this machine has slots; `found` is what the longest takes by a try."""
    each = [seconds_of(config) for config in grid.trainings()]
    if found is not None:
        each = [BEGINS + found * one / seconds_of(longest) for one in each]
    return sum(each) * len(grid.seeds) / runs_at_once()
