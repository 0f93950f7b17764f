"""The curves of a watched run: accuracy with what is noticed beside it, each digit's own, and the loss behind "More"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.training.events import BatchEvent, ChangeEvent, EpochEvent, Event, PauseEvent, ResumeEvent
from dashboard import shared, visitor, words
from dashboard.look.curves import Deed, Mark, View, What, learning_curve
from dashboard.look.small_lines import shares_right, ten_lines
from dashboard.parts.curve_chart.component import curve_chart
from dashboard.parts.past import enter_button, has_past
from dashboard.say import N_, language, say
from dashboard.train.film import film
from dashboard.train.remarks import NOTICED, look, marks, show_others, show_remarks
from dashboard.train.watched import Watched

MOST_DEEDS = 20  # marked on a chart, the latest ones
TOLD = 3  # of them said under it
SMOOTHED, LOGARITHMIC = "curves-smoothed", "curves-logarithmic"
RATE = N_("From epoch {epoch:.2f} on it learned at a rate of {rate:g}.")
PAUSED = N_("It was paused at epoch {epoch:.2f}.")
RESUMED = N_("It went on from epoch {epoch:.2f} after an interruption.")
HEIGHT = 300  # pixels of a chart, see chart.css


@dataclass(frozen=True)
class Places:
    """Where what is live stands; what is closed has no place, and nothing is made for it."""

    accuracy: DeltaGenerator
    remarks: DeltaGenerator
    deeds: DeltaGenerator
    past: DeltaGenerator
    digits: DeltaGenerator | None
    film: DeltaGenerator | None
    loss: DeltaGenerator | None
    others: DeltaGenerator | None


def lay_out(watched: Watched) -> Places:
    """All that stays as it is while the run goes on, with places for the rest."""
    with st.container(key="curves"):
        with st.container(key="curves-head", horizontal=True, vertical_alignment="center"):
            st.markdown(say("**Accuracy**: the share of digits it gets right"))
            st.toggle(say("Smooth"), key=SMOOTHED, help=say(words.HELP["smooth"]), persist_state="session")
        with st.container(key="curves-board"):
            accuracy, remarks = _chart_place("accuracy"), st.container()
        done = st.container(key="curves-deeds")  # its place is there before anything is done
        past = st.container()
        digits = _each_digit(watched)
        with st.expander(say("A film of what it confuses"), icon=":material/movie:", key="curves-film",
                         on_change="rerun") as shown:  # fmt: skip
            shot = st.container() if shown.open else None
        with st.expander(say("More: the loss, and what else was noticed"), icon=":material/show_chart:", key="curves-more",
                         on_change="rerun") as more:  # fmt: skip
            loss = _loss_place() if more.open else None
            others = st.container() if more.open else None
    return Places(accuracy, remarks, done, past, digits, shot, loss, others)


def _chart_place(what: What) -> DeltaGenerator:
    return st.container(key=f"{what}-place", height=HEIGHT, border=False)  # kept until its script has come


def _loss_place() -> DeltaGenerator:
    st.markdown(say("**Loss**: the error that training makes small"))
    st.toggle(say("Each step up is ten times as much"), key=LOGARITHMIC, help=say(words.HELP["logarithmic"]),
              persist_state="session")  # fmt: skip
    return _chart_place("loss")


def _each_digit(watched: Watched) -> DeltaGenerator | None:
    """Where it says how well each of the ten is read, if digits are kept apart."""
    if not watched.config.training.validation:
        st.caption(say("Keep digits apart in the settings, and you see here how well it reads each of the ten."))
        return None
    st.markdown(say("**Each digit**: the share of new ones that it gets right"))
    return st.container()


def fill(watched: Watched, places: Places) -> None:
    """The curves up to now, what is noticed, and what was done by hand."""
    if visitor.another_model_wanted():
        st.rerun()
    noticed = look(watched)
    done = deeds(watched.events)
    view = View(float(watched.total), watched.run.id, bool(st.session_state.get(SMOOTHED)))
    with places.accuracy:
        _chart(watched, "accuracy", view, marks=marks(noticed), deeds=done)
    with places.remarks:
        show_remarks(noticed)
    with places.deeds:
        st.caption(" ".join(f"{deed.sign} {deed.sentence}" for deed in done[-TOLD:]))
    if places.loss:
        with places.loss:
            _chart(watched, "loss", replace(view, logarithmic=bool(st.session_state.get(LOGARITHMIC))))
    _fill_epochs(watched, places)


def _fill_epochs(watched: Watched, places: Places) -> None:
    """What changes with the epochs: the way into the past, how each digit is read, the film, and what else was noticed."""
    if has_past(watched.run):
        with places.past:
            enter_button(watched.run, "past-enter-run", watched.moment or 0.0)
    if places.digits:
        with places.digits:
            st.html(shared.caches().ten_lines.get((watched.epochs_known, language()), lambda: _ten_lines(watched)))
    if places.film:
        with places.film:
            film(watched)
    if places.others:
        with places.others:
            show_others(NOTICED.get())


def _chart(watched: Watched, what: What, view: View, *, marks: Sequence[Mark] = (), deeds: Sequence[Deed] = ()) -> None:
    curve_chart(
        learning_curve(watched.batches, watched.epochs, what=what, view=view, marks=marks, deeds=deeds), key=what
    )


def _ten_lines(watched: Watched) -> str:
    """How well each of the ten is read, epoch by epoch."""
    outputs = watched.config.network.outputs
    confusions = np.array([event.confusion for event in watched.counted]).reshape(-1, outputs, outputs)
    epochs = np.array([event.epoch for event in watched.counted], dtype=np.float64)
    return ten_lines(epochs, shares_right(confusions), total=watched.total)


def deeds(events: Sequence[Event]) -> list[Deed]:
    """What was done by hand on the way, and where: another rate, a pause, an interruption. The latest ones."""
    per_epoch = _steps_per_epoch(events)
    if not per_epoch:
        return []
    found = []
    for event in [each for each in events if isinstance(each, ChangeEvent | PauseEvent | ResumeEvent)]:
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
