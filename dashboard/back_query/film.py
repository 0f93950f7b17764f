"""The film: the ten pictures at every moment that was kept of a run, played, moved through, and taken away as a file."""

import functools
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.catalog import RUN_NAME, moment_in
from core.errors import DigitLabError
from core.explain.back_query.methods import METHODS
from core.film.export import to_gif, to_sheet
from core.film.film import Film, read_film, shipped_film_path, where_kept
from core.film.making import FEWEST, FILMED, missing
from core.jobs.asking import Filming
from core.runs.run import RECORDING, Run, open_run
from dashboard import shared, visitor, words
from dashboard.back_query.sheet import SIDES
from dashboard.look import images
from dashboard.look.scripts import bundle
from dashboard.parts.links import say_if_gone
from dashboard.parts.past import has_past, moment_words, moments_of
from dashboard.parts.refusals import fragment, refusal, told
from dashboard.say import N_, say

WAY = "film"  # key of the way in which it is filmed, and its name in the URL
REFRESH = 1.0  # seconds between two looks at what goes on
LIVE = ("seen", "inverse")  # ways quick enough to be filmed by itself while a run goes on
WHAT_IT_IS = N_(
    "What **{title}** had in mind at every moment of its training that was kept, from its first random weights on."
)
NO_PAST = N_(
    "Nothing was kept of this network's training. Here is the film of **{title}**, which comes with Digit Lab."
)
TOO_EARLY = N_("The film begins with the second moment that is kept of this training.")
NOT_YET = N_("Nobody has made this film yet. It takes about {seconds} seconds, and you can watch.")
NOT_ALL = N_("Moments have come since it was made. To add them takes about {seconds} seconds.")
SECONDS = {"seen": 0.5, "written": 5, "typical": 1, "inverse": 0.2}  # for a frame, about

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "ten_reel",
    html=(_HERE / "reel.html").read_text(encoding="utf-8"),
    css=(_HERE / "reel.css").read_text(encoding="utf-8"),
    js=bundle(_HERE, "reel.js"),
)


def film(name: str) -> None:
    """The film of the run that the network of this name comes from; of another one, that of the recording."""
    run, moment = _run_of(name)
    sentence = WHAT_IT_IS
    if run is None:
        run, sentence = open_run(RECORDING), NO_PAST
    ways = list(FILMED)
    visitor.chosen(WAY, ways, ways[0])
    st.segmented_control(say("How it is asked"), ways, format_func=_title, key=WAY, required=True, label_visibility="collapsed",
                         help=say(words.HELP["way_back"]))  # fmt: skip
    visitor.keep(WAY, ways[0])
    say_if_gone(WAY)
    st.markdown(say(sentence, title=run.title()))
    going_on = _going_on(run, st.session_state[WAY])
    fragment(_panel, run_every=REFRESH if going_on else None)(run.id, st.session_state[WAY], moment, going_on)


def _run_of(name: str) -> tuple[Run | None, float | None]:
    """The run that a network comes from, with the moment of it; None where nothing was kept of its training."""
    run_id, _, _ = name.partition("@")
    if not RUN_NAME.fullmatch(run_id):
        return None, None
    run, past = open_run(run_id), moment_in(name)
    return (run, past[1] if past else None) if has_past(run) else (None, None)


def _going_on(run: Run, way: str) -> bool:
    filming = shared.jobs().filming(run.id, way)
    return run.status().active or bool(filming and filming.live)


def _panel(run_id: str, way: str, moment: float | None, was_going_on: bool) -> None:
    run = open_run(run_id)
    if _going_on(run, way) != was_going_on:
        st.rerun()
    if len(moments_of(run)) < FEWEST:
        st.info(say(TOO_EARLY), icon=":material/info:")
        return
    made, left = _made(run, way)
    filming = shared.jobs().filming(run_id, way)
    if left and way in LIVE and run.status().active and not (filming and (filming.live or filming.error)):
        filming = shared.jobs().film(run_id, way, owner=visitor.owner())
    if made is not None:
        with st.container(key="reel-place"):
            _component(data=reel_data(run_id, made, moment), key=f"reel-{way}")
        _take_away(run_id, way)
    with st.container(key="reel-now"):  # last: it comes and goes while a run is filmed, and moves nothing
        if filming and filming.live:
            _under_way(filming)
        elif left:
            _offer(run_id, way, len(left), filming, is_begun=made is not None)


