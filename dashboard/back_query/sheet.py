"""Ten digits on ten papers as a component of our own: written again by a pen at a click, and seen while they are searched for."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.explain.back_query.pen import Candidates
from core.explain.back_query.proof import Proof
from core.explain.back_query.written import strokes
from dashboard.look import images
from dashboard.look.scripts import bundle
from dashboard.parts.refusals import told
from dashboard.say import say
from dashboard.visitor import Key

SIDES = {
    "usual": 168,
    "large": 252,
    "narrow": 112,
    "phone": 112,
}  # of a paper in page pixels, as near as whole pixels come
PAPER = 26  # units across a paper for strokes, which may be of any size
CHOSEN: Key[int] = Key("_back_query_chosen", lambda: 3)  # the digit that was clicked last

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "ten_papers",
    html='<div class="papers"><ol></ol><button type="button" class="play"><span></span></button></div>',
    css=(_HERE / "sheet.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "sheet.js"),
)


def sheet(
    pictures: np.ndarray | None, written: Candidates | None, proof: Proof | None, *, pixels: bool, live: bool, key: str,
    compact: bool = False,
) -> None:  # fmt: skip
    """Show ten digits, and under each what is made of it; without any, ten empty papers.

    `pixels`: they are shown as pictures (10, h, w), else as strokes. `live` while they are searched for: then nothing can be
    chosen. `compact` pictures are as small as may be, to stand beside something else.
    """

    def taken() -> None:
        held: Any = st.session_state.get(key)
        sent = held.get("chosen") if held else None
        if type(sent) is int and 0 <= sent <= 9:
            CHOSEN.put(sent)

    data = told_of(pictures, written, proof, pixels=pixels, live=live)
    if compact:
        data |= {"compact": True, "scales": dict.fromkeys(SIDES, data["scales"]["phone"])}
    _component(data=data, key=key, on_chosen_change=told(taken))


def told_of(
    pictures: np.ndarray | None, written: Candidates | None, proof: Proof | None, *, pixels: bool, live: bool
) -> dict[str, Any]:
    """All that the browser shows."""
    digits = [_digit(digit, pictures, written, proof) for digit in range(10)]
    width = PAPER if not pixels else 28 if pictures is None else pictures.shape[2]
    shown = repr([(each["strokes"], each["image"]) for each in digits])
    return {
        "kind": "pictures" if pixels else "strokes",
        "digits": digits,
        "version": hashlib.blake2b(shown.encode(), digest_size=8).hexdigest(),
        "live": live,
        "chosen": CHOSEN.get(),
        "pixels": width,
        "scales": {name: max(1, round(side / width)) for name, side in SIDES.items()},
        "words": {
            "label": say("Ten pictures, one for each digit"),
            "play": say("Write them again"),
            "stop": say("Stop"),
        },
    }


def _digit(digit: int, pictures: np.ndarray | None, written: Candidates | None, proof: Proof | None) -> dict[str, Any]:
    """One paper: strokes, or an image, and what the network and the judge read in it."""
    lines = [np.round(each, 1).tolist() for each in strokes(written, digit)] if written else []
    image = images.digit_url(pictures[digit]) if pictures is not None and not written else ""
    own = judge = None
    label = say("The picture for {digit}", digit=digit)
    if proof:
        read, judged = int(proof.answers[digit]), int(proof.judge_answers[digit])
        own = {"text": say("It reads {digit}", digit=read), "right": read == digit}
        judge = {"text": say("Judge: {digit}", digit=judged), "right": judged == digit}
        label = say("The picture for {digit}: the network reads {read}, the judge {judged}", digit=digit, read=read,
                    judged=judged)  # fmt: skip
    return {"strokes": lines, "image": image, "own": own, "judge": judge, "label": label}
