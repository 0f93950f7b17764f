"""Draw and be read: the pad, and beside it the answer, as Home and Draw show it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.errors import DigitLabError
from core.model import Model
from core.preprocess import from_drawing
from dashboard import charts, images, state, words
from dashboard.drawing import pad


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the network saw (h, w) in 0..1 and its ten probabilities; empty of both, with a sentence, for no digit."""

    seen: np.ndarray
    probabilities: np.ndarray | None
    sentence: str

    @property
    def digit(self) -> int | None:
        return None if self.probabilities is None else int(self.probabilities.argmax())


def read(model: Model, picture: np.ndarray | None) -> Reading:
    """Let a model read a drawing."""
    blank = np.zeros(model.shape, dtype=np.float32)
    if picture is None:
        return Reading(blank, None, words.EMPTY_PAD)
    try:
        seen = from_drawing(picture, model.shape)
    except DigitLabError as error:
        return Reading(blank, None, str(error))
    probabilities = model.predict(seen[None])[0]
    digit = int(probabilities.argmax())
    return Reading(seen, probabilities, f"The network reads a {digit}, with a probability of "
                                        f"{charts.percent(probabilities[digit])}.")  # fmt: skip


def draw_and_read(model: Model) -> None:
    """The pad and the answer beside it (below it on a phone). Call it inside a fragment."""
    hand, answer = st.columns([1, 2], gap="large")
    with hand:
        reading = read(model, pad())
    with answer:
        show_verdict(reading)
        show_probabilities(reading)


def show_verdict(reading: Reading) -> None:
    """The answer in large type, what the network sees beside it, and the sentence that says both."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        shown = "?" if reading.digit is None else reading.digit
        kind = "answer waiting" if reading.digit is None else "answer"
        st.html(f'<div class="{kind}" data-testid="answer" aria-hidden="true">{shown}</div>', width="content")
        scale = images.scale_for(reading.seen.shape, 112)
        st.image(
            images.digit_image(reading.seen, scale=scale),
            width=images.width_of(reading.seen, scale),
            caption="What the network sees",
            alt=f"What the network sees, {reading.seen.shape[0]} by {reading.seen.shape[1]} pixels",
        )
    st.html(f'<p class="verdict" role="status" data-testid="verdict">{reading.sentence}</p>')


def show_probabilities(reading: Reading) -> None:
    """Ten bars in fixed places; all empty while there is no digit."""
    values = np.zeros(10) if reading.probabilities is None else reading.probabilities
    with st.container(key="bars"):
        st.plotly_chart(
            charts.probabilities(values, state.theme()),
            config=charts.CONFIG,
            key="probabilities",
            alt=reading.sentence,
        )
