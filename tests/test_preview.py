"""What the network will be shown: as many changed digits as the settings make, live with them, drawn by whole pixels."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import TrainingConfig
from core.datasets.hundred import first_of_each, hundred
from core.drawings.augment import AUGMENTATIONS, turned
from core.engines.devices import Device
from core.folders import PROJECT
from core.jobs.jobs import Jobs
from core.messages import Message
from core.training.preview import previewed
from dashboard.train.preview import grid


@pytest.fixture
def digits():
    return first_of_each(hundred(), 1)


@pytest.mark.parametrize(("name", "times"), [("none", 0), ("rotations", 2), ("affine", 2), ("elastic", 2)])
def test_each_digit_is_changed_as_often_as_it_is_said(digits, name, times):
    made = previewed(TrainingConfig(augmentation=name), digits)
    assert [pixels.shape for pixels in made] == [(10, 784)] * times
    for pixels in made:
        assert 0.0 <= pixels.min() and pixels.max() <= 1.0
        assert all(not np.array_equal(pixels[digit], digits.x()[digit]) for digit in range(10))


def test_every_way_to_change_digits_can_be_seen(digits):
    for name in AUGMENTATIONS:
        assert (name == "none") == (not previewed(TrainingConfig(augmentation=name), digits))


def test_they_follow_the_seed_and_turned_ones_do_not(digits):
    def made(name: str, seed: int) -> bytes:
        return b"".join(each.tobytes() for each in previewed(TrainingConfig(augmentation=name, seed=seed), digits))

    assert made("affine", 1) == made("affine", 1) != made("affine", 2)
    assert made("rotations", 1) == made("rotations", 2)
    left = previewed(TrainingConfig(augmentation="rotations"), digits)[0]
    expected = turned((10.0,), digits.pixels, digits.shape, np.arange(10), "float32")
    np.testing.assert_allclose(left, np.clip(expected / 255, 0, 1))


def test_the_grid_has_a_picture_of_each_by_whole_multiples(digits):
    text = grid(digits, previewed(TrainingConfig(augmentation="affine"), digits))
    assert text.count("<img") == 30 and text.count("<b>") == 4
    widths = [int(width) for width in re.findall(r"--\w+: (\d+)px", text)]
    assert widths == [56, 84, 112] and all(width % 28 == 0 for width in widths)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, runs_dir) -> AppTest:
    monkeypatch.setattr(Jobs, "devices", lambda self: [Device("cpu", Message("Processor"), True)])
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.session_state["what-it-sees"] = True
    return app.switch_page("dashboard/pages/train.py").run()


def shown(app: AppTest) -> str:
    assert not app.exception
    return next((each.proto.body for each in app.get("html") if 'class="preview"' in each.proto.body), "")


def test_it_is_live_with_the_settings(page):
    page.selectbox(key="train_recipe").set_value("quick").run()
    assert shown(page).count("<img") == 10
    first = shown(page.selectbox(key="train_augmentation").set_value("affine").run())
    assert first.count("<img") == 30
    assert shown(page.number_input(key="train_seed").set_value(5.0).run()) != first
    assert shown(page.selectbox(key="train_dataset").set_value("digits").run()).count("<img") == 30
    page.number_input(key="train_epochs").set_value(0.0).run()
    assert shown(page) == "" and any("Epochs must be" in caption.value for caption in page.caption)
