"""The confusion matrix: a cell chosen by a click, its digits, and one digit in full."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.catalog import load_model
from core.scores.evaluation import Evaluation, evaluate_on
from core.scores.labels import DOUBTFUL
from core.sentences import a
from dashboard.words import what_is_shown
from tests.browser.app import no_traceback, settle
from tests.waiting import until

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
        box = page.get_by_role("combobox", name=label, exact=True)
        box.focus()
        page.keyboard.type("3")
        expect(box).to_have_attribute("aria-activedescendant", re.compile("option"))  # Streamlit has opened its list
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
    phone: Page, address: str, evaluation: Evaluation, size: tuple[int, int]
) -> None:
    """With a chart, a tap chose the cell tapped before, or none."""
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    page = opened(phone, address)
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
    tops = [page.locator(f".st-key-explored-{part}").bounding_box() for part in ("view", "digits", "pickers")]
    assert [box["y"] for box in tops if box] == sorted(box["y"] for box in tops if box) and all(tops)
    no_traceback(page)


def test_the_matrix_is_one_stop_of_tab_and_arrows_go_through_it(
    page: Page, address: str, evaluation: Evaluation
) -> None:
    opened(page, address)
    page.get_by_role("combobox", name="In order", exact=True).focus()  # which comes after it
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
    page.set_viewport_size({"width": 390, "height": 664})  # of a phone, where a round is less than its end
    again = page.locator(".st-key-quiz-begin button:visible")
    again.evaluate("button => button.scrollIntoView({ block: 'start' })")
    again.press("Enter")
    asked = page.get_by_text("Digit 1 of 20: what is it?")
    expect(asked).to_be_visible()
    settle(page)
    until(lambda: 60 <= asked.bounding_box()["y"] <= 200)  # below the header, with the ten keys below it
    no_traceback(page)


IN_LOOP = re.compile(r"^(One|[\d,]+) digits? in the loop; misread: \d+$")
WIDE, WITHIN = (
    ((0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98)),
    ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)),
)


def places_on(page: Page, corners: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Corners in 0..1 of the map as pixels of the window, with places between them, as a hand passes through."""
    page.locator(".map .place").evaluate("place => place.scrollIntoView({ block: 'center' })")
    box = page.locator(".map .place").bounding_box()
    ends = zip(corners, (*corners[1:], corners[0]), strict=True)
    way = [(x + (u - x) * part / 5, y + (v - y) * part / 5) for (x, y), (u, v) in ends for part in range(5)]
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way]


def loop_by_mouse(page: Page, corners: tuple[tuple[float, float], ...]) -> None:
    way = places_on(page, corners)
    page.mouse.move(*way[0])
    page.mouse.down()
    for place in way[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def count_in_loop(page: Page) -> int:
    count = page.get_by_text(IN_LOOP).inner_text().split()[0]
    return 1 if count == "One" else int(count)


def map_of(page: Page, address: str) -> Locator:
    page.goto(f"{address}/mistakes?model=small&view=map")
    settle(page)
    shown = page.locator(".map[data-digits='180']")
    expect(shown).to_be_visible()
    return shown


INK_IN_TIP = """canvas => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data].some(
    (value, at) => at % 4 === 0 && value < 100)"""


def test_the_map_shows_pictures_and_loops_show_their_digits(page: Page, address: str, evaluation: Evaluation) -> None:
    shown = map_of(page, address)
    x, y = places_on(page, ((0.5, 0.5), (0.5, 0.5)))[0]
    for step in range(60):  # somewhere to the left of the middle there are digits
        page.mouse.move(x - 4 * step, y)
        if shown.get_attribute("data-pointed"):
            break
    number = int(shown.get_attribute("data-pointed"))
    expect(shown.locator(".tip")).to_contain_text(f"It is {a(int(evaluation.data.labels[number]))}.")
    until(lambda: shown.locator(".tip canvas").evaluate(INK_IN_TIP))
    loop_by_mouse(page, WIDE)
    expect(page.get_by_text(IN_LOOP)).to_be_visible()
    settle(page)
    all_in, first = count_in_loop(page), page.url
    loop_by_mouse(page, WITHIN)  # a second one within the first once took it away
    expect(page.get_by_text(f"{all_in} digits in the loop")).to_have_count(0)
    settle(page)
    assert 0 < count_in_loop(page) < all_in and page.url != first and "loop=" in first
    page.locator(".gallery button").nth(1).click()
    expect(page.locator(".gallery button").nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(IN_LOOP)).to_be_visible()
    page.go_back()
    page.go_back()
    expect(page.get_by_text(f"{all_in} digits in the loop")).to_be_visible()
    shown.get_by_role("button", name="Show all mistakes again").click()
    expect(page.get_by_text(IN_LOOP)).to_have_count(0)
    shown.locator(".place").focus()  # and by keys
    page.keyboard.press("PageDown")
    expect(shown.locator(".tip")).to_contain_text("The network reads")
    meant = shown.get_attribute("data-pointed")
    page.keyboard.press("Enter")
    expect(page.get_by_text(IN_LOOP)).to_be_visible()
    expect(
        page.get_by_text(f"Test digit number {meant}", exact=True)
    ).to_be_visible()  # it, and not the surest beside it
    settle(page)
    around = count_in_loop(page)
    for _ in range(4):
        page.keyboard.press("+")
    until(lambda: count_in_loop(page) > around)
    settle(page)
    loop_by_mouse(page, WITHIN)  # where it is not: nothing is missed that a link had named
    expect(page.get_by_text(f"Test digit number {meant}", exact=True)).to_have_count(0)
    expect(page.get_by_text("What the link names")).to_have_count(0)
    no_traceback(page)


def test_a_finger_on_the_map_taps_moves_the_page_or_draws_a_loop_and_chooses_a_doubtful_label(
    phone: Page, address: str
) -> None:
    shown = map_of(phone, address)
    shown.get_by_role("button", name="Draw a loop").tap()
    way = places_on(phone, WIDE)
    finger = phone.context.new_cdp_session(phone)
    for number, (x, y) in enumerate(way):
        kind = "touchMove" if number else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(phone.get_by_text(IN_LOOP)).to_be_visible()
    settle(phone)
    all_in = count_in_loop(phone)
    expect(shown.get_by_role("button", name="Draw a loop")).to_have_attribute("aria-pressed", "false")
    phone.touchscreen.tap(*places_on(phone, ((0.4, 0.5), (0.4, 0.5)))[0])  # what lies around it
    expect(phone.get_by_text(f"{all_in} digits in the loop")).to_have_count(0)
    assert shown.locator(".marks").evaluate("marks => getComputedStyle(marks).touchAction") == "pan-y"
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.goto(f"{address}/mistakes?model=blog&view=labels&by=people")  # and on the digits with a doubtful label
    digits = phone.locator(".gallery button")
    expect(digits).to_have_count(12)
    digits.nth(7).tap()
    expect(digits.nth(7)).to_have_attribute("aria-pressed", "true")
    expect(phone.get_by_text(f"Test digit number {sorted(DOUBTFUL)[7]}", exact=True)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    no_traceback(phone)
