"""The drawing pad: one of our own, which is read while the hand still moves, also with the keyboard's squares; or the
standard canvas.

A pad forgets everything when it leaves the page, so the strokes and the picture after each of them are kept here; all pads
share them.
"""

from typing import Any

import numpy as np
import streamlit as st

from core.teach import samples
from dashboard import words
from dashboard.pads.keyboard_pad import keyboard_help
from dashboard.pads.live_pad import drawn_on, live_pad
from dashboard.pads.sheets import sheets
from dashboard.pads.standard_canvas import TOOLBAR, standard_canvas
from dashboard.pads.strokes import MOST_STROKES, Drawing
from dashboard.parts.refusals import told
from dashboard.say import N_, say
from dashboard.visitor import visit

SIZE = 280  # pixels, ten times MNIST's
PEN, THINNEST, THICKEST = 20, 10, 30
KEYS, CANVAS = "keys", "canvas"  # ways to draw other than the usual one
WAYS = {KEYS: N_("By keyboard"), CANVAS: N_("The standard canvas")}
TOOLS = {False: N_("Pen"), True: N_("Eraser")}


def pad(name: str = "drawing", *, width: int = SIZE, height: int = SIZE) -> np.ndarray | None:
    """Show the drawing pad; returns the picture (height, width, 4) uint8 RGBA, or None while nothing is drawn.

    Call it inside a fragment: each stroke then redraws only what depends on it.
    """
    picture = drawn(name)
    show_paper(name, width=width, height=height)
    show_tools(name, width=width, height=height)
    return picture


def drawn(name: str = "drawing") -> np.ndarray | None:
    """The picture on the pad, before the pad is shown: so its answer can be on the page first."""
    return drawing(name).picture()


def drawing(name: str = "drawing") -> Drawing:
    """The visitor's drawing of this name, with what the pad on the page has sent since."""
    held: Drawing = st.session_state.setdefault(name, Drawing())
    if held.visit != visit():
        hear_before_it_goes(name)
        held.visit = visit()
        held.remount()
    held.pad = key(name, held)
    _hear(held, whole=way_to_draw(name) != CANVAS)
    return held


def hear_before_it_goes(name: str = "drawing") -> None:
    """Take what the pad on the page has sent, before it is taken away, with the page or for another way to draw."""
    held: Drawing | None = st.session_state.get(name)
    if held and held.pad:
        _hear(held, whole=not held.pad.startswith(f"{name}-{CANVAS}-"))


def _hear(held: Drawing, *, whole: bool) -> None:
    """Take what the pad has sent to the session, and what its stage has left at the server; what is older than known is not."""
    if not whole:
        held.hear(*_sent(held, drawn_on(held.pad)))
        return
    for sent in (drawn_on(held.pad), sheets().take(held.sheet)):
        sequence = sent.get("sequence")
        if isinstance(sequence, int) and sequence >= held.sequence:
            held.sequence = sequence
            held.hear(*_sent(held, sent), whole=True)


def way_to_draw(name: str = "drawing") -> str | None:
    """`KEYS`, `CANVAS`, or None for the usual one."""
    return st.session_state.get(f"{name}-way")


def source(name: str = "drawing") -> str:
    """Where the drawing comes from: `strokes.TEST`, or one of `core.teach.samples.SOURCES`."""
    found = drawing(name).source
    return samples.KEYS if found == samples.HAND and way_to_draw(name) == KEYS else found


def key(name: str, held: Drawing) -> str:
    """By which the pad of a drawing is known to the page."""
    return f"{name}-{way_to_draw(name) or 'live'}-{held.mounts}"


def _sent(held: Drawing, sent: dict[str, Any]) -> tuple[list[Any], str]:
    """The strokes and the picture, as a data URL, of what a pad has sent; nothing where it is of another sheet."""
    if "strokes" in sent:
        current = sent.get("version") == held.loads  # else it was on its way while the pad was told to begin anew
        strokes, url = (sent["strokes"], sent.get("png")) if current else (None, None)
    else:
        raw = sent.get("raw")
        strokes, url = raw.get("objects") if isinstance(raw, dict) else None, sent.get("data")
    return (strokes, url) if isinstance(strokes, list) and isinstance(url, str) else ([], "")


