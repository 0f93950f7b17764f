"""How soon the Mistakes page answers: `make latency` prints the row that the README has.

Taken in the browser, from the click until the new digits are on the page: cells of the matrix with all 10,000 test digits, and
pictures of the gallery. It needs MNIST.
"""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

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


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        print(row("Mistakes: a cell or a picture, until its digits are there", measure(page, address)))
        browser.close()


if __name__ == "__main__":
    main()
