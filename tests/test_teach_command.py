"""The course's typed 3 by command, end to end: misread, taught from pictures in folders, and read in full."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from core.catalog import load_model
from core.commands.main import main
from core.scores.evaluation import digits_of, evaluate_on
from core.teach.samples import sample_of, to_lines
from core.teach.typed import SIZE, part, shrunk
from dashboard.draw.number import example


def run(*arguments: object) -> dict:
    outcome = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout.splitlines()[-1])


def refusal(*arguments: object) -> str:
    outcome = CliRunner().invoke(main, [*map(str, arguments)])
    assert outcome.exit_code in (1, 2) and "Traceback" not in outcome.output
    return " ".join(outcome.stderr.split())


def read(model: object, picture: Path, *options: object) -> str:
    return run("read-number", model, picture, *options)["answers"][0]["text"]


def save(ink: np.ndarray, path: Path) -> Path:
    """Ink (h, w) in 0..1 as a picture, black on white."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.round(255 * (1 - ink)).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def row(tmp_path: Path) -> Path:
    return save(1 - example() / np.float32(255), tmp_path / "row.png")


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """Typed digits in folders named by them, twelve 3s and four of each other: other weights and sizes than the row's."""
    for digit in range(5):
        for number in range(12 if digit == 3 else 4):
            ink = part(digit, size=SIZE - 2 * number, bold=number % 3, move=(number - 6, 0))
            save(ink, tmp_path / "typed" / str(digit) / f"{number}.png")
    return tmp_path / "typed"


def test_the_typed_row_is_misread_taught_and_read_in_full(row: Path, typed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "new" / "taught.safetensors"
    assert read("small", row) == read("small", row, "--equal-parts", 5) == "03234"
    result = run("teach", "small", typed, "--out", copy)
    assert read(copy, row) == read(copy, row, "--equal-parts", 5) == "01234"
    count = result["taught"]
    assert count == 27, "two of the 28 pictures are the same at 8 × 8 pixels, and count once"
    assert result["known"] == 0 and result["out"] == str(copy)
    assert (
        result["after"]["own"]["correct"] > result["before"]["own"]["correct"] and result["after"]["own"]["n"] == count
    )
    score = evaluate_on(load_model(copy), "digits").score
    assert (result["after"]["test"]["n"], result["after"]["test"]["correct"]) == (score.n, score.correct)

    again = run("teach", copy, typed, "--out", tmp_path / "again.safetensors")  # it knows what it has learned
    assert again["known"] == count and again["before"]["own"] is None and again["after"]["own"] is None


def test_the_typed_digits_come_with_the_program(row: Path, tmp_path: Path) -> None:
    outcome = CliRunner().invoke(main, ["teach", "small", "--typed", "--out", str(tmp_path / "taught.safetensors")])
    assert outcome.exit_code == 0 and "Digits that settle whether it is kept" in outcome.stdout
    assert read(tmp_path / "taught.safetensors", row, "--equal-parts", 5) == "01234"


def test_files_of_drawings_and_single_pictures_are_taught(typed: Path, tmp_path: Path) -> None:
    drawings = tmp_path / "drawings.jsonl"
    drawings.write_text(to_lines([sample_of(shrunk(part(digit), (8, 8)), digit, None) for digit in range(5)]))
    out = tmp_path / "taught.safetensors"
    loose = save(part(3), tmp_path / "loose.png")
    assert run("teach", "small", drawings, typed / "3" / "0.png", "--out", out)["taught"] == 6
    assert run("teach", "small", drawings, loose, "--label", 3, "--out", out)["taught"] == 6
    assert "--label" in refusal("teach", "small", loose, "--out", out)
    assert "at least 5 drawings" in refusal("teach", "small", typed / "3" / "0.png", "--out", out)
    assert "at least 5 drawings to teach; there are 0" in refusal("teach", "small", "--out", out)
    (tmp_path / "empty").mkdir()
    assert "no pictures" in refusal("teach", "small", tmp_path / "empty", "--out", out)
    blank = save(np.zeros((40, 40)), tmp_path / "5" / "blank.png")
    assert "blank.png" in refusal("teach", "small", typed, blank, "--out", out)
    assert "does not exist" in refusal("teach", "small", tmp_path / "nothing", "--out", out)


def test_test_digits_are_not_taught_by_command(tmp_path: Path) -> None:
    drawings = tmp_path / "drawings.jsonl"
    digits = digits_of("digits").x(slice(0, 6)).reshape(-1, 8, 8)
    drawings.write_text(to_lines([sample_of(digit, 3, None) for digit in digits]))
    said = refusal("teach", "small", drawings, "--out", tmp_path / "taught.safetensors")
    assert "Of the 6 drawings, these are test digits" in said and not (tmp_path / "taught.safetensors").exists()


def test_a_part_without_ink_is_told(tmp_path: Path) -> None:
    picture = save(np.hstack([part(7), np.zeros((100, 80), np.float32)]), tmp_path / "half.png")
    answer = run("read-number", "small", picture, "--equal-parts", 2)["answers"][0]
    assert answer["text"].endswith("?") and answer["digits"][1]["probabilities"] is None
    assert "not in the range" in refusal("read-number", "small", picture, "--equal-parts", 51)
