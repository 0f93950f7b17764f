"""Whose is what: two visitors try everything of one another's, and get what its owner gave the link to, and nothing else."""

import functools
import itertools
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec
import numpy as np
import pytest
from starlette.responses import HTMLResponse, PlainTextResponse
from streamlit.testing.v1 import AppTest

from core.bench.race import contestants
from core.config import Config
from core.datasets.uploads import brought_by, keep, let_go, note_owner, uploads
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.executor import MEASUREMENT, Work
from core.jobs.jobs import Jobs
from core.jobs.queue import Ticket
from core.jobs.racing import Race
from core.models import given
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import keys, links
from core.runs.run import Run, create_run, open_run
from core.runs.status import Status
from core.sweep import sweep as sweeps
from core.sweep.grid import Grid
from core.sweep.sweep import Sweep, create, place_of
from core.teach.copies import delete_copy, is_copy, keep_copy, owner_of
from core.training.recipes import RECIPES
from dashboard import cookie, sharing, visitor
from dashboard.engines import measure, race
from dashboard.sweep import choice, panel
from dashboard.sweep import managing as sweep_managing
from dashboard.sweep import share as sweep_share
from dashboard.train import again, headline, managing, own_data, progress, share, table, wheel
from tests.coroutines import run

SMALL = RECIPES["small"].config
ANNA, BEN = "a" * 16, "b" * 16


class Who:
    """Who looks at the page."""

    id = ANNA


@pytest.fixture
def who(monkeypatch, runs_dir, data_dir) -> Who:
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    who = Who()
    monkeypatch.setattr("dashboard.visitor.owner", lambda: who.id)
    return who


