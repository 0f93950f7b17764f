"""The time machine: a slider on top of each page, and every page with the network as it was then."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from core.runs.run import recording
from dashboard.parts import past
from tests.browser.app import SEVEN, draw, in_use, no_traceback, settle, stand_still

pytestmark = [pytest.mark.browser]

MIDDLE = """(input) => {
    const box = (input.closest("[style*=left]") ?? input).getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def slider(page: Page) -> Locator:
    return page.locator(".st-key-past").get_by_role("slider")


def reads(page: Page, network: str) -> Locator:
    """The stage, when the browser itself reads with this network."""
    return page.locator(f".stage[data-network='{network}']")


def test_the_answer_follows_the_slider_within_a_second(page: Page, address: str) -> None:
    page.goto(f"{address}/?model=recording@13")
    settle(page)
    expect(page.get_by_text("after epoch 13 of")).to_be_visible()
    reads(page, "recording@13").wait_for()
    draw(page, SEVEN)
    expect(page.get_by_test_id("answer")).to_have_text("7")
    stand_still(page)
    bars = page.locator(".stage .answers")
    then = bars.inner_text()
    slider(page).focus()
    took = []
    for key, moment in (("Home", 0), ("End", 13), ("ArrowLeft", 12), ("Home", 0)):
        began = time.monotonic()
        page.keyboard.press(key)
        reads(page, f"recording@{moment}").wait_for()
        took.append(time.monotonic() - began)
        stand_still(page)
    assert min(took) < 1.0, took
    print("seconds from the slider to the network of then:", took)
    assert bars.inner_text() != then
    expect(page.get_by_text("before it learned anything")).to_be_visible()
    expect(page).to_have_url(re.compile("model=recording(@|%40)0$"))
    no_traceback(page)


def test_each_page_says_that_it_is_the_past_until_one_goes_back(page: Page, address: str) -> None:
    page.goto(f"{address}/?model=recording@0.25")
    settle(page)
    for link in ("Backwards", "Mistakes", "Train", "Draw"):
        page.get_by_role("link", name=link).first.click()
        settle(page)
        expect(page.locator(".st-key-past")).to_contain_text("after 25")
        expect(slider(page)).to_be_visible()
    page.reload()
    settle(page)
    expect(page.locator(".st-key-past")).to_contain_text("after 25")
    page.get_by_role("button", name="Back to now").click()
    expect(page.locator(".st-key-past")).to_have_count(0)
    expect(page).to_have_url(re.compile("model=recording$"))
    in_use(page).click()
    page.get_by_role("button", name="Use this network as it was earlier").click()
    expect(page.get_by_text("before it learned anything")).to_be_visible()
    no_traceback(page)


def test_dragging_quickly_ends_at_the_last_moment(page: Page, address: str) -> None:
    """With a mouse over all of it and back to the middle: what is in between is not waited for."""
    page.goto(f"{address}/?model=recording@0")
    settle(page)
    reads(page, "recording@0").wait_for()
    track = page.locator(".st-key-past .stSlider").bounding_box()
    box = slider(page).evaluate(MIDDLE)
    page.mouse.move(*box)
    page.mouse.down()
    for to in (0.3, 0.9, 0.4, 1.0, 0.1, 0.5):
        page.mouse.move(track["x"] + to * track["width"], box[1], steps=8)
    page.mouse.up()
    began = time.monotonic()
    place = int(slider(page).input_value())
    moment = past.moments_of(recording())[place]
    reads(page, f"recording@{moment:g}").wait_for()
    took = time.monotonic() - began
    stand_still(page)
    assert 7 <= place <= 12 and slider(page).input_value() == str(place), place
    print("seconds from the end of a drag to the network of then:", took)
    no_traceback(page)
