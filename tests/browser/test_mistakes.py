"""The confusion matrix: a cell chosen by a click, its digits, and one digit in full."""

import pytest
from playwright.sync_api import Page, expect

from core.catalog import load_model
from core.scores.evaluation import Evaluation, evaluate_on
from tests.browser.app import no_traceback, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """What the page must show for the small network."""
    return evaluate_on(load_model("small"), "digits")


def _click_cell(page: Page, true: int, answer: int) -> None:
    """Click the cell's place within the plot's area, which spans -0.5 to 9.5 both ways."""
    area = page.locator(".st-key-matrix .nsewdrag").bounding_box()
    page.mouse.click(area["x"] + (answer + 0.5) * area["width"] / 10, area["y"] + (true + 0.5) * area["height"] / 10)


def test_choose_a_cell_and_see_its_digits(page: Page, address: str, evaluation: Evaluation) -> None:
    true, answer = (int(v) for v in (evaluation.data.labels[evaluation.mistakes()[0]],
                                     evaluation.answers[evaluation.mistakes()[0]]))  # fmt: skip
    digits = evaluation.cell(true, answer)
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    expect(page.locator(".gallery button")).to_have_count(len(evaluation.mistakes()))
    page.wait_for_timeout(500)
    _click_cell(page, true, answer)
    expect(page.get_by_text(f"a {true} was read as {answer}")).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(len(digits))
    page.locator(".gallery button").first.click()
    expect(page.locator(".st-key-digit")).to_contain_text(f"It is a {true}. The network says {answer}")
    expect(page.locator(".st-key-digit")).to_contain_text(f"Test digit number {digits[0]}")
    expect(page.locator(".st-key-digit-probabilities .bars .point")).to_have_count(10)
    no_traceback(page)


def test_a_cell_can_be_chosen_by_keyboard(page: Page, address: str, evaluation: Evaluation) -> None:
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    for label in ("It is a", "The network says"):
        page.get_by_role("combobox", name=label, exact=True).focus()
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        settle(page)
    right = len(evaluation.cell(3, 3))
    expect(page.get_by_text(f"{right} times, a 3 was read rightly")).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(min(right, 12))
    page.locator(".gallery button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-digit")).to_contain_text("It is a 3, and the network says so")


def test_an_empty_cell_says_so(page: Page, address: str, evaluation: Evaluation) -> None:
    confusion = evaluation.confusion()
    true, answer = next((t, a) for t in range(10) for a in range(10) if confusion[t, a] == 0)
    page.goto(f"{address}/mistakes?model=small")
    settle(page)
    page.wait_for_timeout(500)
    _click_cell(page, true, answer)
    expect(page.get_by_text("There is none to show.")).to_be_visible()
    page.get_by_role("button", name="Show all mistakes").click()
    expect(page.locator(".gallery button")).to_have_count(len(evaluation.mistakes()))


@pytest.mark.mnist
def test_all_mistakes_of_the_shipped_network(page: Page, address: str, mnist_dir) -> None:
    page.goto(f"{address}/mistakes")
    settle(page)
    expect(page.get_by_text("of 10,000 test digits")).to_be_visible()
    expect(page.locator(".gallery button")).to_have_count(12)
    page.get_by_role("button", name="Show 12 more").click()
    expect(page.locator(".gallery button")).to_have_count(24)
