"""What pages do with what came from outside, without a page: their sentences, charts and callbacks.

No script runs here: Streamlit's session then is a plain dictionary of this process.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.catalog import find_model, is_moment, moment_in
from core.datasets import described
from core.datasets.classes import Classes
from core.datasets.uploads import Upload
from core.engines.taichi import runtime
from core.errors import DigitLabError
from core.explain.back_query.found import Found
from core.jobs import limits
from core.runs import classes, keys
from core.runs.glances import look
from core.runs.run import Run, open_run
from core.runs.series import runs_of
from core.runs.snapshots import Snapshots
from core.settings import settings as settings_here
from core.training.remarks import remarks
from dashboard import cookie, visitor, words
from dashboard import say as saying
from dashboard.back_query import panel, sheet
from dashboard.draw.stage import asked
from dashboard.look.curves import View, learning_curve
from dashboard.look.overlay import curve, overlay
from dashboard.look.small_lines import shares_right, ten_lines
from dashboard.mistakes import matrix
from dashboard.mistakes.digit_map import loop
from dashboard.pads import drawing, strokes
from dashboard.pads.fabric import path
from dashboard.pads.keyboard_pad import preset
from dashboard.pads.sheets import sheets
from dashboard.parts import gallery
from dashboard.say import say
from dashboard.train import figures, film, layers, link, own_data, player, rows, settings, table, wheel
from dashboard.train.clock import CLOCK, Clock
from dashboard.train.curves import deeds
from dashboard.train.differences import differences
from dashboard.train.outcome import guesses
from dashboard.train.remarks import Noticed, _dated, marks
from dashboard.train.watched import Heard, Watched, until
from dashboard.web import status
from tests.fuzz import seeds
from tests.fuzz.mutations import dump


def sent(data: Any) -> str:
    """What a browser is sent: JSON, in which no number may be none."""
    return json.dumps(data, allow_nan=False)


# -- a run


def row(run: Run) -> Any:
    """A run in the table of runs, and in the picker."""
    glance = look(run)
    if glance is None:
        return None
    found = rows.chosen([glance], text="tiny", which="all", order=rows.Order("score"))
    return (
        sent(rows.row(glance, glance.title, watched="", compared=[])),
        words.run_title(run, glance.status),
        len(found),
        glance.record.note,
    )


def compared(run: Run) -> Any:
    """Beside another run."""
    glance = look(run)
    if glance is None:
        return None
    _, title = rows.score(glance.summary), glance.title
    return title, [each.id for each in (runs_of(glance.record.series) if glance.record.series else [])]


def how_it_stands(run: Run) -> Any:
    status = run.status()
    return words.phase(status, "numpy"), say(status.reason) if status.reason else ""


def watch(run: Run) -> Any:
    """What the Train page shows of a run: figures, curves, remarks, the film, layers."""
    now = Watched(run, run.config(), run.status(), Heard().read(run))
    left = now.seconds_left()
    shown = [
        words.duration(left) if left is not None else "",
        figures.mean_speed(now),
        wheel.where_it_waits(now.last, now.config),
    ]
    if now.last:
        shown += [
            words.short_duration(now.last.seconds),
            say("{done:.0f}", done=100 * min(now.last.epoch / now.total, 1.0)),
        ]
    noticed = Noticed()
    noticed.look(run.id, len(now.epochs), lambda: remarks(now.config, list(now.events)), over=True)
    for what in ("accuracy", "loss"):
        for logarithmic in (False, True):
            view = View(float(now.total), run.id, smoothed=not logarithmic, logarithmic=logarithmic)
            sent(
                learning_curve(
                    now.batches, now.epochs, what=what, view=view, marks=marks(noticed), deeds=deeds(now.events)
                )
            )
        overlay([(run.title(), curve(now.events))], what, "light").to_json()
    counted, outputs = now.counted, now.config.network.outputs
    if now.config.training.validation:
        confusions = np.array([event.confusion for event in counted]).reshape(-1, outputs, outputs)
        shown.append(
            ten_lines(
                np.array([event.epoch for event in counted], np.float64), shares_right(confusions), total=now.total
            )
        )
        if counted:
            sent(film.film_data(run.id, counted, "light"))
    for event in now.epochs[-1:]:
        shown += [layers.line(number, each, len(event.layers)) for number, each in enumerate(event.layers, 1)]
    until(now.events, 0.5)
    shown += [_dated(remark) for remark in (*noticed.shown, *noticed.others)]
    shown += differences("Tiny", now.config, "Other", seeds.config())
    glance = look(run)
    if glance and glance.summary.test:
        shown.append(guesses(glance.summary.test, now.config, now.status))
    return [str(part) for part in shown], Snapshots(run).moments()


# -- data, and pictures of networks


def own_digits(about: Upload, seen: Classes) -> Any:
    """The digits of one's own, one of each."""
    saying_it = say("{train:,} and {test:,}, {height}, {width}", train=int(seen.train.sum()), test=int(seen.test.sum()),
                    height=about.shape[0], width=about.shape[1])  # fmt: skip
    pictures = [own_data.digit_tag(mean / 255, scale=1, alt="") for mean in seen.means]
    return saying_it, own_data._sheet(seen.train.tolist(), pictures), about.title


