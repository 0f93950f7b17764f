"""A run as a file on the Train page: what is saved, and what becomes of one that is opened."""

import dataclasses
import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.folders import PROJECT
from core.models.model import Score
from core.runs.bundle import pack
from core.runs.run import Run, create_run, list_runs
from core.runs.tensorboard import zipped
from core.runs.worker import execute

SMALL = Config(NetworkConfig(inputs=64, hidden=(8,)), TrainingConfig(epochs=2, batch_size=64))


@pytest.fixture
def run(runs_dir: Path, noise: str) -> Run:
    run = create_run(SMALL.with_training(dataset=noise), title="Far Owl", owner="local")
    execute(run)
    return run


def opened_with(content: bytes, name: str = "far-owl.zip") -> AppTest:
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app = app.switch_page("dashboard/pages/train.py").run()
    place = next(each for each in app.file_uploader if each.key.startswith("run-file-"))
    place.set_value((name, content, "application/zip")).run()
    assert not app.exception
    return app


def test_a_run_is_opened_and_its_score_agrees(run: Run):
    app = opened_with(pack(run))
    assert len(list_runs()) == 2 and app.session_state["run"] == list_runs()[0].id != run.id
    assert any("as the file says" in box.value for box in app.success)
    app.selectbox(key="run").set_value(run.id).run()
    assert not any("as the file says" in box.value for box in app.success)  # it is said of the run that came


def test_a_score_that_is_not_so_is_crossed(run: Run):
    with zipfile.ZipFile(io.BytesIO(pack(run))) as file:
        files = {name: file.read(name) for name in file.namelist()}
    score = run.model().provenance.scores["test"]
    better = dataclasses.replace(score, correct=score.n)
    assert isinstance(better, Score)
    manifest = files["manifest.json"].replace(f"{score.correct}\n".encode(), f"{better.correct}\n".encode(), 1)
    assert manifest != files["manifest.json"]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in {**files, "manifest.json": manifest}.items():
            file.writestr(name, content)
    app = opened_with(made.getvalue())
    assert any("but the file says" in box.value for box in app.error)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"\x00" * 1000])
def test_what_is_no_run_says_so_and_leaves_nothing(run: Run, content: bytes):
    app = opened_with(content)
    assert any("not the file of a run" in box.value for box in app.error) and list_runs() == [run]


def test_a_file_that_unpacks_to_too_much_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.train.run_file.MOST_UNPACKED", 1_000)
    app = opened_with(pack(run))
    assert any("larger than any run" in box.value for box in app.error) and list_runs() == [run]


def test_strangers_open_so_many_and_no_more(run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    monkeypatch.setenv("DIGITLAB_KEPT_RUNS", "1")
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "me")
    opened_with(pack(run))
    app = opened_with(pack(run))
    assert any("Delete one" in box.value for box in app.error) and len(list_runs()) == 2


def test_what_leaves(run: Run):
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params["run"] = run.id  # by itself the page shows a stranger the recording
    app = app.switch_page("dashboard/pages/train.py").run()
    labels = [button.label for button in app.get("download_button")]
    assert labels[-4:] == ["The whole run", "Save the network", "Figures as a table", "For TensorBoard"], labels
    with zipfile.ZipFile(io.BytesIO(zipped(run))) as file:
        folders = {Path(name).parent.as_posix() for name in file.namelist()}
        assert folders == {f"{run.id}/train", f"{run.id}/validation"} and file.testzip() is None
