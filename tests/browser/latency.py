"""How soon the page follows the hand: `make latency` prints the table that the README has.

It is taken on the stage, as it is drawn on: from a movement of the pen until the page with the new bars is painted, and from
the end of a stroke until the server's word stands there; on this computer, and with the processor slowed down four times, about
as a phone's. All of it is wall time, so nothing else should go on meanwhile. How long a visitor waits before there is anything
to draw on is `tests.browser.slow_link`.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.app import DIGITS, PAINTED, Stroke, between, launch, pad_box, serve, settle

FRAME, PHONE_FRAME = 16.0, 50.0  # milliseconds within which the bars are to follow, at the 95th percentile
SLOWED = 4
STAGE = ".stage[data-network]"

# Notes when a movement came to the page and when the frame with the bars that it changed had been painted: a message that is
# posted while a frame is made comes after it. And when a stroke ended, and when the server's word on it stood there.
WATCH = """(stage) => {
    const noted = (window.noted = { bars: [], verdicts: [] });
    let moved = null, ended = null;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => {
        if (moved !== null) noted.bars.push(performance.now() - moved);
        moved = null;
    };
    let draws = false;
    addEventListener("pointermove", (event) => {
        draws = event.buttons > 0;
        if (draws) moved ??= performance.now();
    }, true);
    addEventListener("pointerup", () => {
        if (draws) ended = performance.now();
        moved = null;
    }, true);
    new MutationObserver(() => { // what it is told is set anew whenever the stage has drawn itself, bars and units
        if (moved !== null) painted.port2.postMessage(null);
        if (ended === null || stage.dataset.settled !== "true") return;
        noted.verdicts.push(performance.now() - ended);
        ended = null;
    }).observe(stage, { attributes: true, attributeFilter: ["data-settled", "data-said"] });
}"""


@dataclass
class Noted:
    """Milliseconds: of each frame with new bars, and of each stroke's verdict."""

    bars: list[float] = field(default_factory=list)
    verdicts: list[float] = field(default_factory=list)


def come_to_the_stage(page: Page, address: str, network: str = "default") -> None:
    """Come to the first page and wait until the browser itself reads with this network."""
    page.goto(address)
    settle(page)
    page.locator(f".stage[data-network={network}]").wait_for(timeout=60_000)


def follow(page: Page, digits: Sequence[list[Stroke]], *, slowed: int = 1) -> Noted:
    """Draw these digits one after the other, and note how soon the page followed."""
    processor = page.context.new_cdp_session(page)
    processor.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    stage = page.locator(STAGE)
    stage.evaluate(WATCH)
    for strokes in digits:
        box = pad_box(page)
        for stroke in strokes:
            points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in between(stroke, 6)]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point)
            page.mouse.up()
            _rest(page)
        page.get_by_role("button", name="Clear").click()
        _rest(page)
    noted = Noted(**page.evaluate("window.noted"))
    processor.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    processor.detach()
    return noted


def _rest(page: Page) -> None:
    """Between two strokes a hand rests for as long as the page takes to say what the server thinks of the first."""
    page.locator(".stage[data-settled=true]").wait_for()
    settle(page)
    page.evaluate(PAINTED)


def row(name: str, milliseconds: Sequence[float]) -> str:
    middle, high = np.percentile(milliseconds, [50, 95])
    return f"| {name} | {middle:.0f} ms | {high:.0f} ms |"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        print("| from the hand to the page | half within | 95 % within |\n|---|---|---|")
        for name, slowed in (("this computer", 1), (f"processor slowed {SLOWED} times", SLOWED)):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            come_to_the_stage(page, address)
            noted = follow(page, DIGITS, slowed=slowed)
            print(row(f"bars and units follow the pen, {name}", noted.bars))
            print(row(f"the server's word after a stroke, {name}", noted.verdicts))
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
