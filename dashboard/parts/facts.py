"""A table of facts that a narrow screen moves sideways, by keys as well: Streamlit's own cannot be reached by Tab."""

import html
from collections.abc import Sequence

import streamlit as st


def facts(columns: Sequence[str], rows: Sequence[Sequence[str]], label: str) -> None:
    """Show rows of text, the first of each its head; all of it is text, whatever is in it."""
    head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    lines = (
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(each)}</td>" for each in rest)
        + "</tr>"
        for first, *rest in rows
    )
    st.html(
        f'<div class="facts" role="region" tabindex="0" aria-label="{html.escape(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )
