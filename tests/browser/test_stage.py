"""The stage: one voice, within a frame, hand and explanation in one view, on a screen and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from dashboard.draw import NETWORK, TEACH, TITLES
from tests.browser.app import (
    FOUR,
    ONE,
    OURS,
    SEVEN,
    THREE,
    Stroke,
    draw,
    no_traceback,
    pad_box,
    press,
    settle,
    stand_still,
    touch,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAGE = "div.stage"


def come(page: Page, address: str, query: str = "") -> None:
    """The first page, once the browser can read by itself with the network in use."""
    page.goto(f"{address}/{query}")
    settle(page)
    expect(page.locator(STAGE)).to_have_attribute("data-network", "small" if "small" in query else "default")


def deaf_server(page: Page) -> Callable[[], None]:
    """What makes the server hear nothing any more. Call it before the page comes."""
    deaf = []

    def through(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if deaf else server.send(message))

    page.route_web_socket("**/_stcore/stream", through)
    return lambda: deaf.append(True)


def shrunk(digit: list[Stroke], left: float, size: float = 0.42) -> list[Stroke]:
    """A digit as one of several on the pad."""
    return [[(left + size * x, 0.28 + 0.45 * y) for x, y in stroke] for stroke in digit]


def test_two_digits_are_read_as_a_number_there_and_then(page: Page, address: str) -> None:
    come(page, address)
    draw(page, shrunk(FOUR, 0.04) + shrunk(SEVEN, 0.52))
    expect(page.get_by_test_id("answer")).to_have_text("47")
    expect(page.get_by_test_id("verdict")).to_contain_text("the number 47")
    boxes = page.locator(".boxes > div")
    expect(boxes).to_have_text(["4", "7"])
    pad = page.locator(OURS).bounding_box()
    (left, right) = (box.bounding_box() for box in boxes.all())
    assert left["x"] + left["width"] < pad["x"] + pad["width"] / 2 < right["x"]
    expect(page.locator(".rows .best")).to_have_count(0)
    page.locator(".hand .undo").click()
    expect(boxes).to_have_count(0)
    no_traceback(page)


LETTER_A = [[(0.3, 0.85), (0.5, 0.15), (0.7, 0.85)], [(0.38, 0.6), (0.62, 0.6)]]  # to the network alone a sure 4


def test_what_is_refused_is_claimed_by_no_bar(page: Page, address: str) -> None:
    come(page, address)
    draw(page, LETTER_A)
    expect(page.get_by_test_id("verdict")).to_contain_text("looks like no digit")
    expect(page.get_by_test_id("answer")).to_have_text("?")
    expect(page.locator(".rows .best")).to_have_count(0)
    expect(page.locator(".rows span").first).to_have_text("")


@pytest.mark.parametrize("query", ["", "?model=small"], ids=["28 x 28", "8 x 8"])
def test_the_browser_itself_refuses_an_a_and_its_bars_pale_while_it_is_drawn(
    page: Page, address: str, query: str
) -> None:
    """Before the server has said anything: it does not hear."""
    deafen = deaf_server(page)
    come(page, address, query)
    expect(page.locator(STAGE)).to_have_attribute("data-guarded", "true")
    deafen()
    draw(page, LETTER_A, pause=0)
    expect(page.get_by_test_id("answer")).to_have_text("?")
    expect(page.locator(".rows .best")).to_have_count(0)
    expect(page.get_by_test_id("verdict")).to_contain_text("If it is one, the nearest is a")  # when nothing comes
    page.locator(".hand .undo").click()
    x, y, side = (page.locator(OURS).bounding_box()[name] for name in ("x", "y", "width"))
    page.mouse.move(x + 0.38 * side, y + 0.6 * side)
    page.mouse.down()
    page.mouse.move(x + 0.62 * side, y + 0.6 * side, steps=4)
    expect(page.locator(".rows")).to_have_attribute("data-doubted", "true")
    expect(page.locator(".rows .best")).to_have_count(0)
    expect(page.locator(".rows span").nth(4)).to_have_text("")
    page.mouse.up()
    expect(page.get_by_test_id("answer")).to_have_text("?")
    page.locator(".hand .clear").click()
    draw(page, SEVEN, pause=0)
    expect(page.locator(".rows .best")).to_have_count(1)
    expect(page.get_by_test_id("answer")).to_have_text("7")


def test_a_dot_is_asked_to_be_larger(page: Page, address: str) -> None:
    come(page, address)
    draw(page, [[(0.5, 0.5), (0.51, 0.5)]])
    expect(page.get_by_test_id("verdict")).to_contain_text("Draw larger")
    expect(page.get_by_test_id("answer")).to_have_text("?")


def test_of_a_hard_digit_the_page_says_what_people_say(page: Page, address: str) -> None:
    come(page, address, "?model=small")
    page.get_by_role("button", name="A hard one").click()
    expect(page.locator(".remark")).to_have_text(re.compile(r"[Pp]eople say \d"))
    draw(page, [[(0.02, 0.02), (0.05, 0.02)]])
    expect(page.locator(".remark")).not_to_contain_text("people say")


def test_undo_and_reading_go_on_while_the_server_does_not_hear(page: Page, address: str) -> None:
    """Both are the browser's own; undo goes back as far as one drew, what was cleared among it."""
    deafen = deaf_server(page)
    come(page, address)
    draw(page, SEVEN)
    draw(page, [[(0.3, 0.5), (0.7, 0.5)]])
    expect(page.locator(STAGE)).to_have_attribute("data-settled", "true")
    deafen()
    press(page, "Clear")
    expect(page.get_by_test_id("answer")).to_have_text("?")
    for answer in ("7", "7"):
        page.locator(".hand .undo").click()
        expect(page.get_by_test_id("answer")).to_have_text(answer, timeout=2_000)
    page.locator(".hand .undo").click()
    expect(page.locator(".hand .undo")).to_be_disabled()
    expect(page.locator(".hand .clear")).to_be_disabled()
    draw(page, ONE)
    expect(page.get_by_test_id("answer")).to_have_text("1", timeout=2_000)
    expect(page.get_by_test_id("verdict")).to_contain_text("sure.")  # said by the browser, when nothing comes


