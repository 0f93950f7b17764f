"""The wheel: what whoever began a training can ask of it while it goes on.

What is asked is written into the run's folder, where its process looks every 50 ms. So any tab can ask it, and what was asked
is waited for a moment: the page that is drawn next shows what has come of it.
"""

import math
import time
from collections.abc import Callable
from typing import Literal

import streamlit as st

from core.config import Config
from core.errors import DigitLabError
from core.runs.resume import rate_of
from core.runs.run import Run, Status
from core.training.commands import SetRate
from core.training.events import BatchEvent, EpochEvent
from dashboard import shared, visitor
from dashboard.parts.fields import number_in
from dashboard.parts.refusals import refusal, told
from dashboard.say import N_, say
from dashboard.visitor import Key

RATE = "wheel_rate"
SAYS = "wheel-says"  # the place where it is said why something was not done
RATE_LABEL = N_("Learning rate from now on")
NOT_YOURS = N_("You can watch this training. Only whoever began it can pause, step or stop it.")
HELP = {
    "pause": N_("Let it wait where it is. Nothing is lost, and it goes on as if there had been no pause."),
    "go": N_("Let it learn on from where it waits."),
    "batch": N_("Let it look at one batch of digits, change its weights once, and wait: you see what a single change does."),
    "epoch": N_("Let it learn to the end of this pass through all the digits, and wait."),
    "stop": N_("End after the present batch. What it has learned so far is kept, and you can use it."),
    "rate": N_("How far the weights move at each change. More: it learns faster, until it overshoots and gets worse. Less: it "
               "learns more slowly, and settles more finely. A rate that changes over time goes on changing from here."),
    "set_rate": N_("Learn at this rate from the next batch on. The curve shows where, and the finished network remembers it."),
}  # fmt: skip
OBEYED_WITHIN = 0.4  # seconds that a click waits for what came of it
SHOWN: Key[tuple[str, float]] = Key("_wheel_rate", lambda: ("", 0.0))  # whose rate the field was filled with, and which
Stands = tuple[str, bool, bool, float]  # which run, whether it is paused, whether it learns, and at what rate
DRAWN: Key[list[Stands]] = Key("_wheel_drawn", list)  # what it stood on when it was drawn last


def wheel(run: Run, status: Status, config: Config) -> None:
    """Pause, steps, Stop and the learning rate of a run that goes on; to others than its owner it says why there are none."""
    with st.container(key="wheel"):
        if not visitor.owns(run):
            st.caption(say(NOT_YOURS))
            return
        _, paused, learns, rate = stands = _stands(run, status)
        DRAWN.put([stands])
        _buttons(run, paused, learns)
        _rate(run, config, learns, rate)


def is_old(run: Run, status: Status) -> bool:
    """Whether something has been done since the wheel was drawn, by another tab or by the run itself."""
    return visitor.owns(run) and DRAWN.get() != [_stands(run, status)]


def _stands(run: Run, status: Status) -> Stands:
    learns = status.state in ("running", "paused") and status.phase == "training"
    return run.id, status.state == "paused", learns, rate_of(run)


def _buttons(run: Run, paused: bool, learns: bool) -> None:
    with st.container(key="wheel-buttons"):
        _button("pause", say("Go on") if paused else say("Pause"), ":material/play_arrow:" if paused else ":material/pause:",
                say(HELP["go"] if paused else HELP["pause"]), _go if paused else _pause, run, disabled=not learns)  # fmt: skip
        _button("step-batch", say("One batch"), ":material/skip_next:", say(HELP["batch"]), _step_batch, run,
                disabled=not learns)  # fmt: skip
        _button("step-epoch", say("One epoch"), ":material/fast_forward:", say(HELP["epoch"]), _step_epoch, run,
                disabled=not learns)  # fmt: skip
        _button("stop", say("Stop"), ":material/stop:", say(HELP["stop"]), _stop, run)


