"""How soon Backwards shows what a broken network still can, and the first strokes that a new one writes.

`python -m tests.browser.backwards_latency` prints both as rows of the README's table. From a click to the ten pictures and the
count of the thousand digits, for `default`; and from "Let it write" to the first strokes of a network of `default`'s size.
"""

import dataclasses
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from core.models.files import save_model
from core.models.model import Model
from core.runs.run import create_run
from core.runs.status import Status
from dashboard.shared import model as shipped
from tests.browser.app import launch, serve, settle
from tests.browser.latency import row

CLICKS = 12
WRITERS = 3
PATHS = ".papers li svg path"


def broken(page: Page, address: str) -> list[float]:
    """Milliseconds from each click that breaks `default` until its pictures are others."""
    page.goto(f"{address}/backwards?see=broken")
    settle(page)
    now = page.locator(".st-key-broken-pictures")
    expect(now).to_contain_text("Nothing is broken yet", timeout=60_000)
    took = []
    for number in range(CLICKS):
        said = f"{number + 1} units are off" if number else "One unit is off"
        page.locator(".grid button").nth(number * 3).click()
        begun = time.perf_counter()
        expect(now).to_contain_text(said)
        took.append(1000 * (time.perf_counter() - begun))
        settle(page)
    return took


def first_strokes(page: Page, address: str, runs: Path, model: Model) -> list[float]:
    """Milliseconds from the button until the first strokes, of a network that nobody has let write."""
    took = []
    for number in range(WRITERS):
        run = create_run(model.config, runs)
        provenance = dataclasses.replace(model.provenance, title=f"Network {number}")
        save_model(dataclasses.replace(model, provenance=provenance), run.model_path)
        run.set_status(Status("finished"))
        page.goto(f"{address}/backwards?model={run.id}")
        settle(page)
        page.get_by_role("button", name="Let it write").click()
        begun = time.perf_counter()
        page.locator(PATHS).first.wait_for(state="attached", timeout=60_000)
        took.append(1000 * (time.perf_counter() - begun))
        expect(page.get_by_text("as it meant them")).to_be_visible(timeout=120_000)
        print(f"all ten after {time.perf_counter() - begun:.1f} s")
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        runs = Path(folder, "runs")
        with serve(runs, DIGITLAB_DATA=folder) as address:
            page = launch(playwright).new_page()
            print(row("Break it: a click, until the ten pictures and the count are new", broken(page, address)))
            print(
                row(
                    "a new network writes: until its first strokes",
                    first_strokes(page, address, runs, shipped("default")),
                )
            )


if __name__ == "__main__":
    main()
