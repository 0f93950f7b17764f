"""Why: a drawing is explained, a unit of the drawn network is clicked, and its sum can be read and checked."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.app import draw, no_traceback, pick, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOUR = [[(0.35, 0.15), (0.28, 0.5), (0.72, 0.5)], [(0.66, 0.15), (0.62, 0.88)]]


def shown_sum(box: Locator) -> tuple[float, float]:
    """What the shown terms add up to, and the sum that is shown."""
    terms = box.locator("tr:not(.after) td:last-child").all_inner_texts()
    *values, total = (float(text.replace("−", "-").replace("+", "")) for text in terms)
    return sum(values), total


def test_a_drawing_is_explained(page: Page, address: str) -> None:
    page.goto(f"{address}/?section=why&model=small")
    settle(page)
    expect(page.get_by_text("here you see why")).to_be_visible()
    draw(page, FOUR)
    expect(page.get_by_text("Each digit gets a score")).to_be_visible()
    expect(page.get_by_test_id("why-pixels").locator("img")).to_have_attribute("alt", re.compile(r"speak for \d"))
    expect(page.get_by_test_id("why-nearest").locator("img")).to_have_count(8)
    expect(page.get_by_text(re.compile(r"(of the 8|All 8)"))).to_be_visible()
    expect(page.get_by_test_id("why-check")).to_have_count(2)
    expect(page.get_by_test_id("why-check").first).to_contain_text("random (200 times)")

    box = page.locator(".net .sum")
    expect(box.locator("h5")).to_contain_text("Answer")
    expect(page.locator(".net .unit")).to_have_count(16 + 10)
    unit = page.locator(".net .unit").first
    unit.click()
    expect(unit).to_have_attribute("aria-pressed", "true")
    expect(box.locator("h5")).to_have_text(re.compile(r"Unit \d+ of layer 1"))
    expect(box).to_contain_text("sum of 64 products")
    added, shown = shown_sum(box)
    assert added == pytest.approx(shown, abs=1e-6)

    page.keyboard.press("ArrowDown")  # to the next unit, and by Enter to its sum
    page.keyboard.press("Enter")
    second = page.locator(".net .unit").nth(1)
    expect(second).to_have_attribute("aria-pressed", "true")
    title = second.get_attribute("aria-label").split(",")[0]
    expect(box.locator("h5")).to_have_text(title)
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    expect(box.locator("h5")).to_contain_text("Answer")
    expect(box).to_contain_text("sum of 32 products")
    no_traceback(page)


def test_two_other_digits_can_be_compared(page: Page, address: str) -> None:
    page.goto(f"{address}/?section=why&model=small")
    settle(page)
    draw(page, FOUR)
    expect(page.get_by_text("Each digit gets a score")).to_be_visible()
    _choose(page, "why-answer", "0")
    expect(page.get_by_text(re.compile(r"0 (leads|is behind|and) \d")).first).to_be_visible()
    expect(page.get_by_test_id("why-pixels")).to_contain_text("speaks for 0")
    _choose(page, "why-rival", "0")  # the same digit twice: the other one gives way
    expect(page.get_by_test_id("why-pixels")).to_contain_text(re.compile("speaks for [1-9]"))
    no_traceback(page)


def _choose(page: Page, key: str, digit: str) -> None:
    pick(page, page.locator(f".st-key-{key}").get_by_role("combobox"), digit)
