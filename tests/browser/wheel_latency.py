"""How soon a training obeys a click: `make latency` prints the row that the README has.

Taken from the click in the browser until the process that trains has written that it did what was asked: forty commands on one
training of 64-600-600-10, ten rounds of Pause, One batch, another learning rate and Go on.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from core.runs.run import Run, list_runs
from tests.browser.app import fill, launch, pick, press, serve, settle
from tests.browser.latency import row
from tests.waiting import until

ROUNDS = 10
NOTE_CLICKS = """() => addEventListener("click", () => {
    window.clicked = performance.timeOrigin + performance.now();
}, true)"""


def begin(page: Page, address: str, runs: Path) -> Run:
    """Begin a training that takes longer than the measurement, and wait until it learns."""
    page.goto(f"{address}/train")
    settle(page)
    expect(page.get_by_text("Seeing what Taichi can compute on")).to_have_count(0, timeout=90_000)
    pick(page, page.get_by_role("combobox", name="Start from", exact=True), "Small, on the bundled digits")
    fill(page, "Epochs", "1000")
    fill(page, "Units per layer", "600, 600")
    press(page, "Start training")
    until(lambda: list_runs(runs) and list_runs(runs)[0].status().phase == "training")
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    return list_runs(runs)[0]


def command(page: Page, run: Run, label: str, file: str, done: Callable[[], bool]) -> float:
    """Click, and wait until it was obeyed; returns the milliseconds until that was written into this file of the run."""
    settle(page)
    page.get_by_role("button", name=label, exact=True).click()
    until(done)
    return (run.path / file).stat().st_mtime_ns / 1e6 - page.evaluate("window.clicked")


def measure(page: Page, run: Run, rounds: int) -> list[float]:
    """Milliseconds of four commands in each round."""
    page.evaluate(NOTE_CLICKS)
    taken = []

    def more_is_told() -> bool:
        return run.events()[1] > seen

    for number in range(rounds):
        taken.append(command(page, run, "Pause", "status.json", lambda: run.status().state == "paused"))
        expect(page.get_by_role("button", name="Go on")).to_be_enabled()
        seen = run.events()[1]
        taken.append(command(page, run, "One batch", "metrics.jsonl", more_is_told))
        fill(page, "Learning rate from now on", str(0.001 * (number + 2)))
        seen = run.events()[1]
        taken.append(command(page, run, "Change it", "metrics.jsonl", more_is_told))
        taken.append(command(page, run, "Go on", "status.json", lambda: run.status().state == "running"))
        expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    return taken


def main() -> None:
    expect.set_options(timeout=20_000)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        runs = Path(folder) / "runs"
        with serve(runs) as address:
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            run = begin(page, address, runs)
            taken = measure(page, run, ROUNDS)
            press(page, "Stop")
            until(lambda: not run.status().active)
            browser.close()
        print("| from the hand to the training | half within | 95 % within |\n|---|---|---|")
        print(row(f"it obeys a click ({len(taken)} commands)", taken))


if __name__ == "__main__":
    main()
