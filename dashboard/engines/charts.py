"""Charts of the Engines page: time against hidden size, and accuracy against time. Pure functions, fixed axes."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core.bench.race import GOALS, Lap
from core.bench.reading import SIZES
from dashboard.look.charts import COLOURS, axis
from dashboard.look.thinning import MOST_POINTS
from dashboard.say import say

LOOK = {"NumPy": ("for", "circle"), "Taichi": ("against", "diamond")}
SECONDS_SHOWN = (0.05, 200.0)
TICKS = (0.1, 0.3, 1, 3, 10, 30, 100)
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
LOWEST = 0.7  # of the race's accuracy axis: what is below is over in a moment


def times(lines: Sequence[tuple[str, str, str, Mapping[int, float]]], theme: str) -> go.Figure:
    """Seconds per epoch over units.

    Each line is (name, engine as in `LOOK`, dash, seconds by hidden size). The axis of seconds is logarithmic, because a
    tenth of a second and a minute must both be read from it.
    """
    figure = go.Figure()
    for name, engine, dash, seconds in lines:
        tone, symbol = LOOK[engine]
        sizes = sorted(seconds)
        figure.add_scatter(
            x=sizes,
            y=[seconds[size] for size in sizes],
            name=name,
            mode="lines+markers",
            line={"color": COLOURS[theme][tone], "width": 2.5 if dash == "solid" else 1.5, "dash": dash},
            marker={"size": 9, "symbol": symbol if dash == "solid" else f"{symbol}-open"},
            hovertemplate="%{y:.3g} s<extra>" + name + "</extra>",
        )
    across = axis(theme, say("units"), range=[SIZES[0] - 40, SIZES[-1] + 40], tickvals=list(SIZES), zeroline=False)
    up = axis(theme, type="log", range=[math.log10(value) for value in SECONDS_SHOWN], tickvals=list(TICKS),
              ticktext=[say("{tick:g} s", tick=tick) for tick in TICKS], minor={"showgrid": False})  # fmt: skip
    figure.update_layout(xaxis=across, yaxis=up)
    figure.update_layout(height=380, margin={"l": 8, "r": 8, "t": 60, "b": 8}, legend=LEGEND, showlegend=True)
    return figure


def race(laps: Sequence[Lap], theme: str, *, until: float) -> go.Figure:
    """Accuracy over the seconds 0..`until`: a line for the digits learned from, marks for the digits held back."""
    figure = go.Figure()
    for goal in GOALS:
        figure.add_hline(y=goal, line={"color": COLOURS[theme]["quiet"], "width": 1, "dash": "dot"})
    for lap in laps:
        tone, symbol = LOOK[lap.name]
        colour, points = COLOURS[theme][tone], lap.points[:: max(1, -(-len(lap.points) // MOST_POINTS))]
        figure.add_scatter(
            x=[seconds for seconds, _ in points], y=[accuracy for _, accuracy in points], mode="lines",
            line={"color": colour, "width": 1.2}, opacity=0.55, showlegend=False, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[seconds for seconds, _ in lap.marks], y=[accuracy for _, accuracy in lap.marks], name=lap.name,
            mode="lines+markers", line={"color": colour, "width": 2}, marker={"size": 9, "symbol": symbol},
            hovertemplate="%{x:.2f} s: %{y:.1%}<extra>" + lap.name + "</extra>",
        )  # fmt: skip
    up = axis(theme, range=[LOWEST, 1.0], tickvals=[LOWEST, 0.8, 0.9, *GOALS, 1.0], tickformat=".0%")
    figure.update_layout(xaxis=axis(theme, say("seconds of training"), range=[0, until]), yaxis=up)
    figure.update_layout(height=360, margin={"l": 8, "r": 8, "t": 34, "b": 8}, legend=LEGEND, showlegend=True)
    return figure


def nice_ceiling(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... that is not smaller: an axis that moves seldom."""
    if value <= 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if value <= step * power * (1 + 1e-9))
