"""How sure it says it is, held against the truth: a chart, what it tells in a sentence, and the same as a table."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.models.calibration import Bin, calibration_error, reliability
from core.scores.evaluation import Evaluation
from dashboard import visitor
from dashboard.look import charts
from dashboard.look.numbers import rounded_share, share
from dashboard.parts.reliability import LEAST_SHOWN
from dashboard.parts.reliability import reliability as chart
from dashboard.say import N_, say

WHERE_SURE = N_(
    "**When it says how sure it is, is that true?** Of {n:,} answers that it is more than {sure} sure of, {wrong:,} turned out "
    "wrong; of {others:,} others, {others_wrong:,}. What it says and what is right differ by {points} points on average."
)
HOW_TO_READ = N_(
    "Each dot stands for answers about which it was as sure as the place below it says; its height is how many of them were "
    "right. Above the line it is right more often than it says, below it less often."
)
SURE = 0.99


def against_truth(evaluation: Evaluation) -> None:
    """What it says of its own answers, and how many of them are right."""
    right = evaluation.all_answers == evaluation.all_labels
    bins = [each for each in reliability(evaluation.all_confidence, right) if each.n]
    st.markdown(in_words(evaluation.all_confidence, right, bins))
    st.plotly_chart(chart(bins, visitor.theme()), config=charts.CONFIG, key="truth",
                    alt=say("How often it is right, against how sure it is"))  # fmt: skip
    st.caption(say(HOW_TO_READ))
    with st.expander(say("The same as a table"), icon=":material/table_chart:", key="truth-table"):
        st.table(_table(bins))
        st.caption(say("Of fewer than {least} answers the chart shows no dot.", least=LEAST_SHOWN))


def in_words(confidence: np.ndarray, right: np.ndarray, bins: Sequence[Bin]) -> str:
    """How many of the answers (n,) that it is very sure of are wrong, and how many of the others."""
    sure = confidence > SURE
    return say(
        WHERE_SURE,
        n=int(sure.sum()),
        sure=rounded_share(SURE),
        wrong=int((sure & ~right).sum()),
        others=int((~sure).sum()),
        others_wrong=int((~sure & ~right).sum()),
        points=say("{points:.2f}", points=100 * calibration_error(bins)),
    )


def _table(bins: Sequence[Bin]) -> dict[str, list[str]]:
    return {
        say("how sure it was"): [say("{low} to {high}", low=share(each.low), high=share(each.high)) for each in bins],
        say("answers"): [say("{count:,}", count=each.n) for each in bins],
        say("wrong"): [say("{count:,}", count=each.n - each.correct) for each in bins],
        say("right"): [share(each.accuracy) for each in bins],
    }