def ten_papers(found: Found) -> Any:
    sent(sheet.told_of(found.pictures, found.written, found.proof, pixels=found.written is None, live=False))
    return found.method, panel.HOW.get(found.method, "")


# -- what a browser sends


def pad_seeds() -> list[bytes]:
    """Drawings as the pads send them, and what is done with them after that."""
    points = [(20.0, 20.0), (60.5, 99.0), (100.0, 30.0)]
    one, two = path(points, 20), path([(5, 5)], 10)
    picture = strokes.image(strokes.inked(np.pad(np.full((4, 4), 255, np.uint8), 6)))[0][0]
    url = picture["src"]
    live = {"strokes": [one], "png": url, "version": 1, "sequence": 3}
    more = live | {"strokes": [one, two, dict(picture)], "sequence": 4}
    canvas = {"raw": {"objects": [one, two]}, "data": url}
    return [dump({"way": None, "sent": [live, more], "then": ["undo", "undo", "clear"], "pen": 20}),
            dump({"way": "canvas", "sent": [canvas], "then": ["undo", "remount", "undo"], "pen": 20}),
            dump({"way": "keys", "sent": [more, live, more], "then": ["undo", "preset", "undo"], "pen": 12})]  # fmt: skip


def pad(folder: Path, content: bytes) -> Any:
    """A visitor's pad, from its first stroke on."""
    told = json.loads(content)
    fields = told if isinstance(told, dict) else {}
    st.session_state.clear()
    st.session_state["drawing-way"] = fields.get("way") if fields.get("way") in ("keys", "canvas") else None
    pen = (
        min(max(round(fields["pen"]), drawing.THINNEST), drawing.THICKEST)
        if _is_number(fields.get("pen"))
        else drawing.PEN
    )
    seen = []
    for each in _list(fields.get("sent")):
        held = drawing.drawing()
        st.session_state[drawing.key("drawing", held)] = {"drawing": each}
        picture = drawing.drawn()
        seen += [
            drawing.source(),
            held.label,
            held.full,
            drawing.heard("drawing", held),
            None if picture is None else picture.shape,
        ]
        held.take_pen(pen, False)
        sent(held.start)
    held = drawing.drawing()
    for what in _list(fields.get("then")):
        match what:
            case "undo":
                held.undo(28, 28)
            case "clear":
                held.clear()
            case "remount":
                held.remount()
            case "preset":
                held.put(*preset(3, width=28, height=28, pen=pen))
        picture = held.picture()
        seen.append(None if picture is None else strokes.is_full(picture))
    assert held.size < 2 * strokes.MOST_BYTES + 2 * strokes.LONGEST, "a drawing grows without bound"
    sent(held.start)
    return seen


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < 1e300