def _made(run: Run, way: str) -> tuple[Film | None, list[float]]:
    """The film as far as it is made, of moments that are there, and the moments that are missing in it."""
    for path in where_kept(run.id, way):
        try:
            changed = path.stat().st_mtime
            kept = shared.caches().films.get((path, changed), functools.partial(read_film, path))
        except (DigitLabError, FileNotFoundError):
            continue
        left = missing(run, kept) if path == shipped_film_path(way) else missing(run, kept, changed)
        there = np.isin(kept.moments, moments_of(run))
        return (kept.only(there) if there.any() else None), left
    return None, missing(run, None)


def _under_way(filming: Filming) -> None:
    place = shared.jobs().queue.place(filming.ticket)
    st.progress(filming.done, words.in_line(place) if place else say("The film is being made …"))


def _offer(run_id: str, way: str, frames: int, filming: Filming | None, *, is_begun: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(say("Make the film"), key="film-make", type="primary", icon=":material/movie:",
                  on_click=told(_begin, "film", once=True), args=(run_id, way),
                  help=say("Each network that was kept is asked, one after the other, in a process of its own."))  # fmt: skip
        st.markdown(
            say(NOT_ALL if is_begun else NOT_YET, seconds=max(1, round(SECONDS[way] * frames))), width="content"
        )
    if error := refusal("film") or (filming and filming.error):
        st.error(say(error), icon=":material/error:")


def _begin(run_id: str, way: str) -> None:
    shared.jobs().film(run_id, way, owner=visitor.owner())


def _take_away(run_id: str, way: str) -> None:
    with st.container(horizontal=True, gap="small", key="reel-tools"):
        st.download_button(say("As a GIF"), functools.partial(as_gif, run_id, way), f"{run_id}-{way}.gif", "image/gif",
                           key="film-gif", icon=":material/gif_box:", on_click="ignore",
                           help=say("A picture that moves: it plays in a browser, a message or a slide."))  # fmt: skip
        st.download_button(say("As a sheet"), functools.partial(as_sheet, run_id, way), f"{run_id}-{way}.png", "image/png",
                           key="film-sheet", icon=":material/grid_on:", on_click="ignore",
                           help=say("One picture, with a row of ten for each moment, to print or to hang up."))  # fmt: skip


def as_gif(run_id: str, way: str) -> bytes:
    """The film as a GIF; worked out when it is asked for."""
    return to_gif(_there(run_id, way))


def as_sheet(run_id: str, way: str) -> bytes:
    return to_sheet(_there(run_id, way))


def _there(run_id: str, way: str) -> Film:
    made, _ = _made(open_run(run_id), way)
    if made is None:
        raise DigitLabError("The film is not there any more. Make it again.")
    return made


def reel_data(run_id: str, made: Film, moment: float | None) -> dict[str, Any]:
    """All that the browser plays: a strip of ten pictures for each moment, and what was read in them."""
    height, width = made.pictures.shape[2:]
    shown = hashlib.blake2b(made.pictures.tobytes() + made.moments.tobytes(), digest_size=8).hexdigest()
    return {
        "film": f"{run_id} {made.method}",
        "version": shown,
        "frames": [images.digit_url(np.concatenate(list(each), axis=1) / 255.0) for each in made.pictures],
        "answers": made.answers.tolist(),
        "moments": [moment_words(each) for each in made.moments.tolist()],
        "at": None if moment is None else int(np.abs(made.moments - moment).argmin()),
        "shape": [height, width],
        "scales": {name: max(1, round(side / width)) for name, side in SIDES.items()},
        "words": {
            "reads": [say("It reads {digit}", digit=digit) for digit in range(10)],
            "play": say("Play the film"),
            "pause": say("Pause the film"),
            "time": say("Moment of the film"),
            "strip": say("The same digit at every moment: click one"),
            "digit": [say("Show {digit} in the strip", digit=digit) for digit in range(10)],
        },
    }


def _title(way: str) -> str:
    return say(METHODS[way].title)
