"""How each layer of a watched run is doing: a line for each, and its numbers behind "more"."""

import numpy as np
import streamlit as st

from core.training.events import LayerFigures
from dashboard import shared
from dashboard.look.numbers import decimal
from dashboard.parts.past import moments_of
from dashboard.say import say, say_many
from dashboard.train.watched import Watched, network_at

HARDLY, MOSTLY = 0.1, 0.7  # of their size: how far weights have moved


def layers(watched: Watched, network: str) -> None:
    """What is to be said of each layer, after the last whole epoch; `network` is how it is at the moment that is shown."""
    found = next((event for event in reversed(watched.epochs) if event.layers), None)
    with st.container(key="layers"):
        if found is None:
            st.caption(say("After the first epoch it says here how each layer is doing."))
            return
        lines = [line(number, figures, len(found.layers)) for number, figures in enumerate(found.layers, 1)]
        st.markdown("  \n".join(lines))
    with st.expander(say("The layers in numbers"), icon=":material/tag:", key="layers-more", on_change="rerun") as more:
        if more.open:
            _numbers(watched, found.layers, network)


def line(number: int, figures: LayerFigures, count: int) -> str:
    """A layer in two sentences: how many of its units say nothing, and how far its weights have come."""
    if number == count:
        return " ".join([say("**The ten answers.**"), _moved(figures.moved)])
    return " ".join([say("**Layer {number}.**", number=number), _silent(figures), _moved(figures.moved)])


def _silent(figures: LayerFigures) -> str:
    if not figures.silent:
        return say("All {units:,} units have something to say.", units=figures.units)
    return say_many(
        "One of {units:,} units is silent.", "{count:,} of {units:,} units are silent.", figures.silent,
        units=figures.units,
    )  # fmt: skip


def _moved(moved: float) -> str:
    percent = 100 * moved
    if moved < HARDLY:
        return say("Its weights have hardly moved: by {percent:.0f} % of their size.", percent=percent)
    if moved < MOSTLY:
        return say("Its weights have moved by {percent:.0f} % of their size.", percent=percent)
    return say("Its weights are mostly new: they have moved by {percent:.0f} % of their size.", percent=percent)


def _numbers(watched: Watched, figures: tuple[LayerFigures, ...], network: str) -> None:
    before, steps = _last_steps(watched, network)
    st.dataframe(
        [
            {
                say("layer"): number,
                say("units"): layer.units,
                say("silent"): layer.silent,
                say("size of its weights"): decimal(layer.weights, 4),
                say("moved since the start"): decimal(layer.weights * layer.moved, 4),
                say("moved since epoch {epoch:g}", epoch=before): decimal(step, 4),
            }
            for number, (layer, step) in enumerate(zip(figures, steps, strict=True), 1)
        ],
        hide_index=True,
        height="content",
    )
    st.caption(say("Sizes are root mean squares. A unit is silent when it answers all digits kept apart alike."))


def _last_steps(watched: Watched, network: str) -> tuple[float, list[float]]:
    """The kept moment before the one that is shown, and how far the weights of each layer have moved since."""
    now = shared.model(network)
    earlier = [moment for moment in moments_of(watched.run) if moment < now.provenance.epochs]
    before = earlier[-1] if earlier else 0.0
    then = shared.model(network_at(watched.run, before)) if earlier else now
    return before, moved(then.parameters.weights, now.parameters.weights)


def moved(before: list[np.ndarray], after: list[np.ndarray]) -> list[float]:
    """The root mean square of the change of each layer's weights."""
    return [float(np.sqrt(np.square(new - old).mean())) for old, new in zip(before, after, strict=True)]
