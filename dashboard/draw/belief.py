"""How far to believe the network: what it said and how often that was right, and what it refuses to read."""

from collections.abc import Sequence

import streamlit as st

from core.errors import DigitLabError
from core.models.calibration import Bin, calibration_error
from core.models.model import Model, Score
from dashboard import shared, visitor
from dashboard.look import charts
from dashboard.look.numbers import probability, share
from dashboard.parts.reliability import LEAST_SHOWN, reliability
from dashboard.say import N_, say

# What people draw that is no digit, by the names under which the second network's scores are kept (`core.scores.doubt`).
KINDS = {
    "letters": N_("letters"),
    "typed letters and signs": N_("typed letters and signs"),
    "scribbles": N_("scribbles"),
    "hatching and coils": N_("hatching and coils"),
    "crosses": N_("crosses"),
    "shapes": N_("shapes"),
    "lines": N_("lines"),
    "dots": N_("dots"),
    "noise": N_("noise"),
    "blobs": N_("blobs"),
    "several digits": N_("several digits"),
}


def show_belief(model: Model) -> None:
    """The reliability chart and its sentence, and the counted rates of refusal. To stand behind "more"."""
    left, right = st.columns(2, gap="large")
    with left:
        _reliability(model.calibration.bins)
    with right:
        _refusals()


def _reliability(bins: Sequence[Bin]) -> None:
    st.markdown(say("**When it says how sure it is, is that true?**"))
    if not bins:
        st.markdown(
            say("This network's confidence was never checked against test digits, so do not take it at its word.")
        )
        return
    total = sum(each.n for each in bins)
    st.markdown(
        say(
            "Each dot stands for answers about which the network was as sure as the place below it says. Its height is "
            "how many of them were right. On the line, saying and being right agree. Over all {total:,} test digits they "
            "differ by {points:.2f} points on average.",
            total=total,
            points=100 * calibration_error(bins),
        )
    )
    st.plotly_chart(
        reliability(bins, visitor.theme()),
        config=charts.CONFIG,
        key="reliability",
        alt="; ".join(
            say("{share} sure: {correct} of {n} right", share=probability(b.confidence), correct=b.correct, n=b.n)
            for b in bins
            if b.n >= LEAST_SHOWN
        ),
    )


def _refusals() -> None:
    st.markdown(say("**When does it refuse?**"))
    try:
        scores = dict(shared.guard().provenance.scores)
    except DigitLabError as error:
        st.markdown(say(error.message))
        return
    counted = {name: score for name, score in scores.items() if name not in ("test", "validation")}
    digits = counted.pop("digits", None)
    if digits is None:
        st.markdown(say("How often it refuses was not counted yet: `python -m core doubt-score --keep` does it."))
        return
    others = Score.total(counted.values())
    st.markdown(
        say(
            "A second, small network has learned what people draw that is no digit. Of MNIST's test digits {digits} are "
            "refused by mistake or because the network is not sure; of new drawings that are no digit, {others} are "
            "refused, as they should be:",
            digits=words_of(digits),
            others=words_of(others),
        )
    )
    st.dataframe(
        [
            {
                say("drawing"): say(KINDS.get(name, name)),
                say("refused"): say("{count} of {n}", count=score.correct, n=score.n),
            }
            for name, score in counted.items()
        ],
        hide_index=True,
        width="stretch",
        height="content",
    )


def words_of(score: Score) -> str:
    return say("{count:,} of {n:,} ({share})", count=score.correct, n=score.n, share=share(score.accuracy))
