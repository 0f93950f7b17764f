"""The app as a visitor meets it: a real server on a free port, and a real browser."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect

PROJECT = Path(__file__).resolve().parent.parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No look-ups of its own makers' hosts, no sandbox (which root in a container cannot have), no graphics card.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def find_browser() -> str | None:
    """The browser's path, if there is one on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextlib.contextmanager
def serve(runs: Path, **environment: str) -> Iterator[str]:
    """The app's address, with its runs in a folder of their own; the server ends with the block."""
    port = _free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true",
        "--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none",
    ]  # fmt: skip
    log = runs / "server.log"
    runs.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as output:
        server = subprocess.Popen(
            command, cwd=PROJECT, env=os.environ | {"DIGITLAB_RUNS": str(runs)} | environment,
            stdout=output, stderr=output,
        )  # fmt: skip
        try:
            address, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
            while not _healthy(address):
                if server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"The app did not start:\n{log.read_text()}")
                time.sleep(0.05)
            yield address
        finally:
            server.terminate()
            server.wait(20)


def settle(page: Page) -> None:
    """Wait until the page has been drawn to its end, and no part of it is left over from an earlier run."""
    page.locator("h1").first.wait_for(timeout=60_000)
    page.wait_for_function(
        "!document.querySelector('[data-testid=stStatusWidget]') && !document.querySelector('[data-stale=true]')",
        timeout=60_000,
    )


def no_traceback(page: Page) -> None:
    """A visitor never sees one."""
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


Stroke = list[tuple[float, float]]


def draw(page: Page, strokes: list[Stroke]) -> None:
    """Draw strokes, each a list of points in a box of 0..1, on the pad with the mouse."""
    canvas = page.locator(".st-key-drawing-pad canvas.upper-canvas")
    expect(canvas).to_have_count(1)  # after an undo the old canvas stays for a moment
    canvas.wait_for(timeout=30_000)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=4)
        page.mouse.up()
        page.wait_for_timeout(
            350
        )  # the canvas sends 200 ms after a stroke; a stroke begun earlier joins the next sending


SEVEN: list[Stroke] = [[(0.28, 0.2), (0.72, 0.2), (0.6, 0.45), (0.45, 0.82)]]
ONE: list[Stroke] = [[(0.52, 0.15), (0.5, 0.85)]]
THREE: list[Stroke] = [
    [(0.3, 0.25), (0.42, 0.16), (0.6, 0.17), (0.68, 0.3), (0.6, 0.43), (0.45, 0.48), (0.62, 0.52), (0.7, 0.67),
     (0.62, 0.8), (0.45, 0.85), (0.3, 0.77)]
]  # fmt: skip
