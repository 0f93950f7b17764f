"""What is found by the four ways: the proof under it, the files it is kept in, and what ships."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.catalog import find_model, load_guard, load_judge, load_model, shipped_models
from core.datasets import Dataset, load_training
from core.errors import DigitLabError
from core.explain.back_query import kept, seen
from core.explain.back_query.climb import Climber, best
from core.explain.back_query.found import Found, Step, read_found, save_found
from core.explain.back_query.ink import DIRECTIONS, Ink, ink_for, measured
from core.explain.back_query.inverse import can_back_query
from core.explain.back_query.methods import METHODS, asked, find
from core.explain.back_query.pen import random_strokes
from core.explain.back_query.proof import prove
from core.explain.back_query.typical import best_examples
from core.explain.back_query.worker import main, step_fields, step_of
from core.folders import MODELS
from tests.changed import changed
from tests.test_backquery import model_of


def shipped(name: str, method: str) -> Found:
    path = find_model(name)
    found = kept.kept(path, kept.file_hash(path), method)
    assert found is not None, f"make models: {name} {method}"
    return found


@pytest.mark.parametrize("name", shipped_models())
def test_every_way_of_every_shipped_network_ships(name: str, tmp_path, monkeypatch):
    """Made from the very file that ships, with proofs that are true of the pictures."""
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    model = load_model(name)
    for method in METHODS:
        if method == "mean" or (method == "inverse" and not can_back_query(model)):
            continue
        found = shipped(name, method)
        assert found.pictures.shape == (10, *model.shape)
        np.testing.assert_allclose(
            model.predict(found.pictures)[np.arange(10), np.arange(10)], found.proof.own, atol=1e-3
        )


@pytest.mark.parametrize("method", ["written", "seen"])
def test_what_the_good_reader_imagines_is_read_by_it_and_by_the_judge(method: str):
    proof = shipped("default", method).proof
    assert proof.read == 10 and proof.own.min() >= 0.95
    assert proof.judged == 10 and (proof.judge >= 0.8).sum() >= 9


def test_without_a_picture_of_ink_the_network_is_sure_of_nothing_to_see():
    tricks, real = shipped("default", "tricks").proof, shipped("default", "typical").proof
    assert tricks.read == 10 and tricks.own.min() >= 0.95 and tricks.judged <= 6
    assert np.abs(tricks.likeness).max() < 0.45 < real.likeness.mean()


def test_the_judge_reads_well_and_is_another_network():
    judge, default = load_judge(), load_model("default")
    assert judge.provenance.scores["test"].accuracy >= 0.99
    assert judge.network.hidden != default.network.hidden
    assert judge.config.training.seed != default.config.training.seed
    assert "judge" not in shipped_models() and find_model("judge").stat().st_size < 1_200_000


def test_what_ships_is_small():
    assert sum(path.stat().st_size for path in (MODELS / "back_query").iterdir()) < 300_000


@pytest.mark.slow
def test_a_search_anew_comes_to_the_same_end():
    found = find("seen", asked(load_model("default"), load_guard(), load_judge(), seed=3))
    assert found.proof.read == 10 and found.proof.own.min() >= 0.95
    assert found.proof.judged == 10 and (found.proof.judge >= 0.8).sum() >= 9


# -- its parts


def test_climbers_go_up_and_the_best_of_each_digit_are_found():
    """Adam's first step is its size in each number, whatever the slope's."""
    climber = Climber(np.zeros((2, 3)))
    climber.step(np.array([1.0, 2.0]), np.array([[5.0, -0.5, 0.0], [1.0, 1.0, 1.0]]), 0.1)
    np.testing.assert_allclose(climber.at, [[0.1, -0.1, 0], [0.1, 0.1, 0.1]], atol=1e-3)
    digits = np.array([0, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(best(np.array([1, 3, 2, 9, 7, 8.0]), digits, 2), [1, 2, 3, 5])


def test_ink_of_two_pictures():
    """Two classes of one pixel each: the mean is a half of both, and the only direction is from one to the other.

    Pixels are (0, 1) and (1, 0) in turn: each varies by a quarter, against each other; the direction (1, -1) / sqrt(2) has the
    variance 1/2, so a standard deviation along it is (1/2, -1/2).
    """
    pixels = np.tile(np.array([[0, 255, 0, 0], [255, 0, 0, 0]], np.uint8), (10, 1))
    ink = measured(Dataset("two", pixels, np.repeat(np.arange(10), 2), (2, 2)), 1)
    np.testing.assert_allclose(ink.mean, [[0.5, 0.5], [0, 0]], atol=1e-6)
    np.testing.assert_allclose(np.abs(ink.directions[0]), [[0.5, 0.5], [0, 0]], atol=1e-6)
    assert ink.directions[0, 0, 0] * ink.directions[0, 0, 1] < 0


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_what_is_known_of_ink_is_measured_on_the_training_digits(mnist_dir):
    digits = load_training("mnist").train
    fresh, ships = measured(digits, DIRECTIONS[digits.shape]), ink_for(digits.shape)
    np.testing.assert_allclose(ships.mean, fresh.mean, atol=1e-3)
    np.testing.assert_allclose(ships.digits, fresh.digits, atol=1e-3)
    np.testing.assert_allclose(np.abs(ships.directions[:20]), np.abs(fresh.directions[:20]), atol=2e-3)


def test_ink_of_another_size_is_resized():
    ink = ink_for((14, 14))
    assert ink.directions.shape == (60, 14, 14)
    assert ink.digits.max() > 0.5 and abs(ink.mean.mean() - ink_for((28, 28)).mean.mean()) < 0.01


def test_typical_is_the_digit_farthest_ahead():
    """Output k copies pixel k: the lead of a picture is its own pixel less the largest other one."""
    model = changed(model_of(hidden=()), W1=np.eye(16)[:, :10])
    pixels = np.zeros((30, 16), np.uint8)
    labels = np.arange(30) % 10
    pixels[np.arange(30), labels] = np.repeat([100, 230, 255], 10)
    pixels[np.arange(20, 30), (labels[20:] + 1) % 10] = 127  # surer of the digit, but of the next one as well
    examples = best_examples(model, Dataset("copies", pixels, labels, (4, 4)))
    np.testing.assert_allclose(examples.reshape(10, 16), pixels[10:20] / 255, atol=1e-6)


def test_proof_by_hand():
    """A network and a judge that copy ten pixels: both read picture k as k, and its pixels are like digit k's."""
    model = changed(model_of(hidden=(), output="softmax"), W1=20 * np.eye(16)[:, :10])
    pictures = np.eye(16, dtype=np.float32)[:10].reshape(10, 4, 4)
    ink = Ink(np.zeros((4, 4)), np.zeros((1, 4, 4)), np.concatenate([pictures[:9], 1 - pictures[9:]]))
    proof = prove(model, model, ink, pictures, pictures)
    assert proof.read == proof.judged == 10 and proof.own.min() > 0.99
    np.testing.assert_allclose(proof.likeness, [1] * 9 + [-1], atol=1e-6)
    blank = prove(model, model, ink, np.zeros((10, 4, 4), np.float32), pictures)
    assert blank.read == 1 and not blank.likeness.any()


