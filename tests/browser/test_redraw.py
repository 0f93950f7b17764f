"""A part of a page asks to be drawn anew, by a clock of the test's own: how soon, how often, and when not."""

import pytest
from playwright.sync_api import Page

from tests.browser.modules import open_modules

pytestmark = [pytest.mark.browser]

# A part that is told that it is due every second; `answer()` is a drawing of it.
BEGIN = """async () => {
    const { default: told } = await import("/parts/redraw.js");
    const part = document.body.appendChild(document.createElement("div"));
    let turn = 0;
    window.asked = [];
    window.part = part;
    window.hide = (hidden) => {
        Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    };
    const say = (name, moment) => name === "asked" && window.asked.push(moment);
    window.answer = (seconds = 1) => told({ data: { seconds, turn: ++turn }, parentElement: part, setStateValue: say });
    window.leave = window.answer();
}"""


@pytest.fixture
def part(page: Page) -> Page:
    page.clock.install(time=0)
    open_modules(page)
    page.evaluate(BEGIN)
    return page


def asked(part: Page, milliseconds: int) -> int:
    """How often it has asked by then."""
    part.clock.run_for(milliseconds)
    return part.evaluate("window.asked.length")


def test_it_asks_as_often_as_it_was_told_and_only_when_it_has_its_answer(part: Page) -> None:
    assert (asked(part, 850), asked(part, 300)) == (0, 1)
    assert asked(part, 5_000) == 1  # there is no answer
    part.evaluate("window.answer()")
    assert (asked(part, 200), asked(part, 100)) == (1, 2)  # a late one leaves it a quarter of its time
    part.evaluate("window.answer(4)")
    assert (asked(part, 3_500), asked(part, 1_000)) == (2, 3)


def test_a_question_that_is_lost_is_asked_again(part: Page) -> None:
    assert asked(part, 1_150) == 1
    assert (asked(part, 9_000), asked(part, 1_200)) == (1, 2)


def test_a_page_that_nobody_sees_asks_for_nothing(part: Page) -> None:
    part.evaluate("window.hide(true)")
    assert asked(part, 60_000) == 0
    part.evaluate("window.hide(false)")
    assert asked(part, 0) == 1


def test_what_the_back_button_restores_is_not_overtaken(part: Page) -> None:
    part.clock.run_for(800)
    part.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
    assert (asked(part, 900), asked(part, 200)) == (0, 1)


def test_a_part_that_has_left_the_page_asks_no_more(part: Page) -> None:
    part.evaluate("window.part.remove()")
    part.evaluate("window.leave()")
    assert asked(part, 30_000) == 0
