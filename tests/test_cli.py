"""The command line, run as a person runs it."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from core.catalog import find_model, load_guard, load_model, runs_that_read
from core.commands import train as commands_train
from core.commands.main import main
from core.folders import PROJECT
from core.models.files import read_model
from core.runs.run import Status, create_run, list_runs
from core.runs.status import STOPPED
from core.training.events import BatchEvent


def call(*arguments: str):
    """The outcome of a command, within this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="python -m core")


def last_line(outcome) -> dict:
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout.strip().splitlines()[-1])


@pytest.fixture
def seven(tmp_path: Path) -> Path:
    """A picture file of a printed 7: dark on white, off the middle."""
    pixels = np.full((120, 90), 255, dtype=np.uint8)
    pixels[20:30, 20:70] = 0
    for row in range(30, 100):
        column = 62 - (row - 30) * 28 // 70
        pixels[row, column : column + 9] = 0
    path = tmp_path / "seven.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("train",),
        ("evaluate",),
        ("predict",),
        ("back-query",),
        ("models",),
        ("runs",),
        ("data",),
        ("resume",),
        ("runs", "prune"),
    ],
)
def test_help(command) -> None:
    outcome = call(*command, "--help")
    assert outcome.exit_code == 0
    assert "Usage: python -m core" in outcome.output
    assert not command or "--json" in outcome.output