def _list(value: Any) -> list[Any]:
    return value[:10] if isinstance(value, list) else []


def component_seeds() -> list[bytes]:
    run = seeds.run()
    return [dump({"player": [run.id, "stop", 1.5], "table": ["star", run.id], "table2": ["sort", "name"], "gallery": 1,
                  "matrix": [1, 2],
                  "papers": 3,
                  "loop": {"corners": [10, 20, 900, 20, 500, 800], "digit": 7}, "link": "?recipe=simple&epochs=3"})]  # fmt: skip


def components(folder: Path, content: bytes) -> Any:
    """What our components tell of hands."""
    told = json.loads(content)
    held = told if isinstance(told, dict) else {}
    st.session_state.clear()
    clock = Clock(seeds.run().id, [0.0, 0.5, 1.0, 2.0])
    CLOCK.put([clock])
    st.session_state[player.KEY] = {"asked": held.get("player")}
    player._take()
    sent({"place": clock.now(), "epochs": clock.epochs, "playing": clock.playing})
    for name in ("table", "table2"):
        st.session_state[table.TABLE] = {"act": held.get(name)}
        _allowed(table._act)
    st.session_state["g"] = {"click": held.get("gallery")}
    st.session_state["m"] = {"tap": held.get("matrix")}
    st.session_state[link.COMPONENT] = {"stands": held.get("link")}
    link._link_button({"recipe": "simple"})
    return gallery._clicked("g"), matrix.tapped("m", 10), loop.asked_in(held.get("loop"))


def _allowed(action: Any) -> None:
    try:
        action()
    except DigitLabError as error:
        assert str(error)


def address_seeds() -> list[bytes]:
    run = seeds.run()
    return [dump({"model": f"{run.id}@1", "run": run.id, "digit": "7", "recipe": "simple", "hidden": "200-100",
                  "learning_rate": "0.01", "loop": "1.2.3.4.5.6",
                  "epochs": "3", "bias": "on", "dataset": seeds.dataset(), "seed": "1",
                  "activation": "relu", "optimizer": "adam"})]  # fmt: skip


def address(folder: Path, content: bytes) -> Any:
    """What a page's address says."""
    link_says = {name: value for name, value in json.loads(content).items() if isinstance(value, str)}
    st.session_state.clear()
    st.session_state[settings.key("validation")] = True
    wrong = link.read(link_says)
    said = [str(error) for error in wrong]
    for name in ("model", "run"):
        value = link_says.get(name, "")
        visitor.chosen(name, ["default"], "default")
        said += [_found(lambda value=value: find_model(value).name), _found(lambda value=value: open_run(value).id),
                 str(is_moment(value)),
                 str(moment_in(value))]  # fmt: skip
    said.append(str(loop.corners_in(link_says.get("loop"))))
    try:
        said += [settings.configuration().to_json(), sent(link.in_link())]
    except DigitLabError as error:
        said.append(say(error.message))
    return said


def known(name: str) -> str:
    """The network of this name as a picker says it, or why there is none."""
    return _found(lambda: find_model(name).name)


def _found(find: Any) -> str:
    try:
        return find()
    except DigitLabError as error:
        return say(error.message)


FORM = ("hidden", *settings.NETWORK_FIELDS, *settings.TRAINING_FIELDS)


def form_seeds() -> list[bytes]:
    config = seeds.config()
    return [
        dump(
            {"recipe": "blog-a-200-1"}
            | settings.in_form(config)
            | {"title": "My run", "note": "A note.", "locale": "de-AT"}
        )
    ]


