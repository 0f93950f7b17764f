"""The way back of what was just deleted, which is open for a minute, whatever it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.runs.keeping import UNDO_SECONDS
from dashboard.parts.refusals import told
from dashboard.say import say


@dataclass(frozen=True, slots=True)
class Deleted:
    """What this visitor has just deleted: its id, what it was called, and when that was on the monotonic clock."""

    id: str = ""
    title: str = ""
    at: float = float("-inf")

    @property
    def can_be_had_back(self) -> bool:
        """Whether that was less than a minute ago."""
        return time.monotonic() - self.at <= UNDO_SECONDS


def way_back(sentence: str, undo: Callable[[], None], *, key: str, help: str) -> None:
    """What was deleted, in a sentence, and the button that brings it back."""
    st.markdown(sentence, width="content")
    st.button(say("Bring it back"), key=key, icon=":material/undo:", help=help, on_click=told(undo, once=True))
