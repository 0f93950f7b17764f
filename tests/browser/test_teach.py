"""Teach it your hand: marking drawings, a lesson, keeping and undoing a copy, files of drawings, and the typed 3."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.scores.evaluation import digits_of
from core.sentences import a
from core.teach.samples import from_lines, sample_of, to_lines
from core.teach.typed import part, shrunk
from tests.browser.app import (
    FIVE,
    ONE,
    SEVEN,
    THREE,
    TWO,
    Stroke,
    draw,
    in_use,
    keep_places,
    no_traceback,
    pick,
    places,
    settle,
    stand_still,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = 60_000  # a lesson of the small network takes a second, and much longer on a machine that does much else


def come(page: Page, address: str) -> None:
    """The section, with the small network, which needs no MNIST."""
    page.goto(f"{address}/?section=teach&model=small")
    settle(page)


def mark(page: Page, strokes: list[Stroke], label: int) -> bool:
    """Draw a digit and say what it is; returns whether that is what was read."""
    answer = page.get_by_test_id("answer")
    draw(page, strokes)
    stand_still(page)  # until the last stroke has been read as well
    expect(answer).not_to_have_text("?")
    expect(page.locator(".st-key-mark")).to_be_visible()
    right = answer.text_content() == str(label)
    if right:
        page.get_by_role("button", name=f"Right, it is {a(label)}").click()
    else:
        page.locator(".st-key-mark").get_by_role("radio", name=str(label), exact=True).click()
    expect(answer).to_have_text("?")  # the box is empty for the next one
    return right


def test_five_drawings_are_taught_kept_and_undone(page: Page, address: str, runs: Path, tmp_path: Path) -> None:
    come(page, address)
    expect(page.locator(".st-key-teach").get_by_role("button")).to_be_disabled()
    right = 0
    said = [(SEVEN, 7), (ONE, 7), (THREE, 3), (TWO, 2), (FIVE, 5)]  # this hand's 7 may well look like a 1
    for number, (strokes, label) in enumerate(said, start=1):
        right += mark(page, strokes, label)
        expect(page.get_by_text(f"{right} of {number} right")).to_be_visible()

    settle(page)  # a page that is still being redrawn puts another file behind the button
    page.wait_for_timeout(500)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save drawings").click()
    saved.value.save_as(tmp_path / "drawings.jsonl")
    drawings = from_lines((tmp_path / "drawings.jsonl").read_bytes())
    assert [drawing.label for drawing in drawings] == [7, 7, 3, 2, 5]
    assert drawings[1].answer != 7
    assert sum(drawing.right for drawing in drawings) == right

    page.locator(".st-key-teach").get_by_role("button").click()
    expect(page.get_by_role("button", name="Discard it")).to_be_visible(timeout=LESSON)
    expect(page.locator(".st-key-lesson table")).to_contain_text(f"{right} of 5")
    expect(page.locator(".st-key-lesson table")).to_contain_text("170 of 180")
    page.get_by_role("button", name="Keep the copy").click()
    expect(in_use(page)).to_contain_text("The tiny reader, taught your hand")
    assert len(list((runs / "taught").iterdir())) == 1

    page.locator(".st-key-teach").get_by_role("button").click()  # the copy is taught what it has learned already
    expect(page.get_by_text("This network had learned all of these drawings")).to_be_visible(timeout=LESSON)
    expect(page.locator(".st-key-lesson table")).not_to_contain_text("was not taught it")
    page.get_by_role("button", name="Discard it").click()
    settle(page)
    page.get_by_role("link", name="Mistakes").first.click()
    expect(page.locator("h1")).to_have_text("Mistakes")
    expect(in_use(page)).to_contain_text("The tiny reader, taught your hand")
    pick(page, page.get_by_role("combobox", name="Digits to look at"), "Your drawings (5)")
    expect(page.get_by_text("None of your 5 drawings is new to this network")).to_be_visible()

    page.get_by_role("link", name="Draw").first.click()
    page.get_by_role("radio", name="Teach it").click()
    page.locator(".st-key-teach-undo").get_by_role("button").click()
    expect(in_use(page)).to_contain_text(re.compile(r"The tiny reader, 94.4"))
    expect(page.locator(".st-key-taught-copy")).to_have_count(0)
    assert list((runs / "taught").iterdir()) == []
    page.get_by_role("link", name="Mistakes").first.click()
    pick(page, page.get_by_role("combobox", name="Digits to look at"), "Your drawings (5)")
    expect(page.get_by_text(f"The tiny reader gets {right} of 5 of your drawings right")).to_be_visible()
    expect(page).to_have_url(re.compile("from=drawings"))
    no_traceback(page)


def test_what_comes_from_the_test_set_is_not_collected(page: Page, address: str, tmp_path: Path) -> None:
    refusal, marks = page.get_by_text("This is a digit of the test set"), page.locator(".st-key-mark")
    come(page, address)
    page.get_by_role("button", name="A hard one").click()
    expect(refusal).to_be_visible()
    draw(page, ONE)
    stand_still(page)
    expect(refusal).to_be_visible()  # drawn on, it is still one
    page.get_by_role("link", name="Mistakes").first.click()
    expect(page.locator("h1")).to_have_text("Mistakes")
    page.get_by_role("link", name="Draw").first.click()
    page.get_by_role("radio", name="Teach it").click()
    expect(refusal).to_be_visible()  # and when the page has been away
    expect(marks).to_have_count(0)
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Then say here whether it was read right.")).to_be_visible()
    expect(refusal).to_have_count(0)

    Image.fromarray(typed_picture(3)).save(tmp_path / "three.png")
    page.get_by_role("button", name="A photo or scan").click()
    page.locator(".st-key-photo input[type=file]").set_input_files(tmp_path / "three.png")
    expect(page.get_by_text("Found in three.png")).to_be_attached()
    page.keyboard.press("Escape")
    expect(marks).to_be_visible()  # a photograph is one's own
    draw(page, ONE)
    stand_still(page)
    expect(marks).to_be_visible()
    expect(refusal).to_have_count(0)
    no_traceback(page)


def typed_picture(digit: int) -> np.ndarray:
    """A typed digit, black on white."""
    return np.round(255 * (1 - part(digit))).astype(np.uint8)


def test_test_digits_in_a_file_are_left_out(page: Page, address: str, tmp_path: Path) -> None:
    digit = digits_of("digits", "test").x([7]).reshape(8, 8)
    own, test_digit = sample_of(shrunk(part(3), (8, 8)), 3, None), sample_of(digit, 3, None)
    (tmp_path / "drawings.jsonl").write_text(to_lines([own, test_digit]))
    come(page, address)
    page.get_by_role("button", name="Load drawings").click()
    page.locator("input[type=file]").last.set_input_files(tmp_path / "drawings.jsonl")
    expect(page.get_by_text("1 new drawing taken from the file. Left out")).to_be_visible()
    expect(page.get_by_text("of 1 right")).to_be_visible()
    no_traceback(page)


def test_drawings_can_be_loaded_deleted_and_erased(page: Page, address: str, tmp_path: Path) -> None:
    come(page, address)
    mark(page, SEVEN, 7)
    draw(page, SEVEN)
    expect(page.get_by_text("This drawing is in your collection.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save drawings").click()
    saved.value.save_as(tmp_path / "drawings.jsonl")
    page.get_by_role("button", name="Delete drawing 1").click()
    expect(page.get_by_role("button", name="Save drawings")).to_be_disabled()
    page.get_by_role("button", name="Load drawings").click()
    page.locator("input[type=file]").last.set_input_files(
        {"name": "wrong.jsonl", "mimeType": "application/jsonl", "buffer": b"nonsense"}
    )
    expect(page.get_by_text("This is not a file of drawings from Digit Lab.")).to_be_visible()
    page.locator("input[type=file]").last.set_input_files(tmp_path / "drawings.jsonl")
    expect(page.get_by_text("of 1 right")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Erase all").click()
    page.get_by_role("button", name="Yes, erase all 1").click()
    expect(page.get_by_text("of 1 right")).to_have_count(0)
    no_traceback(page)


def typed_example(page: Page) -> str:
    """What the network in use reads of the typed example, in the section of whole numbers."""
    page.get_by_role("radio", name="A number").click()
    page.get_by_role("radio", name="The typed example").click()
    expect(page.get_by_test_id("number")).to_be_visible()
    settle(page)
    return page.get_by_test_id("number").text_content()


def test_the_typed_three(page: Page, address: str) -> None:
    come(page, address)
    assert typed_example(page) == "03234"
    page.get_by_role("radio", name="Teach it").click()
    expect(page.get_by_role("button", name="The typed 3")).to_be_visible()
    keep_places(page, ".st-key-typed-teach")
    page.get_by_role("button", name="The typed 3").click()
    expect(page.get_by_test_id("typed-now")).to_contain_text("4 of 5 right")
    settle(page)
    assert len(places(page)) == 1, places(page)  # nothing above it comes late and pushes it away from under the hand
    page.get_by_role("button", name="Show it typed 3s and teach").click()
    expect(page.get_by_test_id("typed-before")).to_contain_text("4 of 5 right", timeout=LESSON)
    expect(page.get_by_test_id("typed-after")).to_contain_text("5 of 5 right")
    page.get_by_role("button", name="Keep the copy").click()
    expect(in_use(page)).to_contain_text("The tiny reader, taught your hand")
    assert typed_example(page) == "01234"
    page.get_by_text("Cut into equal parts").first.click()
    expect(page.get_by_text("Equal parts fit only digits")).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("number")).to_have_text("01234")
    no_traceback(page)
