"""What a browser fetches from the server by itself: the parameters of networks, so that it can read drawings too."""

from typing import Any

import streamlit as st

from core.catalog import moment_in
from core.errors import DigitLabError
from core.models.model import Model
from core.models.packed import geometry
from core.scores.doubt import LEAST_CONFIDENCE, LEAST_DIGIT
from dashboard import shared
from dashboard.shared import Packed

LIGHT = "blog"  # of the shipped networks for 28 x 28 pictures the one that travels fastest: 320 kB
HEAVY = 1_000_000  # bytes from which on it comes first: five seconds on a slow link
MEDIA_TYPE = "application/octet-stream"


def networks(name: str) -> list[dict[str, Any]]:
    """What `parameters.js` fetches to read as the model of this name does: a light network first, then the one in use.

    Each has its `name`, the `hash` of its content and its length in `bytes`, its `url`, and the `geometry` by which drawings
    are made ready for it. The list is empty where the browser cannot compute: the network in use is too large for it, or
    nothing is served (in tests of pages without a server).
    """
    try:
        used = _network(name)
    except DigitLabError:
        return []
    if used is None:
        return []
    if used["bytes"] < HEAVY or used["geometry"]["shape"] != [28, 28] or moment_in(name):
        return [used]  # from moment to moment of a training, another network's answers would flash in between
    light = _network(LIGHT)
    return [used] if light is None else [light, used]


def guard() -> dict[str, Any] | None:
    """What `reader.js` fetches to tell digits from what is none, and the `limits` by which `doubt.js` judges; None as above."""
    fetched = _fetched("guard", shared.packed_guard(), shared.guard())
    limits = {"leastDigit": LEAST_DIGIT, "leastConfidence": LEAST_CONFIDENCE}
    return None if fetched is None else fetched | {"limits": limits}


def _network(name: str) -> dict[str, Any] | None:
    return _fetched(name, shared.packed(name), shared.model(name))


def _fetched(name: str, packed: Packed, model: Model) -> dict[str, Any] | None:
    url = url_of(packed.content, f"network-{name}")
    if url is None:
        return None
    return {"name": name, "hash": packed.hash, "url": url, "bytes": len(packed.content), "geometry": geometry(model)}


def url_of(content: bytes, place: str) -> str | None:
    """Where the browser fetches this content: one of Streamlit's own media files; None where there is no server.

    It is there as long as the session's latest full run has asked for it. `place` says on the page's behalf what it is for.
    """
    if not st.runtime.exists():
        return None
    return st.runtime.get_instance().media_file_mgr.add(content, MEDIA_TYPE, place)
