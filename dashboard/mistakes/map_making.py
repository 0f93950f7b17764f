"""A map of like beside like: what is kept, what is being made, or a button that begins it."""

import numpy as np
import streamlit as st

from core.catalog import find_model
from core.datasets.dataset import Excerpt
from core.explain.maps import MOST_DIGITS, kept_map
from core.jobs.mapping import Mapping
from core.scores.evaluation import Evaluation
from core.scores.orders import for_a_map
from dashboard import shared, visitor, words
from dashboard.mistakes import source
from dashboard.parts.refusals import fragment, refusal, told
from dashboard.say import N_, say

REFRESH = 0.5  # seconds between two looks at it
HELP = N_("It is laid out in a process of its own; you can look at everything else meanwhile. The map is kept.")
NOT_YET = N_(
    "Nobody has laid these digits out yet; that takes a minute or so, longer where the computer is busy. Until then they stand "
    "as on a shadow."
)
GOING_ON = N_("Each digit looks for its neighbours. Until they are found, all stand as on a shadow.")


def near_map(evaluation: Evaluation, name: str, places: np.ndarray) -> np.ndarray | None:
    """Where the digits at these places among all lie, (n, 2) in 0..1; None where nobody has laid them out."""
    digits = evaluation.data
    whole = digits.whole if evaluation.whole is not None and isinstance(digits, Excerpt) else digits.sha256
    return kept_map(find_model(name), shared.fingerprint(name), whole, len(places))


def making(evaluation: Evaluation, name: str) -> None:
    """How far the map is, looked at again and again while it is made; or a button that begins it."""
    digits = evaluation.data.sha256
    mapping = _mapping(name, digits)
    live = bool(mapping and mapping.live)
    fragment(_look, run_every=REFRESH if live else None)(name, digits, live)


def _look(name: str, digits: str, was_live: bool) -> None:
    """It holds names and hashes: with the digits, each open tab would keep them."""
    mapping = _mapping(name, digits)
    live = bool(mapping and mapping.live)
    if live != was_live:
        st.rerun()
    with st.container(key="map-making"):
        if mapping and live:
            place = shared.jobs().queue.place(mapping.ticket)
            st.progress(mapping.done, words.in_line(place) if place else say(GOING_ON))
            st.button(say("Stop"), key="stop-map", help=say("End it; nothing of it is kept."), on_click=told(_stop),
                      args=(name, digits))  # fmt: skip
            return
        st.button(say("Lay them out"), key="begin-map", type="primary", icon=":material/scatter_plot:", help=say(HELP),
                  on_click=told(_begin, "map", once=True), args=(name,))  # fmt: skip
        st.caption(say(NOT_YET))
        if error := refusal("map") or (mapping and mapping.error):
            st.error(say(error), icon=":material/error:")


def _mapping(name: str, digits: str) -> Mapping | None:
    return shared.jobs().maps.of(shared.fingerprint(name), digits)


def _begin(name: str) -> None:
    evaluation = source.evaluation(name)
    shown = evaluation.data.subset(for_a_map(evaluation, MOST_DIGITS))
    shared.jobs().maps.begin(
        find_model(name), shared.fingerprint(name), shown, evaluation.data.sha256, owner=visitor.owner()
    )


def _stop(name: str, digits: str) -> None:
    mapping = _mapping(name, digits)
    if mapping and visitor.is_me(mapping.ticket.work.owner):
        shared.jobs().queue.stop(mapping.ticket)
