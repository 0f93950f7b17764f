"""Digits of a visitor's own that several pages use: data that were taken in, and drawings that were marked on Draw."""

import streamlit as st

from core.datasets.uploads import brought_by, is_here, uploads
from core.teach.samples import Sample
from dashboard import visitor
from dashboard.visitor import Key

TAKEN_IN: Key[list[str]] = Key("_own_data", list)  # what this visitor has taken in, the latest first
DRAWINGS = "_own_drawings"  # this visitor's, in this session and nowhere else


def own_datasets() -> list[str]:
    """The data of this visitor's own: on one's own machine all that were taken in, else those that they brought."""
    if visitor.owner() == visitor.LOCAL:
        return uploads()
    here = [name for name in TAKEN_IN.get() if is_here(name)]
    return [*here, *(name for name in brought_by(visitor.owner()) if name not in here)]


def own_drawings() -> list[Sample]:
    """This visitor's marked drawings, in the order in which they were marked."""
    return st.session_state.setdefault(DRAWINGS, [])
