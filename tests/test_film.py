"""The film of a run's confusion matrices: its pictures, its colours and its sentences, by hand."""

import numpy as np
import pytest

from core.training.events import EpochEvent
from dashboard.look.confusion import LEAST_CONTRAST, cell_colours, contrast
from dashboard.train.film import MOST_FRAMES, SHADES, film_data, said


def epoch(number: int, table: list[list[int]] | None = None) -> EpochEvent:
    rows = table or [[9, 1], [number % 3, 8]]
    return EpochEvent(number, number, 1.0, 0.5, 0.9, 0.4, 0.9, tuple(map(tuple, rows)))


def test_the_mistake_that_is_made_most_often_is_said() -> None:
    table = np.zeros((10, 10), int)
    assert said(2, table) == "After epoch 2 it makes no mistake."
    table[3, 3], table[8, 3] = 500, 1
    assert said(2, table) == "After epoch 2 it makes no mistake more than once: one is an 8 that it takes for a 3."
    table[4, 9] = 23
    assert said(1, table) == "After epoch 1 it takes a 4 for a 9 most often: 23 times."


@pytest.mark.parametrize("n", [1, 2, 59, 60, 61, 118, 119, 120, 1_000])
def test_a_film_has_few_pictures_the_first_and_the_last_among_them(n: int) -> None:
    names = [moment["name"] for moment in film_data("run", [epoch(at + 1) for at in range(n)], "light")["moments"]]
    assert len(names) <= MOST_FRAMES and (names[0], names[-1]) == ("Epoch 1", f"Epoch {n}")
    assert len(set(names)) == len(names) and (n > 60 or len(names) == n)


def test_pictures_that_are_there_stay_as_the_run_goes_on() -> None:
    before, after = (
        [moment["name"] for moment in film_data("run", [epoch(at + 1) for at in range(n)], "light")["moments"]]
        for n in (80, 90)
    )
    assert before[:-1] == after[: len(before) - 1]


def test_orange_has_one_scale_for_the_whole_film() -> None:
    data = film_data("run", [epoch(1, [[0, 16], [4, 0]]), epoch(2, [[16, 1], [0, 4]])], "light")
    assert data["most"] == 16 and data["moments"][1]["counts"] == [[16, 1], [0, 4]] and data["digits"] == 2
    assert film_data("run", [epoch(1, [[5, 0], [0, 5]])], "light")["most"] == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_colours_are_those_of_the_matrix_and_can_be_read(theme: str) -> None:
    data = film_data("run", [epoch(1)], theme)
    matrix = cell_colours(np.array([[9, 0], [4, 9]]), theme)
    assert data["right"] == matrix[0][0] and data["palette"][0] == matrix[0][1] and data["palette"][-1] == matrix[1][0]
    assert len(data["palette"]) == SHADES
    assert min(contrast(ground, ink) for ground, ink in [data["right"], *data["palette"]]) >= LEAST_CONTRAST
