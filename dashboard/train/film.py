"""The confusion matrix of a watched run as a film: what it takes for what after each epoch, in the browser's own time."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.training.events import EpochEvent
from dashboard import visitor
from dashboard.look.confusion import mistake_colours, right_colours
from dashboard.look.numbers import a
from dashboard.look.scripts import bundle
from dashboard.say import say, say_many
from dashboard.train.kept import unless_kept
from dashboard.train.watched import Watched

MOST_FRAMES = 60
SHADES = 17  # of orange, from none to the most mistakes that a cell ever had
HEIGHT = 500  # pixels: a sentence of two lines, the matrix and its controls, see film.css

_HERE = Path(__file__)
_component = st.components.v2.component(
    "confusion_film",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=bundle(_HERE.parent, "film.js"),
)


def film(watched: Watched) -> None:
    """The film as far as the run has come; what to do where there is none."""
    counted = watched.counted
    if not watched.config.training.validation:
        st.caption(say("Keep digits apart in the settings, and you see here what it takes them for."))
        return
    if not counted:
        st.caption(say("The film begins with the first epoch."))
        return
    with st.container(key="film-place", height=HEIGHT, border=False):  # kept until its script has come
        about = watched.run.id, len(counted), visitor.theme()
        _component(
            data=unless_kept("film", about, lambda: film_data(watched.run.id, counted, visitor.theme())), key="film"
        )


def film_data(run_id: str, counted: Sequence[EpochEvent], theme: str) -> dict[str, Any]:
    """All that the browser plays: at most `MOST_FRAMES` pictures, evenly spread, the first and the last among them.

    Orange has one scale for the whole film, so that mistakes are seen to go away.
    """
    frames = _spread(counted)
    tables = np.array([event.confusion for event in frames])
    digits = tables.shape[1]
    wrong = tables * (1 - np.eye(digits, dtype=int))
    return {
        "run": run_id,
        "digits": digits,
        "moments": [
            {
                "counts": table.tolist(),
                "said": said(event.epoch, table),
                "name": say("Epoch {epoch}", epoch=event.epoch),
            }
            for event, table in zip(frames, tables, strict=True)
        ],
        "most": max(int(wrong.max()), 1),
        "palette": [mistake_colours(shade / (SHADES - 1), theme) for shade in range(SHADES)],
        "right": right_colours(theme),
        "words": {
            "play": say("Play the film"),
            "pause": say("Pause the film"),
            "time": say("Epoch of the film"),
            "columns": say("the network says"),
            "rows": say("it is a …"),
        },
    }


def _spread(counted: Sequence[EpochEvent]) -> list[EpochEvent]:
    """At most `MOST_FRAMES` of them, at the same distance from the first on, and the last one.

    The distance is a power of two: as the run goes on, pictures that are there stay until every other one goes.
    """
    step = 1
    while -(-len(counted) // step) + (step > 1) > MOST_FRAMES:  # pictures at this distance, and perhaps the last one
        step *= 2
    frames = list(counted[::step])
    return frames if frames[-1] is counted[-1] else [*frames, counted[-1]]


def said(epoch: int, table: np.ndarray) -> str:
    """The mistake that is made most often after an epoch, of counts (digits, answers)."""
    wrong = table * (1 - np.eye(len(table), dtype=int))
    digit, answer = (int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape))
    count = int(wrong[digit, answer])
    if not count:
        return say("After epoch {epoch} it makes no mistake.", epoch=epoch)
    return say_many(
        "After epoch {epoch} it makes no mistake more than once: one is {digit} that it takes for {answer}.",
        "After epoch {epoch} it takes {digit} for {answer} most often: {count:,} times.",
        count,
        epoch=epoch,
        digit=a(digit),
        answer=a(answer),
    )
