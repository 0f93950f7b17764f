import json

import numpy as np
import pytest

from core.datasets import Dataset, TrainingData, available, load_test, load_training, mixture, offered
from core.datasets.mixture import mix

STROKES = [[[100, 0], [100, 300]], [[50, 50], [100, 0]]]


@pytest.fixture
def few(monkeypatch):
    """Two digits of each kind of noise as MNIST, and few of everything that is made."""
    monkeypatch.setattr(mixture, "PEN_COPIES", 2)
    monkeypatch.setattr(mixture, "PRINTED", 1)
    monkeypatch.setattr(mixture, "TYPED", 1)
    picture = np.zeros((20, 28, 28), np.uint8)
    picture[:, 4:24, 10:18] = 255
    data = Dataset("mnist", picture.reshape(20, -1), np.arange(20) % 10, (28, 28))
    return TrainingData(data, data)


@pytest.fixture
def pen(monkeypatch, tmp_path):
    lines = [{"label": 1, "writer": f"aga/{n}", "strokes": STROKES} for n in range(7)]
    path = tmp_path / "pen.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    monkeypatch.setenv("PEN_DIGITS", str(path))


def test_without_pen_digits_the_rest_is_added(few, monkeypatch):
    monkeypatch.delenv("PEN_DIGITS", raising=False)
    mixed = mix(few)
    np.testing.assert_array_equal(mixed.train.pixels[:20], few.train.pixels)
    assert np.bincount(mixed.train.labels[-20:]).tolist() == [2] * 10  # printed and typed, one of each digit
    assert mixed.validation is few.validation
    assert "mnist+pen" not in offered()


def test_pen_digits_are_added_several_times_and_held_back_by_writer(few, pen):
    plain, with_pen = mix(few), mix(few)
    assert with_pen.train.sha256 == plain.train.sha256  # the same again
    assert len(with_pen.validation) == 20 + 2  # of seven writers the first and the seventh are held back
    assert with_pen.validation.labels[-2:].tolist() == [1, 1]
    without = len(with_pen.train) - 5 * 2
    assert without == 20 + 20 + sum(round(share * 2) for share in mixture.RESTYLED.values())
    assert "mnist+pen" in offered()


def test_every_picture_is_a_prepared_digit(few, pen):
    made = mix(few).train.pixels[20:].reshape(-1, 28, 28)
    assert (made.max(axis=(1, 2)) == 255).all()
    ink = made > 60
    heights = ink.any(axis=2).sum(axis=1)
    widths = ink.any(axis=1).sum(axis=1)
    assert (np.maximum(heights, widths) <= 21).all() and (np.maximum(heights, widths) >= 17).all()


@pytest.mark.mnist
def test_its_test_digits_are_mnists(mnist_dir):
    assert available("mnist+pen")
    assert load_test("mnist+pen").sha256 == load_test("mnist").sha256


@pytest.mark.mnist
@pytest.mark.slow
def test_the_guards_training_data(mnist_dir, monkeypatch):
    monkeypatch.delenv("PEN_DIGITS", raising=False)
    monkeypatch.setattr(mixture, "PRINTED", 1)
    monkeypatch.setattr(mixture, "TYPED", 1)
    monkeypatch.setattr(mixture, "RESTYLED", {})
    monkeypatch.setattr("core.datasets.digit_or_not.LEARNED", 3)
    monkeypatch.setattr("core.datasets.digit_or_not.WATCHED", 1)
    data = load_training("digit-or-not")
    assert len(data.train) == 55_000 + 20 + 3 * 12 and len(data.validation) == 5_000 + 12
    assert np.bincount(data.train.labels).tolist() == [36, 55_020]
