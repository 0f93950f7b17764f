"""Digits of one's own on the Train page: brought, checked by a process of its own, seen digit by digit, and learned from."""

import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig
from core.datasets import Dataset
from core.datasets.classes import by_class
from core.datasets.taking_in import which
from core.datasets.uploads import classes_of, keep, uploads
from core.errors import DigitLabError
from core.folders import PROJECT, uploads_folder
from core.jobs.jobs import Jobs
from core.runs.run import create_run
from tests.waiting import until


def csv(data: Dataset) -> bytes:
    text = io.StringIO()
    np.savetxt(text, np.column_stack([data.labels, data.pixels]), fmt="%d", delimiter=",")
    return text.getvalue().encode()


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes())


def pictures(count: int = 30) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for number in range(count):
            content = io.BytesIO()
            Image.fromarray(np.full((8, 8), 5 * (number % 10) + 100, np.uint8)).save(content, "PNG")
            file.writestr(f"mine/{number % 10}/{number}.png", content.getvalue())
    return made.getvalue()


def test_counts_and_means_by_hand():
    pixels = np.array([[0, 16], [8, 8], [4, 0]], np.uint8)
    data = Dataset("three", pixels, np.array([3, 3, 7]), (1, 2), 16)
    seen = by_class({"train": data, "test": data.subset([2])})
    assert seen.train.tolist() == [0, 0, 0, 2, 0, 0, 0, 1, 0, 0] and seen.test.sum() == seen.test[7] == 1
    assert seen.means[3].tolist() == [[64, 191]]  # 255 times (0 + 8) / 32 and (16 + 8) / 32
    assert seen.means[7].tolist() == [[64, 0]] and not seen.means[0].any()


def test_what_is_kept_knows_its_digits(data_dir: Path, make_data: Callable, monkeypatch: pytest.MonkeyPatch):
    parts = {"train": make_data(50, side=4), "test": make_data(20, side=4, seed=1)}
    name = keep(parts, "mine")
    monkeypatch.setattr("core.datasets.uploads.read", None)  # no picture is read
    seen = classes_of(name)
    assert seen.train.tolist() == [5] * 10 and seen.test.tolist() == [2] * 10
    np.testing.assert_array_equal(seen.means, by_class(parts).means)


@pytest.mark.parametrize(("names", "chosen"), [
    (["a.csv"], "a.csv"), (["mnist_test.csv", "mnist_train.csv"], "mnist_train.csv"),
    (["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"],
     "train-images-idx3-ubyte.gz"),
    (["images-idx3-ubyte", "labels-idx1-ubyte"], "images-idx3-ubyte"), (["my_test.csv"], "my_test.csv"),
    (["a.csv", "b.csv"], None), (["labels-idx1-ubyte"], None), ([], None), (["a.zip", "b.zip", "c.zip"], None),
])  # fmt: skip
def test_which_file_stands_for_all(names, chosen):
    if chosen is None:
        with pytest.raises(DigitLabError, match="belong together"):
            which([Path(name) for name in names])
    else:
        assert which([Path(name) for name in names]).name == chosen


def test_a_process_takes_them_in_and_leaves_no_file(data_dir: Path, make_data: Callable):
    jobs, data = Jobs(), make_data(40, side=4)
    images = {"images-idx3-ubyte.gz": idx(data.pixels.reshape(-1, 4, 4)), "labels-idx1-ubyte.gz": idx(data.labels)}
    for files, says in (
        ({"mine.csv": csv(data)}, ""), (images, ""), ({"mine.zip": pictures()}, ""),
        ({"mine.csv": b"1,2,3\nx"}, "mine.csv"), ({"mine.npz": b"PK\x03\x04"}, "mine.npz"), ({"x.exe": b"MZ"}, "no known kind"),
        ({"my_test.csv": csv(data)}, "is a test file"),
    ):  # fmt: skip
        taking = jobs.take_in(files, owner="me")
        until(lambda taking=taking: not taking.running)
        assert says in str(taking.error) if says else taking.error is None and taking.name in uploads()
        assert not taking._folder.exists()
    assert len(uploads()) == 2  # as a table and as IDX files the same digits have one name
    jobs.close()


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.visitor.owner", lambda: "local")


