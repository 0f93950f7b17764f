"""Another language comes through to every page: one that puts marks around each sentence, made here from the catalogue."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.engines.devices import Device
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.runs.run import Status, create_run
from dashboard import say as module
from dashboard.words import PAGES

LABELLED = ("button", "checkbox", "number_input", "selectbox", "slider", "text_input", "toggle", "metric", "expander")
WRITTEN = ("title", "header", "subheader", "caption", "info", "warning", "error", "success", "markdown")
WORD = re.compile(r"[A-Za-z]{3,}")
NAMES = re.compile(r":material/\w+:|:[a-z-]+\[|<[^>]*>|https?://\S+")


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A language whose sentences are the English ones between ⟦ and ⟧; a browser asks for it."""
    with open(PROJECT / "dashboard/locale/digit-lab.pot", "rb") as file:
        catalogue = read_po(file, locale="eo")
    for each in catalogue:
        if each.id:
            each.string = f"⟦{each.id}⟧" if isinstance(each.id, str) else tuple(f"⟦{form}⟧" for form in each.id)
    content = io.BytesIO()
    write_po(content, catalogue)
    (tmp_path / "eo.po").write_bytes(content.getvalue())
    monkeypatch.setattr(module, "LOCALES", tmp_path)
    monkeypatch.setenv(module.LANGUAGE, "eo")
    module._catalogue.cache_clear()
    yield
    module._catalogue.cache_clear()


@pytest.fixture
def page(marked: None, monkeypatch: pytest.MonkeyPatch, runs_dir: Path) -> Callable[[str], AppTest]:
    """Opens a page in that language; nothing is begun, and there is one stopped run."""
    monkeypatch.setattr(Jobs, "devices", lambda self: [Device("cpu", "Processor", True)])
    run = create_run(Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(dataset="digits")), title="1-2-3")
    run.set_status(Status("stopped"))

    def open_page(name: str) -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        return app.switch_page(f"dashboard/pages/{name}.py").run()

    return open_page


def texts(app: AppTest) -> Iterator[str]:
    """All that AppTest shows of a page: labels, helps and what is written."""
    for kind in LABELLED:
        for element in app.get(kind):
            yield from filter(None, (element.label, getattr(element, "help", "")))
    for kind in WRITTEN:
        yield from (element.value for element in app.get(kind))


def english(text: str) -> bool:
    """Whether words stand outside the marks."""
    bare = NAMES.sub("", text)
    while "⟦" in bare:
        inner = re.sub(r"⟦[^⟦⟧]*⟧", "", bare)
        if inner == bare:
            break
        bare = inner
    return bool(WORD.search(bare))


@pytest.mark.parametrize("name", PAGES)
def test_all_words_of_a_page_are_translated(page: Callable[[str], AppTest], name: str):
    app = page(name)
    assert not app.exception
    shown = list(texts(app))
    assert any(f"⟦{PAGES[name].sentence}⟧" in text for text in shown)
    assert [text for text in shown if english(text)] == []


@pytest.mark.parametrize("name", PAGES)
def test_in_english_no_marks_are_seen(name: str, runs_dir: Path):
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.switch_page(f"dashboard/pages/{name}.py").run()
    assert not [text for text in texts(app) if "⟦" in text]
