"""The component: what a chart of curves is told, and where its scripts are."""

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.look.scripts import bundle

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "curve_chart",
    html=(_HERE / "chart.html").read_text(encoding="utf-8"),
    css=(_HERE / "chart.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "component.js"),
)


def curve_chart(data: dict[str, Any], *, key: str) -> None:
    """Show curves (`dashboard.look.curves.learning_curve`); what a hand has drawn nearer stays while points are added."""
    _component(data=data, key=key, width="stretch")
