"""`python -m tests.browser.live_cost`: what an open Train page costs the server and a visitor's browser, in processors.

While the recording plays, while it stands at its end, and while a training goes on; a table as the README has it. How often
the page was drawn anew meanwhile stands beside it: a browser that gets no turn, or a training that is over, costs nothing.
"""

import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from core.config import Config, NetworkConfig, TrainingConfig
from core.runs.run import Run, create_run
from tests.browser.app import launch, serve, settle
from tests.waiting import until

SECONDS = 20.0
PLAYED = 26.0  # the recording's length, and a moment
LEAST = 0.7  # times a second that a page which is live is drawn anew
COUNT = """() => {
    window.drawn = 0;
    window.watcher?.disconnect();
    window.watcher = new MutationObserver((changes) => {
        const runs = changes.filter((each) => each.target.dataset.testScriptState === "notRunning");
        window.drawn += Math.min(runs.length, 1);
    });
    window.watcher.observe(document.querySelector("[data-test-script-state]"),
        { attributes: true, attributeFilter: ["data-test-script-state"] });
}"""
LONG = Config(NetworkConfig(hidden=(200,)), TrainingConfig(epochs=1_000, learning_rate=1e-4, validation=True))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        with serve(runs) as address, sync_playwright() as playwright:
            server = _server()
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{address}/train")
            settle(page)
            page.wait_for_timeout(2_000)
            rows = [("the recording plays", *_cost(server, page))]
            page.wait_for_timeout(1_000 * PLAYED)
            rows.append(("it stands at its end", *_cost(server, page, least=0.0)))
            run = create_run(LONG, runs)
            worker = _begin(run)
            page.goto(f"{address}/train?run={run.id}")
            settle(page)
            page.wait_for_timeout(3_000)
            rows.append(("a training goes on", *_cost(server, page)))
            if not run.status().active:
                raise SystemExit(f"The training ended before its page was measured: {run.status().detail}")
            worker.terminate()
            browser.close()
    print("| an open Train page while | processors: the server | the visitor's browser | drawn anew, times a second |")
    print("|---|---|---|---|")
    for name, ours, theirs, drawn in rows:
        print(f"| {name} | {ours:.2f} | {theirs:.2f} | {drawn:.1f} |")


def _begin(run: Run) -> psutil.Popen:
    import sys

    worker = psutil.Popen([sys.executable, "-m", "core.runs.worker", str(run.path)])
    until(lambda: run.events()[0])
    return worker


def _server() -> psutil.Process:
    return next(each for each in psutil.Process().children() if "streamlit" in " ".join(each.cmdline()))


def _cost(server: psutil.Process, page: Page, *, least: float = LEAST) -> tuple[float, float, float]:
    """Processors that the server and all of the browser's processes took, on average over some seconds, and how often a second
    the page was drawn anew; where that was less often than it should be, nothing was measured.
    """
    began = time.monotonic()
    page.evaluate(COUNT)
    before = _used([server]), _used(_browser())
    page.wait_for_timeout(1_000 * SECONDS)
    after = _used([server]), _used(_browser())
    gone = time.monotonic() - began
    drawn = page.evaluate("window.drawn") / gone
    if drawn < least:
        raise SystemExit(
            f"The page was drawn anew {drawn:.1f} times a second: it got no turn, or had nothing to follow."
        )
    return (after[0] - before[0]) / gone, (after[1] - before[1]) / gone, drawn


def _browser() -> list[psutil.Process]:
    return [each for each in psutil.Process().children(recursive=True) if "chrom" in each.name()]


def _used(processes: list[psutil.Process]) -> float:
    times = [each.cpu_times() for each in processes if each.is_running()]
    return sum(each.user + each.system for each in times)


if __name__ == "__main__":
    main()
