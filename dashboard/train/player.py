"""The player of a run that is over: play, pause, again, and a slider over its moments.

The slider moves in the browser by the same clock as the server's, which hears of what a hand does with it alone.
"""

from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts.past import moment_words
from dashboard.parts.refusals import told
from dashboard.say import say
from dashboard.train.clock import CLOCK, PLAY_SECONDS, Clock

KEY = "player"

_HERE = Path(__file__)
_component = st.components.v2.component(
    "run_player",
    html='<div class="player"><button type="button"></button><input type="range" min="0" step="1"><output></output></div>',
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def player(clock: Clock) -> None:
    """Show where in the run the visitor is, to be played and set."""
    _component(
        data={
            "run": clock.run_id,
            "place": clock.now(),
            "playing": clock.playing,
            "seconds": PLAY_SECONDS,
            "moments": [moment_words(moment) for moment in clock.moments],
            "words": {"play": say("Play"), "pause": say("Pause"), "again": say("Again"), "label": say("How far it had learned"),
                      "help": say("Watch it learn from the start, or go to any moment of it.")},
        },
        key=KEY,
        on_asked_change=told(_take),
    )  # fmt: skip


def _take() -> None:
    """Obey what a hand did: `asked` is [which run, "play" or "stop", the position], as a browser sent it."""
    held: Any = st.session_state.get(KEY)
    asked = held.get("asked") if held else None
    clocks = CLOCK.get()
    if not (isinstance(asked, list) and len(asked) == 3 and clocks and asked[0] == clocks[0].run_id):
        return
    if asked[1] == "play":
        clocks[0].play()
    elif isinstance(asked[2], int | float) and 0 <= asked[2] <= clocks[0].last:
        clocks[0].stop_at(float(asked[2]))
