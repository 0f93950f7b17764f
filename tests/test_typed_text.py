"""What a stranger types or names a file is shown as letters: never as HTML, and never as a link or a picture to fetch."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig
from core.datasets import Dataset, uploads
from core.folders import PROJECT
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import Run, create_run
from dashboard.say import say

DASHBOARD = [*sorted((PROJECT / "dashboard").rglob("*.py")), PROJECT / "streamlit_app.py"]
SCRIPTS = sorted((PROJECT / "dashboard").rglob("*.js"))
TRICKS = {
    "a picture": "![seen](https://x.invalid/a.png)",
    "a link": "[press](https://x.invalid/)",
    "a program": "<script>alert(1)</script>",
    "a tag": "<img src=https://x.invalid/a.png onerror=alert(1)>",
}
MARK = "x.invalid"


@pytest.mark.parametrize("typed", TRICKS.values(), ids=TRICKS)
def test_a_sentence_holds_no_link_that_came_from_outside(typed):
    assert "](" not in say("The file {name} is damaged.", name=typed)


def test_no_page_lets_markdown_hold_html():
    found = [f"{path.name}:{node.lineno}" for path in DASHBOARD for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html"]  # fmt: skip
    assert not found


def test_no_script_reads_text_as_html():
    ways = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|eval)\b")
    assert not [path.name for path in SCRIPTS if ways.search(path.read_text(encoding="utf-8"))]


@pytest.fixture
def run(runs_dir: Path, data_dir: Path, make_data) -> Run:
    """A run whose name, note, network and digits all try to be more than letters."""
    digits: Dataset = make_data(40, side=8)
    everything = " ".join(TRICKS.values())
    dataset = uploads.keep({"train": digits.subset(slice(0, 30)), "test": digits.subset(slice(30, None))}, everything)
    config = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset=dataset)
    made = create_run(config, owner="local")
    record = msgspec.json.decode((made.path / "run.json").read_bytes()) | {"title": everything[:80], "note": everything}
    (made.path / "run.json").write_bytes(msgspec.json.encode(record))
    about = Provenance(everything, scores={"test": Score(10, 9)})
    made.save_model(Model(config, Parameters.initial(config.network, 0), about))
    made.set_status(msgspec.structs.replace(made.status(), state="finished", reason=None))
    return made


def shown(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every text that was sent to the browser, with the kind of the element and the field that it came in."""

    def texts(message, kind: str, name: str = "") -> Iterator[tuple[str, str]]:
        for field, value in message.ListFields():
            for each in value if field.is_repeated and not field.type == field.TYPE_MESSAGE else [value]:
                if isinstance(each, str):
                    yield f"{kind}.{field.name}", each
            if field.type == field.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
                for each in value if field.is_repeated else [value]:
                    yield from texts(each, kind, field.name)

    blocks = [app._tree]
    while blocks:
        node = blocks.pop()
        blocks += list(getattr(node, "children", {}).values())
        if (proto := getattr(node, "proto", None)) is not None:
            yield from texts(proto, type(proto).__name__)


LETTERS = {"Selectbox.options", "TextInput.default", "TextArea.default", "TextInput.value", "TextArea.value"}


@pytest.mark.parametrize("page", ["train", "draw", "mistakes", "back_query", "sweep", "engines"])
def test_names_notes_networks_and_digits_stay_letters_on_a_page(page, run: Run):
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params["model"] = app.query_params["run"] = run.id
    app = app.switch_page(f"dashboard/pages/{page}.py").run()
    assert not app.exception
    found = [(place, text) for place, text in shown(app) if MARK in text or "alert(1)" in text]
    assert found
    for place, text in found:
        if place not in LETTERS and not place.startswith("BidiComponent"):  # whose scripts set text, see above
            assert "](" not in text, (place, text)
        if place == "Html.body":
            assert "<script" not in text and "<img src=https://x" not in text, text
