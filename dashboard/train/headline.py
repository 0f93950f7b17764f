"""Where a watched run stands: how far it is while it goes on, and in the end what came of it, with the buttons that fit."""

import streamlit as st

from core.errors import DigitLabError
from core.runs.resume import rate_to_try
from core.runs.run import Run
from core.runs.status import DIVERGED, Status
from dashboard import shared, visitor, words
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.train.outcome import show_outcome
from dashboard.train.watched import Watched
from dashboard.train.wheel import where_it_waits

NO_FIGURES = N_("The figures of this run cannot be read: its file is damaged or empty.")
BACK = N_("Go back to its last good moment, and go on with a learning rate of {rate:g}")
ANEW = N_("Begin it again with a learning rate of {rate:g}")
HELP_ASTRAY = N_("Each change of a weight will be smaller, and what threw it off its way should not happen again. What it had "
                 "learned before that is kept.")  # fmt: skip


def headline(watched: Watched) -> None:
    """What came of a run that is over, with the button that fits."""
    status = watched.status
    show_outcome(watched.run, status, watched.config, watched.last.step if watched.last else 0)
    if status.state == "finished" and not watched.last:
        st.warning(say(NO_FIGURES), icon=":material/broken_image:")
    if status.state != "finished" and visitor.owns(watched.run):
        _offer_to_go_on(watched.run, status)


def _offer_to_go_on(run: Run, status: Status) -> None:
    """A button that goes on with it; where it went astray, from its last good moment and at a smaller rate."""
    if status.cause != DIVERGED:
        st.button(say("Go on"), key="resume", icon=":material/resume:", help=say(words.HELP["resume"]),
                  on_click=told(_resume, once=True), args=(run,))  # fmt: skip
        return
    rate = rate_to_try(run)
    label = BACK if run.checkpoint_path.is_file() else ANEW
    st.button(say(label, rate=rate), key="resume", icon=":material/healing:", help=say(HELP_ASTRAY),
              on_click=told(_resume, once=True), args=(run, rate))  # fmt: skip


def say_how_far(watched: Watched) -> None:
    """The bar of a run that goes on."""
    done = watched.last.epoch / watched.total if watched.last else 0.0
    st.progress(min(done, 1.0), _now(watched))


def _resume(run: Run, rate: float | None = None) -> None:
    if not visitor.owns(run):  # a browser can send any click
        raise DigitLabError("Only whoever began this training can go on with it.")
    shared.jobs().resume(run, owner=visitor.owner(), rate=rate)


def _now(watched: Watched) -> str:
    status, epochs = watched.status, watched.total
    if place := shared.jobs().place(watched.run):
        return words.in_line(place)
    if status.state == "paused":
        return where_it_waits(watched.last, watched.config)
    left = watched.seconds_left()
    if status.state != "running" or status.phase != "training" or not watched.last or left is None:
        return words.phase(status, watched.config.training.engine)
    epoch = min(int(watched.last.epoch) + 1, epochs)
    return say("Epoch {epoch} of {epochs}, about {left} left", epoch=epoch, epochs=epochs, left=words.duration(left))
