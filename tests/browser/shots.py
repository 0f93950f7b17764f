"""`make shots`: a picture of every page at 1280 and 390 pixels, light and dark, for our own eyes, and the README's.

`python -m tests.browser.shots readme` takes those of the README alone, `... readme sweep` that of one page.
"""

import io
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.words import PAGES
from tests.browser.app import PROJECT, THREE, draw, launch, pick, serve, settle

FOLDER = PROJECT / "shots"
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")
README = PROJECT / "dashboard" / "pictures"
SHOWN = ("draw", "train", "back_query", "mistakes", "engines", "sweep")  # pages that the README shows
WINDOW, SIZE = {"width": 1280, "height": 860}, (960, 645)  # pixels of the page, and of its picture there
QUALITY = 70  # of WebP: letters stay sharp, and a dozen pictures have some 350 kB


def come_to(page: Page, address: str, name: str, *, train: bool) -> None:
    """Come to a page and do there what makes a picture of it worth looking at; `train` begins a run of a few seconds."""
    page.goto(f"{address}/{'' if name == 'draw' else PAGES[name].path or name}")
    settle(page)
    if name == "draw":
        draw(page, THREE)
        page.locator(".stage[data-settled=true]").wait_for()
    if name == "train" and train:
        pick(page, page.get_by_role("combobox", name="Start from"), "Small, on the bundled digits")
        page.get_by_role("button", name="Start training").click()
        page.get_by_text("Finished.").wait_for(timeout=60_000)
    settle(page)
    page.wait_for_timeout(1_500)  # charts draw themselves a moment after the page


def take(page: Page, address: str, name: str, width: int, scheme: str) -> None:
    """The whole page, however long it is."""
    come_to(page, address, name, train=True)
    # the page scrolls inside a frame of its own: make the window as tall as what is in it
    height = page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, 800), 4_000)})
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": width, "height": 900})


def take_for_readme(browser: Browser, address: str, names: Sequence[str] = SHOWN) -> None:
    """What one sees of each page before scrolling, small."""
    README.mkdir(exist_ok=True)
    for scheme in SCHEMES:
        context = browser.new_context(viewport=WINDOW, color_scheme=scheme)
        context.set_default_timeout(60_000)
        page = context.new_page()
        for name in names:
            come_to(page, address, name, train=scheme == SCHEMES[0])
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
            picture.save(README / f"{name}-{scheme}.webp", quality=QUALITY, method=6)
        context.close()
    taken = list(README.glob("*.webp"))
    print(f"{len(taken)} pictures for the README: {sum(path.stat().st_size for path in taken) / 1000:.0f} kB.")


def take_all(browser: Browser, address: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page = context.new_page()
            for name in PAGES:
                take(page, address, name, width, scheme)
            context.close()
    print(f"{len(PAGES) * len(WIDTHS) * len(SCHEMES)} pictures are in {FOLDER.name}/.")


def main() -> None:
    mnist = os.environ.get("MNIST_DIR", "")
    with (
        tempfile.TemporaryDirectory() as runs,
        serve(Path(runs), MNIST_DIR=mnist) as address,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        what, *names = sys.argv[1:] or ["all"]
        take_for_readme(browser, address, names or SHOWN)
        if what != "readme":
            take_all(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
