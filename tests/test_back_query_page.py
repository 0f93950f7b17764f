"""The page Backwards as an app without a browser: what is kept is shown, what is not is asked for, and how far it has come."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig
from core.explain.back_query import kept
from core.explain.back_query.found import Step
from core.explain.back_query.pen import random_strokes
from core.jobs.asking import Asking
from core.jobs.jobs import Jobs
from core.messages import Message
from core.models.files import save_model
from core.models.model import Model, Provenance, Score, new_model
from core.runs.run import create_run
from core.runs.status import Status
from dashboard.back_query import panel, sheet
from dashboard.back_query.ten import NOT_INVERTIBLE
from tests.pages import backwards
from tests.waiting import until


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runs_dir: Path) -> list[dict]:
    """What the page has the browser show, each time; what networks write is kept in a folder of its own."""
    told: list[dict] = []
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    real = sheet.told_of
    monkeypatch.setattr(sheet, "told_of", lambda *a, **k: told.append(real(*a, **k)) or told[-1])
    return told


@pytest.fixture
def opened(shown: list[dict]) -> Callable[..., AppTest]:
    return backwards


def new_network() -> str:
    """A run whose network nobody has asked."""
    config = Config(NetworkConfig(inputs=64, hidden=(6,), activation="sigmoid")).with_training(dataset="digits")
    run = create_run(config)
    fresh = new_model(config, seed=3, dtype="float32")
    save_model(Model(config, fresh.parameters, Provenance("New", scores={"test": Score(180, 90)})), run.model_path)
    run.set_status(Status("finished"))
    return run.id


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.info, *app.error))


def test_what_ships_is_there_at_once(opened, shown):
    app = opened()
    assert "reads **10 of 10** as it meant them" in texts(app)
    assert shown[-1]["kind"] == "strokes" and not shown[-1]["live"]
    assert all(each["own"]["right"] and each["judge"]["right"] and each["strokes"] for each in shown[-1]["digits"])
    assert "| 3 | 3 |" in texts(app)


@pytest.mark.parametrize("way", ["seen", "typical", "inverse"])
def test_every_other_way_is_pictures(opened, shown, way: str):
    app = opened(way=way, model="rashid")
    assert shown[-1]["kind"] == "pictures" and all(each["image"] for each in shown[-1]["digits"])
    assert not [button for button in app.button if button.key == "to-pad"]


def test_a_network_that_cannot_be_undone_says_so_in_a_sentence(opened, shown):
    assert NOT_INVERTIBLE.split("{")[0] in texts(opened(way="inverse"))
    assert shown[-1]["digits"][0]["image"]


def test_any_pixels_is_a_lesson(opened, shown):
    app = opened(way="seen").toggle(key="any-pixels").set_value(True).run()
    assert "The network is sure, and you see nothing" in texts(app)
    assert sum(each["judge"]["right"] for each in shown[-1]["digits"]) <= 6


def test_the_average_is_as_like_itself_as_can_be(opened, shown):
    app = opened(way="typical").toggle(key="average").set_value(True).run()
    assert "| 4 | 4 |" in texts(app) and texts(app).count("| 1.00 |") == 10
    assert shown[-1]["kind"] == "pictures"


def test_a_bad_way_in_the_url_is_the_first_one(opened, shown):
    assert "is not on this page" in " ".join(each.value for each in opened(way="sung").warning)
    assert shown[-1]["kind"] == "strokes"


def test_a_network_that_nobody_asked_has_empty_papers_and_a_button(opened, shown, monkeypatch):
    asked = []
    monkeypatch.setattr(Jobs, "ask_back", lambda self, path, sha, method, owner: asked.append((path.name, method)))
    app = opened(model=new_network())
    assert "Nobody has asked this network yet" in texts(app)
    assert not any(each["strokes"] or each["own"] for each in shown[-1]["digits"])
    app.button(key="ask-written").click().run()
    assert asked == [("model.safetensors", "written")]


def test_it_is_shown_while_it_writes(opened, shown, monkeypatch):
    """And nothing can be chosen meanwhile."""

    class Half(Asking):
        live = True
        step = Step(0.5, random_strokes(20, np.random.default_rng(1))[np.arange(10)])

        def __init__(self):
            self.ticket = None

    monkeypatch.setattr(Jobs, "asking", lambda self, sha, method: Half())
    monkeypatch.setattr(panel.shared.jobs().queue, "place", lambda ticket: None)
    opened(model=new_network())
    assert shown[-1]["live"] and all(each["strokes"] and each["own"] is None for each in shown[-1]["digits"])


def test_a_search_that_failed_says_why(opened, monkeypatch):
    class Failed(Asking):
        live, step, error = False, None, Message("The machine ran out of memory. Choose a smaller network.")

        def __init__(self):
            pass

    monkeypatch.setattr(Jobs, "asking", lambda self, sha, method: Failed())
    assert "ran out of memory" in texts(opened(model=new_network()))


def test_a_real_search_is_begun_once_and_kept(shown, tmp_path: Path):
    """By a process of its own; whoever asks meanwhile watches the same one."""
    jobs, path = Jobs(), None
    try:
        from core.catalog import find_model

        path = find_model(new_network())
        sha256 = kept.file_hash(path)
        asking = jobs.ask_back(path, sha256, "seen")
        assert jobs.ask_back(path, sha256, "seen") is asking is jobs.asking(sha256, "seen")
        until(lambda: not asking.live)
        assert asking.error is None
        found = kept.kept(path, sha256, "seen")
        assert found is not None and found.pictures.shape == (10, 8, 8)
        refused = jobs.ask_back(tmp_path / "nowhere.safetensors", "0" * 64, "seen")
        until(lambda: not refused.live)
        assert "cannot be read" in str(refused.error)
    finally:
        jobs.close()
