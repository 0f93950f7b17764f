"""What the network sees: the drawing step by step, and what goes wrong when a step is left out."""

import dataclasses
import html

import numpy as np
import streamlit as st

from core.drawings.preprocess import GEOMETRIES, Stages, Steps, stages
from core.errors import DigitLabError
from core.models.model import Model
from dashboard.look import images
from dashboard.look.bars import bars
from dashboard.look.numbers import a, brief
from dashboard.pads import drawing
from dashboard.parts.reader import Reading
from dashboard.say import N_, say

INTRODUCTION = N_(
    "The network never sees your box. It sees a small square, made from your ink in four steps, just as the digits that it "
    "learned from were made. Leave a step out to see why it is there."
)
WAITING = N_("Draw a digit above, and its way to the network appears here.")
SIDE = 140  # of a picture on the page, in pixels

CELLS = {shape: geometry.cells for shape, geometry in GEOMETRIES.items()}

# What the four pictures are called, and what each step does.
TITLES = (N_("Drawn"), N_("Cut out"), N_("Shrunk"), N_("Placed"))
SENTENCES = (
    N_("Your ink alone, without paper, grain and specks."),
    N_("Only the rectangle that holds ink: where you drew does not matter."),
    N_("Scaled to {rows} rows of pixels or {columns} columns, each the mean of what it covers."),
    N_("Put where the ink balances on the middle. These {height} × {width} numbers are all that the network gets."),
)
FULL = N_("The square is full: nothing can be moved. These {height} × {width} numbers are all that the network gets.")
LEFT_OUT = {
    "crop": N_("The whole box is squeezed into the square: the digit comes out small, thin and off its place."),
    "smooth": N_("Each pixel is a single one of the drawing: lines come out ragged and broken."),
    "keep_aspect": N_("The digit is stretched to fill the box: a 1 becomes a block."),
    "centre_mass": N_("The rectangle's middle is put in the middle: a 7 sits too high, a 6 too low."),
}
SWITCHES = {
    "crop": N_("Cut out"),
    "smooth": N_("Smooth"),
    "keep_aspect": N_("Keep its shape"),
    "centre_mass": N_("Balance"),
}
UNDER = {1: ("crop",), 2: ("smooth", "keep_aspect"), 3: ("centre_mass",)}  # which switches stand under which picture


def what_it_sees(model: Model, name: str, reading: Reading) -> None:
    """The four stages as pictures, each switchable, and the answers with and without side by side."""
    st.markdown(say(INTRODUCTION))
    if reading.stages is None or reading.picture is None:
        st.info(say(WAITING), icon=":material/draw:")
        return
    steps = Steps(**{step: st.session_state.get(f"step-{step}", True) for step in SWITCHES})
    try:
        shown = stages(reading.picture, model.shape, steps=steps, drawn=True)
    except DigitLabError as error:
        st.info(say(error.message))
        return
    with st.container(horizontal=True, gap="small", key="stages"):
        _show_photo()
        for number in range(4):
            with st.container(width=SIDE + 20, gap="small"):
                _show_stage(number, shown, model, steps)
    if steps != Steps() and reading.probabilities is not None:
        _show_both(model, reading.probabilities, shown, steps)


def _show_photo() -> None:
    """The photograph that the drawing was found in, if it was."""
    last = drawing.drawing().last
    if last is None or last.photo is None:
        return
    with st.container(width=SIDE + 20, gap="small"):
        photograph = images.image_tag(last.photo, side=SIDE, alt=say("Photograph"))
        st.html(_card(say("Photograph"), photograph, say("As it was taken.")))


def _show_stage(number: int, shown: Stages, model: Model, steps: Steps) -> None:
    switches = UNDER.get(number, ())
    left_out = [step for step in switches if not getattr(steps, step)]
    sentence = LEFT_OUT[left_out[0]] if left_out else SENTENCES[number]
    if number == 3 and not steps.crop:
        sentence = FULL
    rows, columns = shown.scaled.shape
    height, width = model.shape
    told = say(sentence, rows=rows, columns=columns, height=height, width=width)
    title = f"{number + 1}  {say(TITLES[number])}"
    st.html(_card(title, _picture(number, shown, model.shape), told, warn=bool(left_out)))
    for step in switches:
        st.toggle(
            say(SWITCHES[step]), value=True, key=f"step-{step}", help=say(LEFT_OUT[step]), persist_state="session"
        )


def _picture(number: int, shown: Stages, shape: tuple[int, int]) -> str:
    """A stage as HTML; the last two on one scale, by whole pixels."""
    alt = say(TITLES[number])
    if number < 2:
        ink = (shown.drawn, shown.cropped)[number]
        factor = SIDE / max(ink.shape)
        size = (max(1, round(ink.shape[1] * factor)), max(1, round(ink.shape[0] * factor)))
        return images.image_tag(images.paper_image(ink, size), side=SIDE, alt=alt)
    scale = max(4, SIDE // shape[1])
    cells = CELLS.get(shape, 1) if number == 2 else 1
    return images.digit_tag((shown.scaled, shown.centred)[number - 2], scale=max(1, scale // cells), alt=alt)


def _card(title: str, picture: str, sentence: str, *, warn: bool = False) -> str:
    return (
        f'<figure class="stage"><b>{html.escape(title)}</b><div style="height:{SIDE}px">{picture}</div>'
        f'<figcaption class="{"warn" if warn else ""}">{html.escape(sentence)}</figcaption></figure>'
    )


def _show_both(model: Model, whole: np.ndarray, shown: Stages, steps: Steps) -> None:
    """The answer with all steps and the one without some of them, on the same scale."""
    without = model.predict(shown.centred[None])[0]
    missing = [
        say(SWITCHES[field.name]).lower() for field in dataclasses.fields(steps) if not getattr(steps, field.name)
    ]
    every, some = say("With every step"), say("Without “{steps}”", steps="”, “".join(missing))
    st.markdown(f"**{comparison(whole, without)}**")
    st.html(
        '<div class="pair">'
        f"<section><h4>{every}</h4>{bars(whole)}</section>"
        f"<section><h4>{some}</h4>{bars(without)}</section></div>"
    )
    if len(missing) > 1:
        st.caption(say("Several steps are left out: put some back to see which of them did it."))


def comparison(whole: np.ndarray, without: np.ndarray) -> str:
    """What became of the answer, of the probabilities (10,) with every step and those without some."""
    before, after = int(whole.argmax()), int(without.argmax())
    if before != after:
        return say(
            "So prepared, the network reads {now}, with {sure}, and no longer {before}.",
            now=a(after),
            sure=brief(without[after]),
            before=a(before),
        )
    now_sure, before_sure = brief(without[before]), brief(whole[before])
    if now_sure == before_sure:
        return say("This digit survives it: still {a_digit}, and just as sure.", a_digit=a(before))
    return say(
        "This digit survives it: still {a_digit}, with {now} instead of {before}.",
        a_digit=a(before),
        now=now_sure,
        before=before_sure,
    )
