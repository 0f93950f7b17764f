"""The confusion matrix: a cell chosen by a click, its digits, and one digit in full."""

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.catalog import load_model
from core.scores.evaluation import Evaluation, evaluate_on
from core.sentences import a
from dashboard.words import what_is_shown
from tests.browser.app import no_traceback, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """What the page must show for the small network."""
    return evaluate_on(load_model("small"), "digits")


def cell_of(page: Page, true: int, answer: int) -> Locator:
    """The button of a cell, by what a screen reader says of it."""
    said = "right" if true == answer else f"as {answer}"
    return page.get_by_role("button", name=re.compile(f"^{a(true)} read {said}: "))


def opened(page: Page, address: str) -> Page:
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    expect(page.get_by_role("grid").get_by_role("button")).to_have_count(100)
    return page


def test_choose_a_cell_and_see_its_digits(page: Page, address: str, evaluation: Evaluation) -> None:
    true, answer = (int(v) for v in (evaluation.data.labels[evaluation.mistakes()[0]],
                                     evaluation.answers[evaluation.mistakes()[0]]))  # fmt: skip
    digits = evaluation.cell(true, answer)
    opened(page, address)
    expect(page.locator(".gallery button")).to_have_count(len(evaluation.mistakes()))
    cell_of(page, true, answer).click()
    expect(cell_of(page, true, answer)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(f"{a(true)} was read as {answer}")).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(len(digits))
    page.locator(".gallery button").first.click()
    expect(page.locator(".st-key-digit")).to_contain_text(f"It is {a(true)}. The network says {answer}")
    expect(page.locator(".st-key-digit")).to_contain_text(f"Test digit number {digits[0]}")
    expect(page.locator(".st-key-digit-probabilities .bars .point")).to_have_count(10)
    no_traceback(page)


def test_a_cell_can_be_chosen_from_two_lists(page: Page, address: str, evaluation: Evaluation) -> None:
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    for label in ("It is a", "The network says"):
        page.get_by_role("combobox", name=label, exact=True).focus()
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        settle(page)
    right = len(evaluation.cell(3, 3))
    expect(page.get_by_text(f"{right} times, a 3 was read right")).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(min(right, 12))
    page.locator(".gallery button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-digit")).to_contain_text("It is a 3, and the network says so")


def test_an_empty_cell_says_so(page: Page, address: str, evaluation: Evaluation) -> None:
    confusion = evaluation.confusion()
    true, answer = next((t, a) for t in range(10) for a in range(10) if confusion[t, a] == 0)
    opened(page, address)
    cell_of(page, true, answer).click()
    expect(page.get_by_text("There is none to show.")).to_be_visible()
    page.get_by_role("button", name="Show all mistakes").click()
    expect(page.locator(".gallery button")).to_have_count(len(evaluation.mistakes()))


@pytest.mark.parametrize("size", [(360, 664), (390, 844)], ids=["360", "390"])
def test_a_finger_chooses_the_very_cell_it_taps(
    browser: Browser, address: str, evaluation: Evaluation, size: tuple[int, int]
) -> None:
    """With a chart, a tap chose the cell tapped before, or none."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True, is_mobile=True)
    page = opened(context.new_page(), address)
    counts = evaluation.confusion()
    mistakes = [(int(true), int(answer)) for true, answer in np.argwhere(counts * (1 - np.eye(10, dtype=int)))][:3]
    for true, answer in [(0, 0), *mistakes, (9, 9), (0, 9), (9, 0)]:
        cell_of(page, true, answer).tap()
        expect(page.locator(".st-key-matrix [aria-pressed=true]")).to_have_attribute(
            "aria-label", re.compile(f"^{a(true)} read {'right' if true == answer else f'as {answer}'}: ")
        )
        expect(page.get_by_text(what_is_shown((true, answer), int(counts[true, answer])), exact=True)).to_be_visible()
    boxes = [button.bounding_box() for button in page.get_by_role("grid").get_by_role("button").all()]
    assert min(box["x"] for box in boxes) >= 0 and max(box["x"] + box["width"] for box in boxes) <= size[0]
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    no_traceback(page)
    context.close()


def test_the_matrix_is_one_stop_of_tab_and_arrows_go_through_it(
    page: Page, address: str, evaluation: Evaluation
) -> None:
    opened(page, address)
    page.get_by_role("combobox", name="It is a", exact=True).focus()
    page.keyboard.press("Shift+Tab")
    here = "() => { let at = document.activeElement; while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
    assert page.evaluate(here + " return at.getAttribute('aria-label'); }").startswith("a 0 read right: ")
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight", "End", "Home", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate(here + " return at.getAttribute('aria-label'); }").startswith("a 2 read as 1: ")
    assert page.evaluate(here + " return getComputedStyle(at).outlineStyle; }") == "solid", "the focus can be seen"
    page.keyboard.press("Enter")
    count = int(evaluation.confusion()[2, 1])
    expect(page.get_by_text(what_is_shown((2, 1), count), exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    count = int(evaluation.confusion()[2, 2])
    expect(page.get_by_text(what_is_shown((2, 2), count), exact=True)).to_be_visible()
    no_traceback(page)


def test_the_same_cell_can_be_chosen_again(page: Page, address: str) -> None:
    opened(page, address)
    for _ in range(2):
        cell_of(page, 3, 3).click()
        expect(cell_of(page, 3, 3)).to_have_attribute("aria-pressed", "true")
        page.get_by_role("button", name="Show all mistakes").click()
        expect(cell_of(page, 3, 3)).to_have_attribute("aria-pressed", "false")


@pytest.mark.mnist
def test_all_mistakes_of_the_shipped_network(page: Page, address: str, mnist_dir) -> None:
    page.goto(f"{address}/mistakes")
    settle(page)
    expect(page.get_by_text("of 10,000 test digits")).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(12)
    page.get_by_role("button", name="Show 12 more").click()
    expect(page.locator(".gallery button")).to_have_count(24)


def test_a_digit_goes_to_the_pad(page: Page, address: str, evaluation: Evaluation) -> None:
    opened(page, address)
    page.get_by_role("button", name="Put it on the pad").click()
    expect(page.get_by_text(f"Test digit {evaluation.mistakes()[0]:,} of {len(evaluation.data):,}.")).to_be_visible()
    expect(page.locator(".stage[data-settled=true]")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("grid").get_by_role("button")).to_have_count(100)
    no_traceback(page)


def test_a_round_against_the_network_by_keys_and_a_tap(page: Page, address: str) -> None:
    page.goto(f"{address}/mistakes?model=small&view=you")
    settle(page)
    page.get_by_role("button", name="Begin").click()
    for number in range(1, 21):
        expect(page.get_by_text(f"Digit {number} of 20: what is it?")).to_be_visible()
        settle(page)
        if number % 2:
            page.keyboard.press("3")
        else:
            page.locator(".st-key-quiz-7 button:visible").click()
    expect(page.get_by_text("You read")).to_be_visible()
    expect(page.get_by_test_id("quiz-end").locator("figure")).to_have_count(20)
    no_traceback(page)


def test_a_frame_on_the_map_shows_its_digits(page: Page, address: str) -> None:
    page.goto(f"{address}/mistakes?model=small&view=map")
    settle(page)
    chart = page.locator(".st-key-chart-of-digits .nsewdrag").first
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile(r"^\d+ digits in the frame$"))).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(12)
    page.locator(".gallery button").nth(1).click()
    expect(page.locator(".gallery button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(re.compile(r"^\d+ digits in the frame$"))).to_be_visible()
    no_traceback(page)
