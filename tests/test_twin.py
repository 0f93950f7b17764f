"""The twin check: what it finds on this machine, and that it would find what is wrong."""

import importlib.util
import json
import os
import subprocess
import sys

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner

from core.bench import twin
from core.bench.twin import Finding, check, part_of
from core.commands.twin import twin_check
from core.engines.numpy.engine import NumpyEngine
from core.errors import DigitLabError
from core.folders import PROJECT
from core.messages import Message
from core.network.losses import LOSSES

NEEDS_TAICHI = pytest.mark.skipif(importlib.util.find_spec("taichi") is None, reason="Taichi is not installed here")


def test_numpy_s_slopes_are_right():
    """20 networks: five activations with four outputs and losses, each of 4 x 4 + 4 + 4 x 3 + 3 + 3 x 10 + 10 weights."""
    (finding,) = check(taichi=False)
    assert finding.passed and 1e-13 < finding.difference < 1e-8
    assert finding.count == 20 * 75 and "1,500 weights" in str(finding.meaning)


def test_a_wrong_slope_is_found(monkeypatch):
    """With one of the losses' deltas made a thousandth too large."""
    pair = ("softmax", "cross_entropy")
    right = LOSSES[pair]

    def slightly_wrong(*given):
        right.delta(*given)  # works in place
        given[0][...] *= 1.001

    monkeypatch.setitem(LOSSES, pair, type(right)(right.title, right.value, slightly_wrong))
    (finding,) = check(taichi=False)
    assert not finding.passed and 1e-4 < finding.difference < 1e-2


def as_taichi(monkeypatch, engine: type) -> None:
    """Let another engine stand in for Taichi."""
    make = twin.create_engine

    def create(network, training, parameters):
        if training.engine == "taichi":
            return engine(network, training, parameters)
        return make(network, training, parameters)

    monkeypatch.setattr(twin, "create_engine", create)


def test_an_engine_is_its_own_twin(monkeypatch):
    """Where NumPy stands in for Taichi, double precision shows no difference, and single as much as NumPy's own."""
    as_taichi(monkeypatch, NumpyEngine)
    told = []
    found = list(check(taichi=True, progress=lambda *step: told.append(step)))
    assert [finding.passed for finding in found] == [True] * 4
    assert found[2].difference == 0.0 and found[3].difference == pytest.approx(found[3].bound / 3)
    assert found[2].count == found[3].count == 785 * 40 + 41 * 10
    assert [finding.compares_engines for finding in found] == [False, False, True, True]
    assert [step[:2] for step in told] == [(0, 4), (1, 4), (2, 4), (3, 4)]


def test_an_engine_that_differs_in_one_step_of_a_hundred_is_no_twin(monkeypatch):
    class Lazy(NumpyEngine):
        def train(self, order, rates):
            return super().train(order[:-25], rates[:-1])  # the last batch has 25 of 32

    as_taichi(monkeypatch, Lazy)
    found = list(check(taichi=True))
    assert [finding.passed for finding in found] == [True, True, False, False]


def test_a_device_without_double_precision_is_compared_in_single(monkeypatch):
    as_taichi(monkeypatch, NumpyEngine)
    assert len(list(check(taichi=True, device="vulkan"))) == 2


def test_what_is_no_number_does_not_pass():
    assert not Finding("", Message(""), float("nan"), 1.0, 1, Message("")).passed
    assert str(part_of(float("nan"))) == "no number"


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (0.0, "no difference at all"),
        (1.9e-15, "one part in 530 trillion"),
        (2.58e-10, "one part in 3.9 billion"),
        (6.8e-7, "one part in 1.5 million"),
        (1 / 965_648, "one part in 970,000"),
        (0.25, "one part in 4.0"),
        (1.0, "as much as the value itself, or more"),
    ],
)
def test_a_difference_in_words(difference, said):
    assert str(part_of(difference)) == said


def test_the_difference_of_two_vectors_by_hand():
    """0.5 of at most 4: an eighth."""
    assert twin.distance(np.array([1.0, -4.5]), np.array([1.0, -4.0])) == 0.125
    assert np.isnan(twin.distance(np.array([np.nan]), np.array([1.0])))


def test_the_command_without_taichi():
    answer = CliRunner().invoke(twin_check, ["--no-taichi", "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout.splitlines()[-1])
    assert found["passed"] is True and len(found["findings"]) == 1
    assert "right  NumPy: each sum" in answer.stderr


def test_the_command_says_so_and_fails_when_something_is_wrong(monkeypatch):
    wrong = Finding("numpy_slopes", Message("Slopes"), 0.1, 1e-6, 7, Message("They differ."))
    monkeypatch.setattr("core.commands.twin.check", lambda **_: iter([wrong]))
    answer = CliRunner().invoke(twin_check, [])
    assert answer.exit_code == 1 and answer.stdout.startswith(
        "WRONG  Slopes: 1.0e-01, one part in 10 (at most 1.0e-06)"
    )


def test_what_cannot_be_compared_is_a_line_with_its_sentence(monkeypatch):
    def refuse(**_):
        raise DigitLabError("There is no such card.")

    monkeypatch.setattr("core.commands.twin.check", refuse)
    answer = CliRunner().invoke(twin_check, ["--json-lines"])
    assert answer.exit_code == 1 and json.loads(answer.stdout.splitlines()[0]) == {
        "error": {"template": "There is no such card.", "values": {}}
    }


def test_a_page_gets_each_finding_back_as_it_was():
    """Its sentences are templates with values, to be said in the visitor's language."""
    answer = CliRunner().invoke(twin_check, ["--no-taichi", "--json-lines"])
    before, after = (json.loads(line) for line in answer.stdout.splitlines())
    assert msgspec.convert(before["now"], Message) == Message("NumPy's sums")
    found = msgspec.convert(after["finding"], Finding)
    assert found.passed and found.key == "numpy_slopes" and not found.compares_engines
    assert found.meaning.values["count"] == 1500 and isinstance(found.meaning.values["part"], Message)


@NEEDS_TAICHI
@pytest.mark.slow
def test_both_engines_are_twins_on_this_machine():
    environment = os.environ | {"TI_CPU_MAX_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "core", "twin-check", "--json-lines"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = [line["finding"] for line in lines if "finding" in line]
    assert len(found) == 4 and all(finding["passed"] for finding in found)
    assert found[2]["difference"] < 1e-12 and 1e-8 < found[3]["difference"] < 1e-5
    assert [line["done"] for line in lines if "done" in line] == [0, 1, 2, 3]