def _button(
    key: str, label: str, icon: str, help: str, action: Callable[[Run], None], run: Run, *, disabled: bool = False,
    width: Literal["stretch", "content"] = "stretch",
) -> None:  # fmt: skip
    st.button(label, key=key, icon=icon, help=help, disabled=disabled, width=width, args=(run,),
              on_click=told(action, SAYS, once=True))  # fmt: skip


def _rate(run: Run, config: Config, learns: bool, rate: float) -> None:
    """The field of the rate, with what it is now; it is filled anew when the rate was changed, here or in another tab."""
    if SHOWN.get() != (now := (run.id, rate)) or RATE not in st.session_state:
        SHOWN.put(now)
        st.session_state[RATE] = now[1]
    with st.container(key="wheel-rate", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input(say(RATE_LABEL), value=None, step=_figure(now[1]), format="%.15g", key=RATE, width=230,
                        help=say(HELP["rate"]), persist_state="session")  # fmt: skip
        _button("set-rate", say("Change it"), ":material/speed:", say(HELP["set_rate"]), _set_rate, run,
                disabled=not learns, width="content")  # fmt: skip
    with st.container(key=SAYS):  # always a line: what stands below does not move when one comes
        if why := refusal(SAYS) or _problem():
            st.markdown(f":red[:material/error: {why}]")
        elif (first := config.training.learning_rate) != now[1]:
            st.caption(say("It began with a rate of {first:g}, and learns at {now:g} now.", first=first, now=now[1]))
        else:
            st.caption(say("It learns at a rate of {now:g}.", now=now[1]))


def _problem() -> str:
    """Why the field's rate cannot be used; nothing where it can."""
    try:
        _rate_in_field()
    except DigitLabError as error:
        return say(error.message)
    return ""


def _figure(rate: float) -> float:
    """One in the first figure of a rate, which is how far plus and minus go: 0.001 of 0.003."""
    return 10.0 ** math.floor(math.log10(rate)) if rate > 0 else 0.001


def _rate_in_field() -> float:
    """The rate that the field holds now. Raises `DigitLabError` where it is none."""
    return SetRate(float(number_in(RATE_LABEL, RATE))).value


def _pause(run: Run) -> None:
    shared.jobs().pause(run, by=_me(run))
    _wait(lambda: run.status().state != "running")


def _go(run: Run) -> None:
    shared.jobs().go(run, by=_me(run))
    _wait(lambda: run.status().state != "paused")


def _step_batch(run: Run) -> None:
    seen = run.events()[1]
    shared.jobs().step(run, by=_me(run))
    _wait(lambda: bool(run.events(seen)[0]))


def _step_epoch(run: Run) -> None:
    shared.jobs().step(run, to_epoch_end=True, by=_me(run))


def _stop(run: Run) -> None:
    shared.jobs().stop(run, by=_me(run))
    _wait(lambda: run.status().phase != "training")


def _set_rate(run: Run) -> None:
    shared.jobs().set_rate(run, _rate_in_field(), by=_me(run))


def _me(run: Run) -> str:
    """Who asks. Raises `DigitLabError` where that is not whoever began the run: a browser can send any click."""
    if not visitor.owns(run):
        raise DigitLabError(NOT_YOURS)
    return visitor.owner()


def _wait(obeyed: Callable[[], bool]) -> None:
    end = time.monotonic() + OBEYED_WITHIN
    while not obeyed() and time.monotonic() < end:
        time.sleep(0.02)


def where_it_waits(last: BatchEvent | EpochEvent | None, config: Config) -> str:
    """Where a run is paused, so that each step is seen to have been made."""
    if last is None:
        return say("Paused before the first batch")
    epoch, epochs = min(int(last.epoch) + 1, config.training.epochs), config.training.epochs
    return say(
        "Paused in epoch {epoch} of {epochs}, after {step:,} batches", epoch=epoch, epochs=epochs, step=last.step
    )
