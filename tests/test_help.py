"""Every control explains itself: each button, field and list of each page has a help that is a sentence."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Node

from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.messages import Message
from core.runs.run import create_run
from core.runs.status import Status
from dashboard.words import PAGES

CONTROLS = {
    "button", "download_button", "link_button", "form_submit_button", "popover", "checkbox", "toggle", "radio", "selectbox",
    "multiselect", "pills", "segmented_control", "slider", "select_slider", "number_input", "text_input", "text_area",
    "date_input", "time_input", "file_uploader", "camera_input", "audio_input", "color_picker", "feedback",
}  # fmt: skip
PARTS = {  # what of a page is seen when
    "engines": [{"part": "race"}, {"part": "measure"}, {"part": "twins"}],
}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """All controls that pages draw, with where that stands."""
    for path in sorted((PROJECT / "dashboard").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CONTROLS:
                if isinstance(node.func.value, ast.Name):  # st, or a column
                    yield f"{path.relative_to(PROJECT)}:{node.lineno}", node


def test_no_control_is_drawn_without_help():
    found = dict(calls())
    assert len(found) > 50
    assert [place for place, call in found.items() if "help" not in {word.arg for word in call.keywords}] == []


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, runs_dir: Path):
    devices = [Device("cpu", Message("Processor"), True), Device("vulkan", Message("Graphics card"), True)]
    monkeypatch.setattr(Jobs, "devices", lambda self: devices)
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")

    def at(page: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params.update(query)
        app = app.switch_page(f"dashboard/pages/{page}.py").run()
        assert not app.exception
        return app

    return at


def controls(node: Node) -> Iterator[Node]:
    """All controls in a part of a page, those in what is not opened as well."""
    for child in getattr(node, "children", {}).values():
        if getattr(child, "type", "") in CONTROLS:
            yield child
        yield from controls(child)


def silent(app: AppTest) -> list[str]:
    """The controls that do not explain themselves in a sentence."""
    found = [control for root in (app.main, app.sidebar) for control in controls(root)]
    assert found
    return [f"{control.type} {help_of(control)!r}" for control in found if not help_of(control).endswith((".", "?"))]


def help_of(control: Node) -> str:
    return control.proto.popover.help if control.type == "popover" else control.proto.help


@pytest.mark.parametrize("page", PAGES)
def test_each_control_of_a_page_says_what_it_does(opened, page: str) -> None:
    for query in PARTS.get(page, [{}]):
        assert silent(opened(page, **query)) == []


@pytest.mark.parametrize("state", ["running", "paused", "finished", "stopped", "failed"])
def test_each_control_of_a_run_says_what_it_does(opened, state: str) -> None:
    run = create_run(Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits", epochs=4)))
    run.set_process(os.getpid())
    run.set_status(Status(state, "training" if state in ("running", "paused") else ""))
    assert silent(opened("train", run=run.id)) == []
