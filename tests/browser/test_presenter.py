"""The big screen: what is on it, how large, and how one comes to it and leaves it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app import OURS, SEVEN, draw, settle, until_on

pytestmark = [pytest.mark.browser]

LEAVE = re.compile("Leave the big screen")


def presenting(page: Page) -> None:
    expect(page.get_by_role("button", name=LEAVE)).to_be_visible()
    expect(page.locator("[data-testid=stHeader]")).to_be_hidden()
    expect(page.get_by_role("heading")).to_have_count(0)
    expect(page.locator(".stage[data-presenting=true]")).to_have_count(1)


@pytest.mark.parametrize(("width", "height", "sentence"), [(1280, 720, 32), (1920, 1080, 48)])
def test_it_is_read_from_the_back_of_a_room_and_needs_no_scrolling(
    page: Page, address: str, width: int, height: int, sentence: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{address}/?stage=1")
    presenting(page)
    settle_without_title(page)
    draw(page, SEVEN, OURS)
    expect(page.get_by_test_id("answer")).to_have_text("7")
    size = page.get_by_test_id("verdict").evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= sentence
    pad = page.locator(OURS).bounding_box()
    assert pad["width"] >= (440 if width < 1600 else 560)
    assert page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight <= main.clientHeight")
    for part in (
        page.get_by_test_id("answer"),
        page.get_by_test_id("verdict"),
        page.locator(".rows"),
        page.locator(OURS),
    ):
        box = part.bounding_box()
        assert 0 <= box["x"] and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height


def settle_without_title(page: Page) -> None:
    """As `settle`, on a page that has no title."""
    until_on(page, "Boolean(document.querySelector('[data-test-script-state=notRunning]'))")
    expect(page.locator("#digit-lab-first")).to_have_count(0)


def test_a_button_leads_there_a_reload_stays_there_and_escape_leaves(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)
    page.get_by_role("button", name="Big screen").click()
    presenting(page)
    expect(page).to_have_url(re.compile(r"[?&]stage=1"))
    page.reload()
    presenting(page)
    settle_without_title(page)
    page.keyboard.press("Escape")
    expect(page.locator("#root h1")).to_be_visible()
    expect(page.locator("[data-testid=stHeader]")).to_be_visible()
    expect(page).not_to_have_url(re.compile("stage="))


def test_the_button_leaves_too_and_the_network_in_use_stays(page: Page, address: str) -> None:
    page.goto(f"{address}/?stage=1&model=rashid")
    presenting(page)
    settle_without_title(page)
    expect(page.locator(".stage[data-network=rashid]")).to_have_count(1)
    page.get_by_role("button", name=LEAVE).click()
    settle(page)
    expect(page).to_have_url(re.compile(r"\?model=rashid$"))


def test_a_server_for_this_computer_alone_shows_no_code(page: Page, address: str) -> None:
    """The tests' server listens at 127.0.0.1: a phone that was led there would come to itself."""
    page.goto(f"{address}/?stage=1")
    presenting(page)
    expect(page.locator(".st-key-presenter .code")).to_have_count(0)
