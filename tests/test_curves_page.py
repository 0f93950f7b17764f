"""The curves on the Train page, as an app without a browser: what is seen at once, and what is behind "More"."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.config import Config, NetworkConfig, TrainingConfig
from core.folders import PROJECT
from core.runs.run import Run, Status, create_run
from core.runs.status import STOPPED
from core.training.events import BatchEvent, ChangeEvent, EpochEvent, PauseEvent

CONFIG = Config(NetworkConfig(inputs=64, hidden=(4,)), TrainingConfig(dataset="digits", epochs=6, validation=True))
CONFUSION = tuple(tuple(20 if answer == digit else int(answer == 0) for answer in range(10)) for digit in range(10))


@pytest.fixture
def run(runs_dir: Path) -> Run:
    """A run that was stopped after four epochs, whose rate was changed and which was paused."""
    run = create_run(CONFIG)
    run.append(BatchEvent(5, 0.5, 0.1, 1.5, 0.5, 0.1, 1000.0))
    for number, (train, held_back) in enumerate(((0.5, 0.3), (0.3, 0.2), (0.2, 0.3), (0.1, 0.4)), 1):
        run.append(EpochEvent(10 * number, number, number, train, 0.9, held_back, 0.95, CONFUSION))
    run.append(ChangeEvent(40, "learning_rate", 0.02))
    run.append(PauseEvent(40))
    run.set_status(Status("stopped", reason=STOPPED))
    return run


@pytest.fixture
def open_page(run: Run) -> Callable[..., AppTest]:
    def opened() -> AppTest:
        app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
        app.query_params["run"] = run.id
        return app.switch_page("dashboard/pages/train.py").run()

    return opened


def htmls(app: AppTest) -> str:
    assert not app.exception
    return " ".join(block.proto.body for block in app.get("html"))


def test_what_is_noticed_stands_beside_the_curve_with_its_number(open_page: Callable[..., AppTest]) -> None:
    page = htmls(open_page())
    assert "<b>1</b><span>Epoch 2: Over-fitting begins after epoch 2" in page and page.count('role="listitem"') <= 3


def test_each_digit_has_a_curve_and_what_was_done_by_hand_is_said(open_page: Callable[..., AppTest]) -> None:
    app = open_page()
    assert htmls(app).count('role="img" aria-label="') >= 10 and 'aria-label="4: 95.2' in htmls(app)
    told = [text.value for text in app.caption]
    assert "▲ From epoch 4.00 on it learned at a rate of 0.02. ■ It was paused at epoch 4.00." in told


def test_without_digits_kept_apart_it_says_how_to_see_each(open_page: Callable[..., AppTest], run: Run) -> None:
    run.settle(CONFIG.with_training(validation=False))
    app = open_page()
    assert '<div class="ten-lines">' not in htmls(app)
    assert any(text.value.startswith("Keep digits apart in the settings") for text in app.caption)


def test_a_calmer_line_is_one_switch(open_page: Callable[..., AppTest]) -> None:
    app = open_page()
    app.toggle(key="curves-smoothed").set_value(True).run()
    assert not app.exception and app.toggle(key="curves-smoothed").value
