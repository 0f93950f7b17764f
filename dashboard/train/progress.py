"""The live panel of a run: progress and figures, read from its folder twice a second while it goes on, and its curves."""

from dataclasses import dataclass, field

import streamlit as st

from core.config import Config
from core.runs.run import Run, Status
from core.training.events import BatchEvent, EpochEvent, Event, follow
from dashboard import shared, visitor, words
from dashboard.look import charts
from dashboard.parts.refusals import fragment, told
from dashboard.parts.watch import REFRESH_SECONDS
from dashboard.say import N_, say
from dashboard.train.outcome import show_outcome

NO_FIGURES = N_("The figures of this run cannot be read: its file is damaged or empty.")
QUEUED = "queued"
CURVES_SECONDS = 1.0  # drawing two charts is nearly all that a live page costs a visitor's computer


@dataclass
class Progress:
    """What has been read of a run's events so far."""

    run_id: str
    position: int = 0
    batches: list[BatchEvent] = field(default_factory=list)
    epochs: list[EpochEvent] = field(default_factory=list)

    def read(self, run: Run) -> None:
        """Read on from where the last look ended."""
        events, self.position = run.events(self.position)
        read: list[Event] = [*self.batches, *self.epochs]
        heard = follow(read, events)  # one that goes on from a checkpoint takes some back
        self.batches = [event for event in heard if isinstance(event, BatchEvent)]
        self.epochs = [event for event in heard if isinstance(event, EpochEvent)]

    @property
    def last(self) -> BatchEvent | EpochEvent | None:
        """The latest event that says how far the run is."""
        found: list[BatchEvent | EpochEvent] = [*self.batches[-1:], *self.epochs[-1:]]
        return max(found, key=lambda event: event.step, default=None)

    def seconds_left(self, epochs: int) -> float | None:
        if not self.last or not self.last.epoch:
            return None
        return self.last.seconds / self.last.epoch * max(epochs - self.last.epoch, 0)


def watch(run: Run) -> None:
    """Show a run; the panel refreshes itself while the run is active, and the page when its turn comes and when it ends."""
    status = run.status()
    if status.active:
        fragment(_follow, run_every=REFRESH_SECONDS)(run, was_queued=status.state == QUEUED)
        fragment(_curves, run_every=CURVES_SECONDS)(run)
    else:
        _news(run, status)
        _curves(run)


def _follow(run: Run, *, was_queued: bool) -> None:
    status = run.status()
    if not status.active or (was_queued and status.state != QUEUED):
        st.rerun()  # the list of runs says how it stands, and is drawn with the whole page
    _news(run, status)


def _news(run: Run, status: Status) -> None:
    config, progress = run.config(), _progress(run)
    _headline(run, status, config, progress)
    _figures(status, config, progress)


def _progress(run: Run) -> Progress:
    """All that this visitor's page has read of the run, read on to its present end."""
    progress: Progress | None = st.session_state.get("run_progress")
    if progress is None or progress.run_id != run.id:
        progress = st.session_state["run_progress"] = Progress(run.id)
    progress.read(run)
    return progress


def _headline(run: Run, status: Status, config: Config, progress: Progress) -> None:
    """Where the run stands, with the button that fits."""
    if status.active:
        _under_way(run, status, config, progress)
        return
    show_outcome(run, status, config, progress.last.step if progress.last else 0)
    if status.state == "finished" and not progress.last:
        st.warning(say(NO_FIGURES), icon=":material/broken_image:")
    if status.state != "finished":
        st.button(say("Go on"), key="resume", icon=":material/resume:", help=say(words.HELP["resume"]),
                  on_click=told(_resume, once=True), args=(run,))  # fmt: skip


def _under_way(run: Run, status: Status, config: Config, progress: Progress) -> None:
    epochs = config.training.epochs
    done = progress.last.epoch / epochs if progress.last else 0.0
    with st.container(key="run-progress"):
        st.progress(min(done, 1.0), _now(run, status, config, progress))
    st.button(
        say("Stop"), key="stop", icon=":material/stop:", help=say(words.HELP["stop"]), on_click=told(_stop), args=(run,)
    )


def _resume(run: Run) -> None:
    shared.jobs().resume(run, owner=visitor.owner())


def _stop(run: Run) -> None:
    waiting = shared.jobs().place(run)
    shared.jobs().stop(run, by=visitor.owner())
    st.toast(say("Taken out of the queue.") if waiting else say("Stopping after the present batch."))


def _now(run: Run, status: Status, config: Config, progress: Progress) -> str:
    epochs = config.training.epochs
    if place := shared.jobs().place(run):
        return words.in_line(place)
    left = progress.seconds_left(epochs)
    if status.state != "running" or status.phase != "training" or not progress.last or left is None:
        return words.phase(status, config.training.engine)
    epoch = min(int(progress.last.epoch) + 1, epochs)
    return say("Epoch {epoch} of {epochs}, about {left} left", epoch=epoch, epochs=epochs, left=words.duration(left))


def _figures(status: Status, config: Config, progress: Progress) -> None:
    """Four figures of fixed places: accuracy on both kinds of digits, speed, time."""
    batch = progress.batches[-1] if progress.batches else None
    epoch = progress.epochs[-1] if progress.epochs else None
    learned = batch.accuracy if batch and (status.active or not epoch) else epoch.train_accuracy if epoch else None
    held_back = epoch.validation_accuracy if epoch else None
    seconds = progress.last.seconds if progress.last else None
    speed = _mean_speed(progress, config.training.batch_size)
    with st.container(key="run-figures"):
        st.metric(say("Learning"), _share(learned), help=say(words.HELP["train_accuracy"]))
        st.metric(say("New digits"), _share(held_back), help=say(words.HELP["validation_accuracy"]))
        st.metric(
            say("Digits a second"), say("{speed:,.0f}", speed=speed) if speed else "–", help=say(words.HELP["speed"])
        )
        st.metric(say("Time"), words.short_duration(seconds) if seconds else "–", help=say(words.HELP["time"]))


def _mean_speed(progress: Progress, batch_size: int) -> float | None:
    """Digits per second over the last batch events; a single one flickers. Epochs too short to have any are counted whole."""
    if recent := progress.batches[-10:]:
        return sum(event.samples_per_second for event in recent) / len(recent)
    last = progress.last
    return last.step * batch_size / last.seconds if last and last.seconds else None


def _share(value: float | None) -> str:
    return "–" if value is None else say("{percent:.1f} %", percent=100 * value)


def _curves(run: Run) -> None:
    progress, total, theme = _progress(run), run.config().training.epochs, visitor.theme()
    if not progress.batches and not progress.epochs:
        st.caption(say("The curves begin with the first batches."))
    st.markdown(say("**Accuracy**: the share of digits it gets right"))
    st.plotly_chart(
        charts.learning_curve(progress.batches, progress.epochs, total=total, what="accuracy", theme=theme),
        config=charts.CONFIG, key="accuracy", alt=say("Accuracy over the epochs"),
    )  # fmt: skip
    st.markdown(say("**Loss**: the error that training makes small"))
    top = charts.loss_ceiling(progress.batches, progress.epochs)
    st.plotly_chart(
        charts.learning_curve(progress.batches, progress.epochs, total=total, what="loss", theme=theme, top=top),
        config=charts.CONFIG, key="loss", alt=say("Loss over the epochs"),
    )  # fmt: skip
