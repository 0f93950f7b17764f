"""Charts: pure functions from numbers to Plotly figures. Sizes and colours live here and in the theme."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.look.numbers import brief

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
COLOURS = {
    "light": {"for": "#1f6fb2", "against": "#ad4a0a", "accent": "#17695b", "quiet": "#b9b4a6", "ground": "#fbfaf6",
              "text": "#22262e", "cell": "#f3f0e8", "for-tint": "#d9e6f1"},
    "dark": {"for": "#6db3ee", "against": "#f0995a", "accent": "#6cc7b2", "quiet": "#5b676e", "ground": "#20272b",
             "text": "#edeae1", "cell": "#283035", "for-tint": "#2c4254"},
}  # fmt: skip
MARGIN = {"l": 8, "r": 8, "t": 8, "b": 8}


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
