"""A network is seen to learn: by itself, without a jump, beside one's own digit, and by keyboard."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.config import Config, NetworkConfig, TrainingConfig
from core.runs.run import create_run
from core.training.commands import Stop
from dashboard import words
from tests.browser.app import PAINTED, SEVEN, draw, no_traceback, serve, settle
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shifts += entry.value;
    })).observe({ type: "layout-shift" });
}"""
PAD = ".st-key-own-place canvas.ink"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without MNIST and without runs."""
    folder = tmp_path_factory.mktemp("bare")
    with serve(folder / "runs", MNIST_DIR=str(folder), DIGITLAB_DATA=str(folder / "data")) as address:
        yield address


def _right(page: Page) -> str:
    return page.locator(".wall").get_attribute("aria-label") or ""


def test_the_page_opens_on_a_recording_that_plays_by_itself(page: Page, bare: str) -> None:
    page.goto(f"{bare}/train")
    settle(page)
    expect(page.get_by_text("A recording: this training was done before.")).to_be_visible()
    expect(page.locator(".wall b")).to_have_count(100)
    expect(page.locator(".units canvas")).to_have_count(24)
    expect(page.locator(".player output")).not_to_be_empty()
    expect(page.locator(".st-key-accuracy path.line").first).to_have_attribute("d", re.compile("L"))
    expect(page.locator(".own .bar")).to_have_count(10)
    page.evaluate(PAINTED)
    page.evaluate(SHIFTS)
    seen = {_right(page)}
    until(lambda: seen.add(_right(page)) or page.wait_for_timeout(100) or len(seen) >= 4, 40)
    assert page.evaluate("window.shifts") < 0.1
    shown = page.locator(".own .bar span").all_inner_texts()
    until(lambda: page.wait_for_timeout(100) or page.locator(".own .bar span").all_inner_texts() != shown, 20)
    no_traceback(page)


def test_one_s_own_digit_is_read_at_each_moment(page: Page, bare: str) -> None:
    page.goto(f"{bare}/train")
    settle(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.get_by_text("It takes this one for")).to_be_visible()
    settle(page)
    draw(page, SEVEN, PAD)
    expect(page.get_by_text("It takes yours for")).to_be_visible()
    slider = page.get_by_role("slider", name="How far it had learned")
    slider.press("Home")
    expect(page.get_by_text("Before it has learned anything")).to_be_visible()
    expect(page.locator(".wall")).to_have_attribute("aria-label", "9 of the hundred are right now.")
    first = page.locator(".own .bar span").all_inner_texts()
    slider.press("End")
    expect(page.get_by_text("It takes yours for a 7")).to_be_visible()
    expect(page.locator(".wall")).to_have_attribute("aria-label", "96 of the hundred are right now.")
    assert page.locator(".own .bar span").all_inner_texts() != first
    again = page.get_by_role("button", name="Again")
    again.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    no_traceback(page)


def test_a_run_that_goes_on_changes_the_wall(browser: Browser, address: str, runs: Path) -> None:
    """At a rate so small that it takes minutes to learn to read. Twice a second one part of the page is drawn anew."""
    page = browser.new_page(viewport={"width": 390, "height": 664})
    page.goto(f"{address}/train")
    settle(page)
    config = Config(
        NetworkConfig(inputs=64, hidden=(300, 300)),
        TrainingConfig(dataset="digits", learning_rate=3e-5, batch_size=8, epochs=1_000, validation=True),
    )
    run = create_run(config, runs, owner="local")
    worker = subprocess.Popen([sys.executable, "-m", "core.runs.worker", str(run.path)])
    try:
        until(lambda: run.status().state == "running" and run.events()[0])
        told: list[bytes] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: told.append(frame)))
        page.goto(f"{address}/train?run={run.id}")
        expect(page.locator(".wall b")).to_have_count(100)
        expect(page.get_by_text(words.TRYING_DEVICES)).to_have_count(0, timeout=60_000)
        told.clear()
        began = time.monotonic()
        seen: set[str] = set()
        bars: set[str] = set()

        def looked() -> bool:
            seen.add(page.locator(".wall").inner_text())
            bars.add(" ".join(page.locator(".own .bar span").all_inner_texts()))
            page.wait_for_timeout(100)
            return len(seen) >= 3 and len(bars) >= 5

        until(looked, 60)
        kinds = [ForwardMsg.FromString(each).WhichOneof("type") for each in told]
        looks = kinds.count("new_session")
        assert looks <= 2.4 * (time.monotonic() - began) + 4, (
            "more than one part of the page is drawn anew twice a second"
        )
        assert len(kinds) <= 70 * looks and sum(map(len, told)) <= 80_000 * looks
        assert (run.path / "present.safetensors").is_file()
        run.send(Stop())
        expect(page.get_by_text("stopped").first).to_be_visible()
        no_traceback(page)
    finally:
        run.send(Stop())
        worker.wait(60)
        page.close()
