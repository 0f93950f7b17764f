"""`make shots`: a picture of every page at 1280 and 390 pixels, light and dark, for the README and for our own eyes."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from dashboard.words import PAGES
from tests.browser.app import PROJECT, THREE, draw, launch, pick, serve, settle

FOLDER = PROJECT / "shots"
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")


def take(page: Page, address: str, name: str, width: int, scheme: str) -> None:
    page.goto(f"{address}/{'' if name == 'draw' else PAGES[name].path or name}")
    settle(page)
    if name == "draw":
        draw(page, THREE)
        settle(page)
    if name == "train":
        pick(page, page.get_by_role("combobox", name="Start from"), "Small, on the bundled digits")
        page.get_by_role("button", name="Start training").click()
        page.get_by_text("Finished.").wait_for(timeout=60_000)
    page.wait_for_timeout(1_500)  # charts draw themselves a moment after the page
    # the page scrolls inside a frame of its own: make the window as tall as what is in it
    height = page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, 800), 4_000)})
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": width, "height": 900})


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as runs, serve(Path(runs)) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        for width in WIDTHS:
            for scheme in SCHEMES:
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page = context.new_page()
                for name in PAGES:
                    take(page, address, name, width, scheme)
                context.close()
        browser.close()
    print(f"{len(PAGES) * len(WIDTHS) * len(SCHEMES)} pictures are in {FOLDER.name}/.")


if __name__ == "__main__":
    main()
