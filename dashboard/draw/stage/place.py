"""What stands where on the first page: the stage, another pad where one is chosen, digits without a pen, and the middle."""

import streamlit as st

from dashboard import presenter, shared
from dashboard.draw import NETWORK, choose_section, show_section
from dashboard.draw.stage.answer import answer
from dashboard.draw.stage.component import stage, told
from dashboard.draw.try_one import try_one
from dashboard.pads import drawing
from dashboard.pads.sheets import sheets
from dashboard.parts.served import guard, networks

DRAWING = "drawing"


def on_the_stage(name: str) -> None:
    """The pad, what the model of this name reads, and what looks into it. Call it inside a fragment.

    The stage is told first, although the choice of what stands in its middle is made after it: it is what the hand waits for.
    """
    held, way = drawing.drawing(DRAWING), drawing.way_to_draw(DRAWING)
    model = shared.model(name)
    sheets().open(held.sheet, name)
    heard = drawing.heard(DRAWING, held)
    reading, verdict = answer(model, held.picture(), version=held.loads, sequence=heard, label=held.label)
    with st.container(key="stage"):
        board, paper, without_pen, middle = (
            st.container(key=f"stage-{part}") for part in ("board", "paper", "try", "middle")
        )
        with middle:
            section = choose_section()
        with board:
            data = told(
                held,
                verdict,
                model.network,
                model=name,
                alone=section == NETWORK
                and way != drawing.CANVAS
                and not (held.last and held.last.told)
                and not held.full,
                networks=networks(name),
                guard=guard(),
                heard=heard,
                size=drawing.SIZE,
                section=section,
                way=way or "live",
            )
            key = drawing.key(DRAWING, held)
            stage(data, presenting=presenter.is_on(), key=f"stage-{key}" if way == drawing.CANVAS else key)
        if way == drawing.CANVAS:
            with paper:
                drawing.show_paper(DRAWING)
                drawing.show_pen(DRAWING)
        with paper if way == drawing.CANVAS else without_pen:
            try_one(model, name)
            drawing.show_ways(DRAWING)
        with middle:
            if section != NETWORK:
                show_section(section, model, name, reading)
