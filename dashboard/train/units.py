"""The first layer's weights as pictures: random numbers at the start, and strokes in the end."""

import base64
import time
from pathlib import Path

import numpy as np
import streamlit as st

from core.config import Config
from core.models.parameters import Parameters
from dashboard import shared
from dashboard.look.scripts import bundle
from dashboard.say import say
from dashboard.train.kept import unless_kept
from dashboard.train.watched import Watched
from dashboard.visitor import Key

SHOWN = 24
SETTLED = 0.1  # of the first epoch: before, hardly anything has changed, and no unit more than others
FULL = 127  # of an int8

_HERE = Path(__file__)
_component = st.components.v2.component(
    "unit_pictures",
    html='<div class="units" role="img"></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=bundle(_HERE.parent, "units.js"),
)
CHOSEN: Key[dict[str, list[int]]] = Key("_units_chosen", dict)  # of the run that is watched


def units(watched: Watched, network: str, latest: str) -> None:
    """Show the units that changed most until the network `latest`, as they are in the network of this name."""
    config = watched.config
    # of a run that goes on they stay for a second, for they are the most to send
    moment = int(time.monotonic()) if watched.status.active else network
    pictures = unless_kept("units", (watched.run.id, moment), lambda: _pictures(watched, network, latest))
    st.markdown(say("**What its units look for**: each picture is a unit of the first layer"))
    _component(
        data={"pictures": base64.b64encode(pictures.tobytes()).decode(), "count": len(pictures), "shape": config.network.shape,
              "label": say("{count} units of the first layer as pictures", count=len(pictures))},
        key="units",
    )  # fmt: skip
    st.caption(say("Blue: ink here speaks for the unit. Orange with a bar: ink here speaks against it."))


def _pictures(watched: Watched, network: str, latest: str) -> np.ndarray:
    """The pictures of the units that are shown."""
    chosen = _chosen(watched, latest)
    return shared.of_network(
        shared.caches().units, network, tuple(chosen), lambda: pictures_of(shared.model(network).parameters, chosen)
    )


def _chosen(watched: Watched, latest: str) -> list[int]:
    """Which units are shown: they keep their places as long as the run is watched, once it has begun to learn."""
    kept = CHOSEN.get()
    if watched.run.id not in kept:
        now = shared.model(latest)
        most = changed_most(watched.config, now.parameters)
        if watched.status.active and now.provenance.epochs < SETTLED:
            return most
        CHOSEN.put({watched.run.id: most})
    return CHOSEN.get()[watched.run.id]


def changed_most(config: Config, latest: Parameters) -> list[int]:
    """The units of the first layer whose weights lie farthest from their start, by their number."""
    start = Parameters.initial(config.network, config.training.seed, latest.flat.dtype.name).weights[0]
    moved = np.square(latest.weights[0] - start).sum(axis=0)
    return sorted(np.argsort(-moved, kind="stable")[:SHOWN].tolist())


def pictures_of(parameters: Parameters, chosen: list[int]) -> np.ndarray:
    """The weights that lead to each chosen unit, (units, inputs) int8, on one scale: the largest of all has 127."""
    weights = parameters.weights[0][:, chosen].T
    return np.round(weights * (FULL / max(np.abs(weights).max(), 1e-12))).astype(np.int8)
