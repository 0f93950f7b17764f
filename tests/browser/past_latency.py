"""How soon Draw answers by the network of another moment: `make latency` prints the row that the README has.

Taken from the key on the slider of the past until the stage, on which a 7 is drawn, has read it with the network of then:
twenty-four moments of the recording.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from core.runs.run import recording
from dashboard.parts.past import moments_of, name_at
from tests.browser.app import SEVEN, draw, launch, serve, settle, stand_still
from tests.browser.latency import row

ROUNDS = 6
KEYS = (
    ("Home", 0),
    ("ArrowRight", 1),
    ("End", -1),
    ("ArrowLeft", -2),
)  # and the place among the moments that each leads to

# Notes when a key was pressed and when another network had read what lies on the stage.
WATCH = """(stage) => {
    window.took = [];
    let pressed = null;
    addEventListener("keydown", () => { pressed ??= performance.now(); }, true);
    new MutationObserver(() => {
        if (pressed === null || !stage.dataset.network) return;
        window.took.push(performance.now() - pressed);
        pressed = null;
    }).observe(stage, { attributes: true, attributeFilter: ["data-network"] });
}"""


def slider(page: Page) -> Locator:
    return page.locator(".st-key-past").get_by_role("slider")


def reads(page: Page, moment: float) -> Locator:
    """The stage, when the browser itself reads with the network of this moment."""
    return page.locator(f".stage[data-network='{name_at('recording', moment)}']")


def come_to_the_past(page: Page, address: str, moment: float) -> None:
    """Come to the first page with the network of a moment of the recording."""
    page.goto(f"{address}/?model={name_at('recording', moment)}")
    settle(page)
    reads(page, moment).wait_for()


def slide(page: Page, rounds: int) -> list[float]:
    """Milliseconds until the answer of each of four moments in every round."""
    moments = moments_of(recording())
    page.locator(".stage").evaluate(WATCH)
    slider(page).focus()
    for key, place in KEYS * rounds:
        page.keyboard.press(key)
        reads(page, moments[place]).wait_for()
        stand_still(page)
    taken: list[float] = page.evaluate("window.took")
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        come_to_the_past(page, address, moments_of(recording())[-1])
        draw(page, SEVEN)
        stand_still(page)
        taken = slide(page, ROUNDS)
        browser.close()
    print("| from the hand to another moment | half within | 95 % within |\n|---|---|---|")
    print(row(f"Draw answers by the network of then ({len(taken)} moments)", taken))


if __name__ == "__main__":
    main()