# What a frame of the stage costs, from the pen's move to bars and units drawn: what its callback takes.
FRAMES = """(() => {
    window.spent = [];
    const ask = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (draw) => ask((time) => {
        const begun = performance.now();
        draw(time);
        window.spent.push(performance.now() - begun);
    });
})()"""


def test_bars_and_units_follow_the_pen_within_a_frame(browser: Browser, address: str) -> None:
    """16 ms on a desktop, 50 on a phone with its processor slowed four times; here others may be at work on it too."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(FRAMES)
    come(page, address)
    draw(page, THREE)
    slower = page.context.new_cdp_session(page)
    for times, least in ((1, 16), (4, 50)):
        slower.send("Emulation.setCPUThrottlingRate", {"rate": times})
        page.evaluate("window.spent.length = 0")
        draw(page, FOUR, pause=350)  # the last of its frames come after the last move
        spent = sorted(each for each in page.evaluate("window.spent") if each > 0.5)
        print(f"slowed {times} times: {len(spent)} frames, median {spent[len(spent) // 2]:.1f} ms")
        assert len(spent) >= 5 and spent[len(spent) // 2] <= least
    page.close()


@pytest.mark.parametrize("section", ["sees", "why", "compare", "teach"])
def test_hand_and_answer_stay_in_view_beside_what_looks_into_them(page: Page, address: str, section: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    come(page, address, f"?section={section}")
    draw(page, FOUR)
    expect(page.get_by_test_id("answer")).to_have_text("4")
    middle = page.locator(f".st-key-section-{section}")
    expect(middle).to_be_visible()
    for width, height, least in ((1280, 800, 440), (1920, 1080, 560)):
        page.set_viewport_size({"width": width, "height": height})
        stand_still(page)
        middle.evaluate("part => part.scrollIntoView({ block: 'end', behavior: 'instant' })")  # read to its end
        places = (page.locator(OURS), page.get_by_test_id("answer"), middle)
        pad, answer, panel = (place.bounding_box() for place in places)
        assert pad["width"] >= least
        assert 0 < pad["y"] and pad["y"] + pad["height"] <= height and 0 < answer["y"] < height
        assert pad["x"] + pad["width"] < panel["x"] and panel["x"] + panel["width"] <= answer["x"]
        overflow = middle.evaluate("part => part.scrollWidth - part.clientWidth")
        assert overflow <= 0, f"{overflow} pixels too wide for the middle"


def test_on_a_phone_pad_answer_and_ten_columns_are_in_one_view(phone: Page, address: str) -> None:
    come(phone, address)
    pad, answer, rows = (
        phone.locator(selector).bounding_box() for selector in (OURS, "[data-testid=answer]", ".answers .rows")
    )
    assert pad["width"] >= 350
    assert pad["y"] + pad["height"] <= answer["y"] and answer["y"] + answer["height"] <= rows["y"] + 1
    assert rows["y"] + rows["height"] <= 600
    expect(phone.locator(".rows > div")).to_have_count(10)
    pad_box(phone)
    no_traceback(phone)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_every_section_fits_its_width(phone: Page, address: str, scheme: str) -> None:
    """No way leads sideways, nothing is cut off at the right, and what a finger taps there is large enough."""
    phone.emulate_media(color_scheme=scheme)
    come(phone, address)
    touch(phone, FOUR)
    for section in (*(name for name in TITLES if name != NETWORK), NETWORK):
        phone.locator(".st-key-section").get_by_text(TITLES[section], exact=True).tap()
        stand_still(phone)
        expect(phone.locator(STAGE)).to_have_attribute("data-section", section)
        expect(phone.locator("[class*='st-key-section-']")).to_have_count(int(section != NETWORK))
        assert phone.evaluate(WIDER) == [], section
        if section == TEACH:
            choices = [choice.bounding_box() for choice in phone.locator(".st-key-mark button:visible").all()]
            assert len(choices) >= 11 and min(min(box["width"], box["height"]) for box in choices) >= 44
    no_traceback(phone)


# What reaches beyond the window's right side, or has more to show than fits between its own.
WIDER = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    const parts = [...main.querySelectorAll("*")];
    const out = parts.filter((part) => part.getBoundingClientRect().width && part.getBoundingClientRect().right > innerWidth + 1);
    if (main.scrollWidth > main.clientWidth || document.documentElement.scrollWidth > innerWidth) out.push(main);
    return out.map((part) => `${part.tagName} ${part.className?.baseVal ?? part.className}`);
}"""


SHIFTS = """(() => {
    window.shifted = [];
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shifted.push([entry.value, ...entry.sources.map(({ node }) => node?.className ?? "")]);
    })).observe({ type: "layout-shift", buffered: true });
})()"""


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800), (390, 664)])
def test_nothing_jumps_while_the_stage_comes(browser: Browser, address: str, size: tuple[int, int]) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.add_init_script(SHIFTS)
    come(page, address)
    draw(page, SEVEN)
    expect(page.locator(STAGE)).to_have_attribute("data-settled", "true")
    shifted = page.evaluate("window.shifted")
    assert sum(each[0] for each in shifted) < 0.1, shifted
    page.close()