def form(folder: Path, content: bytes) -> Any:
    """What the fields of the Train page hold: text of any length, numbers that are none. Choices are Streamlit's to judge."""
    told = json.loads(content)
    held = told if isinstance(told, dict) else {}
    st.session_state.clear()
    link.read({})
    for name in settings.NUMBERS:
        if held.get(name) is None or _is_double(held[name]):
            st.session_state[settings.key(name)] = held.get(name)
    if isinstance(held.get("hidden"), str):
        st.session_state[settings.key("hidden")] = held["hidden"]
    said = []
    try:
        config = settings.configuration()
        said += [config.to_json(), sent(link.in_link())]
    except DigitLabError as error:
        said.append(say(error.message))
    for name in settings.CHECKED:
        try:
            settings.check(name)
        except DigitLabError as error:
            said.append(say(error.message))
    st.session_state[wheel.RATE] = held.get("learning_rate") if _is_double(held.get("learning_rate")) else None
    said.append(wheel._problem())
    run = seeds.run()
    for name, write in (("title", _rename), ("note", _note)):
        if isinstance(held.get(name), str):
            said.append(_found(lambda write=write, text=held[name]: write(run, text)))
    if isinstance(held.get("locale"), str):
        with saying.speaking(held["locale"]):
            said.append(saying.language())
    return said


def _rename(run: Run, text: str) -> str:
    from core.runs import keeping

    return keeping.rename(run, text) + row(run)[0]


def _note(run: Run, text: str) -> str:
    from core.runs import keeping

    return keeping.write_note(run, text) + row(run)[0]


def _is_double(value: Any) -> bool:
    """Whether a browser can send it for a number: Streamlit's message has a double there."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1.8e308 or value != value


def asked_seeds() -> list[bytes]:
    """What the stage asks the server about a drawing, by itself."""
    url = strokes.image(strokes.inked(np.pad(np.full((4, 4), 255, np.uint8), 6)))[0][0]["src"]
    drawn = [path([(20.0, 20.0), (60.5, 99.0), (100.0, 30.0)], 20)]
    about = {"sheet": "a", "model": "small", "version": 1, "sequence": 3, "language": "en"}
    return [dump(about | {"strokes": drawn, "png": url})]


def asked_by_stage(folder: Path, content: bytes) -> Any:
    """As the server answers it: 200 or 409 with a verdict, 400 for what no stage sends."""
    sheets().open("a", "small")
    response = asked._response(content)
    assert response.status_code in (200, 400, 409), response.status_code
    return bytes(response.body).decode()


def visitors_seeds() -> list[bytes]:
    told = {"cookie": f"digit-lab={cookie.value_of('0' * 16)}; a=b", "name": "Ada", "code": "abcdefghjk"}
    return [dump(told | {"see": keys.sign(keys.WATCH, seeds.run().id), "key": "Basic YTpi"})]


def visitors(folder: Path, content: bytes) -> Any:
    """What else a browser says of itself: its cookies as a header, the name for a class, the code of one, proofs and keys."""
    told = json.loads(content)
    said = {name: value for name, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}
    header = said.get("cookie", "").encode("latin-1", "replace")
    headers = [(b"cookie", header), (b"x-forwarded-for", header)]
    scope = {"type": "http", "method": "GET", "headers": headers, "client": ("1.2.3.4", 1)}
    made = cookie._new(scope) if cookie._needs_one(scope) else ""
    name, code = said.get("name", ""), said.get("code", "")
    assert not keys.proves(keys.OWN, seeds.run().id, said.get("see", "")), "a link to watch owns"
    assert not status.is_owner(said.get("key", "")), "a made up key is the owner's"
    return made.isprintable(), _found(lambda: classes.clean_name(name)), _found(lambda: classes.find(code).code)


# -- settings of the machine


def settings_of_the_machine() -> Any:
    runtime.cores.cache_clear()
    about = described("mnist")
    return settings_here(), limits.is_hosted(), saying.language(), runtime.cores(), str(about and about.title)