def test_train_then_evaluate_gives_the_same_score(runs_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "models" / "mine.safetensors"
    trained = last_line(
        call("train", "--dataset", "digits", "--hidden", "24,16", "--epochs", 4, "--seed", 5, "--out", out, "--json")
    )
    assert trained["state"] == "finished" and trained["n"] == 180 and trained["epochs"] == 4.0
    model = read_model(out)
    assert model.network.sizes == (64, 24, 16, 10)
    assert model.config.training.seed == 5
    evaluated = last_line(call("evaluate", out, "--dataset", "digits", "--split", "test", "--json"))
    assert (evaluated["n"], evaluated["correct"]) == (trained["n"], trained["correct"])
    assert evaluated["accuracy"] == evaluated["correct"] / 180
    assert np.trace(evaluated["confusion"]) == evaluated["correct"]
    assert load_model(trained["run"]).provenance.scores["test"].correct == trained["correct"]


def test_the_same_seed_gives_the_same_network(runs_dir: Path, tmp_path: Path) -> None:
    weights = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        out = tmp_path / f"{name}.safetensors"
        last_line(call("train", "--dataset", "digits", "--epochs", 1, "--seed", seed, "--out", out, "--json"))
        weights.append(read_model(out).parameters.flat)
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_predict_reads_a_picture(seven: Path) -> None:
    answer = last_line(call("predict", "default", seven, seven, "--json"))["answers"]
    assert [each["digit"] for each in answer] == [7, 7]
    assert len(answer[0]["probabilities"]) == 10
    assert sum(answer[0]["probabilities"]) == pytest.approx(1.0, abs=1e-5)
    assert call("predict", "small", seven).exit_code == 0  # an 8 x 8 network takes the same picture


def test_back_query_writes_a_sheet(tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert last_line(call("back-query", "rashid", "--out", out, "--json"))["out"] == str(out)
    with Image.open(out) as sheet:
        assert sheet.size == (5 * (28 * 8 + 8) + 8, 2 * (28 * 8 + 8) + 8)
        assert sheet.getextrema()[0] < 60 and sheet.getextrema()[1] == 255


def test_back_query_asks_in_four_ways(tmp_path: Path) -> None:
    """Pictures, strokes and figures; the seen ones of the 8 x 8 network take a moment."""
    told = last_line(call("back-query", "small", "--method", "seen", "--out", tmp_path / "x.npy", "--json"))
    pictures = np.load(tmp_path / "x.npy")
    assert pictures.shape == (10, 8, 8) and pictures.dtype == np.float32 and 0 <= pictures.min() < pictures.max() <= 1
    assert told["read"] == sum(row["answer"] == row["digit"] for row in told["digits"]) >= 7
    assert set(told["digits"][3]) == {"digit", "own", "answer", "judge", "judge_answer", "likeness"}
    bare = last_line(
        call("back-query", "small", "--method", "seen", "--no-prior", "--out", tmp_path / "x.png", "--json")
    )
    assert bare["read"] == 10 and not bare["prior"]
    call("back-query", "small", "--method", "written", "--out", tmp_path / "x.svg", "--json")
    drawing = (tmp_path / "x.svg").read_text()
    assert drawing.startswith("<svg") and drawing.count("<g ") == 10 and 10 <= drawing.count("<path") <= 20
    assert "has strokes" in call("back-query", "small", "--method", "seen", "--out", tmp_path / "y.svg").output
    assert "goes with --method seen" in call("back-query", "small", "--no-prior", "--out", tmp_path / "y.png").output


def test_models_lists_what_is_shipped(runs_dir: Path) -> None:
    rows = last_line(call("models", "--json"))["models"]
    assert [row["name"] for row in rows] == ["default", "blog", "rashid", "small"]
    assert all(row["n"] in (10_000, 180) and 0 < row["accuracy"] < 1 for row in rows)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("evaluate", "nowhere"), "There is no model 'nowhere'"),
        (("evaluate", "small", "--dataset", "missing.csv"), "missing.csv"),
        (("predict", "small", "nowhere.png"), "There is no picture nowhere.png"),
        (("predict", "small", __file__), "is not a picture"),
        (("train", "--dataset", "digits", "--hidden", "0"), "size of a layer"),
        (("train", "--dataset", "digits", "--epochs", "0"), "Epochs must be a whole number from 1"),
        (("train", "--dataset", "digits", "--learning-rate", "nan"), "Learning rate must be a number"),
        (("train", "--dataset", "digits", "--hidden", "a,b"), "whole numbers with commas"),
        (("back-query", "default", "--out", "sheet.png"), "cannot be run backwards"),
        (("back-query", "small", "--out", "/dev/null/a/sheet.png"), "/dev/null/a cannot be read or written"),
        (
            ("train", "--dataset", "digits", "--out", "/dev/null/a/b.safetensors"),
            "/dev/null/a cannot be read or written",
        ),
    ],
)
def test_mistakes_are_answered_with_a_sentence(runs_dir: Path, arguments, sentence: str) -> None:
    outcome = call(*arguments)
    assert outcome.exit_code in (1, 2)
    assert sentence in outcome.output
    assert "Traceback" not in outcome.output
    assert isinstance(outcome.exception, SystemExit)


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    outcome = call("back-query", "small", "--out", tmp_path / "sheet.png")
    assert outcome.exit_code == 1 and "A file cannot be read or written: No space left on device." in outcome.output