def test_a_picture_without_ink_is_read_as_none():
    assert not seen.as_read(np.zeros((28, 28)), (28, 28)).any()


# -- files


@pytest.fixture
def found() -> Found:
    return shipped("small", "written")


def test_what_is_kept_comes_back(found: Found, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    path = kept.keep(found, "a" * 64)
    again = read_found(path, "a" * 64)
    np.testing.assert_array_equal(again.pictures, found.pictures)
    np.testing.assert_array_equal(again.proof.judge, found.proof.judge)
    np.testing.assert_array_equal(again.written.controls, found.written.controls)
    assert kept.kept(tmp_path / "x.safetensors", "b" * 64, "written") is None


def test_only_so_many_are_kept(found: Found, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    monkeypatch.setattr(kept, "MOST", 2)
    for letter in "abcd":
        kept.keep(found, letter * 64)
    assert len(list((tmp_path / "back-query").iterdir())) == 2


@pytest.mark.parametrize("damage", ["nothing", "half", "zeros", "another model", "numbers"])
def test_a_damaged_file_is_a_sentence_and_found_anew(found: Found, tmp_path: Path, monkeypatch, damage: str):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    path = kept.keep(found, "a" * 64)
    if damage == "nothing":
        path.write_bytes(b"")
    elif damage == "half":
        path.write_bytes(path.read_bytes()[:900])
    elif damage == "zeros":
        path.write_bytes(bytes(3000))
    elif damage == "another model":
        save_found(found, path, "b" * 64)
    else:
        save_found(replace(found, proof=replace(found.proof, own=np.full(10, np.nan))), path, "a" * 64)
    with pytest.raises(DigitLabError):
        read_found(path, "a" * 64)
    assert kept.kept(path, "a" * 64, "written") is None


def test_steps_come_through_a_line_of_json():
    drawn = Step(0.25, random_strokes(20, np.random.default_rng(0))[np.arange(10, 20)])
    again = step_of(json.loads(json.dumps(step_fields(drawn))))
    assert again.done == 0.25
    np.testing.assert_allclose(again.written.controls, drawn.written.controls, atol=0.0051)
    pictures = np.random.default_rng(0).random((10, 8, 6)).astype(np.float32)
    again = step_of(json.loads(json.dumps(step_fields(Step(0.5, pictures=pictures)))))
    np.testing.assert_allclose(again.pictures, pictures, atol=1 / 500)


def test_the_worker_keeps_what_it_finds_and_says_what_it_cannot(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    company = ["--guard", str(find_model("guard")), "--judge", str(find_model("judge"))]
    assert main([str(find_model("small")), "tricks", *company]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[-1] == {"result": True} and told[0]["done"] < 1
    assert len(list((tmp_path / "back-query").iterdir())) == 1
    assert main([str(find_model("default")), "inverse", *company]) == 1
    assert "cannot be run backwards" in json.loads(capsys.readouterr().out)["error"]["template"]


def test_an_unknown_method_is_a_sentence():
    with pytest.raises(DigitLabError, match="There is no method sung"):
        find("sung", asked(load_model("small"), load_guard(), load_judge()))
