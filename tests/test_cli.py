"""The command line, run as a person runs it."""

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

from core.catalog import load_model
from core.commands.main import main
from core.folders import PROJECT
from core.models.files import read_model
from core.runs.run import list_runs
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


@pytest.mark.parametrize("command", [(), ("train",), ("evaluate",), ("predict",), ("back-query",), ("models",)])
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
        (("train", "--dataset", "digits", "--hidden", "0"), "size of a hidden layer"),
        (("train", "--dataset", "digits", "--epochs", "0"), "Epochs must be a whole number from 1"),
        (("train", "--dataset", "digits", "--learning-rate", "nan"), "Learning rate must be a number"),
        (("train", "--dataset", "digits", "--hidden", "a,b"), "whole numbers with commas"),
        (("back-query", "default", "--out", "sheet.png"), "cannot be run backwards"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(runs_dir: Path, arguments, sentence: str) -> None:
    outcome = call(*arguments)
    assert outcome.exit_code in (1, 2)
    assert sentence in outcome.output
    assert "Traceback" not in outcome.output
    assert isinstance(outcome.exception, SystemExit)


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