def show_paper(
    name: str = "drawing", *, width: int = SIZE, height: int = SIZE, tools: bool = True, answer: str = ""
) -> None:
    """Show what is drawn on, with the pen that `show_tools` has set if they are shown, and Undo and Clear.

    `answer` is what a screen reader says, on the pad that is drawn on by keys.
    """
    held, way = drawing(name), way_to_draw(name)
    pen, erase = _pen(name) if tools else PEN, tools and bool(st.session_state.get(f"{name}-erase"))
    with st.container(key=f"{name}-pad", width=width + 2, gap="small"):
        if way == CANVAS:
            held.take_pen(pen, erase)
            with st.container(key=f"{name}-room", height=height + 2 + TOOLBAR, border=False):
                standard_canvas(start=held.start, loads=held.loads, width=width, height=height, pen=pen, erase=erase,
                                room=f"{name}-room", key=key(name, held))  # fmt: skip
        else:
            with st.container(key=f"{name}-paper", height=height + 2, border=False):
                _our_pad(name, held, width=width, height=height, pen=pen, erase=erase, answer=answer)
        empty = not held.snapshots
        with st.container(horizontal=True, gap="small"):
            # without a help: it would lie over the pad, under the hand that goes on drawing
            st.button(say("Undo"),
                      help=say("Take the last stroke back."),
                      key=f"{name}-undo", icon=":material/undo:", on_click=told(_undo), args=(name, width, height),
                      disabled=empty)  # fmt: skip
            st.button(
                say("Clear"),
                help=say("Begin with an empty sheet."),
                key=f"{name}-clear",
                icon=":material/delete:",
                on_click=told(_clear),
                args=(name,),
                disabled=empty,
            )
        if held.full:
            st.caption(say(words.FULL_PAD))


def _pen(name: str) -> int:
    return st.session_state.get(f"{name}-width", PEN)


def _our_pad(name: str, held: Drawing, *, width: int, height: int, pen: int, erase: bool, answer: str) -> None:
    live_pad(
        strokes=held.start["objects"] if held.start else [],
        version=held.loads,
        width=width,
        height=height,
        pen=pen,
        erase=erase,
        grid=way_to_draw(name) == KEYS,
        most=MOST_STROKES,
        heard=heard(name, held),
        answer=answer,
        label=say(words.PAD_LABEL),
        key=key(name, held),
    )


def heard(name: str, held: Drawing) -> int:
    """The number of the picture that a pad of ours sent last, 0 before the first; of another pad, how many strokes it has."""
    return len(held.strokes) if way_to_draw(name) == CANVAS else held.sequence


def show_tools(name: str = "drawing", *, width: int = SIZE, height: int = SIZE) -> None:
    """Show the pen, the eraser and their width, and the other ways to draw."""
    with st.container(key=f"{name}-tools", width=SIZE + 2, gap="small"):
        show_pen(name)
        show_ways(name, width=width, height=height)


def show_pen(name: str = "drawing") -> None:
    """The pen, the eraser and their width."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.segmented_control(say("Tool"), TOOLS, format_func=lambda erase: say(TOOLS[erase]), default=False,
                             required=True,
                             help=say("Draw with the pen, or take ink away with the eraser."),
                             key=f"{name}-erase", label_visibility="collapsed",
                             persist_state="session")  # fmt: skip
        st.slider(say("Width"), THINNEST, THICKEST, PEN, 2, format="%d px", key=f"{name}-width", width=130,
                  help=say(words.HELP["pen"]), persist_state="session")  # fmt: skip


def show_ways(name: str = "drawing", *, width: int = SIZE, height: int = SIZE) -> None:
    """The other ways to draw, and what helps with the one that is chosen."""
    st.pills(say("Other ways to draw"), WAYS, format_func=lambda way: say(WAYS[way]), key=f"{name}-way",
             on_change=told(_change_way), args=(name,), label_visibility="collapsed", help=say(words.HELP["way"]),
             persist_state="session")  # fmt: skip
    if way_to_draw(name) == KEYS:
        keyboard_help(name, drawing(name), width=width, height=height, pen=_pen(name))


def _undo(name: str, width: int, height: int) -> None:
    drawing(name).undo(width, height)


def _clear(name: str) -> None:
    drawing(name).clear()


def _change_way(name: str) -> None:
    """The other pad begins with the strokes of this one."""
    hear_before_it_goes(name)
    st.session_state[name].remount()
