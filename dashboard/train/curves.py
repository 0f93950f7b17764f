"""The curves of a watched run: accuracy with what is noticed beside it, each digit's own, and the loss behind "More"."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, PauseEvent, ResumeEvent
from dashboard import visitor, words
from dashboard.look.curves import Deed, Mark, View, What, learning_curve
from dashboard.look.small_lines import shares_right, ten_lines
from dashboard.parts.curve_chart.component import curve_chart
from dashboard.parts.past import enter_button, has_past
from dashboard.say import N_, say
from dashboard.train.film import film
from dashboard.train.remarks import NOTICED, marks, show_others, show_remarks
from dashboard.train.watched import Watched

MOST_DEEDS = 20  # marked on a chart, the latest ones
TOLD = 3  # of them said under it
SMOOTHED, LOGARITHMIC = "curves-smoothed", "curves-logarithmic"
RATE = N_("From epoch {epoch:.2f} on it learned at a rate of {rate:g}.")
PAUSED = N_("It was paused at epoch {epoch:.2f}.")
RESUMED = N_("It went on from epoch {epoch:.2f} after an interruption.")
HEIGHT = 300  # pixels of a chart, see chart.css


def curves(watched: Watched) -> None:
    """The whole of it; drawn anew while the run goes on."""
    if visitor.another_model_wanted():
        st.rerun()
    noticed = NOTICED.get()
    noticed.look(
        watched.run.id, watched.config, watched.events, over=not watched.status.active and watched.moment is None
    )
    done = deeds(watched.events)
    with st.container(key="curves"):
        with st.container(key="curves-head", horizontal=True, vertical_alignment="center"):
            st.markdown(say("**Accuracy**: the share of digits it gets right"))
            smoothed = st.toggle(say("Smooth"), key=SMOOTHED, help=say(words.HELP["smooth"]), persist_state="session")
        view = View(float(watched.total), watched.run.id, smoothed)
        with st.container(key="curves-board"):
            _chart(watched, "accuracy", view, marks=marks(noticed), deeds=done)
            show_remarks(noticed)
        with st.container(key="curves-deeds"):  # its place is there before anything is done
            st.caption(" ".join(f"{deed.sign} {deed.sentence}" for deed in done[-TOLD:]))
        if has_past(watched.run):
            enter_button(watched.run, "past-enter-run", watched.moment or 0.0)
        _each_digit(watched)
        with st.expander(say("A film of what it confuses"), icon=":material/movie:", key="curves-film",
                         on_change="rerun") as shown:  # fmt: skip
            if shown.open:
                film(watched)
        with st.expander(say("More: the loss, and what else was noticed"), icon=":material/show_chart:", key="curves-more",
                         on_change="rerun") as more:  # fmt: skip
            if more.open:
                _loss(watched, view)
                show_others(noticed)


def _chart(watched: Watched, what: What, view: View, *, marks: Sequence[Mark] = (), deeds: Sequence[Deed] = ()) -> None:
    with st.container(key=f"{what}-place", height=HEIGHT, border=False):  # kept until its script has come
        curve_chart(
            learning_curve(watched.batches, watched.epochs, what=what, view=view, marks=marks, deeds=deeds), key=what
        )


def _loss(watched: Watched, view: View) -> None:
    st.markdown(say("**Loss**: the error that training makes small"))
    logarithmic = st.toggle(say("Each step up is ten times as much"), key=LOGARITHMIC, help=say(words.HELP["logarithmic"]),
                            persist_state="session")  # fmt: skip
    _chart(watched, "loss", replace(view, logarithmic=logarithmic))


def _each_digit(watched: Watched) -> None:
    """How well each of the ten is read, epoch by epoch, where digits are kept apart."""
    if not watched.config.training.validation:
        st.caption(say("Keep digits apart in the settings, and you see here how well it reads each of the ten."))
        return
    counted = [(event.epoch, event.confusion) for event in watched.epochs if event.confusion is not None]
    st.markdown(say("**Each digit**: the share of new ones that it gets right"))
    outputs = watched.config.network.outputs
    confusions = np.array([confusion for _, confusion in counted]).reshape(-1, outputs, outputs)
    epochs = np.array([epoch for epoch, _ in counted], dtype=np.float64)
    st.html(ten_lines(epochs, shares_right(confusions), total=watched.total))


def deeds(events: Sequence[Event]) -> list[Deed]:
    """What was done by hand on the way, and where: another rate, a pause, an interruption. The latest ones."""
    per_epoch = _steps_per_epoch(events)
    if not per_epoch:
        return []
    found = []
    for event in events:
        epoch = event.step / per_epoch
        match event:
            case ChangeEvent(field="learning_rate", value=rate):
                found.append(Deed(epoch, "▲", say(RATE, epoch=epoch, rate=rate)))
            case PauseEvent():
                found.append(Deed(epoch, "■", say(PAUSED, epoch=epoch)))
            case ResumeEvent():
                found.append(Deed(epoch, "▶", say(RESUMED, epoch=epoch)))
    return found[-MOST_DEEDS:]


def _steps_per_epoch(events: Sequence[Event]) -> float:
    """Batches of an epoch, from the first event that tells; 0 before there is one."""
    telling = (event for event in events if isinstance(event, BatchEvent | EpochEvent) and event.epoch)
    first = next(telling, None)
    return first.step / first.epoch if first else 0.0
