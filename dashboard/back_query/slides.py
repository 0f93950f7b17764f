"""Pictures that are moved through in the browser, with the ten bars of each: a component of our own."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.look import images
from dashboard.look.numbers import brief
from dashboard.look.scripts import bundle
from dashboard.say import say

SIDES = {"usual": 336, "large": 504, "phone": 196}  # of the picture in page pixels, as near as whole pixels come

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "slides",
    html=(_HERE / "slides.html").read_text(encoding="utf-8"),
    css=(_HERE / "slides.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "slides.js"),
)


def slides(
    pictures: np.ndarray, said: np.ndarray, *, marked: list[int], ends: tuple[str, str], start: int, key: str
) -> None:
    """Show pictures (n, h, w) in 0..1 and the ten probabilities (n, 10) of each; the digits `marked` have bold bars.

    `ends` stand at both ends of the slider, which begins at the picture `start`.
    """
    with st.container(key=f"{key}-slides"):
        _component(data=told_of(pictures, said, marked=marked, ends=ends, start=start), key=key)


def told_of(
    pictures: np.ndarray, said: np.ndarray, *, marked: list[int], ends: tuple[str, str], start: int
) -> dict[str, Any]:
    """All that the browser shows."""
    width = pictures.shape[2]
    return {
        "frames": [images.digit_url(each) for each in pictures],
        "shares": np.round(said, 4).tolist(),
        "texts": [[brief(value) for value in each] for each in said],
        "said": [_said(each) for each in said],
        "version": hashlib.blake2b(pictures.tobytes(), digest_size=8).hexdigest(),
        "marked": marked,
        "from": ends[0],
        "to": ends[1],
        "start": start,
        "pixels": width,
        "scales": {name: max(1, round(side / width)) for name, side in SIDES.items()},
        "words": {"play": say("Play it"), "stop": say("Stop"), "place": say("How far along the pictures are")},
    }


def _said(probabilities: np.ndarray) -> str:
    """The two likeliest digits of a picture, for a screen reader."""
    first, second = (int(digit) for digit in np.argsort(-probabilities, kind="stable")[:2])
    return say("{first}: {likeliest}, {second}: {likely}", first=first, likeliest=brief(probabilities[first]), second=second,
               likely=brief(probabilities[second]))  # fmt: skip
