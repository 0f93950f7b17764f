"""How sure a network says it is, against how often it is right: the chart of it."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.models.calibration import Bin
from dashboard.look import charts
from dashboard.say import say

LEAST_SHOWN = 5  # answers in a bin: the share of fewer says nothing


def reliability(bins: Sequence[Bin], theme: str) -> go.Figure:
    """Share of right answers over mean confidence; a dot's area grows with the number of answers."""
    colours = charts.COLOURS[theme]
    shown = [each for each in bins if each.n >= LEAST_SHOWN]
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colours["quiet"], "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=[each.confidence for each in shown],
        y=[each.accuracy for each in shown],
        mode="markers",
        marker={
            "size": [min(8 + each.n**0.5 / 4, 30) for each in shown],
            "color": colours["accent"],
            "line": {"color": colours["ground"], "width": 1},
        },
        text=[
            say(
                "{percent:.1f} % sure: {correct:,} of {n:,} right",
                percent=100 * each.confidence,
                correct=each.correct,
                n=each.n,
            )
            for each in shown
        ],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    across = charts.axis(theme, say("how sure it was"), range=[0.3, 1.02], tickformat=".0%")
    up = charts.axis(theme, say("how often it was right"), range=[0, 1.05], tickformat=".0%")
    figure.update_layout(xaxis=across, yaxis=up, height=320, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure
