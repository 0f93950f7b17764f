"""Backwards as an app without a browser: the units inside, and what is left when some are broken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig
from core.models.files import save_model
from core.models.model import Model, Provenance, Score, new_model
from core.runs.run import create_run
from core.runs.status import Status
from dashboard.back_query import broken, grid, units
from tests.pages import backwards


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runs_dir: Path) -> Callable[..., AppTest]:
    """The page, on the tiny reader, which needs no MNIST; what is kept is in a folder of its own."""
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))

    def open_at(**query: str) -> AppTest:
        return backwards(**({"model": "small"} | query))

    return open_at


@pytest.fixture
def click(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`click(app, unit)`: what a click in the grid calls, and the page drawn anew; a browser alone can click there."""
    clicked: list[int] = []

    def drawn(*args: object, take: Callable[[int], None], **kwargs: object) -> None:
        grid.grid(*args, take=take, **kwargs)
        if clicked:
            take(clicked.pop())

    def at(app: AppTest, unit: int) -> None:
        clicked.append(unit)
        app.run().run()

    for room in (units, broken):
        monkeypatch.setattr(room, "grid", drawn)
    return at


def texts(app: AppTest) -> str:
    assert not app.exception
    return " ".join(element.value for element in (*app.markdown, *app.info, *app.warning))


def test_a_unit_is_reached_by_link_and_by_click(opened, click):
    app = opened(see="units", unit="5")
    assert "**Unit 5 of layer 1** says most when it sees" in texts(app)
    click(app, 16)
    assert "**Unit 17 of layer 1** says most when it sees a 0" in texts(app)
    wrong = opened(see="units", unit="99")
    assert "is not on this page" in texts(wrong) and "says most when it sees" in texts(wrong)


def test_what_is_broken_is_counted_and_taken_back(opened, click):
    app = opened(see="broken")
    assert "Nothing is broken yet. It reads **170 of 180** digits right" in texts(app)
    app.button(key="break-ten").click().run()
    assert "whole, it reads 170" in texts(app) and "(10 units are off.)" in texts(app)
    click(app, 0)
    assert "(11 units are off.)" in texts(app) or "(9 units are off.)" in texts(app)
    app.button(key="break-whole").click().run()
    assert "It now reads **" in texts(app) and "(32 units are off.)" in texts(app)
    app.slider(key="break-noise").set_value(100).run()
    app.button(key="break-back").click().run()
    assert "Nothing is broken yet" in texts(app) and app.slider(key="break-noise").value == 0


@pytest.mark.parametrize("part", ["units", "broken"])
def test_a_network_without_units_says_so(opened, part: str):
    config = Config(NetworkConfig(inputs=64, hidden=())).with_training(dataset="digits")
    run = create_run(config)
    fresh = new_model(config, dtype="float32")
    save_model(Model(config, fresh.parameters, Provenance("Flat", scores={"test": Score(180, 160)})), run.model_path)
    run.set_status(Status("finished"))
    assert "no units between its picture and its ten answers" in texts(opened(see=part, model=run.id))
