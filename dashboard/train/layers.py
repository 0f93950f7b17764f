"""How each layer of a watched run is doing: a sentence, and its numbers behind "more"."""

import streamlit as st

from core.training.events import LayerFigures
from dashboard.look.numbers import decimal
from dashboard.say import say, say_many
from dashboard.train.watched import Watched


def layers(watched: Watched) -> None:
    """A sentence for each layer, of the last whole epoch."""
    found = next((event for event in reversed(watched.epochs) if event.layers), None)
    with st.container(key="layers"):
        if found is None:
            st.caption(say("After the first epoch it says here how each layer is doing."))
            return
        st.markdown(
            "  \n".join(sentence(number, figures, len(found.layers)) for number, figures in enumerate(found.layers, 1))
        )
    with st.expander(say("The layers in numbers"), icon=":material/tag:", key="layers-more"):
        st.dataframe(
            [
                {
                    say("layer"): number,
                    say("units"): figures.units,
                    say("silent"): figures.silent,
                    say("size of its weights"): decimal(figures.weights, 4),
                    say("moved since the start"): decimal(figures.weights * figures.moved, 4),
                }
                for number, figures in enumerate(found.layers, 1)
            ],
            hide_index=True,
            height="content",
        )  # fmt: skip
        st.caption(say("Sizes are root mean squares. A unit is silent when it answers all digits kept apart alike."))


def sentence(number: int, figures: LayerFigures, count: int) -> str:
    """A layer in a sentence: how many of its units say nothing, and how far its weights have come."""
    moved = _moved(figures.moved)
    if number == count:
        return say("The ten answers: {moved}", moved=moved)
    silent = (
        say("all {units:,} units have something to say.", units=figures.units)
        if not figures.silent
        else say_many(
            "one of {units:,} units is silent.",
            "{count:,} of {units:,} units are silent.",
            figures.silent,
            units=figures.units,
        )
    )
    return say("Layer {number}: {silent} {moved}", number=number, silent=silent, moved=moved)


def _moved(moved: float) -> str:
    if moved < 0.1:
        return say("Its weights have hardly moved ({percent:.0f} % of their size).", percent=100 * moved)
    if moved < 0.7:
        return say("Its weights have moved by {percent:.0f} % of their size.", percent=100 * moved)
    return say("Its weights are mostly new: they have moved by {percent:.0f} % of their size.", percent=100 * moved)
