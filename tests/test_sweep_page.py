"""The page Sweep: its form, the map and the table, whose a sweep is, and what is refused."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bench import reproduction
from core.config import Config, NetworkConfig, TrainingConfig
from core.errors import DigitLabError
from core.folders import PROJECT
from core.jobs.feeding import Feeding
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import Run, create_run, open_run
from core.runs.status import Status
from core.sweep.grid import Grid
from core.sweep.looks import Looked, looks
from core.sweep.sweep import Sweep, create, find, list_sweeps
from dashboard.sweep import choice, managing, panel, time_needed
from dashboard.sweep import map as heat
from dashboard.sweep.map import strengths

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=1, batch_size=64))
GRID = Grid({"": SMALL}, hidden=((8,), (16,)), rates=(0.1, 0.01), seeds=(0, 1))


class Begins:
    """Begins runs without processes; each is over at once, and reads the better the more units it has."""

    def start(self, config: Config, *, owner: str = "", series: str = "", parent: str = "", room: str = "") -> Run:
        run = create_run(config, owner=owner, series=series, room=room)
        right = 100 + 2 * config.network.hidden[0] + config.training.seed
        scores = {"validation": Score(134, right - 20), "test": Score(180, right)}
        run.save_model(Model(config, Parameters.initial(config.network, 0), Provenance("x", scores=scores)))
        run.set_status(Status("finished"))
        return run


def filled(owner: str = "local", looks: int = 5) -> Sweep:
    """A sweep, of which two trainings more are over with each look."""
    sweep = create(GRID, owner=owner)
    feeding = Feeding(Begins(), lambda: 1)
    for _ in range(looks):
        feeding.look(at_once=True)
    return sweep


@pytest.fixture
def opened(runs_dir, monkeypatch) -> Callable[..., AppTest]:
    monkeypatch.setattr("core.jobs.jobs.Jobs.devices", lambda self: [])
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")
    look, of_the_server = (
        Feeding.look,
        ("watcher", "keeper"),
    )  # which other tests may have set going: trainings would begin
    monkeypatch.setattr(
        Feeding, "look", lambda *to, **how: threading.current_thread().name in of_the_server or look(*to, **how)
    )

    def at(**query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(query)
        app = app.switch_page("dashboard/pages/sweep.py").run()
        assert not app.exception
        return app

    return at


def said(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.error, *app.warning))


def test_until_a_sweep_is_begun_the_blog_s_table_is_an_example_of_what_was_trained(opened, monkeypatch):
    app = opened()
    rows = reproduction.kept().rows
    seven = [score / rows["blog-a-200-7"].n for score in rows["blog-a-200-7"].correct]
    assert "An example: the blog’s table" in "".join(head.value for head in app.subheader)
    assert f"200 units, 7 epochs”, with {100 * sum(seven) / 3:.2f}\xa0% of the test digits" in said(app)
    assert "the blog reported 97.40\xa0%" in said(app) and "trained again, with 3 seeds each" in said(app)
    app = opened(cell="0")
    assert "**“Blog A, 100 units”**" in said(app) and "the blog reported 95.20\xa0%" in said(app)
    kept = dict(rows)
    del kept["blog-a-200-4"]  # a row that was never trained
    monkeypatch.setattr("core.sweep.example.kept", lambda path: reproduction.Reproduced(rows=kept))
    assert "Choose what to try, and start." in said(opened())
    filled()
    assert not opened().subheader


def test_what_is_found_is_said_before_it_is_shown_and_a_cell_leads_to_its_trainings(opened):
    sweep = filled()
    assert not sweep.about().open
    app = opened()
    assert "**Best of the 4 combinations tried: 16 units, rate 0.1" in said(
        app
    ) and "All 8 trainings are over." in said(app)
    assert "luck alone would put the first" in said(app)
    app = opened(sweep=sweep.id, cell="3", rows="learning_rate")
    assert "**16 units, rate 0.01**" in said(app) and app.session_state["rows"] == "learning_rate"
    assert app.query_params["cell"] == "3" and app.query_params["sweep"] == sweep.id
    gone = opened(sweep="sweep-20261130-161147-0000")
    parts = [part for part in gone.main if part.type in ("warning", "button")]
    assert "not here any more" in parts[0].value  # above the form, which on a phone is longer than the window


def test_the_best_network_of_a_combination_is_one_tap_from_being_drawn_for(runs_dir):
    sweep = filled()
    found = looks(sweep, sweep.about(), GRID)
    assert (
        panel._best_network(found[2]) == sweep.about().runs["2.1"]
    )  # its second seed reads one more of the digits kept apart
    earlier = replace(found[2], cell=replace(found[2].cell, epoch=1))
    assert panel._best_network(earlier) == ""  # what it was on its way was not kept
    assert panel._best_network(Looked(found[2].cell)) == ""


def test_a_training_moves_the_bar_before_it_is_over_and_one_that_is_read_from_it_does_not():
    cells = Grid({"": SMALL.with_training(validation=True)}, hidden=((8,), (16,)), epochs=(1, 4)).cells()
    found = [Looked(cell, done=done) for cell, done in zip(cells, (1.0, 0.5, 0.0, 0.0), strict=True)]
    assert panel._share_done(found) == 0.25


def test_how_far_a_training_is_is_not_taken_for_what_it_reads():
    going = Looked(GRID.cells()[0], states={0: "running", 1: "waits"}, done=0.35)
    cell = heat._cell([going, Looked(GRID.cells()[1])], 0, True, ("#000000", "#ffffff"), best=False)
    assert cell["text"] == "" and cell["small"] == "35\xa0% done" and cell["number"] == 0


def test_it_is_stopped_goes_on_is_deleted_and_had_back(opened):
    sweep = filled(looks=1)
    app = opened()
    assert app.button(key="sweep-delete").disabled
    app.button(key="sweep-stop").click().run()
    assert not sweep.about().open and not app.button(key="sweep-go-on").disabled
    app.button(key="sweep-delete").click().run()
    assert list_sweeps() == [] and "The sweep is deleted." in said(app)
    app.button(key="sweep-undo").click().run()
    assert find(sweep.id).about().runs and not app.exception


def test_what_is_typed_is_judged_at_once_and_started_as_it_stands(opened, monkeypatch):
    begun = []
    monkeypatch.setattr(Feeding, "begin", lambda self, grid, **about: begun.append(grid) or filled())
    app = opened()
    app.selectbox(key="sweep_dataset").set_value("digits")
    app.multiselect(key="sweep_recipes").set_value(["small"])
    app.text_input(key="sweep_hidden").set_value("8, many").run()
    assert "Units: write numbers with commas between them" in said(app) and app.button(key="sweep-start").disabled
    app.text_input(key="sweep_hidden").set_value("8, 16-8")
    app.text_input(key="sweep_rates").set_value("0.1,0.01")
    app.slider(key="sweep_seeds").set_value(2).run()
    assert "4 combinations, 8 trainings." in said(app)
    app.button(key="sweep-start").click().run()
    assert begun[0].hidden == ((8,), (16, 8)) and begun[0].rates == (0.1, 0.01) and begun[0].seeds == (0, 1)
    assert all(config.training.validation for config in begun[0].trainings())
    app.text_input(key="sweep_hidden").set_value(", ".join(map(str, range(8, 30))))
    app.slider(key="sweep_seeds").set_value(10).run()
    assert "a sweep has at most 200" in said(app)


def test_a_stranger_sees_and_steers_their_own_only(runs_dir, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    mine, theirs = filled("a" * 16), filled("b" * 16)
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "a" * 16)
    assert list(choice.in_sight()) == [mine.id]
    for act in (managing._stop, managing._go_on, managing._delete):
        with pytest.raises(DigitLabError, match="another visitor’s"):
            act(theirs.id)
    assert {open_run(run_id).record().owner for run_id in theirs.about().runs.values()} == {"b" * 16}


def test_colours_follow_the_mistakes():
    assert strengths([0.9, 0.99, None, 0.999]) == pytest.approx([0.0, 0.5, 0.0, 1.0])
    assert strengths([0.9, 0.9]) == [0.5, 0.5] and strengths([None]) == [0.0]


def test_the_time_is_that_of_all_trainings(monkeypatch):
    monkeypatch.setattr(time_needed, "runs_at_once", lambda: 2)
    monkeypatch.setattr(time_needed, "seconds_of", lambda config: 10.0 * config.network.hidden[0])
    longest = SMALL.with_network(hidden=(16,))
    assert time_needed.seconds(GRID, longest) == pytest.approx((2 * 80 + 2 * 160) * 2 / 2)
    assert time_needed.seconds(GRID, longest, 4.0) == pytest.approx((2 * (2 + 2) + 2 * (2 + 4)) * 2 / 2)
