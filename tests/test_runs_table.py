"""The table of runs: what is in it and in which order, and what its owner does with a run, as an app without a browser."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.folders import PROJECT
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import keys, links
from core.runs.glances import Glance
from core.runs.record import Record
from core.runs.run import Run, create_run, list_runs, open_run
from core.runs.status import Status
from core.runs.summary import Summary
from dashboard import visitor
from dashboard.train import compared, managing, rows, table

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=4))
SETTINGS = {"dataset": "digits", "learning_rate": 0.1, "epochs": 4, "optimizer": "adam", "seed": 3}


def glance(number: int, title: str, correct: int | None = None, *, state: str = "finished", **about) -> Glance:
    scores = {} if correct is None else {"test": (100, correct)}
    created = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    summary = Summary(settings=SETTINGS, sizes=(64, 8, 10), scores=scores, seconds=float(number))
    return Glance(f"run-{number}", title, Record(created=created, **about), Status(state), summary)  # type: ignore[arg-type]


FOUND = [
    glance(3, "Calm Owl", 90, starred=True),
    glance(2, "brave Bear", state="failed", note="too fast"),
    glance(1, "Amber Cat", 95),
]


@pytest.mark.parametrize(("order", "titles"), [
    (rows.Order(), ["Calm Owl", "brave Bear", "Amber Cat"]),
    (rows.Order("created", reversed=True), ["Amber Cat", "brave Bear", "Calm Owl"]),
    (rows.Order("name"), ["Amber Cat", "brave Bear", "Calm Owl"]),
    (rows.Order("score"), ["Amber Cat", "Calm Owl", "brave Bear"]),
    (rows.Order("starred"), ["Calm Owl", "brave Bear", "Amber Cat"]),
    (rows.Order("time"), ["Calm Owl", "brave Bear", "Amber Cat"]),
])  # fmt: skip
def test_the_order(order, titles):
    assert [each.title for each in rows.chosen(FOUND, text="", which="all", order=order)] == titles


@pytest.mark.parametrize(("text", "which", "titles"), [
    ("owl", "all", ["Calm Owl"]), ("too FAST", "all", ["brave Bear"]), ("adam 8", "all", [each.title for each in FOUND]),
    ("", "starred", ["Calm Owl"]), ("", "over", ["Calm Owl", "Amber Cat"]), ("", "other", ["brave Bear"]), ("", "active", []),
    ("failed", "all", ["brave Bear"]), ("nothing", "all", []),
])  # fmt: skip
def test_what_is_found(text, which, titles):
    assert [each.title for each in rows.chosen(FOUND, text=text, which=which, order=rows.Order())] == titles


def test_a_run_in_words():
    assert rows.settings(FOUND[0].summary) == "Small digits, 8 units, Adam, rate 0.1, 4 epochs, seed 3"
    share, between = rows.score(FOUND[0].summary)
    assert (share, between) == ("90.0\xa0%", "82.6 to 94.5\xa0%")  # Wilson's interval of 90 of 100
    assert rows.score(FOUND[1].summary) == ("", "")


def finished(title: str, owner: str = visitor.LOCAL) -> Run:
    run = create_run(SMALL, title=title, owner=owner)
    scores = {"test": Score(180, 162)}
    run.save_model(Model(SMALL, Parameters.initial(SMALL.network, 0), Provenance(title, scores=scores)))
    run.set_status(Status("finished"))
    time.sleep(0.002)  # ids stand in the order of their milliseconds
    return run


@pytest.fixture
def open_train(runs_dir: Path) -> Callable[[], AppTest]:
    def open_at(**query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(query)
        app = app.switch_page("dashboard/pages/train.py").run()
        assert not app.exception
        return app

    return open_at


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """On one's own machine; AppTest's session is that of a stranger."""
    monkeypatch.setattr("dashboard.visitor.owner", lambda: visitor.LOCAL)


def shown(app: AppTest) -> list[str]:
    return [text.value for text in app.markdown]


def test_rename_and_note(open_train, at_home):
    run = finished("First")
    app = open_train(run=run.id)
    app.text_input(key=f"run-title-{run.id}").set_value("My  best")
    app.text_area(key=f"run-note-{run.id}").set_value("Look at the 7s")
    app.button(key="run-edit-keep").click().run()
    assert (run.title(), run.record().note) == ("My best", "Look at the 7s")
    assert "**My best**" in shown(app) and not app.exception
    app.text_input(key=f"run-title-{run.id}").set_value(" ")
    app.button(key="run-edit-keep").click().run()
    assert run.title() == "My best" and any("Give the run a name." in box.value for box in app.error)


def test_delete_and_bring_back(open_train, at_home):
    kept, gone = finished("Kept"), finished("Gone")
    app = open_train(run=gone.id)
    app.button(key="run-delete").click().run()
    assert [run.id for run in list_runs()] == [kept.id]
    assert "Gone is deleted." in shown(app) and "**Gone**" not in shown(app)
    assert not app.exception and not any("not here any more" in box.value for box in app.warning)
    app.button(key="run-undo").click().run()
    assert {run.id for run in list_runs()} == {kept.id, gone.id}
    assert "**Gone**" in shown(app) and "Gone is deleted." not in shown(app)


def test_the_last_run_can_be_had_back_too(open_train, at_home):
    gone = finished("Gone")
    app = open_train(run=gone.id)
    app.button(key="run-delete").click().run()
    assert list_runs() == []
    app.button(key="run-undo").click().run()
    assert [run.id for run in list_runs()] == [gone.id]


def test_another_visitor_s_run_is_not_changed(open_train, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    run = finished("Theirs", owner="another")
    app = open_train(run=run.id, see=links.proof(keys.WATCH, run.id, run.record()))
    assert app.button(key="run-delete").disabled
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "me")
    for change in (lambda: managing._delete(run.id), lambda: managing._edit(run.id), lambda: table.act("star", run.id)):
        with pytest.raises(DigitLabError, match="another visitor’s"):
            change()
    assert open_run(run.id).record() == run.record()


def test_the_table_stays_when_the_watched_run_is_deleted_elsewhere(runs_dir, at_home):
    """The table is drawn anew by itself, before the page hears of it."""
    finished("Kept")

    def script():
        import streamlit as st

        from dashboard.train import table

        st.session_state["run"] = "20260101-000000-abcdef"
        table._table()

    app = AppTest.from_function(script).run()
    assert not app.exception and [each.value for each in app.subheader] == ["All runs"]


def test_what_the_table_asks_for(runs_dir, at_home):
    """Star, tick and sort; what no table of ours would ask for does nothing, or says why not."""
    runs = [finished(f"Run {number}") for number in range(5)]

    def script():
        import streamlit as st

        from core.errors import DigitLabError
        from dashboard import visitor
        from dashboard.train import compared, table

        try:
            for what, which in st.session_state["asked"]:
                table.act(what, which)
        except DigitLabError as error:
            st.session_state["refused"] = str(error)
        st.session_state["seen"] = (table.ORDER.get(), list(compared.COMPARED.get()), visitor.WANTED.get())

    def ask(*asked: tuple[str, str]):
        app = AppTest.from_function(script)
        app.session_state["asked"] = asked
        app.run()
        assert not app.exception
        return app.session_state["refused"] if "refused" in app.session_state else app.session_state["seen"]

    ask(("star", runs[0].id))
    assert runs[0].record().starred
    ask(("star", runs[0].id))
    assert not runs[0].record().starred
    assert ask(("sort", "name"), ("sort", "name"))[0] == rows.Order("name", reversed=True)
    assert ask(("sort", "name"), ("sort", "nothing"), ("delete", runs[0].id))[0] == rows.Order("name")
    assert ask(("watch", runs[1].id))[2] == {"run": runs[1].id}
    four = [("compare", run.id) for run in runs[:4]]
    assert ask(*four, ("compare", runs[1].id))[1] == [runs[0].id, runs[2].id, runs[3].id]
    assert compared.FULL in ask(*four, ("compare", runs[4].id))
    assert "no such run" in ask(("watch", "20260101-000000-abcdef"))


def test_an_old_run_is_a_network_to_choose_once_it_is_asked_for(open_train, at_home, monkeypatch):
    monkeypatch.setattr(visitor, "RUNS_ON_OFFER", 2)
    runs = [finished(f"Run {number}") for number in range(4)]
    assert open_train().selectbox(key="model").options[-2:] == ["Run 3, 90.0\xa0%", "Run 2, 90.0\xa0%"]
    app = open_train(model=runs[0].id)
    assert app.selectbox(key="model").options[-1] == "Run 0, 90.0\xa0%" and app.session_state["model"] == runs[0].id
