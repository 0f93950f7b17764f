"""The stage as a component of our own: what is drawn is read in the browser while the hand moves, and by the server after it.

The scripts beside this file do the work. They are told here what lies on the pad, what the server says of it, which networks
they can read with, and every word that they show.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from core.config import NetworkConfig
from dashboard import words
from dashboard.draw.stage.verdict import Verdict
from dashboard.look.numbers import a, brief
from dashboard.look.scripts import bundle
from dashboard.pads.fabric import INK, PAPER
from dashboard.pads.live_pad import CELL
from dashboard.pads.strokes import MOST_STROKES, Drawing
from dashboard.parts.reader import SMALLEST
from dashboard.say import N_, language, say

PENS = (12, 20, 28)  # of the pad's units
PEN_NAMES = (N_("Thin pen"), N_("Medium pen"), N_("Thick pen"))
SHOWN_UNITS = 20  # of each hidden layer; `drawing.js` chooses them

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "digit_stage",
    html=(_HERE / "stage.html").read_text(encoding="utf-8"),
    css=(_HERE / "stage.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "component.js"),
)


def stage(data: dict[str, Any], *, presenting: bool, key: str) -> None:
    """Show the stage with what it is `told`; `presenting` is on a big screen, in large type."""
    _component(data=data | {"presenting": presenting}, key=key, width="stretch", on_drawing_change=lambda: None)


def told(
    held: Drawing,
    verdict: Verdict,
    network: NetworkConfig,
    *,
    model: str,
    alone: bool,
    networks: list[dict[str, Any]],
    guard: dict[str, Any] | None,
    heard: int,
    size: int,
    section: str,
    way: str,
) -> dict[str, Any]:
    """What the stage is told.

    Parameters
    ----------
    network : the network in use, of which the words over its layers tell.
    model : the name of the model in use, by which the stage asks the server of a drawing (`asked.py`).
    alone : nothing else on the page depends on what is drawn: the stage need not tell the session of it.
    networks : what the browser fetches to read by itself (`dashboard.parts.served.networks`).
    guard : what it fetches to tell what is no digit (`dashboard.parts.served.guard`), or None.
    heard : the number of the picture that was read last.
    size : units along a side of the pad.
    section : what stands in the middle; "network" is drawn by the stage itself.
    way : "live", "keys" for the squares of the keyboard's cursor, or "canvas" where another pad lies over this one.
    """
    return {
        "strokes": list(held.start["objects"]) if held.start else [],
        "under": held.under,
        "version": held.loads,
        "heard": heard,
        "width": size,
        "height": size,
        "cell": CELL,
        "ink": INK,
        "paper": PAPER,
        "most": MOST_STROKES,
        "pens": list(PENS),
        "smallest": SMALLEST * size,
        "grid": way == "keys",
        "section": section,
        "way": way,
        "model": model,
        "sheet": held.sheet,
        "alone": alone,
        "networks": networks,
        "guard": guard,
        "verdict": verdict.told(),
        "language": language(),
        "words": _words(network),
        **_pad_words(),
    }


def _pad_words() -> dict[str, str]:
    return {
        "label": say(words.PAD_LABEL),
        "onInk": say("row {row}, column {column}, ink"),
        "onPaper": say("row {row}, column {column}, paper"),
    }


def _words(network: NetworkConfig) -> dict[str, Any]:
    """What the scripts show. They fill in what only they know: places in braces that are left as they are here."""
    return {
        "empty": say(words.EMPTY_PAD),
        "looking": say("Reading …"),
        "number": say("A number of several digits."),
        "soFar": [say("So far it looks like {digit}.", digit=a(digit)) for digit in range(10)],
        "reads": [
            say("The network reads {digit} and is {sure} sure.", digit=a(digit), sure="{sure}") for digit in range(10)
        ],
        "noDigit": say("So far it looks like no digit."),
        "nearest": [
            say("That looks like no digit. If it is one, the nearest is {digit}.", digit=a(digit))
            for digit in range(10)
        ],
        "percent": say("{percent} %", percent="{percent}"),
        "hardlyAny": brief(0.0),
        "almostAll": brief(1.0),
        "bars": say(
            "Probabilities: {first}: {likeliest}, {second}: {likely}, {third}: {less}",
            first="{first}",
            likeliest="{firstShare}",
            second="{second}",
            likely="{secondShare}",
            third="{third}",
            less="{thirdShare}",
        ),
        "noBars": say("Ten empty bars: no digit is read"),
        "pause": say("Pause"),
        "goOn": say("Go on"),
        "nowYou": say("Now you"),
        "tools": say("Pen and paper"),
        "undo": say("Undo"),
        "clear": say("Clear"),
        "eraser": say("Eraser"),
        "width": say("How thick the pen is"),
        "pens": [say(name) for name in PEN_NAMES],
        "picture": say("What it sees"),
        "layers": [
            [say("Layer {layer}", layer=layer), say("{count} of {units:,}", count=min(SHOWN_UNITS, units), units=units)]
            for layer, units in enumerate(network.hidden, 1)
        ],
    }
