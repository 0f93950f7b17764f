"""How far to believe the network: what it said and how often that was right, and what it refuses to read."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from core.errors import DigitLabError
from core.models.calibration import Bin, calibration_error
from core.models.model import Model, Score
from dashboard import shared, visitor
from dashboard.look import charts
from dashboard.look.numbers import probability, share

LEAST_SHOWN = 5  # answers in a bin: the share of fewer says nothing


def show_belief(model: Model) -> None:
    """The reliability chart and its sentence, and the counted rates of refusal. To stand behind "more"."""
    left, right = st.columns(2, gap="large")
    with left:
        _reliability(model.calibration.bins)
    with right:
        _refusals()


def _reliability(bins: Sequence[Bin]) -> None:
    st.markdown("**When it says how sure it is, is that true?**")
    if not bins:
        st.markdown("This network's confidence was never checked against test digits, so do not take it at its word.")
        return
    total = sum(each.n for each in bins)
    st.markdown(
        f"Each dot stands for answers about which the network was as sure as the place below it says. Its height is how "
        f"many of them were right. On the line, saying and being right agree. Over all {total:,} test digits they differ "
        f"by {100 * calibration_error(bins):.2f} points on average."
    )
    st.plotly_chart(
        reliability(bins, visitor.theme()),
        config=charts.CONFIG,
        key="reliability",
        alt="; ".join(
            f"{probability(b.confidence)} sure: {b.correct} of {b.n} right" for b in bins if b.n >= LEAST_SHOWN
        ),
    )


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
        text=[f"{each.correct:,} of {each.n:,} right" for each in shown],
        hovertemplate="%{x:.1%} sure: %{text}<extra></extra>",
        showlegend=False,
    )
    figure.update_xaxes(range=[0.3, 1.02], tickformat=".0%", title="how sure it was", fixedrange=True)
    figure.update_yaxes(range=[0, 1.05], tickformat=".0%", title="how often it was right", fixedrange=True)
    figure.update_layout(height=320, margin={"l": 8, "r": 8, "t": 8, "b": 8})
    return figure


def _refusals() -> None:
    st.markdown("**When does it refuse?**")
    try:
        scores = dict(shared.guard().provenance.scores)
    except DigitLabError as error:
        st.markdown(str(error))
        return
    counted = {name: score for name, score in scores.items() if name not in ("test", "validation")}
    digits = counted.pop("digits", None)
    if digits is None:
        st.markdown("How often it refuses was not counted yet: `python -m core doubt-score --keep` does it.")
        return
    others = Score.total(counted.values())
    st.markdown(
        f"A second, small network has learned what people draw that is no digit. Of MNIST's test digits "
        f"{words_of(digits)} are refused by mistake or because the network is not sure; of new drawings that are no digit, "
        f"{words_of(others)} are refused, as they should be:"
    )
    st.dataframe(
        [{"drawing": name, "refused": f"{score.correct} of {score.n}"} for name, score in counted.items()],
        hide_index=True,
        width="stretch",
        height="content",
    )


def words_of(score: Score) -> str:
    return f"{score.correct:,} of {score.n:,} ({share(score.accuracy)})"
