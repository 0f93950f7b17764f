"""How long a visitor waits for something to draw on, and for the first ink to be read: `python -m tests.browser.slow_link`.

On a slow 4G link as phones have it, and without a bound; for who comes for the first time, and who has been here before.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.browser.app import PAINTED, launch_with_memory, serve

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
PAD = "[data-testid=pad][role=application] >> nth=0"  # which it becomes when it takes ink
READ = "[data-testid=answer]"
ONE = [(0.52, 0.2), (0.5, 0.5), (0.48, 0.8)]  # a 1, in shares of the pad


@dataclass(frozen=True)
class Waited:
    """Seconds from the request of the page: until anything was painted, a pad took ink, that ink was read, and all was there."""

    painted: float
    pad: float
    read: float
    whole: float


def slow_down(page: Page) -> None:
    """Give the page the slow link, its requests' and its websocket's."""
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)


def waited(context: BrowserContext, address: str, *, slow: bool) -> Waited:
    """Come to the stage on a new page, draw a 1 as soon as it can be drawn, and wait until it is read."""
    page = context.new_page()
    if slow:
        slow_down(page)
    begun = time.monotonic()
    page.goto(address, wait_until="commit")
    pad = page.locator(PAD)
    pad.wait_for(timeout=60_000)
    page.evaluate(PAINTED)
    there = time.monotonic() - begun
    box = pad.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ONE]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()
    page.locator(READ).filter(has_text="1").first.wait_for(timeout=60_000)
    read = time.monotonic() - begun
    page.locator("#root h1").first.wait_for(timeout=60_000)
    whole = time.monotonic() - begun
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000")
    page.close()
    return Waited(painted, there, read, whole)


def table(playwright: Playwright, address: str, folder: Path) -> list[tuple[str, Waited]]:
    """Cold and warm, slow and fast; each of two browsers comes twice."""
    rows = []
    for name, slow in (("slow 4G", True), ("this computer", False)):
        context = launch_with_memory(playwright, folder / name, viewport={"width": 1280, "height": 900})
        for visit in ("first visit", "again"):
            rows.append((f"{name}, {visit}", waited(context, address, slow=slow)))
        context.close()
    return rows


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "runs") as address,
        sync_playwright() as playwright,
    ):
        print("| link | painted | can be drawn on | first ink read | all there |\n|---|---|---|---|---|")
        for name, row in table(playwright, address, Path(folder)):
            print(f"| {name} | {row.painted:.1f} s | {row.pad:.1f} s | {row.read:.1f} s | {row.whole:.1f} s |")


if __name__ == "__main__":
    main()