def open_page(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params.update(query)
    app = app.switch_page(f"dashboard/pages/{page}.py").run()
    assert not app.exception
    return app


@pytest.fixture
def open_train() -> Callable[..., AppTest]:
    return functools.partial(open_page, "train")


def a_model(title: str = "Mine", config: Config = SMALL) -> Model:
    scores = {"test": Score(180, 162)}
    return Model(config, Parameters.initial(config.network, 0), Provenance(title, scores=scores))


def a_run(owner: str, title: str, state: str = "finished") -> Run:
    run = create_run(SMALL, title=title, owner=owner)
    run.save_model(a_model(title))
    run.set_status(Status(state))
    time.sleep(0.002)  # ids stand in the order of their milliseconds
    return run


def given_by(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def names_in(app: AppTest) -> str:
    """All that the page says, and what its pickers offer."""
    said = [text.value for text in app.markdown] + [option for box in app.selectbox for option in box.options]
    return "\n".join(said)


def test_runs_are_seen_by_their_owner_and_by_who_has_the_watch_link(who, open_train):
    mine, theirs, house = a_run(ANNA, "Anna’s"), a_run(BEN, "Ben’s"), a_run("terminal", "The house’s")
    assert [each.id for each in visitor.runs_in_sight()] == [house.id, mine.id]
    assert not any(visitor.is_in_sight(name) for name in (theirs.id, f"{theirs.id}@0", f"{theirs.id}@now"))
    for proof in ("0" * 32, keys.sign(keys.OWN, theirs.id)):
        app = open_train(run=theirs.id, model=f"{theirs.id}@0", see=proof)
        assert "Ben’s" not in names_in(app) and "Anna’s" in names_in(app)
        assert len([box for box in app.warning if "not here any more" in box.value]) == 2  # the run, and the network
    link = sharing.watch_link(theirs)
    app = open_train(**given_by(link))
    assert app.session_state["run"] == theirs.id and "**Ben’s**" in names_in(app)
    assert app.button(key="run-delete").disabled and "Ben’s, 90.0\xa0%" in app.selectbox(key="model").options


def every_verb(run: Run) -> dict[str, Callable[[], object]]:
    """All that can be done to a run, as a browser that sends any click would ask for it."""
    return {
        "delete": lambda: managing._delete(run.id), "edit": lambda: managing._edit(run.id),
        "star": lambda: table.act("star", run.id), "several": lambda: again._several(run.id),
        "resume": lambda: headline._resume(run), "stop": lambda: wheel._stop(run), "pause": lambda: wheel._pause(run),
        "go": lambda: wheel._go(run), "batch": lambda: wheel._step_batch(run), "epoch": lambda: wheel._step_epoch(run),
        "rate": lambda: wheel._set_rate(run), "new links": lambda: share._renew(run.id),
        "alone": lambda: share._renew(run.id, alone=True),
    }  # fmt: skip


def test_who_may_watch_changes_nothing_and_who_was_given_a_run_changes_it(who, monkeypatch):
    run = a_run(BEN, "Ben’s", "running")
    run.set_process(1)
    before = sorted((path.name, path.read_bytes()) for path in run.path.iterdir() if path.is_file())
    monkeypatch.setattr(wheel, "_rate_in_field", lambda: 0.1)
    for verb, ask in every_verb(run).items():
        with pytest.raises(DigitLabError, match=r"[Oo]wner|[Oo]nly whoever|Another visitor") as refused:
            monkeypatch.setattr("streamlit.session_state", {f"run-title-{run.id}": "x", f"run-note-{run.id}": "x",
                                                            "run_seeds": 1, "_seen": {run.id: ""}})  # fmt: skip
            ask()
        assert refused.value.message, verb
    assert before == sorted((path.name, path.read_bytes()) for path in run.path.iterdir() if path.is_file())


def test_the_owner_s_link_makes_an_owner_and_is_taken_out_of_the_address(who, open_train):
    run = a_run(BEN, "Ben’s")
    app = open_train(**given_by(sharing.owner_link(run)))
    assert run.record().owners == (ANNA,) and run.record().owner == BEN
    assert not app.button(key="run-delete").disabled and "own" not in app.query_params
    assert [each.id for each in visitor.runs_in_sight()] == [run.id]  # with any tab, from now on
    assert "run-links-alone" not in {button.key for button in app.button}  # which only Ben could press
    shown = [code.value for code in app.code]
    assert shown == [sharing.watch_link(run), sharing.owner_link(run)] and len(set(shown)) == 2
    app.button(key="run-delete").click().run()
    with pytest.raises(DigitLabError, match="no such run"):
        open_run(run.id)
    late = open_train(**given_by(sharing.owner_link(run)))  # the page is there all the same
    assert any("no such run" in box.value for box in late.warning) and "own" not in late.query_params
    who.id = BEN
    other = a_run(BEN, "Ben’s other")
    who.id = ANNA
    open_train(run=other.id, own=keys.sign(keys.OWN, run.id))  # the proof of another run
    assert other.record().owners == ()


def test_new_links_make_the_old_ones_worthless_and_only_who_began_a_run_takes_it_back(who, open_train):
    run = a_run(BEN, "Ben’s")
    watch, own = sharing.watch_link(run), sharing.owner_link(run)
    tab = open_train(**given_by(watch))
    assert "**Ben’s**" in names_in(tab)
    who.id = BEN
    page = open_train(run=run.id)
    page.button(key="run-links-new").click().run()
    shown = [code.value for code in page.code]
    assert shown == [sharing.watch_link(run), sharing.owner_link(run)] and not {watch, own} & set(shown)
    assert any("given earlier open nothing" in caption.value for caption in page.caption)
    who.id = ANNA
    assert "Ben’s" not in names_in(tab.run())  # in a tab that had it open too
    assert not visitor.is_in_sight(run.id)
    old = open_train(**given_by(own))
    assert run.record().owners == () and any("has made new links" in box.value for box in old.warning)
    assert "Ben’s" not in names_in(old) and "Ben’s" not in names_in(open_train(**given_by(watch)))
    open_train(**given_by(shown[1]))
    assert run.record().owners == (ANNA,)

    open_train(run=run.id).button(key="run-links-new").click().run()  # as an owner may
    assert run.record().owners == (ANNA,) and shown[1] != sharing.owner_link(run)
    with pytest.raises(DigitLabError, match="only whoever began it takes it back"):
        share._renew(run.id, alone=True)
    who.id = BEN
    page = open_train(run=run.id)
    assert any("given it to one visitor" in text.value for text in page.markdown)
    page.button(key="run-links-alone").click().run()
    assert run.record().owners == () and "run-links-alone" not in {button.key for button in page.button}
    who.id = ANNA
    assert not visitor.is_in_sight(run.id) and "Ben’s" not in names_in(open_train(run=run.id))


def noting(looked: list[str], what: str) -> Callable[..., None]:
    """A function that notes that it was called, and has nothing done after it."""

    def noted(*about: object) -> None:
        looked.append(what)
        raise DigitLabError("That is enough.")

    return noted


def test_a_training_that_is_watched_is_out_of_sight_when_its_link_is_taken_back(who, monkeypatch):
    """Its page looks by itself, twice a second; a whole page that is drawn anew finds no such run."""
    run = a_run(BEN, "Ben’s", "running")
    run.set_process(os.getpid())
    monkeypatch.setattr("streamlit.session_state", {"_seen": {run.id: ""}})
    looked: list[str] = []
    monkeypatch.setattr(progress.st, "rerun", noting(looked, "drawn anew"))
    monkeypatch.setattr(progress.present, "watch", noting(looked, "shown"))
    for _ in range(2):
        with pytest.raises(DigitLabError, match="enough"):
            progress._live(run, None, progress._going(run))
        links.renew(run)
    assert looked == ["shown", "drawn anew"]


def a_sweep(owner: str, *, over: bool = True) -> Sweep:
    """One of two sizes, both trained."""
    grid = Grid({"": SMALL}, hidden=((8,), (16,)))
    made, runs = create(grid, owner=owner), {}
    for number, config in enumerate(grid.trainings()):
        found = create_run(config, title=f"Size {number} of {owner[0]}", owner=owner, series=made.series(number))
        found.save_model(a_model("Of a sweep", config))
        found.set_status(Status("finished"))
        runs[place_of(number, 0)] = found.id
    made.write(msgspec.structs.replace(made.about(), runs=runs, open=not over))
    return made


def test_a_sweep_is_watched_with_its_trainings_by_who_has_its_link_until_that_is_taken_back(who, open_train):
    theirs, other = a_sweep(BEN), a_sweep(BEN)
    create_run(SMALL, title="Not of it", owner=BEN, series=theirs.series(0))  # a seed more, trained for himself
    assert choice.in_sight() == {} and visitor.runs_in_sight() == []
    for proof in ("0" * 32, keys.sign(keys.OWN, theirs.id), keys.sign(keys.WATCH, other.id)):
        app = open_page("sweep", sweep=theirs.id, see=proof)
        assert any("link is wrong" in box.value for box in app.warning)
        assert "All 2 trainings are over." not in names_in(app)

    link = sharing.watch_link(theirs)
    app = open_page("sweep", **given_by(link))
    assert "All 2 trainings are over." in names_in(app) and app.session_state["sweep"] == theirs.id
    assert not {"sweep-stop", "sweep-go-on", "sweep-delete", "sweep-link-new"} & {button.key for button in app.button}
    train = app.switch_page("dashboard/pages/train.py").run()  # all that belongs to it, and nothing else of theirs
    assert [name in names_in(train) for name in ("Size 0 of b", "Size 1 of b", "Not of it")] == [True, True, False]

    run_id = theirs.about().runs["1.0"]
    way = {visitor.RUN: run_id} | choice.by_its_link(theirs.id, theirs.about())
    watched = open_train(**way)
    assert "**Size 1 of b**" in names_in(watched) and watched.button(key="run-delete").disabled
    assert watched.query_params["see"] == way["see"] != given_by(sharing.watch_link(open_run(run_id)))["see"]
    del watched.query_params[
        "sweep"
    ]  # without it the page proves nothing of the run: that would outlast the sweep's link
    assert watched.run().query_params["see"] == way["see"]

    who.id = BEN
    sweep_share._renew(theirs.id)
    assert sharing.watch_link(theirs) != link
    who.id = ANNA
    assert "All 2 trainings are over." not in names_in(app.switch_page("dashboard/pages/sweep.py").run())
    assert "Size 1 of b" not in names_in(watched.run())
    assert "Size 1 of b" not in names_in(open_train(**way))
    assert any("made a new link" in box.value for box in open_page("sweep", **given_by(link)).warning)
    app = open_page("sweep", **given_by(sharing.watch_link(theirs)))
    assert "All 2 trainings are over." in names_in(app)


def test_who_watches_a_sweep_changes_nothing_of_it(who, monkeypatch):
    theirs = a_sweep(BEN)
    monkeypatch.setattr("streamlit.session_state", {"_seen": {theirs.id: ""}})
    assert list(choice.in_sight()) == [theirs.id] == [visitor.sweep_in_sight(theirs.series(1))]
    assert [visitor.sweep_in_sight(series) for series in ("", a_sweep(BEN).series(0))] == ["", ""]
    before = (theirs.path / "sweep.json").read_bytes()
    verbs = (sweep_managing._stop, sweep_managing._go_on, sweep_managing._delete, sweep_share._renew)
    for act in verbs:
        with pytest.raises(DigitLabError, match="Only its owner"):
            act(theirs.id)
    assert (theirs.path / "sweep.json").read_bytes() == before
    for run_id in theirs.about().runs.values():
        for verb, ask in every_verb(open_run(run_id)).items():
            if verb in ("delete", "edit", "star", "new links", "alone"):
                with pytest.raises(DigitLabError, match=r"[Oo]wner"):
                    ask()


def test_a_sweep_that_is_watched_is_out_of_sight_when_its_link_is_taken_back(who, monkeypatch):
    theirs = a_sweep(BEN, over=False)
    monkeypatch.setattr("streamlit.session_state", {"_seen": {theirs.id: ""}})
    looked: list[str] = []
    monkeypatch.setattr(panel, "redraw_after", lambda *about: None)
    monkeypatch.setattr(panel.st, "rerun", noting(looked, "drawn anew"))
    monkeypatch.setattr(panel, "say_the_best", noting(looked, "shown"))
    for _ in range(2):
        with pytest.raises(DigitLabError, match="enough"):
            panel._live(theirs.id, True)
        sweeps.renew_links(theirs)
    assert looked == ["shown", "drawn anew"]


def test_an_address_that_names_a_run_proves_nothing_by_itself(who, open_train):
    """Without a cookie the address says that a run was this visitor's; it shall not say so of one that never was."""
    mine, theirs = a_run(ANNA, "Anna’s"), a_run(BEN, "Ben’s")
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params["run"] = theirs.id
    assert not app.run().exception and "see" not in app.query_params
    assert "Ben’s" not in names_in(app.switch_page("dashboard/pages/train.py").run())
    assert open_train(run=mine.id).query_params["see"] == given_by(sharing.watch_link(mine))["see"]


def test_digits_copies_and_networks_of_others_are_not_used_removed_or_listed(who, make_data, monkeypatch):
    state: dict = {}
    monkeypatch.setattr("streamlit.session_state", state)
    data = make_data(60, side=8)
    name = keep({"train": data}, "Ben's.csv")
    note_owner(name, BEN)
    run = create_run(SMALL.with_training(dataset=name), owner=BEN)
    assert name not in own_data.own_datasets() and brought_by(BEN) == [name]
    monkeypatch.setattr(Jobs, "start", lambda *more, **rest: pytest.fail("it was begun"))
    with pytest.raises(DigitLabError, match="another visitor’s own digits"):
        again._same(run.id)
    with pytest.raises(DigitLabError, match="not here any more"):
        own_data._remove(name)
    note_owner(name, ANNA)  # she brings the same
    own_data._remove(name)
    assert uploads() == [name] and brought_by(ANNA) == []
    let_go(name, BEN)
    assert uploads() == []

    copy, file = keep_copy(a_model(), "default", BEN), given.keep(a_model(), BEN)
    monkeypatch.setattr("streamlit.query_params", {})
    assert visitor.taught_copies() == [] == visitor.given_models() and owner_of(copy) == BEN
    visitor.undo_taught(copy)
    visitor.remove_given(file)
    assert is_copy(copy) and given.is_given(file)
    who.id = BEN
    state.clear()
    assert visitor.taught_copies() == [copy] and visitor.given_models() == [file]
    visitor.undo_taught(copy)
    visitor.remove_given(file)
    assert not is_copy(copy) and not given.is_given(file)
    delete_copy(copy)


def test_another_s_race_and_measurement_are_not_stopped(who, monkeypatch):
    going = Race(contestants(SMALL.with_training(engine="numpy"), "cpu"), runs=[a_run(BEN, "Ben’s", "running")])
    monkeypatch.setattr(Jobs, "race", going)
    with pytest.raises(DigitLabError, match="Another visitor began this race"):
        race._stop()
    ticket = Ticket(Work(MEASUREMENT, (), owner=BEN), 0)
    with pytest.raises(DigitLabError, match="Another visitor began this measurement"):
        measure._stop(ticket)
    assert not going.stopped and not ticket.stopped


# -- the cookie


def ask(client: str = "192.0.2.7", *, answer=None, scheme: str = "http", **headers: str) -> dict[str, str]:
    """What a browser at an address is answered: the headers."""
    told: dict[str, str] = {}

    async def send(message) -> None:
        if message["type"] == "http.response.start":
            told.update({name.decode(): value.decode() for name, value in message["headers"]})

    async def go() -> None:
        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": sent, "client": (client, 1), "scheme": scheme}
        await cookie.Signed(answer or HTMLResponse("page"))(scope, None, send)

    run(go())
    return told


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_cookie_that_would_hold_the_server_for_seconds_is_left_out(kind):
    """Python 3.11.7 reads 60 kB of backslashes in 4 s, and one event loop answers everybody."""
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["headers"])

    long = b'digit-lab="' + b"\\a" * 30_000 + b'"'
    for cookies in (b"a=1; " + long + b"; digit-lab=2", b"a=1; digit-lab=2"):
        run(cookie.Plain(app)({"type": kind, "headers": [(b"host", b"\\"), (b"cookie", cookies)]}, None, None))
    assert seen == [[(b"host", b"\\"), (b"cookie", b"a=1; digit-lab=2")]] * 2


def test_a_visitor_is_known_by_a_signed_cookie(runs_dir, monkeypatch):
    told = ask()
    value, *about = told["set-cookie"].removeprefix("digit-lab=").split("; ")
    assert "HttpOnly" in about and "SameSite=Lax" in about and "Secure" not in about
    assert told["cache-control"] == "private, no-cache"
    known = cookie.who({"digit-lab": value})
    assert re.fullmatch("[0-9a-f]{16}", known)
    assert "set-cookie" not in ask(cookie=f"other=1; digit-lab={value}")
    for forged in (
        value[:-1] + "x",
        f"{BEN}.{value.split('.')[1]}",
        BEN,
        "",
        "\x00é" * 40,
        f"{known}.{keys.sign(keys.OWN, known)}",
    ):
        assert cookie.who({"digit-lab": forged}) is None
    assert "set-cookie" in ask(cookie=f"digit-lab={BEN}.{'0' * 32}")
    assert "Secure" in ask(x_forwarded_proto="https")["set-cookie"]
    assert "set-cookie" not in ask(answer=PlainTextResponse("ok"))
    assert "set-cookie" not in ask("127.0.0.1") and "set-cookie" in ask("127.0.0.1", x_forwarded_for="192.0.2.7")
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    assert "set-cookie" in ask("127.0.0.1")
    (runs_dir / ".secret").write_bytes(bytes(32))  # another folder's
    assert cookie.who({"digit-lab": value}) is None


def test_the_secret_is_made_once_and_where_none_can_be_kept_there_is_one_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "runs"))
    assert len({keys.sign(keys.WATCH, "x") for _ in range(3)}) == 1
    assert (tmp_path / "runs" / ".secret").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [".secret"]
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGITLAB_RUNS", str(tmp_path / "file" / "runs"))
    assert keys.proves(keys.WATCH, "x", keys.sign(keys.WATCH, "x")) and not keys.proves(
        keys.OWN, "x", keys.sign(keys.WATCH, "x")
    )
    purposes = itertools.product((keys.VISITOR, keys.WATCH, keys.OWN), ("x", "y"))
    assert len({keys.sign(*each) for each in purposes}) == 6


def test_a_browser_with_the_cookie_is_the_same_visitor_in_every_tab_and_without_one_each_tab_is_another(
    runs_dir: Path, monkeypatch
):
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    cookies: dict[str, str] = {"digit-lab": cookie.value_of(ANNA)}
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", property(lambda self: cookies))

    def script():
        import streamlit as st

        from dashboard import visitor

        st.session_state["me"] = visitor.owner()

    tabs = [AppTest.from_function(script).run() for _ in range(2)]
    assert [tab.session_state["me"] for tab in tabs] == [ANNA, ANNA]
    cookies.clear()
    assert tabs[0].run().session_state["me"] == ANNA  # who a tab is it stays
    others = {AppTest.from_function(script).run().session_state["me"] for _ in range(2)}
    assert len(others) == 2 and ANNA not in others and np.all([len(each) == 16 for each in others])
