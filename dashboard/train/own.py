"""Your own digit beside the wall: what the network takes it for at each moment, while it learns."""

import html

import numpy as np
import streamlit as st

from core.config import Config
from core.datasets.hundred import EACH, hundred
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from dashboard import shared
from dashboard.look import images
from dashboard.look.bars import bars
from dashboard.look.numbers import a, brief
from dashboard.pads import drawing
from dashboard.pads.strokes import is_full
from dashboard.say import say
from dashboard.train.wall import digits_for
from dashboard.visitor import Key

NAME = "own"
SIDE = 208  # pixels of the page
OURS, WHICH = 3, 2  # the third 3, a plain one, is shown until something is drawn
Seen = tuple[bytes, tuple[int, int], np.ndarray | None]  # of which drawing, for which network, what it sees
SEEN: Key[list[Seen]] = Key("_own_seen", list)


def pad() -> None:
    """The pad, to be drawn on at any time."""
    st.markdown(say("**Draw your own here**"))
    drawing.show_paper(NAME, width=SIDE, height=SIDE, tools=False)


def answer(network: str, config: Config) -> None:
    """The ten bars for the drawing, or as long as there is none for a digit of ours; `network` reads it as it is now."""
    own = seen(config.network.shape)
    picture = ours(config) if own is None else own
    probabilities = shared.model(network).predict(picture[None])[0]
    digit = int(probabilities.argmax())
    sure = brief(probabilities[digit])
    whose = (
        say("It takes this one for {a_digit} ({sure}).", a_digit=a(digit), sure=sure)
        if own is None
        else say("It takes yours for {a_digit} ({sure}).", a_digit=a(digit), sure=sure)
    )
    scale = max(1, 56 // picture.shape[0])
    tag = images.digit_tag(picture, scale=scale, alt=say("What this network sees"))
    st.html(f'<div class="own"><div>{tag}<p>{html.escape(whose)}</p></div>{bars(probabilities)}</div>')


def seen(shape: tuple[int, int]) -> np.ndarray | None:
    """The visitor's drawing as a network of this shape sees it, in 0..1; worked out once. None while there is no digit."""
    picture = drawing.drawn(NAME)
    held = drawing.drawing(NAME)
    kept = SEEN.get()
    if kept and kept[0][:2] == (held.heard, shape) and picture is not None:
        return kept[0][2]
    found = None
    if picture is not None and not is_full(picture):
        try:
            found = from_drawing(picture, shape, drawn=True)
        except DigitLabError:  # a dot, or nothing that is left of it
            found = None
    SEEN.put([(held.heard, shape, found)])
    return found


def ours(config: Config) -> np.ndarray:
    """A written digit of ours, of the kind that the network reads: one of those on its wall where it has one."""
    try:
        digits = digits_for(config)
    except DigitLabError:  # which are not here
        digits = None
    if digits and (threes := np.flatnonzero(digits.labels == OURS)).size:
        return digits.x([int(threes[min(WHICH, len(threes) - 1)])])[0].reshape(digits.shape)
    plain = hundred()
    ink = np.zeros((*plain.shape, 4), dtype=np.uint8)
    ink[..., 3] = plain.pixels[OURS * EACH + WHICH].reshape(plain.shape)
    return from_drawing(ink, config.network.shape, drawn=True)
