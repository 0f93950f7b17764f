"""The time machine: a slider on top of each page, and every page with the network as it was then."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.runs.run import recording
from dashboard.parts.past import moments_of
from tests.browser.app import SEVEN, draw, in_use, no_traceback, settle, stand_still
from tests.browser.past_latency import come_to_the_past, reads, slide, slider

pytestmark = [pytest.mark.browser]

MIDDLE = """(input) => {
    const box = (input.closest("[style*=left]") ?? input).getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def test_the_answer_follows_the_slider_within_a_second(page: Page, address: str) -> None:
    come_to_the_past(page, address, 13)
    expect(page.get_by_text("after epoch 13 of")).to_be_visible()
    draw(page, SEVEN)
    expect(page.get_by_test_id("answer")).to_have_text("7")
    stand_still(page)
    then = page.locator(".stage .answers").inner_text()
    taken = slide(page, 1)
    assert len(taken) == 4 and min(taken) < 1_000, taken
    slider(page).press("Home")
    reads(page, 0).wait_for()
    stand_still(page)
    assert page.locator(".stage .answers").inner_text() != then
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
    come_to_the_past(page, address, 0)
    track = page.locator(".st-key-past .stSlider").bounding_box()
    box = slider(page).evaluate(MIDDLE)
    page.mouse.move(*box)
    page.mouse.down()
    for to in (0.3, 0.9, 0.4, 1.0, 0.1, 0.5):
        page.mouse.move(track["x"] + to * track["width"], box[1], steps=8)
    page.mouse.up()
    place = int(slider(page).input_value())
    reads(page, moments_of(recording())[place]).wait_for()
    stand_still(page)
    assert 7 <= place <= 12 and slider(page).input_value() == str(place), place
    no_traceback(page)
