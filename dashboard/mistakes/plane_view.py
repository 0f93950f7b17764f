"""A map of the test digits as the network sees them: like ones lie together, mistakes are marked, a frame shows its digits."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.scores.evaluation import Evaluation
from dashboard import visitor
from dashboard.look import charts
from dashboard.look.numbers import rounded_share
from dashboard.mistakes import kept
from dashboard.mistakes.among import Among
from dashboard.say import N_, say, say_many

RIGHT_ONES = 1_500  # digits read right that are drawn, spread over all of them
HOW_TO_READ = N_(
    "Each digit stands where the network's last layer of units puts it, on the plane along which they differ most; it "
    "holds {share} of their differences. Orange: read wrong. Draw a frame or a loop around some to see them."
)


def a_map(evaluation: Evaluation, name: str) -> Among:
    """The map; what is framed goes to the gallery, and all mistakes while nothing is."""
    plane = kept.plane(name, evaluation.data)
    places = drawn(evaluation)
    key = f"map-{name}-{visitor.visit()}"
    with st.container(key="chart-of-digits"):
        st.plotly_chart(
            chart(evaluation, plane.points, places, visitor.theme()),
            key=key,
            config={**charts.CONFIG, "displayModeBar": True, "displaylogo": False},
            on_select="rerun",
            selection_mode=("points", "box", "lasso"),
            alt=say("The test digits on a plane, by what they are; mistakes are marked"),
        )
    st.caption(say(HOW_TO_READ, share=rounded_share(plane.kept)))
    framed = in_frame(st.session_state[key]["selection"]["points"], traced(evaluation, places))
    if not framed:
        return Among()
    return Among(
        np.array(framed), say_many("{count:,} digit in the frame", "{count:,} digits in the frame", len(framed))
    )


def in_frame(points: list[Any], traces: tuple[np.ndarray, np.ndarray]) -> list[int]:
    """The places of the points that a browser says are selected, by trace and number; what is none of them is left out."""
    found = set()
    for point in points:
        trace, number = point.get("curve_number"), point.get("point_index")
        if trace in (0, 1) and type(number) is int and 0 <= number < len(traces[trace]):
            found.add(int(traces[trace][number]))
    return sorted(found)


def traced(evaluation: Evaluation, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of the two traces of the chart: those read right, and the mistakes."""
    wrong = evaluation.answers[places] != evaluation.data.labels[places]
    return places[~wrong], places[wrong]


def drawn(evaluation: Evaluation) -> np.ndarray:
    """The places of the digits that are drawn: all mistakes, and of the others up to 1,500."""
    wrong = evaluation.answers != evaluation.data.labels
    right = np.flatnonzero(~wrong)
    few = right[np.unique(np.linspace(0, len(right) - 1, min(RIGHT_ONES, len(right))).astype(int))]
    return np.sort(np.concatenate([np.flatnonzero(wrong), few]))


def chart(evaluation: Evaluation, points: np.ndarray, places: np.ndarray, theme: str) -> go.Figure:
    """Each digit as its numeral where the network sees it, mistakes larger and orange."""
    colours = charts.COLOURS[theme]
    traces = []
    looks = ((colours["text"], 11), (colours["against"], 17))
    for own, (colour, size) in zip(traced(evaluation, places), looks, strict=True):
        labels, answers = evaluation.data.labels[own], evaluation.answers[own]
        said = [
            say("It is {true}, read as {answer}", true=int(true), answer=int(answer))
            for true, answer in zip(labels, answers, strict=True)
        ]
        traces.append(
            go.Scatter(
                x=points[own, 0], y=points[own, 1], mode="markers+text", text=[str(label) for label in labels],
                textfont={"color": colour, "size": size}, marker={"size": 14, "opacity": 0},
                hovertext=said, hoverinfo="text",
            )
        )  # fmt: skip
    figure = go.Figure(traces)
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.update_layout(height=520, margin=charts.MARGIN, showlegend=False, dragmode="select")
    return figure