def open_train() -> AppTest:
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app = app.switch_page("dashboard/pages/train.py").run()
    assert not app.exception
    return app


def bring(app: AppTest, name: str, content: bytes) -> AppTest:
    place = next(each for each in app.file_uploader if each.key.startswith("own-files-"))
    place.set_value((name, content, "application/octet-stream")).run()
    app.button(key="own-take").click().run()
    until(lambda: not app.session_state["_own_data_going"][0].running)
    app.run()
    assert not app.exception
    return app


def test_brought_seen_and_learned_from(runs_dir, data_dir, make_data, at_home, monkeypatch):
    begun: list[Config] = []
    monkeypatch.setattr(Jobs, "start", lambda self, config, owner: begun.append(config) or create_run(config))
    app = bring(open_train(), "My own.csv", csv(make_data(60, side=8)))
    (name,) = uploads()
    said = [text.value for text in app.markdown]
    assert "50 pictures to learn from and 10 to test on, 8 × 8 pixels each." in said and not app.error
    assert name in app.session_state["own_which"]
    app.button(key="own-use").click().run()
    assert app.selectbox(key="train_dataset").value == name
    app.button(key="start").click().run()
    assert begun[-1].training.dataset == name and begun[-1].network.inputs == 64 and not app.error
    app.button(key="own-remove").click().run()
    assert uploads() == [] and app.selectbox(key="train_dataset").value != name and not app.exception


def test_what_cannot_be_read_is_a_sentence_and_another_can_be_given(runs_dir, data_dir, make_data, at_home):
    app = bring(open_train(), "bad.csv", b"this,is,no\ntable")
    assert any("bad.csv" in box.value for box in app.error)
    app.button(key="own-again").click().run()
    app = bring(app, "good.zip", pictures())
    assert len(uploads()) == 1 and not app.error


def test_more_files_than_belong_together_are_not_read(runs_dir, data_dir, at_home):
    app = open_train()
    place = next(each for each in app.file_uploader if each.key.startswith("own-files-"))
    place.set_value([(f"{number}.csv", b"1,2", "text/csv") for number in range(5)]).run()
    app.button(key="own-take").click().run()
    assert any("these are 5" in box.value for box in app.error) and not app.session_state["_own_data_going"]


def test_a_digit_of_which_there_is_none_is_told(runs_dir, data_dir, make_data, at_home):
    data = make_data(40, side=4)
    keep({"train": data.subset(np.flatnonzero(data.labels != 7))}, "no sevens.csv")
    assert any("There is no picture of: 7." in box.value for box in open_train().warning)


def test_strangers_do_not_see_one_another_s_digits(runs_dir, data_dir, make_data, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOSTED", "1")
    name = keep({"train": make_data(40, side=4)}, "theirs.csv")
    app = open_train()
    assert uploads() == [name] and not any("theirs" in str(box.options) for box in app.selectbox)


def test_a_network_trained_on_them_reads(runs_dir, data_dir, make_data):
    """The common path: what is brought is a data set by name, for the worker as for the page."""
    from core.runs.worker import execute

    name = keep({"train": make_data(40, side=8), "test": make_data(10, side=8)}, "mine.csv")
    run = create_run(Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset=name, epochs=1))
    execute(run)
    assert run.model().provenance.scores["test"].n == 10 and (uploads_folder() / f"{name}.safetensors").is_file()


def test_pictures_that_unpack_beyond_all_memory_are_refused_in_words(data_dir: Path, tmp_path: Path):
    """A small file of 400 MB of blank pictures: the process says so, and never held them all several times."""
    pixels = np.zeros((500_000, 784), dtype=np.uint8)
    labels = np.zeros(500_000, np.uint8)
    np.savez_compressed(tmp_path / "bomb.npz", x_train=pixels.reshape(-1, 28, 28), y_train=labels,
                        x_test=pixels[:1].reshape(1, 28, 28), y_test=labels[:1])  # fmt: skip
    del pixels
    outcome = subprocess.run([sys.executable, "-m", "core.datasets.taking_in", str(tmp_path)], capture_output=True, text=True,
                             cwd=PROJECT)  # fmt: skip
    assert (tmp_path / "bomb.npz").stat().st_size < 1_000_000
    assert outcome.returncode == 1 and "memory" in json.loads(outcome.stdout)["error"]["template"], outcome.stderr
