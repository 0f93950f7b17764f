"""Guess first, without a browser: drawn by lot from all that is kept, counted for both, and over after ten."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.catalog import shipped_models
from dashboard.back_query import guess
from tests.pages import backwards


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runs_dir: Path) -> AppTest:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    return backwards(see="guess")


def texts(app: AppTest) -> str:
    assert not app.exception
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def test_a_round_is_drawn_by_lot_from_all_alike():
    names, rng = ["a", "b", "c"], np.random.default_rng(0)
    rounds = [guess.draw_round(names, rng) for _ in range(600)]
    assert all(len(set(each)) == 10 for each in rounds)
    counts = Counter(item for each in rounds for item in each)
    assert len(counts) == 30 and 150 < min(counts.values()) <= max(counts.values()) < 250  # 200 of each, give or take
    assert any(len({digit for _, digit in each}) < 10 for each in rounds), (
        "digits come twice: none can be told by elimination"
    )


def test_ten_guesses_and_both_scores(app: AppTest, monkeypatch):
    """Nine right ones and a wrong one; the judge's come from what is kept."""
    items = [("default", digit) for digit in range(9)] + [("small", 9)]
    monkeypatch.setattr(guess, "draw_round", lambda names, rng: items if set(names) >= set(shipped_models()) else [])
    judged = sum(guess._judged(*item) == item[1] for item in items)
    app.button(key="guess-begin").click().run()
    for number, (_, digit) in enumerate(items):
        assert f"Picture **{number + 1}** of 10" in texts(app)
        assert not [each for each in app.button if each.key == "guess-next"]
        assert "wanted to write" not in texts(app).split("Picture")[1].split("?")[1]
        said = 1 if number == 0 else digit
        app.button(key=f"guess-{said}").click().run()
        assert f"wanted to write **{'an' if digit == 8 else 'a'} {digit}**" in texts(app)
        assert ("You knew it." in texts(app)) == (said == digit) and app.button(key="guess-5").disabled
        app.button(key="guess-next").click().run()
    assert f"**You** knew 9 of 10, **the judge** {judged}." in texts(app)
    assert guess.END[int(np.sign(9 - judged))] in texts(app)
    app.button(key="guess-begin").click().run()
    app.button(key="guess-0").click().run()
    assert f"So far: **you** 10 of 11, **the judge** {judged + 1} of 11" in texts(app)


def test_what_nobody_has_written_is_not_asked_for(app: AppTest):
    """Of a training's networks none has written; the four that ship have."""
    assert "from everything that 4 networks wrote" in texts(app)
