"""Where a watched run stands: a sentence, the bar while it goes on, and the buttons that fit."""

import streamlit as st

from core.runs.run import Run
from dashboard import shared, visitor, words
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.train.outcome import show_outcome
from dashboard.train.watched import Watched
from dashboard.train.wheel import wheel, where_it_waits

NO_FIGURES = N_("The figures of this run cannot be read: its file is damaged or empty.")


def headline(watched: Watched) -> None:
    """Where the run stands, with the button that fits."""
    status = watched.status
    if status.active:
        _under_way(watched)
        return
    show_outcome(watched.run, status, watched.config, watched.last.step if watched.last else 0)
    if status.state == "finished" and not watched.last:
        st.warning(say(NO_FIGURES), icon=":material/broken_image:")
    if status.state != "finished":
        st.button(say("Go on"), key="resume", icon=":material/resume:", help=say(words.HELP["resume"]),
                  on_click=told(_resume, once=True), args=(watched.run,))  # fmt: skip


def _under_way(watched: Watched) -> None:
    done = watched.last.epoch / watched.total if watched.last else 0.0
    with st.container(key="run-progress"):
        st.progress(min(done, 1.0), _now(watched))
    wheel(watched.run, watched.status, watched.config)


def _resume(run: Run) -> None:
    shared.jobs().resume(run, owner=visitor.owner())


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
