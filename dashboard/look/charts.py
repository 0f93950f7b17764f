"""Charts: pure functions from numbers to Plotly figures. Sizes and colours live here and in the theme.

Axes are fixed before the first point arrives, so that nothing jumps while a run goes on.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.training.events import BatchEvent, EpochEvent
from dashboard.look.numbers import brief
from dashboard.say import say

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
COLOURS = {
    "light": {"for": "#1f6fb2", "against": "#ad4a0a", "accent": "#17695b", "quiet": "#b9b4a6", "ground": "#fbfaf6",
              "text": "#22262e", "cell": "#f3f0e8", "for-tint": "#d9e6f1"},
    "dark": {"for": "#6db3ee", "against": "#f0995a", "accent": "#6cc7b2", "quiet": "#5b676e", "ground": "#20272b",
             "text": "#edeae1", "cell": "#283035", "for-tint": "#2c4254"},
}  # fmt: skip
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}
MAX_POINTS = 400  # more than a chart has pixels for
MAX_MARKERS = 40


def axis(theme: str, title: str = "", **settings: Any) -> dict[str, Any]:
    """The settings of an axis: it does not move, and its numbers can be read. Streamlit's own are too pale on our paper."""
    ink = {"color": COLOURS[theme]["text"], "size": 13}
    return {"fixedrange": True, "tickfont": ink, "title": {"text": title, "font": ink}, **settings}


def probabilities(values: np.ndarray, theme: str) -> go.Figure:
    """Ten probabilities as bars, 0 to 9 from top to bottom, the largest in the accent colour."""
    colours = COLOURS[theme]
    best = int(np.argmax(values))
    bar_colours = [colours["accent"] if digit == best else colours["quiet"] for digit in range(len(values))]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[str(digit) for digit in range(len(values))],
            orientation="h",
            marker_color=bar_colours,
            marker_line_width=0,
            text=[brief(value) for value in values],
            textposition="outside",
            textfont={"size": 14, "color": colours["text"]},
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    figure.update_xaxes(range=[0, 1.2], visible=False, fixedrange=True)
    figure.update_yaxes(
        autorange="reversed",
        type="category",
        fixedrange=True,
        ticklabelstandoff=6,
        tickfont={"size": 17, "color": colours["text"]},
    )
    figure.update_layout(height=310, margin=MARGIN, bargap=0.28, showlegend=False, uniformtext={"minsize": 14})
    return figure


def _thin(values: Sequence) -> list:
    """At most `MAX_POINTS` of the values, evenly spread, the last one among them."""
    step = max(1, -(-len(values) // MAX_POINTS))
    return list(values[:-1:step]) + list(values[-1:])


def learning_curve(
    batches: Sequence[BatchEvent], epochs: Sequence[EpochEvent], *, total: int, what: str, theme: str, top: float = 1.0
) -> go.Figure:
    """Loss or accuracy (`what`) over the epochs 0..`total`: the training digits as a line, the held-back ones as dots."""
    colours = COLOURS[theme]
    # where epochs are over in less time than a batch is reported in, the epochs themselves are the finer line
    fine = [(event.epoch, getattr(event, what)) for event in batches]
    coarse = [(event.epoch, getattr(event, f"train_{what}")) for event in epochs]
    shown = _thin(max(fine, coarse, key=len))
    held_back = _thin([event for event in epochs if getattr(event, f"validation_{what}") is not None])
    learning = go.Scatter(
        x=[epoch for epoch, _ in shown],
        y=[value for _, value in shown],
        name=say("digits it learns from"),
        mode="lines",
        line={"color": colours["for"], "width": 1.5},
    )
    tested = go.Scatter(
        x=[event.epoch for event in held_back],
        y=[getattr(event, f"validation_{what}") for event in held_back],
        name=say("new digits"),
        mode="lines+markers" if len(held_back) <= MAX_MARKERS else "lines",
        line={"color": colours["against"], "width": 2, "dash": "dot"},
        marker={"size": 8, "symbol": "diamond"},
    )
    layout = go.Layout(  # at once: a figure that is made piece by piece, twice a second, takes twice as long
        xaxis=axis(theme, say("epoch"), range=[0, total]),
        yaxis=axis(theme, range=[0, top], tickformat=".0%" if what == "accuracy" else None),
        height=280,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="x unified",
    )
    return go.Figure([learning, tested], layout)


def loss_ceiling(batches: Sequence[BatchEvent], epochs: Sequence[EpochEvent]) -> float:
    """The top of the loss axis: fixed by the first values, and moved only when a later one would not fit."""
    values = [event.loss for event in batches] + [event.train_loss for event in epochs]
    values += [event.validation_loss for event in epochs if event.validation_loss is not None]
    if not values:
        return 2.5
    return float(2.0 ** np.ceil(np.log2(max(max(values), 1e-3))))
