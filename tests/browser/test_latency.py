"""The bars follow the hand: bounds for a machine that has much else to do; `make latency` has the figures.

What a frame costs shows in those that nothing else delayed: in the quicker ones.
"""

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import DIGITS, THREE, draw, settle
from tests.browser.latency import FRAME, PHONE_FRAME, SLOWED, come_to_the_stage, follow

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize(("slowed", "most"), [(1, FRAME), (SLOWED, PHONE_FRAME)], ids=["computer", "phone"])
def test_the_bars_follow_the_pen_within_a_frame(page: Page, address: str, slowed: int, most: float) -> None:
    come_to_the_stage(page, address)
    noted = follow(page, DIGITS[2:5], slowed=slowed)
    assert len(noted.bars) > 20 and len(noted.verdicts) >= 4
    assert np.percentile(noted.bars, 20) < 2 * most
    assert min(noted.verdicts) < 3_000


def test_where_a_browser_cannot_have_the_network_the_server_reads(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.route(re.compile(r"\.bin$"), lambda route: route.abort())
    page.goto(address)
    settle(page)
    draw(page, THREE)
    expect(page.get_by_test_id("answer")).to_have_text("3")
    expect(page.locator(".stage[data-network]")).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")  # it goes on trying until the page is closed
    page.close()
