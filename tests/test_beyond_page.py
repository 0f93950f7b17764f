"""What Backwards shows beyond ten pictures, as an app without a browser: blends, one answer, smallest changes, wobble."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.explain.back_query.change import as_drawing, as_pad
from core.explain.back_query.ink import ink_for
from dashboard.back_query import slides
from dashboard.back_query.change import ADDED, ERASED, coloured
from dashboard.look import images
from dashboard.pads import drawing
from dashboard.pads.strokes import image
from tests.pages import backwards


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runs_dir: Path) -> list[dict]:
    """What the page has the browser show, each time."""
    told: list[dict] = []
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    real = slides.told_of
    monkeypatch.setattr(slides, "told_of", lambda *a, **k: told.append(real(*a, **k)) or told[-1])
    return told


@pytest.fixture
def opened(shown: list[dict]) -> Callable[..., AppTest]:
    return backwards


def texts(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.info, *app.error))


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def test_a_blend_has_all_its_frames_and_bars_in_the_browser(opened, shown):
    app = opened(see="blend", model="blog", **{"from": "4", "to": "9"})
    assert len(shown[-1]["frames"]) == len(shown[-1]["texts"]) == 21 and shown[-1]["marked"] == [4, 9]
    assert shown[-1]["start"] == 10 and abs(shown[-1]["shares"][10][9] - 0.5) <= 0.05
    assert "The bars of 4 and 9 follow the slider" in texts(app)
    app.selectbox(key="from").set_value("9").run()
    assert shown[-1]["marked"] == [9, 8], "from a digit to itself there is no way"


def test_what_does_not_come_true_is_said(opened):
    assert "cannot be led so exactly" in texts(opened(see="blend", model="small"))


def test_a_picture_changes_and_the_bars_stand_still(opened, shown):
    app = opened(see="blind", model="blog", **{"from": "3", "to": "7"})
    assert len(set(shown[-1]["frames"])) == len(shown[-1]["frames"]) == 21
    assert np.ptp(shown[-1]["shares"], axis=0).max() <= 0.001, "no bar moves"
    assert "no bar has moved by more than 0.1" in texts(app)


def test_a_test_digit_is_changed_and_then_another(opened):
    app = opened(see="change", model="blog")
    assert "It reads a 4" in html(app) and "of the ink" in html(app)
    app.selectbox(key="change-to").set_value("9").run()
    assert "Now it reads a 9" in html(app)
    app.button(key="change-next").click().run()
    assert "It reads a 5" in html(app)
    app.selectbox(key="change-to").set_value("5").run()
    assert "reads this as 5 already" in texts(app)


def test_a_visitor_s_own_drawing_is_changed(opened, monkeypatch):
    ink = as_drawing(ink_for((28, 28)).digits[7])
    app = opened(see="change", model="blog")
    held = drawing.Drawing()
    objects, png = image(as_pad(ink))
    held.put(objects, png)
    app.session_state["drawing"] = held
    app.run()
    assert not app.exception and "It reads a 7" in html(app)
    assert not [button for button in app.button if button.key == "change-next"]


def test_added_is_blue_and_erased_is_striped():
    before, after = np.zeros((20, 20)), np.zeros((20, 20))
    before[:, :10], after[:, 15:] = 1, 1
    picture = coloured(before, after)
    assert (picture[:, 15:] == ADDED.astype(np.uint8)).all()
    assert (picture[:, 10:15] == images.on_paper(np.zeros((1, 1)))).all()
    striped = (picture[:, :10] == ERASED.astype(np.uint8)).all(axis=2)
    assert 0.3 < striped.mean() < 0.7, "told by stripes, not by colour alone"


def test_wobble_is_one_number_ten_maps_and_networks_side_by_side(opened):
    app = opened(see="wobble", model="blog")
    assert "**The simple reader** still reads **55." in texts(app)
    shown = html(app)
    assert shown.count("<figure>") == 10 and shown.count("<i><u style") >= 10 * 35 + 3
    assert shown.index("The good reader") < shown.index("The simple reader"), "the steadiest first"
    assert "The tiny reader" not in shown, "which reads other digits"
