"""Something to draw on before Streamlit has come, and what was drawn is still there when it has."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, Route, expect

from tests.browser.app import ONE, draw, launch_with_memory, settle, until_on
from tests.browser.slow_link import PAD, waited

pytestmark = [pytest.mark.browser]

FIRST = "#digit-lab-first"
ENTRY = "**/static/js/index.*.js"  # Streamlit's


@pytest.fixture
def held_back(page: Page) -> Iterator[Callable[[], None]]:
    """Streamlit's scripts do not come until this is called."""
    held: list[Route] = []
    open_gate = []

    def gate(route: Route) -> None:
        (Route.continue_ if open_gate else held.append)(route)

    def let_go() -> None:
        open_gate.append(True)
        while held:
            held.pop().continue_()

    page.route(ENTRY, gate)
    yield let_go
    let_go()
    page.unroute(ENTRY)


def test_what_is_drawn_before_streamlit_has_come_is_read_at_once_and_handed_over(
    page: Page, address: str, held_back: Callable[[], None]
) -> None:
    page.goto(address, wait_until="commit")
    page.locator(PAD).wait_for()
    draw(page, ONE, pad="[data-testid=pad]", pause=0)
    expect(page.get_by_test_id("answer")).to_have_text("1")
    expect(page.locator("#root > *")).to_have_count(0)
    held_back()
    expect(page.locator(FIRST)).to_have_count(0)
    settle(page)
    expect(page.get_by_test_id("answer")).to_have_text("1")
    expect(page.locator(".stage[data-settled=true]")).to_have_count(1)  # the server has read it too
    expect(page.get_by_test_id("verdict")).to_contain_text("reads a 1")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("answer")).to_have_text("?")


def test_a_stroke_that_is_being_drawn_is_drawn_to_its_end(
    page: Page, address: str, held_back: Callable[[], None]
) -> None:
    page.goto(address, wait_until="commit")
    pad = page.locator(PAD)
    pad.wait_for()
    page.locator(f"{FIRST} .stage[data-network]").wait_for()
    box = pad.bounding_box()
    x, top, height = box["x"] + box["width"] / 2, box["y"], box["height"]
    page.mouse.move(x, top + 0.2 * height)
    page.mouse.down()
    page.mouse.move(x, top + 0.5 * height, steps=4)
    held_back()
    until_on(page, "Boolean(window.digitLabFirst.next)")  # the real stage has come, and waits
    page.mouse.move(x, top + 0.8 * height, steps=4)
    expect(page.locator(FIRST)).to_have_count(1)
    page.mouse.up()
    expect(page.locator(FIRST)).to_have_count(0)
    expect(page.get_by_test_id("answer")).to_have_text("1")
    sent = page.locator(".stage[data-settled=true]")
    expect(sent).to_have_count(1)


def test_the_ghost_hand_goes_on_where_it_was(page: Page, address: str, held_back: Callable[[], None]) -> None:
    page.goto(address, wait_until="commit")
    page.locator(f"{FIRST} .sheet[data-ghost=standing]").wait_for()
    page.get_by_role("button", name="Pause").click()
    shown = page.get_by_test_id("answer").inner_text()
    held_back()
    expect(page.locator(FIRST)).to_have_count(0)
    expect(page.get_by_test_id("answer")).to_have_text(shown)
    expect(page.get_by_role("button", name="Go on")).to_be_visible()


def test_other_pages_are_streamlits_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/train", wait_until="commit")
    settle(page)
    expect(page.locator(FIRST)).to_have_count(0)


def test_without_the_stages_script_streamlit_comes_all_the_same(page: Page, address: str) -> None:
    page.route("**/digit-lab/first-*.js", lambda route: route.abort())
    page.goto(address, wait_until="commit")
    settle(page)
    expect(page.locator("#root [data-testid=pad]")).to_have_count(1)


@pytest.mark.slow
def test_on_a_slow_link_there_is_something_to_draw_on_within_five_seconds(
    playwright: Playwright, tmp_path: Path, address: str
) -> None:
    context = launch_with_memory(playwright, tmp_path, viewport={"width": 1280, "height": 900})
    cold, warm = (waited(context, address, slow=True) for _ in range(2))
    context.close()
    assert cold.pad < 5 and cold.read < 8 and warm.pad < 3, (cold, warm)  # a busy machine: 1, 3 and 1 s on a quiet one
