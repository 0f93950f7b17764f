"""A browser that loses its connection for a while: it reads by itself, and what was drawn is there afterwards."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.runs.run import list_runs
from core.training.commands import Go, Pause, Stop
from tests.browser.app import (
    FOUR,
    SEVEN,
    THREE,
    draw,
    in_use,
    no_traceback,
    pad_box,
    press,
    serve,
    settle,
    until_on,
)
from tests.browser.line import line_to
from tests.waiting import until

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


MINUTE = 60.0
SOON = 20.0  # seconds in which a page is whole again; Streamlit looks for its server every four
LOST = "The connection is gone, and comes back by itself."
TRAINING = "train?dataset=digits&hidden=600-600&epochs=50&batch_size=1&engine=numpy"


def test_a_minute_without_a_line_loses_nothing(page: Page, browser: Browser, address: str, tmp_path: Path) -> None:
    """One visitor draws at a server of one's own, one watches a training at a server for strangers."""
    runs = tmp_path / "runs"
    with (
        serve(runs, DIGITLAB_HOSTED="1", DIGITLAB_DATA=str(tmp_path)) as hosted,
        line_to(address) as line,
        line_to(hosted) as other,
    ):
        watch = browser.new_page()
        watch.goto(f"{other.address}/{TRAINING}")
        settle(watch)
        press(watch, "Start training")
        expect(watch.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=60_000)
        (run,) = list_runs(runs)
        press(watch, "Pause")  # or it would take a processor for the whole minute
        until(lambda: run.status().state == "paused")
        page.goto(f"{line.address}/?section=compare&model=blog")
        settle(page)
        answer, heard = page.get_by_test_id("answer"), page.locator(".pair .answer").first
        draw(page, SEVEN)
        expect(heard).to_have_text("7")
        big = page.context.new_page()
        big.goto(f"{line.address}/?stage=1")
        expect(big.locator(".st-key-presenter")).to_be_visible()

        line.cut()
        other.cut()
        back = time.monotonic() + MINUTE
        for tab in (page, watch, big):
            expect(tab.get_by_text(LOST)).to_be_visible()
        expect(answer).to_have_text("7")
        page.locator(".hand .clear").click()
        draw(page, THREE)
        expect(answer).to_have_text("3")
        page.wait_for_timeout(1000.0 * (back - 2.0 - time.monotonic()))
        for tab in (page, watch, big):
            expect(tab.locator("[role=dialog]")).to_have_count(0)  # and nothing stands before what can be done
        page.locator(".hand .clear").click()
        draw(page, FOUR[:1])
        box = pad_box(page)
        first, *more = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in FOUR[1]]
        page.mouse.move(*first)
        page.mouse.down()
        run.send(Go())
        page.wait_for_timeout(max(1000.0 * (back - time.monotonic()), 0.0))
        line.mend()
        other.mend()
        begun = time.monotonic()
        for point in more:
            page.mouse.move(*point, steps=4)
        for tab in (page, watch, big):
            expect(tab.get_by_text(LOST)).to_have_count(0, timeout=1000.0 * SOON)
        page.mouse.up()
        expect(heard).to_have_text("4", timeout=1000.0 * SOON)
        expect(answer).to_have_text("4")
        expect(in_use(page)).to_contain_text("The simple reader")
        expect(watch.get_by_text(re.compile(r"Epoch \d+ of"))).to_be_visible(timeout=1000.0 * SOON)
        assert time.monotonic() - begun < 2 * SOON
        expect(watch).to_have_url(re.compile(f"run={run.id}"))
        watch.locator(".st-key-stop button").first.click()
        expect(watch.get_by_text("You stopped it.")).to_be_visible(timeout=60_000)
        assert [type(each) for each in run.asked()] == [Pause, Go, Stop] and list_runs(runs) == [run]
        for tab in (page, watch, big):
            no_traceback(tab)
        big.close()
        watch.close()
