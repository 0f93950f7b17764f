"""How sure when wrong: what is gained where the network may say "I don't know" of the digits it is least sure of."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core.scores.evaluation import Evaluation
from core.scores.risk import Answered, answered, curve
from dashboard import visitor
from dashboard.look import charts
from dashboard.look.numbers import probability, share
from dashboard.mistakes.among import Among
from dashboard.mistakes.truth import against_truth
from dashboard.parts.links import say_if_gone
from dashboard.say import N_, say, say_many

SILENT = "silent"  # key of the slider, and its name in the URL
SHARES = ["0", "0.2", "0.5", "1", "2", "3", "5", "7", "10", "15", "20", "30"]  # per cent of the digits
DEFAULT = "1"
OUTCOME = "outcome"  # key of which digits are shown, and its name in the URL
REMAIN, CAUGHT, LOST = "remain", "caught", "lost"
HELP_OUTCOME = N_(
    "The mistakes that it still makes; those that it does not make any more, because it says “I don't know”; or the digits that "
    "it says nothing of although it would have read them right."
)
HELP = N_("Of so many digits, those it is least sure of, the network says “I don't know” instead of an answer.")
HOW_TO_READ = N_(
    "From right to left it answers fewer digits, and only those it is surer of. The dot is where it stands now. A line that "
    "falls to the left belongs to a network that knows when it does not know."
)


def how_sure(evaluation: Evaluation) -> Among:
    """The slider, what it means in a sentence, the curve, and the same as a table; the gallery gets what stays wrong."""
    chosen = visitor.chosen(SILENT, SHARES, DEFAULT) or DEFAULT
    st.select_slider(say("It may say “I don't know” for"), SHARES, format_func=_per_cent, key=SILENT, help=say(HELP))
    say_if_gone(SILENT)
    found = answered(evaluation, float(chosen) / 100)
    st.markdown(in_words(found, chosen))
    among = _outcome(evaluation, found)
    coverage, risk = curve(evaluation)
    st.plotly_chart(risk_curve(coverage, risk, found, visitor.theme()), config=charts.CONFIG, key="risk-curve",
                    alt=say("Mistakes among the digits that it answers, against how many it answers"))  # fmt: skip
    st.caption(say(HOW_TO_READ))
    with st.expander(say("The same as a table"), icon=":material/table_chart:"):
        st.table(_table(evaluation))
    against_truth(evaluation)
    return among


def _outcome(evaluation: Evaluation, found: Answered) -> Among:
    """Which digits the gallery shows: of the mistakes those that remain or those that are caught, or what is lost by it."""
    right = (evaluation.all_answers == evaluation.all_labels)[found.about]
    places = {REMAIN: evaluation.among_all[found.mistakes], CAUGHT: found.about[~right], LOST: found.about[right]}
    titles = {
        REMAIN: say("Still wrong: {count:,}", count=len(places[REMAIN])),
        CAUGHT: say("Caught: {count:,}", count=len(places[CAUGHT])),
        LOST: say("Right, but not said: {count:,}", count=len(places[LOST])),
    }
    outcome = visitor.chosen(OUTCOME, list(titles), REMAIN) or REMAIN
    st.segmented_control(say("Show"), list(titles), format_func=titles.__getitem__, key=OUTCOME, required=True,
                         help=say(HELP_OUTCOME))  # fmt: skip
    say_if_gone(OUTCOME)
    return Among(places[outcome], _title(outcome, len(places[outcome])))


def _title(outcome: str, count: int) -> str:
    if outcome == CAUGHT:
        return say_many("One mistake is caught", "{count:,} mistakes are caught", count)
    if outcome == LOST:
        return say_many(
            "One digit that it would have read right", "{count:,} digits that it would have read right", count
        )
    return say_many("One mistake remains", "{count:,} mistakes remain", count)


def _per_cent(value: str) -> str:
    return say("{percent} % of the digits", percent=value)


def in_words(found: Answered, chosen: str) -> str:
    """What it reads right of the rest, and which mistakes are not made any more."""
    return say(
        "If it may say “I don't know” for **{percent} %** of the digits ({silent:,}), it is right in **{right}** of the rest: "
        "{correct:,} of {n:,}. So {caught:,} of its {wrong:,} mistakes are caught, and it is silent about {lost:,} that it would "
        "have read right. It answers where it is at least {least} sure.",
        percent=chosen,
        silent=found.silent,
        right=share(found.score.accuracy),
        correct=found.score.correct,
        n=found.score.n,
        caught=found.caught,
        lost=found.silent - found.caught,
        wrong=found.caught + len(found.mistakes),
        least=probability(found.least),
    )


def risk_curve(coverage: np.ndarray, risk: np.ndarray, found: Answered, theme: str) -> go.Figure:
    """Per cent wrong of those answered (upwards) against per cent answered, with a dot where the slider stands."""
    colours = charts.COLOURS[theme]
    shown = coverage >= 0.5  # of few digits the share jumps from one to the next
    x, y = 100 * coverage[shown], 100 * risk[shown]
    few = np.unique(np.linspace(0, len(x) - 1, min(len(x), 400)).astype(int))
    n = found.score.n
    figure = go.Figure(
        [
            go.Scatter(
                x=x[few], y=y[few], mode="lines", line={"color": colours["against"], "width": 2}, hoverinfo="skip"
            ),
            go.Scatter(
                x=[100 * n / (n + found.silent)],
                y=[100 * (1 - found.score.accuracy)],
                mode="markers",
                marker={"size": 13, "color": colours["accent"]},
                hoverinfo="skip",
            ),
        ]
    )
    figure.update_xaxes(**charts.axis(theme, say("of so many digits it says an answer, %"), range=[49, 101]))
    figure.update_yaxes(**charts.axis(theme, say("wrong of these, %"), range=[0, 1.15 * max(float(y.max()), 0.1)]))
    figure.update_layout(height=300, margin=charts.MARGIN, showlegend=False)
    return figure


def _table(evaluation: Evaluation) -> dict[str, list[str]]:
    rows = [answered(evaluation, float(chosen) / 100) for chosen in SHARES]
    return {
        say("“I don't know”"): [say("{percent} %", percent=chosen) for chosen in SHARES],
        say("right of the rest"): [share(row.score.accuracy) for row in rows],
        say("mistakes that remain"): [say("{count:,}", count=len(row.mistakes)) for row in rows],
    }
