"""What stands under the Start button: why the last click began nothing, what will not work and what would, and how much there is
to learn and how long that takes.

It has a place of its own height: what is said there comes and goes while the hand is at the fields below.
"""

import streamlit as st

from core.config import AUTO, Config
from core.datasets import described, needs_mnist
from core.errors import DigitLabError
from core.training.estimate import Estimate
from core.training.warnings import Warning, warnings
from dashboard import shared, visitor, words
from dashboard.parts.refusals import fragment, refusal, told
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import N_, say
from dashboard.train import settings
from dashboard.train.start import START, TRIED

ASKED = "before"  # the place where it is said why it was not tried out
TRYING = N_("Trying it out: the network learns for two seconds, and Taichi may have to compile first …")
BUSY = N_("Other work went on meanwhile, so it will be quicker alone.")
HELP = {
    "estimate": N_("Let it learn for two seconds, in a process of its own, and work out how long all of it takes here and how "
                   "much memory it needs. Of the engines, the quicker one is found."),
    "mend": N_("Put the usual value into the field that this is about. You can change it again."),
}  # fmt: skip


def before_the_start() -> None:
    """The place under the button."""
    with st.container(key="before"):
        why = (refusal(START) if st.session_state.get(TRIED) == settings.held() else "") or refusal(ASKED)
        if why:
            st.error(why, icon=":material/error:")
        try:
            config = settings.configuration()
        except DigitLabError as error:
            _buttons(None, [])
            if not why:
                st.caption(f":red[:material/error: {say(error.message)}]")
            return
        found = _warnings(config)
        _buttons(config, found)
        if found:
            st.markdown(f":orange[:material/warning:] {say(found[0].message)}")
        _time(config)


def _warnings(config: Config) -> list[Warning]:
    about = described(config.training.dataset)
    return warnings(config, about.training_count) if about else []


def _buttons(config: Config | None, found: list[Warning]) -> None:
    with st.container(key="before-buttons", horizontal=True, gap="small"):
        st.button(say("How long will it take?"), key="estimate", icon=":material/timer:", type="tertiary",
                  help=say(HELP["estimate"]), disabled=config is None or needs_mnist(config.training.dataset),
                  on_click=told(_try_it, ASKED, once=True))  # fmt: skip
        if found:
            st.button(say("Mend it"), key="mend", icon=":material/build:", type="tertiary", help=say(HELP["mend"]),
                      on_click=told(_mend))  # fmt: skip


def _mend() -> None:
    """Mend the most serious of what will not work about the settings as they are at the click."""
    if found := _warnings(settings.configuration()):
        settings.fill_in(found[0].instead)


def _try_it() -> None:
    shared.jobs().estimates.begin(settings.configuration(), visitor.owner())


def _time(config: Config) -> None:
    trial = shared.jobs().estimates.of(config)
    live = bool(trial and trial.live)
    fragment(_say_time, run_every=REFRESH_SECONDS if live else None)(config, live)


def _say_time(config: Config, was_live: bool) -> None:
    """How many weights, and what is known of the time."""
    trial = shared.jobs().estimates.of(config)
    if was_live and not (trial and trial.live):
        st.rerun()
    told = words.weights_of(config.network.parameter_count)
    if trial and trial.live:
        told += " " + say(TRYING)
    elif trial and trial.found:
        told += " " + " ".join(filter(None, (_estimated(config, trial.found), say(BUSY) if trial.busy else "")))
    elif trial and trial.error:
        told += " " + say(trial.error)
    st.caption(told, help=say("{sizes} units, from the picture to the ten answers.", sizes=words.sizes(config.network)))


def _estimated(config: Config, found: tuple[Estimate, ...]) -> str:
    """Time and memory, and which engine is quicker where that was to be found out."""
    best, *others = found
    about = {"time": words.duration(best.seconds), "memory": words.megabytes(int(best.megabytes * 1e6))}
    engine = say(settings.ENGINE_TITLES[best.engine])
    if others:
        other = say(settings.ENGINE_TITLES[others[0].engine])
        return say(
            "About {time} and {memory} of memory with {engine}; {other} would take {longer}.",
            **about, engine=engine, other=other, longer=words.duration(others[0].seconds),
        )  # fmt: skip
    if config.training.engine == AUTO and config.training.device == "cpu":
        return say("About {time} and {memory} of memory; {engine} is the quicker engine here.", **about, engine=engine)
    return say("About {time} and {memory} of memory.", **about)
