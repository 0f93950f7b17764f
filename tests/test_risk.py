"""Silence against mistakes, hard digits, and digits as a file: by hand."""

import csv
import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.datasets import Dataset
from core.errors import DigitLabError
from core.scores.evaluation import Evaluation
from core.scores.export import digits_zip
from core.scores.hard import draw_hard, hardest
from core.scores.risk import answered, curve


def reading(*digits: tuple[int, int, float]) -> Evaluation:
    """Digits as (label, answer, how sure); the rest of the probability is the next digit's."""
    probabilities = np.zeros((len(digits), 10))
    for row, (_, answer, sure) in zip(probabilities, digits, strict=True):
        row[answer], row[(answer + 1) % 10] = sure, 1 - sure
    pixels = np.arange(len(digits) * 4, dtype=np.uint8).reshape(-1, 4)
    labels = np.array([label for label, _, _ in digits], dtype=np.int64)
    return Evaluation(Dataset("some", pixels, labels, (2, 2)), probabilities)


FIVE = reading((1, 1, 0.9), (2, 3, 0.8), (4, 4, 0.7), (5, 6, 0.6), (7, 7, 0.95))


def test_the_least_sure_are_left_out():
    found = answered(FIVE, 0.2)
    assert (found.silent, found.score.n, found.score.correct, found.caught) == (1, 4, 3, 1)
    assert found.mistakes.tolist() == [1] and found.least == pytest.approx(0.7)
    assert found.about.tolist() == [3] and answered(FIVE, 0.6).about.tolist() == [1, 2, 3]
    none = answered(FIVE, 0.0)
    assert (none.silent, none.score.correct, none.caught) == (0, 3, 0) and none.mistakes.tolist() == [1, 3]
    assert answered(FIVE, 0.39).silent == 1 and answered(FIVE, 0.6).score.correct == 2


def test_whole_digits_are_not_lost_to_rounding():
    many = reading(*[(1, 1, 0.9)] * 100)
    assert answered(many, 0.29).silent == 29 and answered(many, 0.07).silent == 7


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_not_all_digits_can_be_left_out(share):
    with pytest.raises(DigitLabError, match="silent"):
        answered(FIVE, share)


def test_the_curve_by_hand():
    coverage, risk = curve(FIVE)
    assert coverage == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert risk == pytest.approx([0, 0, 1 / 3, 1 / 4, 2 / 5])  # the surest first: right, right, wrong, right, wrong


def test_hard_digits_are_the_wrong_ones_and_the_close_ones():
    assert hardest(FIVE, 3).tolist() == [3, 1, 2]
    drawn = draw_hard(FIVE, np.random.default_rng(0), 4)
    assert len(set(drawn.tolist())) == 4
    assert sorted(draw_hard(FIVE, np.random.default_rng(0))) == [0, 1, 2, 3, 4]  # no more are there


def test_digits_as_a_file():
    archive = zipfile.ZipFile(io.BytesIO(digits_zip(FIVE, np.array([3, 1, 0]), most=2)))
    rows = list(csv.DictReader(io.StringIO(archive.read("digits.csv").decode())))
    assert [(row["index"], row["label"], row["answer"], row["second"]) for row in rows] == [
        ("3", "5", "6", "7"),
        ("1", "2", "3", "4"),
    ]
    assert float(rows[0]["confidence"]) == pytest.approx(0.6)
    picture = np.asarray(Image.open(io.BytesIO(archive.read(rows[0]["picture"]))))
    assert picture[..., 0].tolist() == [[12, 13], [14, 15]]
    assert sorted(archive.namelist()) == ["digits.csv", "pictures/00001.png", "pictures/00003.png"]
