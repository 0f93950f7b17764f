"""The matrix of the Mistakes page: what each cell says, and that it can be read in both themes."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.look import charts
from dashboard.look.confusion import LEAST_CONTRAST, cell_colours, contrast, label
from dashboard.mistakes import matrix
from dashboard.mistakes.matrix import tapped


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.01
    )  # the grey that just fails, in every text on it
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_number_can_be_read_on_its_cell(theme: str) -> None:
    counts = np.arange(100).reshape(10, 10) ** 2  # all strengths of orange
    cells = [cell for row in cell_colours(counts, theme) for cell in row]
    assert len({ground for ground, _ in cells}) > 50
    assert min(contrast(ground, ink) for ground, ink in cells) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_any_shade_between_two_colours_has_an_ink(theme: str) -> None:
    """Black or white reaches 4.58 on the worst of all greys."""
    counts = np.zeros((10, 10), int)
    for many in range(0, 400, 7):
        counts[0, 1], counts[1, 0] = 400, many
        ground, ink = cell_colours(counts, theme)[1][0]
        assert contrast(ground, ink) >= LEAST_CONTRAST


def test_mistakes_are_the_stronger_the_more_there_are_and_the_diagonal_is_apart() -> None:
    counts = np.zeros((10, 10), int)
    counts[3, 3], counts[3, 5], counts[5, 3] = 900, 16, 4
    colours = charts.COLOURS["light"]
    shades = cell_colours(counts, "light")
    assert shades[3][3][0] == colours["for-tint"] and shades[3][5][0] == colours["against"]
    assert shades[0][1][0] == colours["cell"]
    assert contrast(shades[5][3][0], colours["cell"]) < contrast(shades[3][5][0], colours["cell"])


def test_a_screen_reader_hears_each_cell() -> None:
    assert label(4, 9, 8) == "a 4 read as 9: 8 times" and label(8, 8, 1_012) == "an 8 read right: 1,012 times"
    assert label(0, 6, 1) == "a 0 read as 6: once" and label(0, 6, 0) == "a 0 read as 6: never"


@pytest.mark.parametrize("sent, cell", [
    ([4, 9], (4, 9)), ([0, 0], (0, 0)), ([10, 0], None), ([-1, 0], None), ([True, 0], None), ([1.0, 2], None),
    ([1], None), ("19", None), (None, None), ({"row": 1}, None),
])  # fmt: skip
def test_only_a_cell_can_be_tapped(monkeypatch: pytest.MonkeyPatch, sent: object, cell: object) -> None:
    monkeypatch.setattr(matrix, "st", SimpleNamespace(session_state={"matrix": {"tap": sent}}))
    assert tapped("matrix", 10) == cell and tapped("another", 10) is None
