"""The app as a visitor meets it: a real server on a free port, and a real browser."""

import contextlib
import itertools
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Playwright, TimeoutError, expect

PROJECT = Path(__file__).resolve().parent.parent.parent
PAINTED = "() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No look-ups of its own makers' hosts, no sandbox (which root in a container cannot have), no graphics card, and one
# process for all pages: it keeps the app's compiled scripts, which is a third of the work of coming to a page.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--renderer-process-limit=1", "--disable-site-isolation-trials",
]  # fmt: skip


def find_browser() -> str | None:
    """The browser's path, if there is one on this machine."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)


def launch_with_memory(playwright: Playwright, folder: Path, **options: Any) -> BrowserContext:
    """A browser with a folder of its own, as a visitor has it: compiled scripts are kept there."""
    return playwright.chromium.launch_persistent_context(folder, executable_path=find_browser(), args=FLAGS, **options)


def free_port() -> int:
    """One that the system gives to no connection of its own accord: who asks there too soon would meet himself, and hold it."""
    while True:
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", 20_000 + secrets.randbelow(12_000)))
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
    port = free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true",
        "--server.address=127.0.0.1", f"--server.port={port}", "--server.fileWatcherType=none",
    ]  # fmt: skip
    log = runs / f"server-{port}.log"  # several may share the folder
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


def until_on(page: Page, expression: str, arg: Any = None, seconds: float = 60) -> None:
    """Wait until this is true on the page. Playwright's own way asks by a script that the page's policy forbids.

    The page itself looks again and again: each question from here is some milliseconds of work for three processes.
    """
    look = f"""async ([arg, most]) => {{
        const end = performance.now() + most;
        for (;;) {{
            const found = ({expression});
            if (typeof found === "function" ? await found(arg) : found) return true;
            if (performance.now() > end) return false;
            await new Promise((later) => setTimeout(later, 20));
        }}
    }}"""
    end = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(look, [arg, 1000 * (end - time.monotonic())]):
                return
        except Error as error:  # the page went to another address meanwhile
            if "context" not in str(error):
                raise
        assert time.monotonic() < end, f"it did not happen in time: {expression}"


def settle(page: Page) -> None:
    """Wait until no run of the script is under way, and no part of the page is left over from an earlier one."""
    page.locator("h1").first.wait_for(timeout=60_000)
    until_on(
        page,
        "document.querySelector('[data-test-script-state=notRunning]') && !document.querySelector('[data-stale=true]')"
        " && !document.getElementById('digit-lab-first')",  # which the real stage takes over from
    )


def stand_still(page: Page) -> None:
    """Wait until what was just done has come back from the server: a stroke begun earlier would be lost."""
    page.evaluate("() => new Promise((sent) => setTimeout(sent, 300))")  # what is typed or moved is sent after 200 ms
    settle(page)
    page.evaluate(PAINTED)


def fill(page: Page, label: str, value: str) -> None:
    """Write into the field of this label, and stay in it: what comes next, a click above all, is done straight away.

    Nothing is confirmed and nothing waited for, as a person does neither.
    """
    page.get_by_label(label, exact=True).fill(value)


def press(page: Page, label: str) -> None:
    """Click the button of this label as a hand does, with a tenth of a second between down and up."""
    button = page.get_by_role("button", name=label)
    expect(button).to_be_enabled()
    button.evaluate("button => button.scrollIntoView({block: 'center', behavior: 'instant'})")  # clear of the header
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(100)
    page.mouse.up()


def pick(page: Page, box: Locator, option: str) -> None:
    """Choose from a list. What comes back late from the server closes an open one, and a visitor opens it again."""
    for _ in range(3):
        settle(page)
        box.click()
        try:
            page.get_by_role("option", name=option).first.click(timeout=5_000)
            break
        except TimeoutError:
            page.keyboard.press("Escape")
    expect(box).to_have_value(re.compile(f"^{re.escape(option)}"))
    stand_still(page)


def in_use(page: Page) -> Locator:
    """The button that says which network is in use."""
    return page.locator(".st-key-network button").first


def use_network(page: Page, title: str) -> None:
    """Choose a network, by the beginning of its title, from the list that the button opens."""
    in_use(page).click()
    page.get_by_role("combobox", name="Network in use").click()
    page.get_by_role("option", name=re.compile(f"^{re.escape(title)}")).first.click()
    expect(in_use(page)).to_contain_text(title)
    page.keyboard.press("Escape")
    stand_still(page)


def keep_places(page: Page, selector: str) -> None:
    """Note, from now on and until another page, every place where the first such element stands on the scrolled page.

    Not in the window: where what stands far below it goes away, a page that was scrolled to its end has less to scroll.
    """
    page.evaluate(
        """(selector) => {
            window.places = new Set();
            const look = () => {
                // A button with help stands twice in the page, for mouse and for finger; one of them is seen.
                const boxes = [...document.querySelectorAll(selector)].map((each) => each.getBoundingClientRect());
                const box = boxes.find((each) => each.width);
                const scrolled = document.querySelector("[data-testid=stMain]").scrollTop;
                if (box?.width) window.places.add(`${Math.round(box.x)}, ${Math.round(box.y + scrolled)}`);
                requestAnimationFrame(look);
            };
            look();
        }""",
        selector,
    )


def places(page: Page) -> list[str]:
    """Where it stood: one place, if it did not move under the hand."""
    return page.evaluate("[...window.places]")


def no_traceback(page: Page) -> None:
    """A visitor never sees one."""
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


Stroke = list[tuple[float, float]]

OURS = "[data-testid=pad]"  # the stage's own pad, which is read while it is drawn on
CANVAS = ".st-key-drawing-pad canvas.upper-canvas"  # the standard canvas


def pad_box(page: Page, pad: str = OURS) -> dict:
    """Where the pad stands in the window."""
    canvas = page.locator(pad)
    expect(canvas).to_have_count(1)
    canvas.wait_for(timeout=30_000)
    canvas.evaluate("pad => pad.scrollIntoView({block: 'center', behavior: 'instant'})")  # clear of the page's header
    page.evaluate(PAINTED)  # until it has been, a finger meets what stood there before
    return canvas.bounding_box()


def _rest(page: Page, pad: str, pause: int | None) -> None:
    """The milliseconds between two strokes: none where nothing else is asked for, or what the standard canvas needs.

    It sends 200 ms after a stroke, and a stroke begun earlier joins the next sending.
    """
    page.wait_for_timeout((250 if pad == CANVAS else 0) if pause is None else pause)


def draw(page: Page, strokes: list[Stroke], pad: str = OURS, *, pause: int | None = None) -> None:
    """Draw strokes, each a list of points in a box of 0..1, on the pad with the mouse."""
    box = pad_box(page, pad)
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=4)
        page.mouse.up()
        _rest(page, pad, pause)


def touch(page: Page, strokes: list[Stroke], pad: str = OURS, *, pause: int | None = None) -> None:
    """Draw strokes with a finger."""
    box = pad_box(page, pad)
    finger = page.context.new_cdp_session(page)
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in between(stroke)]
        for number, (x, y) in enumerate(points):
            finger.send(
                "Input.dispatchTouchEvent",
                {"type": "touchMove" if number else "touchStart", "touchPoints": [{"x": x, "y": y}]},
            )
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        _rest(page, pad, pause)
    finger.detach()


def stylus(page: Page, strokes: list[Stroke], pad: str = OURS, *, pause: int | None = None) -> None:
    """Draw strokes with a stylus, which hovers first and presses harder and harder."""
    box = pad_box(page, pad)
    pen = page.context.new_cdp_session(page)

    def put(kind: str, x: float, y: float, force: float) -> None:
        told = {"type": kind, "x": x, "y": y, "pointerType": "pen", "force": force, "clickCount": 1}
        pen.send("Input.dispatchMouseEvent", told | {"button": "left" if force else "none", "buttons": int(force > 0)})

    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in between(stroke)]
        put("mouseMoved", *points[0], 0.0)
        put("mousePressed", *points[0], 0.1)
        for number, point in enumerate(points[1:], 1):
            put("mouseMoved", *point, 0.1 + 0.8 * number / len(points))
        pen.send("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": points[-1][0], "y": points[-1][1],
                                              "button": "left", "clickCount": 1, "pointerType": "pen"})  # fmt: skip
        _rest(page, pad, pause)
    pen.detach()


def between(stroke: Stroke, steps: int = 4) -> Stroke:
    """The points of a stroke with more points between them, as a hand makes them."""
    shares = [step / steps for step in range(1, steps + 1)]
    return stroke[:1] + [
        (x + share * (to_x - x), y + share * (to_y - y))
        for (x, y), (to_x, to_y) in itertools.pairwise(stroke)
        for share in shares
    ]


ZERO: list[Stroke] = [
    [(0.52, 0.15), (0.38, 0.22), (0.3, 0.4), (0.31, 0.6), (0.4, 0.8), (0.54, 0.84), (0.67, 0.74), (0.71, 0.52),
     (0.67, 0.28), (0.54, 0.15)]
]  # fmt: skip
ONE: list[Stroke] = [[(0.52, 0.15), (0.5, 0.85)]]
TWO: list[Stroke] = [
    [(0.3, 0.32), (0.36, 0.2), (0.5, 0.15), (0.64, 0.2), (0.68, 0.34), (0.58, 0.52), (0.42, 0.7), (0.28, 0.83),
     (0.5, 0.82), (0.73, 0.84)]
]  # fmt: skip
THREE: list[Stroke] = [
    [(0.3, 0.25), (0.42, 0.16), (0.6, 0.17), (0.68, 0.3), (0.6, 0.43), (0.45, 0.48), (0.62, 0.52), (0.7, 0.67),
     (0.62, 0.8), (0.45, 0.85), (0.3, 0.77)]
]  # fmt: skip
FOUR: list[Stroke] = [[(0.36, 0.15), (0.3, 0.36), (0.28, 0.52), (0.74, 0.53)], [(0.66, 0.17), (0.63, 0.5), (0.6, 0.86)]]
FIVE: list[Stroke] = [
    [(0.4, 0.17), (0.36, 0.44), (0.52, 0.4), (0.66, 0.48), (0.7, 0.64), (0.6, 0.8), (0.44, 0.85), (0.3, 0.78)],
    [(0.4, 0.17), (0.7, 0.16)],
]
SIX: list[Stroke] = [
    [(0.6, 0.14), (0.44, 0.3), (0.34, 0.5), (0.32, 0.7), (0.42, 0.84), (0.58, 0.84), (0.68, 0.72), (0.63, 0.57),
     (0.5, 0.53), (0.37, 0.6)]
]  # fmt: skip
SEVEN: list[Stroke] = [[(0.28, 0.2), (0.72, 0.2), (0.6, 0.45), (0.45, 0.82)]]
EIGHT: list[Stroke] = [
    [(0.66, 0.25), (0.54, 0.15), (0.39, 0.2), (0.36, 0.34), (0.5, 0.47), (0.65, 0.6), (0.66, 0.76), (0.52, 0.86),
     (0.37, 0.78), (0.36, 0.64), (0.5, 0.48), (0.63, 0.38), (0.67, 0.26)]
]  # fmt: skip
NINE: list[Stroke] = [
    [(0.66, 0.32), (0.56, 0.45), (0.4, 0.44), (0.33, 0.3), (0.42, 0.17), (0.57, 0.16), (0.66, 0.3), (0.65, 0.5),
     (0.6, 0.7), (0.55, 0.87)]
]  # fmt: skip
DIGITS = [ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT, NINE]
