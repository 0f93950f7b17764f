"""A whole number: the course's typed example, and two digits drawn on the wide pad."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app import no_traceback, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def stroke(page: Page, box: dict, points: list[tuple[float, float]]) -> None:
    page.mouse.move(box["x"] + points[0][0], box["y"] + points[0][1])
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(350)


def test_the_typed_example_and_two_drawn_digits_are_read(page: Page, address: str) -> None:
    page.goto(f"{address}/?section=number")
    settle(page)
    page.get_by_role("radio", name="The typed example").click()
    number = page.get_by_test_id("number")
    expect(number).to_have_text("01234")
    page.get_by_text("Cut into equal parts").first.click()
    expect(page.get_by_text("Equal parts fit only digits")).to_be_visible()
    page.get_by_text("Cut where the gaps are").first.click()
    page.get_by_role("radio", name="Draw it").click()
    canvas = page.locator(".st-key-number-pad canvas.ink")
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    stroke(page, box, [(120, 35), (190, 35), (165, 80), (145, 145)])
    stroke(page, box, [(330, 30), (328, 150)])
    expect(number).to_have_text("71")
    no_traceback(page)
