"""Curves of several runs in one chart, told apart by colour and dash."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.training.events import BatchEvent, EpochEvent, Event
from dashboard.look.charts import COLOURS, axis
from dashboard.look.thinning import thin
from dashboard.say import say

STYLES = (
    ("for", "solid", "circle"),
    ("against", "dash", "diamond"),
    ("accent", "dot", "square"),
    ("text", "dashdot", "x"),
)
FEW = 40  # points, up to which each is marked


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What is drawn of a run: (n,) epochs and (n,) values of each kind; empty where it has none."""

    epochs: np.ndarray
    accuracy: np.ndarray
    loss_epochs: np.ndarray
    loss: np.ndarray

    @property
    def bytes(self) -> int:
        return sum(part.nbytes for part in (self.epochs, self.accuracy, self.loss_epochs, self.loss))


def curve(events: Sequence[Event]) -> Curve:
    """The accuracy on digits kept apart after each epoch, and the loss on those learned from; at most 500 points of each."""
    ends = [event for event in events if isinstance(event, EpochEvent)]
    tested = [(event.epoch, event.validation_accuracy) for event in ends if event.validation_accuracy is not None]
    fine = [(event.epoch, event.loss) for event in events if isinstance(event, BatchEvent)]
    coarse = [(event.epoch, event.train_loss) for event in ends]
    return Curve(*_points(tested), *_points(max(fine, coarse, key=len)))


def _points(pairs: Sequence[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """The pairs as two arrays, with no more points than a chart needs."""
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return thin(both[:, 0], both[:, 1])


def points(curve: Curve, what: str) -> tuple[np.ndarray, np.ndarray]:
    """The epochs and values (n,) of one kind, "accuracy" or "loss"."""
    return (curve.epochs, curve.accuracy) if what == "accuracy" else (curve.loss_epochs, curve.loss)


def overlay(curves: Sequence[tuple[str, Curve]], what: str, theme: str) -> go.Figure:
    """Up to four runs over one another, by their names; `what` is "accuracy" or "loss"."""
    traces, lows, highs, last = [], [1.0], [0.0], 1.0
    for (title, each), (colour, dash, symbol) in zip(curves, STYLES, strict=False):
        x, y = points(each, what)
        if not len(x):
            continue
        lows, highs, last = [*lows, float(y.min())], [*highs, float(y.max())], max(last, float(x.max()))
        hover = "%{y:.1%}" if what == "accuracy" else "%{y:.3g}"
        traces.append(
            go.Scatter(x=x, y=y, name=html.escape(title), mode="lines+markers" if len(x) <= FEW else "lines", hovertemplate=hover,
                       line={"color": COLOURS[theme][colour], "width": 2, "dash": dash}, marker={"size": 7, "symbol": symbol},
                       cliponaxis=False)
        )  # fmt: skip
    share = what == "accuracy"
    ends = [np.floor(10 * min(lows)) / 10, 1.0] if share else [0.0, max(highs) or 1.0]
    layout = go.Layout(
        xaxis=axis(theme, say("epoch"), range=[0, last]),
        yaxis=axis(theme, range=ends, tickformat=".0%" if share else None),
        height=340,
        margin={"l": 8, "r": 8, "t": 34, "b": 8},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"color": COLOURS[theme]["text"]}},
        hovermode="x unified",
    )
    return go.Figure(traces, layout)
