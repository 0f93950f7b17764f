"""A browser that loses its connection for a while: it reads by itself, and what was drawn is there afterwards."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.app import SEVEN, THREE, draw, no_traceback, settle, until_on

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# The sockets that the page opens, so that they can be cut as a network does: a browser keeps open ones when it is set offline.
NOTED = """
    window.sockets = [];
    window.WebSocket = class extends WebSocket { constructor(...about) { super(...about); window.sockets.push(this); } };
"""


def test_what_is_drawn_without_a_connection_is_read_there_and_heard_when_it_is_back(page: Page, address: str) -> None:
    page.add_init_script(NOTED)
    page.goto(f"{address}/?section=compare")
    settle(page)
    answer, heard = page.get_by_test_id("answer"), page.locator(".pair .answer").first
    draw(page, SEVEN)
    expect(answer).to_have_text("7")
    expect(heard).to_have_text("7")
    page.context.set_offline(True)
    try:
        page.evaluate("window.sockets.forEach((each) => each.close())")
        until_on(page, "window.sockets.every((each) => each.readyState === WebSocket.CLOSED)")
        page.locator(".hand .clear").click()
        draw(page, THREE)
        expect(answer).to_have_text("3")
        expect(heard).to_have_text("7")
    finally:
        page.context.set_offline(False)
    expect(heard).to_have_text("3", timeout=60_000)
    no_traceback(page)
