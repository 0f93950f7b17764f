"""Training as a visitor does it: to the end, through a reload, through a stop and through a killed worker."""

import json
import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from core.runs.run import list_runs
from tests.browser.app import SEVEN, draw, fill, keep_places, no_traceback, pick, places, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


LONG = "600, 600"  # with 1,000 epochs: longer than any test waits


def _choose(page: Page, label: str, option: str) -> None:
    pick(page, page.get_by_role("combobox", name=label, exact=True), option)


def _start_from_small(page: Page) -> None:
    _choose(page, "Start from", "Small, on the bundled digits")
    expect(page.get_by_role("combobox", name="Digits to learn from")).to_have_value(re.compile("^Small digits"))


def _open(page: Page, address: str) -> None:
    """The page as it stays: when it is known what Taichi can compute on, it is drawn once more."""
    page.goto(f"{address}/train")
    settle(page)
    expect(page.get_by_text("Seeing what Taichi can compute on")).to_have_count(0, timeout=90_000)
    settle(page)


def _start(page: Page, address: str, *, epochs: int, hidden: str = "32") -> None:
    _open(page, address)
    _start_from_small(page)
    fill(page, "Epochs", str(epochs))
    fill(page, "Hidden layers", hidden)
    keep_places(page, ".st-key-stop button")
    page.get_by_role("button", name="Start training").click()


def _worker(runs: Path) -> psutil.Process:
    return psutil.Process(json.loads((list_runs(runs)[0].path / "process.json").read_text())["pid"])


def test_train_the_bundled_digits_and_use_the_new_network(page: Page, address: str, runs: Path) -> None:
    _start(page, address, epochs=20)
    expect(page.get_by_text("Finished.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("of 180 right")).to_be_visible()
    for figure in ("Learning", "Held back", "Digits a second", "Time"):
        expect(page.get_by_test_id("stMetric").filter(has_text=figure)).not_to_contain_text("–")
    expect(page).to_have_url(re.compile(f"run={list_runs(runs)[0].id}"))
    page.get_by_role("button", name="Use this network").click()
    expect(page.get_by_role("button", name="In use on every page")).to_be_disabled()
    page.get_by_role("link", name="Draw").first.click()
    expect(page.locator("h1")).to_have_text("Draw")
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
    expect(page.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=30_000)
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
    other.get_by_role("button", name="Start training").click()
    expect(other.get_by_text("Waiting for its turn: it is next")).to_be_visible()  # and says where it stands
    assert list_runs(runs)[0].status().state == "queued"
    other.locator(".st-key-stop button").first.click()
    expect(other.get_by_text("It was stopped before it began to learn.")).to_be_visible()
    page.locator(".st-key-stop button").first.click()
    expect(page.get_by_text("It was stopped.")).to_be_visible(timeout=20_000)
    assert run.status().state == "stopped"
    other.context.close()


def test_a_killed_worker_is_told_of(page: Page, address: str, runs: Path) -> None:
    _start(page, address, epochs=1000, hidden=LONG)
    expect(page.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=30_000)
    _worker(runs).kill()
    expect(page.get_by_text("The process that was training ended without a word.")).to_be_visible(timeout=20_000)
    no_traceback(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("The process that was training ended without a word.")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()


def test_settings_that_make_no_sense_are_told_of(page: Page, address: str) -> None:
    _open(page, address)
    for value, sentence in (
        ("abc", "Hidden layers are whole numbers"),
        ("0", "size of a hidden layer must be"),
        ("8000, 8000", "weights; at most"),
    ):
        fill(page, "Hidden layers", value)
        expect(page.get_by_text(sentence)).to_be_visible()
        expect(page.get_by_role("button", name="Start training")).to_be_disabled()
        no_traceback(page)


def test_train_with_taichi_where_it_can_be_used(page: Page, address: str, runs: Path) -> None:
    _open(page, address)
    _start_from_small(page)
    if page.get_by_text("Taichi is not offered.").is_visible():
        expect(page.get_by_text("The NumPy engine does everything.")).to_be_visible()
        return
    _choose(page, "Engine", "Taichi")
    expect(page.get_by_role("combobox", name="Device", exact=True)).to_have_value(re.compile("^Processor"))
    page.get_by_role("button", name="Start training").click()
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
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("Choose a smaller learning rate")).to_be_visible(timeout=30_000)
    no_traceback(page)
