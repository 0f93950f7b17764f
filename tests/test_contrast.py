"""What axe does not see: the colours of charts, of numbers in coloured cells and of drawn parts, each on its ground."""

import itertools
import tomllib

import numpy as np
import pytest

from core.folders import PROJECT
from dashboard.engines import charts as engine_charts
from dashboard.look import charts
from dashboard.look.confusion import cell_colours, contrast
from dashboard.parts.reliability import reliability

TEXT, DRAWN = 4.5, 3.0  # WCAG 2.2, level AA: of text, and of what is drawn and has to be seen
THEMES = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_words_and_evidence_can_be_read_on_their_grounds(theme: str) -> None:
    colours = charts.COLOURS[theme]
    for name in ("text", "for", "against", "accent"):
        assert contrast(colours[name], colours["ground"]) >= TEXT, name
    assert contrast(colours["text"], colours["cell"]) >= TEXT
    assert contrast(colours["text"], colours["for-tint"]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_s_own_colours_can_be_read(theme: str) -> None:
    told = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text())["theme"][theme]
    grounds = told["backgroundColor"], told["secondaryBackgroundColor"]
    for name, ground in itertools.product(("textColor", "linkColor"), grounds):
        assert contrast(told[name], ground) >= TEXT, (name, ground)
    assert contrast("#ffffff", told["primaryColor"]) >= TEXT  # what is written on a button
    assert (
        contrast(told["primaryColor"], told["backgroundColor"]) >= DRAWN
    )  # its edge, and the frame of what has the focus
    assert told["blueColor"] == charts.COLOURS[theme]["for"]
    assert told["orangeColor"] == charts.COLOURS[theme]["against"]
    assert told["backgroundColor"] == charts.COLOURS[theme]["ground"]


def _figures(theme: str):
    yield engine_charts.times([("NumPy", "NumPy", "solid", {100: 0.2, 200: 0.4, 300: 0.5})], theme)
    yield engine_charts.race([], theme, until=5.0)
    yield reliability([], theme)


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_and_titles_of_axes_can_be_read(theme: str) -> None:
    ground = charts.COLOURS[theme]["ground"]
    for figure in _figures(theme):
        for axis in (figure.layout.xaxis, figure.layout.yaxis):
            assert contrast(axis.tickfont.color, ground) >= TEXT and axis.tickfont.size >= 12
            assert not axis.title.text or contrast(axis.title.font.color, ground) >= TEXT
    bars = charts.probabilities(np.full(10, 0.1), theme)
    assert contrast(bars.layout.yaxis.tickfont.color, ground) >= TEXT
    assert contrast(bars.data[0].textfont.color, ground) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_every_number_can_be_read_on_its_cell(theme: str) -> None:
    counts = np.arange(100).reshape(10, 10) ** 2
    for ground, ink in itertools.chain.from_iterable(cell_colours(counts, theme)):
        assert contrast(ink, ground) >= TEXT, (ink, ground)
