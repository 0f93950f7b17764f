"""The Engines page as a visitor uses it: a small measurement, a race, a twin check, each really done, and its sentences."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.app import fill, keep_places, no_traceback, pick, places, press, settle, stand_still

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = 120_000  # milliseconds: compiling on a busy machine
MEASURE = re.compile("Measure (this computer|again)")  # the second, once anybody has measured


def _open(page: Page, address: str, part: str) -> None:
    page.goto(f"{address}/engines?part={part}")
    settle(page)


@contextlib.contextmanager
def _standing_still(runs: Path) -> Iterator[None]:
    """The process that measures stands still meanwhile: others who come, however slowly, meet a measurement under way."""
    found = [
        process
        for process in psutil.process_iter(["cmdline", "environ"])
        if "--json-lines" in (process.info["cmdline"] or ())
        and (process.info["environ"] or {}).get("DIGITLAB_RUNS") == str(runs)
    ]
    for process in found:
        process.suspend()
    try:
        assert found, "nothing measures"
        yield
    finally:
        for process in found:
            process.resume()


def _press(page: Page, label: str | re.Pattern[str]) -> None:
    """Press a button as soon as it can be: some wait until it is known what Taichi can compute on."""
    button = page.get_by_role("button", name=label)
    expect(button).to_be_enabled(timeout=LONG)
    button.click()


def test_measure_one_size_and_read_the_two_sentences(page: Page, address: str, runs: Path) -> None:
    _open(page, address, "measure")
    expect(page.get_by_text("14.2", exact=True)).to_be_visible()  # theirs, whether anything is measured or not
    page.get_by_role("button", name="What to measure").click()
    for size in ("200", "300"):
        page.get_by_test_id("stPopoverBody").get_by_text(size, exact=True).click()
        stand_still(page)
    page.get_by_text("one, quick").click()
    page.keyboard.press("Escape")
    stand_still(page)
    _press(page, MEASURE)
    expect(page.get_by_text(re.compile("Measuring .*: 100 units, one digit at a time"))).to_be_visible(timeout=LONG)
    with _standing_still(runs):
        _everybody_sees_it_and_a_training_waits(page.context.new_page(), address)
    expect(page.get_by_text(re.compile("One digit at a time, .* units"))).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile("In batches of 128, .* s an epoch"))).to_be_visible(timeout=LONG)
    expect(page.get_by_role("button", name="Measure again")).to_be_enabled(timeout=LONG)
    expect(page.get_by_text("An epoch is 60,000 digits.")).to_be_visible()
    no_traceback(page)


def _everybody_sees_it_and_a_training_waits(other: Page, address: str) -> None:
    """A training would disturb a measurement, and is next."""
    other.goto(f"{address}/engines")
    settle(other)
    expect(other.get_by_text("Measuring ").first).to_be_visible()
    other.goto(f"{address}/train")
    settle(other)
    if other.get_by_role("button", name="Start training").is_enabled():
        other.get_by_role("button", name="Start training").click()
        expect(other.get_by_text("Waiting for its turn: it is next")).to_be_visible()
        other.locator(".st-key-stop button").first.click()
        expect(other.get_by_text("It was stopped before it began to learn.")).to_be_visible()
    other.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_measurement_can_be_stopped_by_a_button_that_stands_still(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    _open(page, address, "measure")
    button = page.get_by_role("button", name=MEASURE)
    expect(button).to_be_enabled(timeout=LONG)
    keep_places(page, ".st-key-measure-stop button")
    button.click()
    expect(page.get_by_text(re.compile("Measuring .* one digit at a time"))).to_be_visible(timeout=LONG)
    page.locator(".st-key-measure-stop button:visible").click()
    expect(page.get_by_text("It was stopped.")).to_be_visible()
    assert len(places(page)) == 1, places(page)
    expect(button).to_be_enabled()
    no_traceback(page)


def test_the_twin_check_shows_numbers_and_what_they_mean(page: Page, address: str) -> None:
    _open(page, address, "twins")
    expect(page.get_by_text("Press Check now")).to_be_visible()
    _press(page, "Check now")
    expect(page.get_by_text("All is well: the sums are right")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("Largest difference").first).to_be_hidden()
    page.get_by_text("More: what was compared").click()
    expect(page.get_by_text(re.compile(r"differs by at most one part in .* over 1,500 weights"))).to_be_visible()
    expect(page.get_by_text("Largest difference").first).to_be_visible()
    no_traceback(page)


def test_a_race_on_the_bundled_digits(page: Page, address: str) -> None:
    _open(page, address, "race")
    expect(page.get_by_text("Start the race, and two curves grow here.")).to_be_visible()
    box = page.get_by_role("combobox", name="Settings", exact=True)
    pick(page, box, "Small, on the bundled digits")
    expect(page.get_by_text("32 units on 1,797 small pictures")).to_be_visible()
    expect(page.get_by_text("Seeing what Taichi can compute on")).to_have_count(0, timeout=LONG)
    start = page.get_by_role("button", name="Start the race")
    if page.get_by_text("Taichi is not offered.").is_visible():
        expect(start).to_be_disabled()
        return
    start.click()
    expect(page.get_by_text("The race is over.")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(re.compile("NumPy took .* for the whole training and Taichi .*"))).to_be_visible()
    expect(page.get_by_text("they do the same arithmetic")).to_be_visible()
    no_traceback(page)


def test_a_race_can_be_stopped(page: Page, address: str) -> None:
    _open(page, address, "race")
    expect(page.get_by_text("Seeing what Taichi can compute on")).to_have_count(0, timeout=LONG)
    settle(page)
    start = page.get_by_role("button", name="Start the race")
    if start.is_disabled():
        expect(page.get_by_text(re.compile("Taichi is not offered|not on this computer yet")).first).to_be_visible()
        return
    fill(page, "Epochs", "50")  # longer than it takes to find the button
    keep_places(page, ".st-key-race-stop button")
    press(page, "Start the race")
    expect(page.get_by_text("NumPy is on its way")).to_be_visible(timeout=LONG)
    page.get_by_role("button", name="Stop the race").click()
    expect(page.get_by_text("The race ended early.")).to_be_visible()
    assert len(places(page)) == 1, places(page)
    expect(start).to_be_enabled()
    no_traceback(page)
