"""Every view is in the URL: a link opens it, one step back is one step, a reload changes nothing, and what is gone says so."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.config import Config, NetworkConfig, TrainingConfig
from core.runs.run import Run, Status, create_run
from core.runs.status import STOPPED
from core.sentences import a
from tests.browser.app import fill, in_use, no_traceback, settle, stand_still, use_network

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONFIG = Config(NetworkConfig(inputs=64, hidden=(4,)), TrainingConfig(dataset="digits"))


def back(page: Page) -> None:
    page.go_back()
    stand_still(page)


def forward(page: Page) -> None:
    page.go_forward()
    stand_still(page)


def test_a_network_is_one_step(page: Page, address: str) -> None:
    page.goto(f"{address}/backwards")
    settle(page)
    use_network(page, "The simple reader")
    expect(page).to_have_url(f"{address}/backwards?model=blog")
    use_network(page, "The one that runs backwards")
    expect(page).to_have_url(f"{address}/backwards?model=rashid")
    back(page)
    expect(in_use(page)).to_contain_text("The simple reader")
    expect(page).to_have_url(f"{address}/backwards?model=blog")
    back(page)
    expect(in_use(page)).to_contain_text("The good reader")
    expect(page).to_have_url(f"{address}/backwards")
    forward(page)
    expect(in_use(page)).to_contain_text("The simple reader")
    page.reload()
    settle(page)
    expect(in_use(page)).to_contain_text("The simple reader")
    no_traceback(page)


def cell(page: Page, digit: int) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{a(digit)} read right: "))


def test_a_cell_is_one_step(page: Page, address: str) -> None:
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    for digit in (3, 0):
        cell(page, digit).click()
        expect(page).to_have_url(re.compile(f"true={digit}&answer={digit}"))
        expect(cell(page, digit)).to_have_attribute("aria-pressed", "true")
        stand_still(page)
    back(page)
    expect(cell(page, 3)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("true=3&answer=3"))
    page.reload()
    settle(page)
    expect(cell(page, 3)).to_have_attribute("aria-pressed", "true")
    back(page)
    expect(page.get_by_role("combobox", name="It is a", exact=True)).to_have_value("any digit")
    expect(page).to_have_url(f"{address}/mistakes?model=small")
    no_traceback(page)


def test_a_digit_in_full_is_one_step_and_a_link_to_it_opens_it(page: Page, address: str) -> None:
    page.goto(f"{address}/mistakes?model=small&true=3&answer=3")
    settle(page)
    pictures, shown = page.locator(".gallery button"), page.get_by_text("Test digit number")
    first = shown.inner_text()
    for place in (2, 1):
        pictures.nth(place).click()
        expect(pictures.nth(place)).to_have_attribute("aria-pressed", "true")
        stand_still(page)
    expect(page).to_have_url(re.compile(r"true=3&answer=3&digit=\d+$"))
    second, link = shown.inner_text(), page.url
    back(page)
    expect(pictures.nth(2)).to_have_attribute("aria-pressed", "true")
    pictures.nth(1).click()  # what was clicked last before going back can be clicked again
    expect(pictures.nth(1)).to_have_attribute("aria-pressed", "true")
    stand_still(page)
    back(page)
    back(page)
    expect(shown).to_have_text(first)
    expect(page).to_have_url(f"{address}/mistakes?model=small&true=3&answer=3")
    page.goto(link)
    settle(page)
    expect(shown).to_have_text(second)
    cell(page, 0).click()
    expect(page).to_have_url(f"{address}/mistakes?model=small&true=0&answer=0")
    expect(page.get_by_text("What the link names is not on this page.")).to_have_count(0)
    no_traceback(page)


def test_a_part_is_one_step(page: Page, address: str) -> None:
    page.goto(f"{address}/speed")
    settle(page)
    page.locator(".st-key-part").get_by_text("Race").click()
    expect(page.get_by_role("button", name="Start the race")).to_be_visible()
    expect(page).to_have_url(f"{address}/speed?part=race")
    stand_still(page)
    back(page)
    expect(page.get_by_role("button", name=re.compile("Measure (this computer|again)"))).to_be_visible()
    expect(page).to_have_url(f"{address}/speed")


@pytest.fixture
def two(runs: Path, address: str) -> list[Run]:
    made = [create_run(CONFIG, runs) for _ in range(2)]
    for run in made:
        run.set_status(Status("stopped", reason=STOPPED))
    return made


def test_a_run_is_one_step(page: Page, address: str, two: list[Run]) -> None:
    first, second = two
    shown = page.get_by_role("combobox", name="Run", exact=True)
    page.goto(f"{address}/train?run={first.id}")
    settle(page)
    expect(shown).to_have_value(f"{first.title()}: stopped")
    shown.click()
    page.get_by_role("option", name=second.title()).click()
    expect(page).to_have_url(f"{address}/train?run={second.id}")
    stand_still(page)
    back(page)
    expect(shown).to_have_value(f"{first.title()}: stopped")
    expect(page).to_have_url(f"{address}/train?run={first.id}")
    no_traceback(page)


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("backwards?model=20260101-000000-ffff", "The network that the link names is not here any more."),
        ("train?run=20260101-000000-ffff", "That run is not here any more"),
        ("speed?part=nothing", "What the link names is not on this page."),
        ("?section=nothing", "What the link names is not on this page."),
        ("mistakes?model=small&true=12", "What the link names is not on this page."),
        ("mistakes?model=small&true=3&answer=3&digit=99999", "What the link names is not on this page."),
        ("nothing", "The page that you have requested does not seem to exist."),
    ],
)
def test_a_link_to_what_is_gone_says_so(page: Page, address: str, link: str, sentence: str) -> None:
    page.goto(f"{address}/{link}")
    settle(page)
    expect(page.get_by_text(sentence)).to_be_visible()
    no_traceback(page)


def test_the_form_is_in_the_link_and_no_step_of_the_way_back(page: Page, browser: Browser, address: str) -> None:
    """However much was changed: one step back leads to the page before. The link opens the same settings elsewhere."""
    page.goto(f"{address}/mistakes")
    settle(page)
    page.goto(f"{address}/train?recipe=small&run=recording")
    settle(page)
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("30")
    for label, value in {"Epochs": "12", "Units per layer": "20, 10", "Learning rate": "0.02"}.items():
        fill(page, label, value)
        page.keyboard.press("Tab")
        stand_still(page)
    link = "recipe=small&hidden=20-10&learning_rate=0.02&epochs=12"
    expect(page).to_have_url(re.compile(f"{link}$"))
    other = browser.new_context().new_page()
    other.goto(page.url)
    settle(other)
    expect(other.get_by_label("Epochs", exact=True)).to_have_value("12")
    expect(other.get_by_label("Units per layer", exact=True)).to_have_value("20, 10")
    other.context.close()
    page.reload()
    settle(page)
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.02")
    page.get_by_role("link", name="Draw").first.click()
    settle(page)
    page.get_by_role("link", name="Train").first.click()
    settle(page)
    expect(page).to_have_url(re.compile(f"{link}$"))  # the form is as it was, and the link says so
    page.get_by_role("button", name="Copy the link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    for expected in ("/$|/\\?", "/train"):
        back(page)
        expect(page).to_have_url(re.compile(expected))
    back(page)
    expect(page).to_have_url(f"{address}/mistakes")
    no_traceback(page)
