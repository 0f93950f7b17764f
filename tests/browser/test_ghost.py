"""The ghost hand by a clock of the test's own: what lies on the pad at each moment, without waiting for any."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import ONE, draw, settle
from tests.browser.modules import open_modules

pytestmark = [pytest.mark.browser]

TWO_STROKES = {
    "digit": 7,
    "was": 1,
    "strokes": [[[140, y] for y in range(60, 225, 5)], [[x, 60] for x in range(80, 145, 5)]],
}
ARC = [[140 + 60 * math.cos(angle), 140 + 60 * math.sin(angle)] for angle in np.linspace(0, np.pi, 40).tolist()]
BENT = {"digit": 0, "strokes": [[*([40, y] for y in range(40, 101, 6)), *([x, 100] for x in range(46, 160, 6))], ARC]}

AT = """async ([digits, times, reduced]) => {
    const { Ghost } = await import("/draw/stage/ghost.js");
    const ghost = new Ghost(digits, { now: () => 0, reduced });
    return times.map((time) => ghost.at(time));
}"""


@pytest.fixture
def modules(page: Page) -> Page:
    open_modules(page)
    return page


def film(
    page: Page, digits: list[dict], seconds: float, *, reduced: bool = False, every: float = 20
) -> list[dict[str, Any]]:
    return page.evaluate(AT, [digits, np.arange(0, 1000 * seconds, every).tolist(), reduced])


def phases(frames: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """The phases in their order, with how many frames each was seen for."""
    return [(name, len(list(seen))) for name, seen in itertools.groupby(frames, key=lambda frame: frame["phase"])]


def test_ink_grows_stroke_by_stroke_and_the_answer_stands(modules: Page) -> None:
    frames = film(modules, [TWO_STROKES], 8)
    found = phases(frames)
    assert [name for name, _ in found[:6]] == ["writing", "lifting", "writing", "standing", "leaving", "resting"]
    lasts = dict(found[1:6])
    assert 98 <= lasts["standing"] <= 102, "two seconds"
    assert lasts["lifting"] >= 50, "before the stroke that tips it the first answer is seen for a second"
    writing = [frame for frame in frames if frame["phase"] == "writing"]
    first = [frame for frame in writing if len(frame["strokes"]) == 1][:20]
    drops = [frame["strokes"][0][-1][1] for frame in first]
    assert drops == sorted(drops) and drops[0] < 75 < drops[-1], "downwards, as it was written"
    for frame in writing:
        assert frame["pen"]["down"] and [frame["pen"]["x"], frame["pen"]["y"]] == frame["strokes"][-1][-1]
    standing = next(frame for frame in frames if frame["phase"] == "standing")
    assert standing["strokes"] == TWO_STROKES["strokes"] and standing["pen"] is None
    resting = next(frame for frame in frames if frame["phase"] == "resting")
    assert resting["strokes"] == []


def test_the_pen_never_jumps_and_is_slower_in_a_bend(modules: Page) -> None:
    frames = [frame for frame in film(modules, [BENT], 9, every=10) if frame["pen"]]
    places = np.array([[frame["pen"]["x"], frame["pen"]["y"]] for frame in frames[: len(frames) // 2]])
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert steps.max() < 12, "in a hundredth of a second"
    corner = np.linalg.norm(places - [40, 100], axis=1).argmin()
    assert steps[corner - 1 : corner + 2].min() < 0.75 * steps[corner - 8], "it slows down for a corner"
    assert steps[0] < 0.7 * steps[:20].max(), "and begins slowly"


def test_it_writes_one_digit_after_the_other_and_then_again(modules: Page) -> None:
    frames = film(modules, [TWO_STROKES, BENT], 30)
    assert [digit for digit, _ in itertools.groupby(frames, key=lambda frame: frame["digit"])][:4] == [7, 0, 7, 0]


def test_with_reduced_motion_finished_digits_follow_each_other(modules: Page) -> None:
    frames = film(modules, [TWO_STROKES, BENT], 10, reduced=True)
    assert {frame["phase"] for frame in frames} == {"standing"} and all(frame["pen"] is None for frame in frames)
    shown = [count for count, _ in itertools.groupby(len(frame["strokes"]) for frame in frames)]
    assert shown == [1, 2], "first the 1, then the 7; of the next digit as many strokes"
    assert len(phases(frames)) == 1 and {frame["ink"] for frame in frames} == {1}, "nothing moves and nothing fades"


def test_its_clock_stands_while_it_is_stopped(modules: Page) -> None:
    elapsed = modules.evaluate(
        """async (digits) => {
            const { Ghost } = await import("/draw/stage/ghost.js");
            let clock = 5_000;
            const ghost = new Ghost(digits, { now: () => clock });
            const seen = [ghost.elapsed, ghost.going];
            ghost.go();
            clock += 300;
            ghost.go();
            seen.push(ghost.elapsed, ghost.going);
            ghost.stop();
            clock += 60_000;
            seen.push(ghost.elapsed, ghost.going);
            ghost.go();
            clock += 200;
            seen.push(ghost.elapsed, ghost.at().strokes.length);
            return seen;
        }""",
        [TWO_STROKES],
    )
    assert elapsed == [0, False, 300, True, 300, False, 500, 1]


SHEET = "#root .sheet"
PAUSE, GO_ON = "Pause", "Go on"


def writing(page: Page, address: str) -> None:
    """Come to the stage, and wait until the hand has finished its first digit there."""
    page.goto(address)
    settle(page)
    page.locator(f"{SHEET}[data-ghost=standing]").wait_for()


def stands_and_is_read(page: Page) -> str:
    """Wait until a finished digit stands there, large in the answer; its name."""
    found = page.locator(f"{SHEET}[data-ghost=standing]")
    found.wait_for()
    digit = found.get_attribute("data-writes")
    assert digit is not None
    expect(page.get_by_test_id("answer")).to_have_text(digit)
    return digit


def test_the_network_reads_what_it_writes_and_nothing_is_sent(page: Page, address: str) -> None:
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    writing(page, address)
    assert sent, "the page itself asks for things"
    stands_and_is_read(page)
    before = len(sent)
    page.locator(f"{SHEET}[data-ghost=writing]").wait_for()
    digit = stands_and_is_read(page)
    expect(page.get_by_test_id("verdict")).to_contain_text(f"The network reads a{'n' * (digit == '8')} {digit}")
    assert len(sent) == before, "a whole digit cost the server nothing"
    assert page.evaluate("document.activeElement.localName") == "body", "the focus is nobody's"


# What is said in the first frame in which a phase is seen.
SAID_WHEN = """async (phase) => {
    const roots = () => [...document.querySelectorAll("#root *")].map(({ shadowRoot }) => shadowRoot).filter(Boolean);
    const stage = () => roots().map((root) => root.querySelector(".stage")).find(Boolean);
    const frame = () => new Promise((painted) => requestAnimationFrame(painted));
    while (stage()?.querySelector(".sheet").dataset.ghost !== phase) await frame();
    return stage().querySelector(".sentence").textContent;
}"""


def test_while_a_digit_fades_its_sentence_stands(page: Page, address: str) -> None:
    writing(page, address)
    assert page.evaluate(SAID_WHEN, "leaving").startswith("The network reads a")


def test_it_ends_at_the_first_touch_and_says_so(page: Page, address: str) -> None:
    writing(page, address)
    draw(page, ONE)
    expect(page.get_by_text("Now you")).to_have_count(1)
    expect(page.get_by_test_id("answer")).to_have_text("1")
    expect(page.locator(f"{SHEET}[data-ghost]")).to_have_count(0)
    expect(page.locator(".stage[data-settled=true]")).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_test_id("answer")).to_have_text("?")
    expect(page.get_by_role("button", name=PAUSE)).to_have_count(0)


def test_a_key_on_the_pad_ends_it_and_coming_there_by_tab_does_not(page: Page, address: str) -> None:
    writing(page, address)
    page.get_by_test_id("pad").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=PAUSE)).to_be_focused()
    expect(page.locator(f"{SHEET}[data-ghost]")).to_have_count(1)
    page.get_by_test_id("pad").press("ArrowLeft")
    expect(page.locator(f"{SHEET}[data-ghost]")).to_have_count(0)
    expect(page.get_by_test_id("answer")).to_have_text("?")


def test_it_is_paused_by_hand_and_by_keys(page: Page, address: str) -> None:
    writing(page, address)
    button = page.get_by_role("button", name=PAUSE)
    box = button.bounding_box()
    assert box["height"] >= 44 and box["width"] >= 44
    button.click()
    page.get_by_role("button", name=GO_ON).wait_for()
    place = page.locator(".nib").get_attribute("style")
    assert len(page.evaluate(FRAMES, 20)) == 1 and page.locator(".nib").get_attribute("style") == place, (
        "it stands still"
    )
    page.get_by_role("button", name=GO_ON).press("Enter")
    expect(page.locator(".nib")).not_to_have_attribute("style", place)


FRAMES = """async (count) => {
    const seen = new Set();
    for (let frame = 0; frame < count; frame += 1) {
        await new Promise((painted) => requestAnimationFrame(painted));
        const phases = [...document.querySelectorAll("#root *")].map(({ shadowRoot }) => shadowRoot?.querySelector(".sheet"));
        seen.add(phases.find(Boolean)?.dataset.ghost);
    }
    return [...seen];
}"""


def test_it_stops_while_the_tab_is_hidden(page: Page, address: str) -> None:
    writing(page, address)
    hide = "(hidden) => {Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});" \
           "document.dispatchEvent(new Event('visibilitychange'))}"  # fmt: skip
    page.evaluate(hide, True)
    before = page.evaluate(FRAMES, 1)
    assert page.evaluate(FRAMES, 20) == before
    page.evaluate(hide, False)
    page.locator(f"{SHEET}[data-ghost=writing]").wait_for()


def test_with_reduced_motion_no_pen_is_seen(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    settle(page)
    stands_and_is_read(page)
    expect(page.locator(".nib")).to_be_hidden()
    assert page.evaluate(FRAMES, 30) == ["standing"]
    context.close()
