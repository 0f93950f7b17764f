"""Training as a visitor does it: to the end, through a reload, through a stop and through a killed worker."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from core.config import Config, NetworkConfig
from core.runs.run import Run, Status, create_run, list_runs
from core.runs.status import STOPPED
from core.training.commands import Stop
from core.training.events import ChangeEvent, ResumeEvent
from tests.browser.app import SEVEN, draw, fill, keep_places, no_traceback, pick, places, press, settle, stand_still
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


LONG = "600, 600"  # with 1,000 epochs: longer than any test waits


def _choose(page: Page, label: str, option: str) -> None:
    pick(page, page.get_by_role("combobox", name=label, exact=True), option)


def _start_from_small(page: Page) -> None:
    _choose(page, "Start from", "Small, on the bundled digits")
    expect(page.get_by_role("combobox", name="Digits to learn from")).to_have_value(re.compile("^Small digits"))


def _open(page: Page, address: str, query: str = "") -> None:
    """The page as it stays: when it is known what Taichi can compute on, it is drawn once more."""
    page.goto(f"{address}/train{query}")
    settle(page)
    expect(page.get_by_text("Seeing what Taichi can compute on")).to_have_count(0, timeout=90_000)
    settle(page)


def _start(page: Page, address: str, *, epochs: int, hidden: str = "32") -> None:
    _open(page, address)
    _start_from_small(page)
    fill(page, "Epochs", str(epochs))
    fill(page, "Units per layer", hidden)
    keep_places(page, ".st-key-stop button")
    press(page, "Start training")


def _next_run(runs: Path, before: int) -> Run:
    """The run begun after so many others, when it is over."""
    end = time.monotonic() + 60
    while len(found := list_runs(runs)) == before or found[0].status().active:
        assert time.monotonic() < end, f"{len(found)} runs, {before} before"
        time.sleep(0.1)
    assert len(found) == before + 1
    return found[0]


@pytest.fixture(autouse=True)
def nothing_goes_on(runs: Path) -> Iterator[None]:
    """What a test that fails leaves under way would keep the runs of all others waiting."""
    yield
    for run in (left for left in list_runs(runs) if left.status().active):
        run.send(Stop())  # one in the queue obeys it as soon as its turn has come
    end = time.monotonic() + 120
    while any(run.status().active for run in list_runs(runs)) and time.monotonic() < end:
        time.sleep(0.1)


def _worker(runs: Path) -> psutil.Process:
    return psutil.Process(json.loads((list_runs(runs)[0].path / "process.json").read_text())["pid"])


def test_train_the_bundled_digits_and_use_the_new_network(page: Page, address: str, runs: Path) -> None:
    _start(page, address, epochs=20)
    expect(page.get_by_text("Finished.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("of 180 right")).to_be_visible()
    for figure in ("Learning", "New digits", "Digits a second", "Time"):
        expect(page.get_by_test_id("stMetric").filter(has_text=figure)).not_to_contain_text("–")
    expect(page).to_have_url(re.compile(f"run={list_runs(runs)[0].id}"))
    page.get_by_role("button", name="Use this network on every page").click()
    expect(page.get_by_role("button", name="In use on every page")).to_be_disabled()
    page.get_by_role("link", name="Draw").first.click()
    expect(page.locator("h1")).to_have_text("Digit Lab")
    settle(page)
    expect(page).to_have_url(re.compile(f"model={list_runs(runs)[0].id}"))
    draw(page, SEVEN)
    expect(page.get_by_test_id("verdict")).to_contain_text("The network reads a")
    page.get_by_role("link", name="Train").first.click()
    expect(page.get_by_text("Finished.")).to_be_visible()
    settle(page)
    assert "run=" not in page.url  # the page shows the newest run by itself: nothing to step back from
    no_traceback(page)


def test_a_reload_and_a_second_browser_find_the_run_and_stop_ends_it(
    page: Page, browser: Browser, address: str, runs: Path
) -> None:
    _start(page, address, epochs=1000, hidden=LONG)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=60_000)
    run = list_runs(runs)[0]
    assert run.status().active
    assert len(places(page)) == 1, places(page)
    page.reload()
    settle(page)
    expect(page.locator(".st-key-stop button").first).to_be_visible()
    expect(page).to_have_url(re.compile(f"run={run.id}"))
    other = browser.new_context().new_page()
    other.goto(f"{address}/train")
    settle(other)
    expect(other.locator(".st-key-stop button").first).to_be_visible()
    press(other, "Start training")
    until(lambda: list_runs(runs)[0] != run)
    until(lambda: list_runs(runs)[0].status().state == "queued")
    assert list_runs(runs)[1] == run  # one click, one run
    expect(other.get_by_text("Waiting for its turn: it is next")).to_be_visible()  # and says where it stands
    other.locator(".st-key-stop button").first.click()
    expect(other.get_by_text("It was stopped before it began to learn.")).to_be_visible()
    page.locator(".st-key-stop button").first.click()
    expect(page.get_by_text("It was stopped.")).to_be_visible(timeout=20_000)
    assert run.status().state == "stopped"
    other.context.close()


def test_a_killed_worker_is_told_of(page: Page, address: str, runs: Path) -> None:
    _start(page, address, epochs=1000, hidden=LONG)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=60_000)
    _worker(runs).kill()
    expect(page.get_by_text("The process that was training ended without a word.")).to_be_visible(timeout=20_000)
    no_traceback(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("The process that was training ended without a word.")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("It was stopped.")).to_be_visible(timeout=30_000)
    assert sum(isinstance(event, ResumeEvent) for event in list_runs(runs)[0].events()[0]) == 1
    no_traceback(page)


@pytest.mark.parametrize(
    ("label", "refused", "taken"),
    [
        ("Units per layer", {"abc": "Units per layer are whole numbers", "8000, 8000": "weights; at most"}, "17"),
        (
            "Epochs",
            {
                "0": "Epochs must be a whole number from 1 to 1000, not 0.",
                "2.5": "Epochs must be a whole number, not 2.5.",
                "99999999999999999999": "Epochs is too large a number.",
                "": "Epochs is empty",
            },
            "3",
        ),
        ("Learning rate", {"1e309": "Learning rate"}, "0.02"),
    ],
)
def test_what_is_not_shown_is_not_trained(
    page: Page, address: str, runs: Path, label: str, refused: dict[str, str], taken: str
) -> None:
    """Type, click: the wrong field says so, nothing begins; type, click again: what is in the field is trained."""
    _open(page, address)
    _start_from_small(page)
    before = len(list_runs(runs))
    for value, sentence in refused.items():
        fill(page, label, value)
        press(page, "Start training")
        expect(page.locator("[class*='-problem']").get_by_text(sentence)).to_be_visible()
        expect(page.get_by_text("Nothing was started.")).to_be_visible()
        assert len(list_runs(runs)) == before
    fill(page, label, taken)
    press(page, "Start training")  # while the sentence under the field goes away
    config = _next_run(runs, before).config()
    shown = {
        "Units per layer": ", ".join(map(str, config.network.hidden)),
        "Epochs": str(config.training.epochs),
        "Learning rate": str(config.training.learning_rate),
    }
    assert shown == {"Units per layer": "32", "Epochs": "30", "Learning rate": "0.01"} | {label: taken}
    no_traceback(page)


def test_start_takes_the_settings_that_are_on_the_screen(page: Page, address: str, runs: Path) -> None:
    before = len(list_runs(runs))
    _start(page, address, epochs=3, hidden="77")
    expect(page.get_by_text("5,785 weights to adjust")).to_be_visible()
    config = _next_run(runs, before).config()
    assert (config.network.hidden, config.training.epochs) == ((77,), 3)


def test_a_run_that_guesses_is_cured_by_one_click(page: Page, address: str, runs: Path) -> None:
    _open(page, address)
    _start_from_small(page)
    fill(page, "Epochs", "8")
    fill(page, "Learning rate", "5")
    press(page, "Start training")
    expect(page.get_by_text("Finished. It only guesses:")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("button", name="Use this network on every page")).to_have_count(0)
    page.get_by_role("button", name="Train again with a learning rate of 0.001").click()
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.001")
    expect(page.get_by_text("Finished. On test digits")).to_be_visible(timeout=60_000)
    no_traceback(page)


def test_a_damaged_run_does_not_break_the_page(page: Page, address: str, runs: Path) -> None:
    run = create_run(Config(NetworkConfig(inputs=64)).with_training(dataset="digits"), runs)
    run.set_status(Status("stopped", reason=STOPPED))
    (run.path / "config.json").write_bytes(b"{")
    try:
        _open(page, address, f"?run={run.id}")
        expect(page.get_by_text("This run cannot be shown.")).to_be_visible()
        no_traceback(page)
        _start_from_small(page)
        fill(page, "Epochs", "2")
        press(page, "Start training")
        expect(page.get_by_text("Finished.")).to_be_visible(timeout=60_000)
    finally:
        shutil.rmtree(run.path)


def test_the_figures_fit(page: Page, address: str, runs: Path) -> None:
    before = len(list_runs(runs))
    _start(page, address, epochs=2)
    _next_run(runs, before)
    expect(page.get_by_text("Finished.")).to_be_visible()
    values = page.get_by_test_id("stMetricValue")
    expect(values).to_have_count(4)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        stand_still(page)
        cut = values.evaluate_all(
            "all => all.flatMap(one => [one, ...one.querySelectorAll('*')])"
            ".filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')"
            ".map(one => one.textContent)"
        )
        assert cut == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_train_with_taichi_where_it_can_be_used(page: Page, address: str, runs: Path) -> None:
    _open(page, address)
    _start_from_small(page)
    if page.get_by_text("Taichi is not offered.").is_visible():
        expect(page.get_by_text("The NumPy engine does everything.")).to_be_visible()
        return
    _choose(page, "Engine", "Taichi")
    expect(page.get_by_role("combobox", name="Device", exact=True)).to_have_value(re.compile("^Processor"))
    press(page, "Start training")
    expect(page.get_by_text("Preparing kernels")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Finished.")).to_be_visible(timeout=120_000)
    assert list_runs(runs)[0].config().training.engine == "taichi"
    no_traceback(page)


def test_a_run_that_goes_astray_says_what_to_do(page: Page, address: str) -> None:
    _open(page, address)
    _choose(page, "Start from", "Course D, NumPy")
    expect(page.get_by_role("combobox", name="Digits to learn from")).to_have_value(re.compile("^Small digits"))
    page.get_by_text("More settings").click()
    fill(page, "L2 penalty", "10")
    fill(page, "Learning rate", "100")
    press(page, "Start training")
    expect(page.get_by_text("Choose a smaller learning rate")).to_be_visible(timeout=30_000)
    no_traceback(page)


def test_the_wheel_by_hand_by_keyboard_and_from_another_tab(
    page: Page, browser: Browser, address: str, runs: Path
) -> None:
    """Pause, a batch, a rate that is written and asked for in one go, go on; a second tab of the same owner stops it."""
    _start(page, address, epochs=1000, hidden=LONG)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=60_000)
    run = list_runs(runs)[0]
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text(re.compile(r"Paused in epoch \d+ of 1000"))).to_be_visible()
    batches = _batches(page)
    press(page, "One batch")
    expect(page.get_by_text(f"after {batches + 1:,} batches")).to_be_visible()
    fill(page, "Learning rate from now on", "0.0005")
    press(page, "Change it")
    until(lambda: [event.value for event in run.events()[0] if isinstance(event, ChangeEvent)] == [0.0005])
    fill(page, "Learning rate from now on", "1000")
    press(page, "Change it")
    expect(page.get_by_text("Learning rate must be a number from 0 to 100, not 1000.")).to_be_visible()
    assert len(places(page)) == 1, places(page)  # nothing moved under the hand
    other = browser.new_context().new_page()
    other.goto(f"{address}/train?run={run.id}")
    settle(other)
    expect(other.get_by_label("Learning rate from now on", exact=True)).to_have_value("0.0005")
    other.get_by_role("button", name="Go on").focus()
    other.keyboard.press("Enter")
    expect(other.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()  # in both tabs
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It was stopped.")).to_be_visible(timeout=30_000)
    assert [change.value for change in run.model().provenance.changes] == [0.0005]
    no_traceback(page)
    other.context.close()


def _batches(page: Page) -> int:
    """After how many batches it says that it is paused."""
    return int(
        page.get_by_text(re.compile("Paused in epoch")).inner_text().split("after ")[1].split()[0].replace(",", "")
    )
