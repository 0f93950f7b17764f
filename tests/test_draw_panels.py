"""Parts of the Draw page that compute: what is hard, what is found in a photograph, and the sentences. By hand."""

import numpy as np
import pytest

from core.datasets import Dataset
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.models.model import Score
from core.scores.evaluation import Evaluation
from core.scores.hard import hardest
from core.teach.outcome import FineTuned, Scores
from dashboard.draw.compare import agreement
from dashboard.draw.stages import comparison
from dashboard.draw.teach_lesson import known_words, table, verdict
from dashboard.draw.try_one import digit_of
from dashboard.pads import strokes
from dashboard.pads.given_digit import on_the_page
from dashboard.words import expected


def probabilities(**shares: float) -> np.ndarray:
    """`probabilities(_3=0.9, _8=0.1)`."""
    values = np.zeros(10)
    for name, share in shares.items():
        values[int(name[1:])] = share
    return values


def test_hard_digits_are_misread_ones_then_those_read_with_the_smallest_lead() -> None:
    rows = [probabilities(_1=0.9, _2=0.1), probabilities(_2=0.51, _3=0.49), probabilities(_3=0.6, _5=0.4),
            probabilities(_4=0.99, _9=0.01)]  # fmt: skip
    labels = np.array([1, 2, 5, 9])  # the last two are misread, the very last with the greater confidence
    data = Dataset("four", np.zeros((4, 9), np.uint8), labels, (3, 3))
    assert hardest(Evaluation(data, np.stack(rows))).tolist() == [2, 3, 1, 0]


def test_a_small_digit_is_put_on_the_page_by_whole_squares() -> None:
    ink = np.zeros((28, 28), np.float32)
    ink[4:24, 10:18] = np.random.default_rng(0).uniform(0.5, 1.0, (20, 8))
    ink[10, 12] = 1.0
    page = on_the_page(ink)
    assert page.shape == (280, 280, 4) and len(np.unique(page[40:50, 100:110, 3])) == 1
    seen = from_drawing(page)
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    found = seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    np.testing.assert_allclose(found, ink[4:24, 10:18], atol=0.003)  # the very digit that went onto the page
    assert on_the_page(np.ones((8, 8), np.float32))[..., 3].all()


@pytest.mark.parametrize("size", [(60, 40), (300, 500), (3000, 2000)])
def test_the_ink_of_a_photo_comes_to_the_middle_of_the_page(size: tuple[int, int]) -> None:
    height, width = size
    photo = np.full((height, width, 4), 230, np.uint8)
    photo[..., 3] = 255
    top, left = height // 10, width // 2
    photo[top : top + height // 4, left : left + height // 20, :3] = 30  # five times as high as wide
    page = digit_of(photo)
    ink = page[..., 3] > 127
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert page.shape == (280, 280, 4) and tuple(page[140, 140, :3]) == strokes.INK_RGB
    assert rows[-1] - rows[0] + 1 == pytest.approx(200, abs=8)
    assert columns[-1] - columns[0] + 1 == pytest.approx(40, abs=8)
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(139.5, abs=3)


def test_a_blank_photo_is_told_of() -> None:
    with pytest.raises(DigitLabError, match="blank"):
        digit_of(np.full((50, 50, 4), 255, np.uint8))


def test_two_networks_agree_or_not_in_so_many_words() -> None:
    first = probabilities(_7=0.98, _1=0.02)
    assert agreement(first, probabilities(_7=0.96, _2=0.04)) == "Both read a 7, and are about equally sure."
    assert agreement(first, probabilities(_7=0.6, _2=0.4)) == "Both read a 7, with 98\xa0% and 60\xa0%."
    told = agreement(first, probabilities(_1=0.7, _7=0.3))
    assert (
        told
        == "They do not agree: the one in use reads a 7 (98\xa0%), the other a 1 (70\xa0%), and gives the 7 30\xa0%."
    )


def test_what_a_step_was_good_for_is_said() -> None:
    whole = probabilities(_7=0.98, _1=0.02)
    assert "reads a 1, with 90\xa0%, and no longer a 7" in comparison(whole, probabilities(_1=0.9, _7=0.1))
    assert "still a 7, with 60\xa0% instead of 98\xa0%" in comparison(whole, probabilities(_7=0.6, _1=0.4))
    assert "just as sure" in comparison(whole, whole)


def a_lesson(own_before: Score | None, own_after: Score | None, known: int) -> FineTuned:
    before = Scores(own_before, Score(134, 126), Score(180, 169))
    return FineTuned(None, "digits", before, Scores(own_after, Score(134, 127), Score(180, 168)), Score(8, 7), known)


def test_a_lesson_says_what_was_gained_on_drawings_that_nobody_was_taught() -> None:
    tuned = a_lesson(Score(8, 3), Score(8, 5), 0)
    said, rows = verdict(tuned, typed=False), table(tuned, typed=False).splitlines()[2:]
    assert said.startswith("Of your drawings that it was not taught, a copy gets 2 more right. Of 180 test digits")
    assert said.endswith("it reads 1 fewer.") and not tuned.refused, "the test digits do not refuse it"
    assert [row.split(" | ", 1)[1] for row in rows] == [
        "3 of 8 | 5 of 8 |", "3 of 8 | 7 of 8 |", "126 of 134 | 127 of 134 |", "169 of 180 | 168 of 180 |",
    ]  # fmt: skip


def test_drawings_of_earlier_lessons_are_not_said_to_be_new() -> None:
    some, none = a_lesson(Score(2, 1), Score(2, 1), 6), a_lesson(None, None, 8)
    assert "1 of 2 | 1 of 2" in table(some, typed=False) and "| – | 7 of 8 |" in table(some, typed=False)
    assert known_words(some.known).startswith("6 of them were learned in an earlier lesson")
    assert "shows no gain" in verdict(none, typed=False) and "not** taught" not in table(none, typed=False)


def test_what_is_expected_of_other_digits_is_a_forecast() -> None:
    """The true accuracy lies between 89.4 and 96.6 %, which is 161 to 174 of 180; a new set varies more."""
    assert expected(Score(180, 169)).endswith("to get between 158 and 177 right, 19 times in 20.")
