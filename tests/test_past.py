"""The time machine: a run's network as it was earlier is a network like any other, on every page, and the pages say so."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.catalog import is_moment, moment_in
from core.config import Config, NetworkConfig, TrainingConfig
from core.folders import PROJECT
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import Run, Status, create_run, recording
from core.runs.snapshots import Snapshots
from dashboard.parts import past
from dashboard.parts.past import SLIDER, can_go_back, has_past, name_at

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=4))


@pytest.fixture
def run(runs_dir: Path) -> Run:
    """A run of four epochs, with its network before the first, within it, and after the second."""
    run, snapshots = create_run(SMALL, title="Blue Owl"), None
    snapshots = Snapshots(run)
    for moment, keep in ((0, snapshots.keep), (2, snapshots.keep)):
        assert keep(moment, SMALL, lambda moment=moment: Parameters.initial(SMALL.network, seed=moment))
    assert snapshots.keep_early(0.25, 0.25, SMALL, lambda: Parameters.initial(SMALL.network, seed=7))
    parameters = Parameters.initial(SMALL.network, seed=1)
    run.save_model(Model(SMALL, parameters, Provenance(run.title(), "", 4, {"test": Score(180, 170)}, "1")))
    run.set_status(Status("finished"))
    return run


@pytest.fixture
def open_page(runs_dir: Path) -> Callable[..., AppTest]:
    def open_at(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(query)
        return app.switch_page(f"dashboard/pages/{page}.py").run()

    return open_at


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [text.value for text in app.markdown if text.value.startswith("This is **")]


def test_a_name_tells_run_and_moment(run: Run) -> None:
    assert moment_in(f"{run.id}@0.25") == (run.id, 0.25) and moment_in("recording@7") == ("recording", 7.0)
    for other in (run.id, "default", f"{run.id}@now", f"{run.id}@x", "../x@1", f"{run.id}@"):
        assert moment_in(other) is None
    assert is_moment(f"{run.id}@2") and not is_moment(f"{run.id}@3") and not is_moment("20200101-000000-0000000@1")
    assert [name_at("r", moment) for moment in (0.0, 1 / 64, 0.25, 7.0, 10.0)] == [
        "r@0",
        "r@0.015625",
        "r@0.25",
        "r@7",
        "r@10",
    ]


@pytest.mark.parametrize("page", ["draw", "back_query", "mistakes", "train"])
def test_each_page_says_that_it_is_the_past(open_page, run: Run, page: str) -> None:
    app = open_page(page, model=f"{run.id}@2")
    assert said(app) == ["This is **Blue Owl** after epoch 2 of 4."]
    assert app.select_slider(key=SLIDER).value == 2.0 and app.select_slider(key=SLIDER).options == [
        "start",
        "25\xa0%",
        "2",
    ]
    assert not said(open_page(page, model=run.id))


def test_the_slider_goes_through_its_moments_and_back_to_now(open_page, run: Run) -> None:
    app = open_page("mistakes", model=f"{run.id}@2")
    app.select_slider(key=SLIDER).set_value(0.25).run()
    assert said(app) == ["This is **Blue Owl** after 25\xa0% of its first epoch."]
    assert app.session_state["model"] == f"{run.id}@0.25" and f"{run.id}@0.25" in app.query_params["model"]
    app.select_slider(key=SLIDER).set_value(0.0).run()
    assert said(app) == ["This is **Blue Owl** before it learned anything."]
    assert any("before it learned** gets" in text.value for text in app.markdown)  # and reads with it
    app.button(key="past-leave").click().run()
    assert said(app) == [] and app.session_state["model"] == run.id


def test_one_comes_there_from_the_network_in_use(open_page, run: Run) -> None:
    app = open_page("draw", model=run.id)
    app.button(key="past-enter").click().run()
    assert said(app) == ["This is **Blue Owl** before it learned anything."]
    assert "past-enter" not in {button.key for button in open_page("draw").button}  # the shipped ones have no past


def test_of_a_run_that_has_made_nothing_yet_one_goes_back_to_what_was_in_use(open_page, run: Run) -> None:
    run.model_path.unlink()
    run.set_status(Status("stopped"))
    app = open_page("train", model="small", run=run.id)
    app.button(key="past-enter-run").click().run()
    assert said(app) and app.button(key="past-enter-run").disabled
    app.button(key="past-leave").click().run()
    assert app.session_state["model"] == "small"


def test_a_link_to_a_moment_that_is_gone_says_so(open_page, run: Run) -> None:
    app = open_page("draw", model=f"{run.id}@3")
    assert not said(app) and "is not here any more" in app.warning[0].value


def test_what_can_be_gone_back_to(run: Run, runs_dir: Path) -> None:
    assert has_past(run) and has_past(recording()) and past.moments_of(run) == [0.0, 0.25, 2.0]
    fresh = create_run(SMALL)
    assert has_past(fresh) and not can_go_back(fresh)  # its button keeps its place until there is something
    fresh.set_status(Status("stopped"))
    assert not has_past(fresh) and not has_past(create_run(SMALL.with_network(outputs=2)))


def test_a_damaged_run_breaks_no_page(open_page, run: Run) -> None:
    (run.path / "config.json").write_bytes(b"{")
    assert not open_page("draw", model=run.id).error
    assert said(open_page("draw", model=f"{run.id}@2")) == ["This is **Blue Owl** after epoch 2 of 4."]
