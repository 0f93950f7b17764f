"""The four figures of a watched run, in fixed places: accuracy on both kinds of digits, speed, time."""

import streamlit as st

from dashboard import words
from dashboard.say import say
from dashboard.train.watched import Watched


def figures(watched: Watched) -> None:
    batch = watched.batches[-1] if watched.batches else None
    epoch = watched.epochs[-1] if watched.epochs else None
    present = watched.status.active or watched.moment is not None
    learned = batch.accuracy if batch and (present or not epoch) else epoch.train_accuracy if epoch else None
    held_back = epoch.validation_accuracy if epoch else None
    seconds = watched.last.seconds if watched.last else None
    speed = mean_speed(watched)
    st.metric(say("Learning"), _share(learned), help=say(words.HELP["train_accuracy"]))
    st.metric(say("New digits"), _share(held_back), help=say(words.HELP["validation_accuracy"]))
    st.metric(say("Digits a second"), say("{speed:,.0f}", speed=speed) if speed else "–", help=say(words.HELP["speed"]))
    st.metric(say("Time"), words.short_duration(seconds) if seconds else "–", help=say(words.HELP["time"]))


def mean_speed(watched: Watched) -> float | None:
    """Digits per second over the last batch events; a single one flickers. Epochs too short to have any are counted whole."""
    if recent := watched.batches[-10:]:
        return sum(event.samples_per_second for event in recent) / len(recent)
    last = watched.last
    return last.step * watched.config.training.batch_size / last.seconds if last and last.seconds else None


def _share(value: float | None) -> str:
    return "–" if value is None else say("{percent:.1f} %", percent=100 * value)
