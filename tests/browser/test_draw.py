"""Drawing with a mouse, and being read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app import ONE, SEVEN, THREE, draw, no_traceback, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def answer(page: Page):
    return page.get_by_test_id("answer")


@pytest.mark.parametrize("strokes, digit", [(SEVEN, "7"), (THREE, "3"), (ONE, "1")])
def test_a_drawn_digit_is_read(page: Page, address: str, answer, strokes, digit: str) -> None:
    page.goto(f"{address}/draw")
    settle(page)
    expect(answer).to_have_text("?")
    expect(page.get_by_test_id("verdict")).to_contain_text("Draw a digit")
    draw(page, strokes)
    expect(answer).to_have_text(digit)
    expect(page.get_by_test_id("verdict")).to_contain_text(f"The network reads a {digit}")
    no_traceback(page)


def test_home_reads_at_once(page: Page, address: str, answer) -> None:
    page.goto(address)
    settle(page)
    draw(page, SEVEN)
    expect(answer).to_have_text("7")


def test_undo_takes_back_one_stroke_and_clear_all(page: Page, address: str, answer) -> None:
    page.goto(f"{address}/draw")
    settle(page)
    draw(page, SEVEN)
    expect(answer).to_have_text("7")
    draw(page, [[(0.1, 0.9), (0.9, 0.9)]])
    page.locator(".st-key-drawing-undo button").first.click()
    expect(answer).to_have_text("7")
    draw(page, [[(0.15, 0.95), (0.2, 0.95)]])  # drawing goes on after an undo
    page.locator(".st-key-drawing-undo button").first.click()
    expect(answer).to_have_text("7")
    page.locator(".st-key-drawing-clear button").first.click()
    expect(answer).to_have_text("?")
    draw(page, ONE)
    expect(answer).to_have_text("1")
    page.locator(".st-key-drawing-undo button").first.click()
    expect(answer).to_have_text("?")
    expect(page.locator(".st-key-drawing-undo button").first).to_be_disabled()


def test_strokes_survive_a_change_of_page(page: Page, address: str, answer) -> None:
    page.goto(f"{address}/draw")
    settle(page)
    draw(page, SEVEN)
    expect(answer).to_have_text("7")
    page.get_by_role("link", name="Back-query").first.click()
    expect(page.locator("h1")).to_have_text("Back-query")
    page.get_by_role("link", name="Home").first.click()
    expect(page.locator("h1")).to_have_text("Digit Lab")
    expect(answer).to_have_text("7")
    page.locator(".st-key-drawing-undo button").first.click()
    expect(answer).to_have_text("?")


def test_another_network_reads_the_same_drawing(page: Page, address: str, answer) -> None:
    page.goto(f"{address}/draw")
    settle(page)
    draw(page, SEVEN)
    expect(answer).to_have_text("7")
    page.get_by_role("combobox", name="Network in use").click()
    page.get_by_role("option", name="Small, 8 × 8").click()
    expect(page.get_by_alt_text("What the network sees, 8 by 8 pixels")).to_be_visible()
    expect(page.get_by_test_id("verdict")).to_contain_text("The network reads a")
