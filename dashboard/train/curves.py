"""The curves of a watched run."""

import streamlit as st

from dashboard import visitor
from dashboard.look import charts
from dashboard.say import say
from dashboard.train.watched import Watched


def curves(watched: Watched) -> None:
    theme = visitor.theme()
    if not watched.batches and not watched.epochs:
        st.caption(say("The curves begin with the first batches."))
    st.markdown(say("**Accuracy**: the share of digits it gets right"))
    st.plotly_chart(
        charts.learning_curve(watched.batches, watched.epochs, total=watched.total, what="accuracy", theme=theme),
        config=charts.CONFIG, key="accuracy", alt=say("Accuracy over the epochs"),
    )  # fmt: skip
    st.markdown(say("**Loss**: the error that training makes small"))
    top = charts.loss_ceiling(watched.batches, watched.epochs)
    st.plotly_chart(
        charts.learning_curve(watched.batches, watched.epochs, total=watched.total, what="loss", theme=theme, top=top),
        config=charts.CONFIG, key="loss", alt=say("Loss over the epochs"),
    )  # fmt: skip
