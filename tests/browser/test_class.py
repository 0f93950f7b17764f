"""A class in real browsers: a teacher's board, a pupil's phone that came by the link, and a stranger who has none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.app import FLAGS, find_browser, no_traceback, press, serve, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAME = "مريم 🦊 <img src=x>"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[str]:
    """A server for strangers, without MNIST, by a name: to an address of this machine alone no class could come."""
    nowhere = str(tmp_path / "none")
    with serve(tmp_path / "runs", DIGITLAB_HOSTED="1", DIGITLAB_DATA=str(tmp_path), MNIST_DIR=nowhere) as address:
        yield address.replace("127.0.0.1", "lab.test")


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Browser]:
    names = "--host-resolver-rules=MAP lab.test 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=find_browser(), args=[*FLAGS, names])
    yield browser
    browser.close()


def _come(page: Page, address: str) -> Page:
    page.goto(address)
    settle(page)
    return page


def test_a_pupil_comes_by_the_link_and_what_they_train_stands_on_the_board(chromium: Browser, hosted: str) -> None:
    teacher = _come(chromium.new_page(viewport={"width": 1280, "height": 900}), f"{hosted}/classroom")
    press(teacher, "Open a class")
    link = teacher.locator("code").first.inner_text()
    assert link.startswith(f"{hosted}/classroom?class=")

    phone = chromium.new_context(**PHONE)
    pupil = _come(phone.new_page(), link)
    pupil.get_by_label("Your name", exact=True).fill(NAME)
    pupil.get_by_role("button", name="Join").locator("visible=true").tap()
    expect(pupil.get_by_text("You are in the class as")).to_contain_text(NAME)
    expect(teacher.get_by_text("Not begun yet")).to_contain_text(NAME)
    pupil.get_by_role("link", name="Train a network").locator("visible=true").tap()
    press(pupil, "Start training")
    row = teacher.locator(".board tbody tr")
    expect(row).to_contain_text("finished", timeout=60_000)  # the board looks by itself
    expect(row.get_by_role("rowheader")).to_have_text(NAME)
    run = pupil.url.partition("run=")[2]

    back = _come(phone.new_page(), f"{hosted}/classroom")  # another tab, another day: without the link
    expect(back.get_by_text("You are in the class as")).to_contain_text(NAME)
    expect(back.locator(".board")).to_have_count(0)
    teacher.get_by_text("The pupils see the board").click()
    expect(back.locator(".board tbody tr")).to_contain_text(NAME)

    stranger = _come(chromium.new_context().new_page(), f"{hosted}/classroom")
    expect(stranger.get_by_role("button", name="Open a class")).to_be_visible()
    expect(stranger.locator(".board")).to_have_count(0)
    _come(stranger, f"{hosted}/train?run={run}")
    expect(stranger.get_by_text("That run is not here any more")).to_be_visible()
    for page in (teacher, pupil, back, stranger):
        expect(page.locator("img[src=x]")).to_have_count(0)
        no_traceback(page)
