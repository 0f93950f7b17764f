"""How soon the Mistakes page answers: `make latency` prints the rows that the README has.

Taken in the browser, from the click until the new digits are on the page: cells of the matrix with all 10,000 test digits, and
pictures of the gallery, and taps on the map of all of them. It needs MNIST.
"""

import math
import re
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from core.sentences import a
from tests.browser.app import launch, serve, settle
from tests.browser.latency import row

CELLS = 40
SINCE = """(button, shown) => new Promise((done) => {
    const began = performance.now();
    const look = () => {
        const place = document.querySelector(shown);
        if (place && place.textContent !== before) done(performance.now() - began);
        else requestAnimationFrame(look);
    };
    const before = document.querySelector(shown).textContent;
    button.click();
    look();
})"""
FROM_TAP = """shown => {
    const before = document.querySelector(shown).textContent;
    window.answered = new Promise((done) => document.addEventListener("pointerup", () => {
        const began = performance.now();
        const look = () => {
            const place = document.querySelector(shown);
            if (place && place.textContent !== before) done(performance.now() - began);
            else requestAnimationFrame(look);
        };
        look();
    }, { capture: true, once: true }));
}"""
HOW_MANY, NUMBER = ".st-key-how-many", ".st-key-number"


def answer(page: Page, button: Locator, shown: str) -> float:
    """Milliseconds from the click until another text stands in this place."""
    settle(page)
    return button.evaluate(SINCE, shown)


def measure(page: Page, address: str) -> list[float]:
    page.goto(f"{address}/mistakes?which=all")
    settle(page)
    taken = []
    for number in range(CELLS):
        digit = number % 10
        cell = page.get_by_role("button", name=re.compile(f"^{a(digit)} read right: "))
        taken.append(answer(page, cell, HOW_MANY))
        taken.append(answer(page, page.locator(".gallery button").nth(1 + number % 5), NUMBER))
    return taken


def measure_map(page: Page, address: str) -> list[float]:
    page.goto(f"{address}/mistakes?view=map&layout=near")
    settle(page)
    page.locator(".map .place").evaluate("place => place.scrollIntoView({ block: 'center' })")
    box = page.locator(".map .place").bounding_box()
    taken = []
    for number in range(CELLS // 2):
        settle(page)
        page.locator(".map .place").focus()
        page.keyboard.press("Escape")  # all mistakes again, so that the next answer differs
        expect(page.locator(HOW_MANY)).not_to_contain_text("loop", timeout=60_000)
        settle(page)
        page.evaluate(FROM_TAP, HOW_MANY)
        # Each at another place than the one before, on a spiral over the map's middle.
        far, angle = 0.12 + 0.006 * number, 2.4 * number
        page.mouse.click(box["x"] + box["width"] * (0.5 + far * math.cos(angle)),
                         box["y"] + box["height"] * (0.5 + far * math.sin(angle)))  # fmt: skip
        taken.append(page.evaluate("window.answered"))
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        print(row("Mistakes: a cell or a picture, until its digits are there", measure(page, address)))
        print(row("Mistakes: a tap on the map, until the digits around it are there", measure_map(page, address)))
        browser.close()


if __name__ == "__main__":
    main()