def test_a_blank_picture_is_said_to_be_blank(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    Image.new("L", (50, 50), 255).save(path)
    assert "blank" in call("predict", "default", path).output


def test_a_run_that_goes_astray_ends_with_a_sentence(runs_dir: Path) -> None:
    outcome = call(
        "train", "--dataset", "digits", "--activation", "identity", "--optimizer", "sgd", "--learning-rate", 100,
        "--l2", 10, "--epochs", 3,
    )  # fmt: skip
    assert outcome.exit_code == 1
    assert "Choose a smaller learning rate" in outcome.output
    assert list_runs()[0].status().state == "failed"


@pytest.mark.slow
def test_ctrl_c_stops_cleanly_and_keeps_the_checkpoint(runs_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.safetensors"
    command = [
        sys.executable,
        "-m",
        "core",
        "train",
        "--dataset",
        "digits",
        "--hidden",
        "1500,1500",
        "--epochs",
        "1000",
    ]
    process = subprocess.Popen(
        [*command, "--out", str(out), "--json"],
        cwd=PROJECT,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    end = time.monotonic() + 60
    while not (list_runs() and BatchEvent in map(type, list_runs()[0].events()[0])):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in complained
    fields = json.loads(printed.splitlines()[-1])
    assert fields["state"] == "stopped" and 0 < fields["epochs"] < 1000
    assert list_runs()[0].checkpoint_path.is_file()
    assert read_model(out).provenance.epochs == fields["epochs"]


def test_pen_digits_are_counted_by_width_and_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"label": 1, "writer": f"a/{n}", "strokes": [[[500, 0], [500, 1000]]]} for n in (1, 2)]
    path = tmp_path / "pen.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    result = last_line(call("pen-score", path, "--json"))
    assert result["n"] == 10 and result["correct"] == 10 and result["writers"] == 2
    assert set(result["by_width"]) == {"10", "15", "20", "25", "30"}
    assert result["by_writer"] == {"a/1": [5, 5], "a/2": [5, 5]}
    monkeypatch.setenv("PEN_DIGITS", str(path))
    assert last_line(call("evaluate", "default", "--dataset", "pen", "--json")) == result
    assert "pen of 30 px" in call("pen-score").output


def test_without_a_file_of_pen_digits_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEN_DIGITS", raising=False)
    outcome = call("pen-score")
    assert outcome.exit_code == 1 and "PEN_DIGITS" in outcome.output


# -- runs by command


TINY = ("--dataset", "digits", "--hidden", 4, "--epochs", 2)


def test_the_last_epoch_is_told(runs_dir: Path) -> None:
    outcome = call("train", *TINY)
    assert outcome.exit_code == 0 and "Epoch 2 of 2" in outcome.stderr


def test_a_run_of_the_terminal_is_gone_on_with(runs_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after its first epoch by what Ctrl-C calls, then resumed by id: the same network as in one go."""
    whole = last_line(call("train", *TINY, "--json"))["run"]
    execute = commands_train.execute

    def stopped(run, *, stop, on_event):
        execute(run, stop=lambda: STOPPED if run.events()[0][2:] else None, on_event=on_event)

    monkeypatch.setattr(commands_train, "execute", stopped)
    outcome = call("train", *TINY, "--json")
    monkeypatch.undo()
    monkeypatch.setenv("DIGITLAB_RUNS", str(runs_dir))
    assert outcome.exit_code == 130
    run = json.loads(outcome.stdout.splitlines()[-1])["run"]
    for name in (run, str(runs_dir / run)):
        outcome = call("resume", name, "--json")
        if name == run:
            assert last_line(outcome)["state"] == "finished"
    assert outcome.exit_code == 1 and "This run is finished" in outcome.output
    assert np.array_equal(load_model(run).parameters.flat, load_model(whole).parameters.flat)


@pytest.mark.parametrize("name", ["nowhere", "20250101-000000-abcd", "a\0b", "a" * 5000, "", "/"])
def test_only_a_run_is_gone_on_with(runs_dir: Path, name: str) -> None:
    outcome = call("resume", name)
    assert outcome.exit_code == 1 and "Traceback" not in outcome.output


def test_runs_are_listed_renamed_deleted_and_brought_back(runs_dir: Path) -> None:
    assert "no runs yet" in call("runs").output
    run = last_line(call("train", *TINY, "--json"))["run"]
    assert last_line(call("runs", "rename", run, "My  first", "--json"))["title"] == "My first"
    [row] = last_line(call("runs", "--json"))["runs"]
    assert row["title"] == "My first" and row["state"] == "finished" and row["n"] == 180 and row["sizes"] == [64, 4, 10]
    assert "My first" in call("runs", "list").output
    assert call("runs", "delete", run).exit_code == 0 and last_line(call("runs", "--json"))["runs"] == []
    assert call("runs", "undo", run).exit_code == 0 and len(last_line(call("runs", "--json"))["runs"]) == 1
    for command in (("delete", "../x"), ("undo", "../x"), ("rename", "../x", "y")):
        outcome = call("runs", *command)
        assert outcome.exit_code == 1 and "Traceback" not in outcome.output


def test_pruning_says_first_what_would_go(runs_dir: Path) -> None:
    made = []
    for _ in range(3):
        made.append(create_run(load_model("small").config).id)
        list_runs()[0].set_status(Status("finished"))
        time.sleep(0.002)
    assert last_line(call("runs", "prune", "--most", 1, "--json"))["would_go"] == made[:2]
    assert len(list_runs()) == 3
    assert last_line(call("runs", "prune", "--most", 1, "--yes", "--json"))["pruned"] == made[:2]
    assert [run.id for run in list_runs()] == made[2:]


# -- models and data


def test_models_that_pages_cannot_use_are_listed_with_the_reason_and_not_offered(runs_dir: Path) -> None:
    """A network of two outputs, as `make models` leaves one, and a file that was cut off."""
    two, cut = (create_run(load_model("small").config) for _ in range(2))
    two.save_model(load_guard())
    (runs_dir / cut.id / "model.safetensors").write_bytes(two.model_path.read_bytes()[:5000])
    rows = {row["name"]: row for row in last_line(call("models", "--json"))["models"]}
    assert "2 outputs" in rows[two.id]["problem"] and "damaged" in rows[cut.id]["problem"]
    assert runs_that_read() == []
    assert "2 outputs" in call("models").output


def test_a_model_is_told_by_its_configuration_its_seed_and_its_hashes(runs_dir: Path) -> None:
    row = next(row for row in last_line(call("models", "--json"))["models"] if row["name"] == "small")
    path = find_model("small")
    assert row["file_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    flat = load_model("small").parameters.flat
    assert row["parameters_sha256"] == hashlib.sha256(flat.tobytes()).hexdigest()
    assert row["seed"] == row["config"]["training"]["seed"] and row["config"]["network"]["inputs"] == 64


def test_data_sets_are_listed_and_mnist_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    rows = {row["name"]: row for row in last_line(call("data", "--json"))["datasets"]}
    assert rows["mnist"]["here"] is False and rows["digits"]["here"] is True and rows["mnist"]["train"] == 60_000
    asked = []

    def download(*, progress):
        asked.append(True)
        progress(5, 10)
        return tmp_path / "mnist"

    monkeypatch.setattr("core.commands.data.download_mnist", download)
    outcome = call("data", "mnist")
    assert outcome.exit_code == 0 and "It is fetched now, once: 12 MB" in outcome.stderr and asked == [True]


def test_a_file_is_taken_in_and_has_a_name_from_then_on(
    runs_dir: Path, data_dir: Path, tmp_path: Path, make_data
) -> None:
    digits, path = make_data(60, side=4), tmp_path / "mine.csv"
    np.savetxt(path, np.column_stack([digits.labels, digits.pixels]), fmt="%d", delimiter=",")
    trained = last_line(call("train", "--dataset", path, "--hidden", "4", "--epochs", 1, "--json"))
    name = load_model(trained["run"]).config.training.dataset
    taken = last_line(call("data", path, "--json"))
    assert taken == {"dataset": name, "name": name, "title": "mine.csv", "here": True, "train": 50, "test": 10,
                     "shape": [4, 4], "download_bytes": 0, "licence": "", "source": "mine.csv"}  # fmt: skip
    path.unlink()
    assert last_line(call("evaluate", trained["run"], "--json"))["correct"] == trained["correct"]
    assert last_line(call("evaluate", trained["run"], "--dataset", name, "--json"))["n"] == 10
    assert f"{name}      50 +     10 digits of 4 × 4  here, from mine.csv" in call("data").output
    assert call("data", "--remove", name).output == f"{name} is removed.\n"
    assert name not in call("data").output
    again = call("evaluate", trained["run"])
    assert again.exit_code == 1 and "are not on this computer. Give the file again" in again.output


def test_training_fetches_mnist_where_it_is_missing(runs_dir: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    monkeypatch.setenv("DIGITLAB_MIRRORS", "http://127.0.0.1:9/")
    outcome = call("train", "--epochs", 1)
    assert outcome.exit_code == 1 and "MNIST could not be downloaded" in outcome.output
    assert list_runs() == []  # nothing is begun that cannot be
