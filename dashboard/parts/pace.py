"""How often a page that watches is drawn anew: with many watchers each less often, for one server draws them all."""

import time

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

AT_FULL_PACE = 8  # pages; each takes a twentieth of the one processor that a Python server has
FORGOTTEN_SECONDS = 20.0  # after which a page that was not drawn is watched no more


class Watchers:
    """The pages that watch at present, by their session; any number of threads may say so."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def count(self, session: str, now: float) -> int:
        """Note that a page watches, and say how many do."""
        self._seen[session] = now
        for other, last in list(self._seen.items()):
            if now - last > FORGOTTEN_SECONDS:
                self._seen.pop(other, None)
        return len(self._seen)


@st.cache_resource(show_spinner=False)
def _watchers() -> Watchers:
    return Watchers()


def slowdown(count: int) -> float:
    """How many times longer each of so many pages waits: together they are drawn as often as `AT_FULL_PACE` of them."""
    return max(count / AT_FULL_PACE, 1.0)


def pace() -> float:
    """The slowdown for this page, which is noted as watching."""
    context = get_script_run_ctx()
    return slowdown(_watchers().count(context.session_id if context else "", time.monotonic()))
