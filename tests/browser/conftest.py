"""A server for all browser tests of a session, and a fresh browser page for each."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="no browser: install requirements-dev.txt")

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright  # noqa: E402

from core.datasets import mnist_folder  # noqa: E402
from tests.browser.app import find_browser, launch, launch_with_memory, serve  # noqa: E402


@pytest.fixture(scope="session")
def playwright(missing) -> Iterator[Playwright]:
    if find_browser() is None:
        missing("browser", "install chromium")
    expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Another browser than that of `page`: a second visitor's, or one with settings of its own."""
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runs folder of the session's server; tests that look into it do so through `core.runs.run`."""
    return tmp_path_factory.mktemp("browser") / "runs"


@pytest.fixture(scope="session")
def address(runs: Path, playwright: Playwright) -> Iterator[str]:
    """A server that has MNIST if this machine has it, and data of its own beside its runs."""
    mnist = os.environ.get("MNIST_DIR") or str(mnist_folder() or "")
    with serve(runs, MNIST_DIR=mnist, DIGITLAB_DATA=str(runs.parent / "data")) as address:
        yield address


@pytest.fixture(scope="session")
def context(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One for most tests: each of its own would load and compile all the app's scripts again, some seconds of work."""
    folder = tmp_path_factory.mktemp("profile")
    context = launch_with_memory(playwright, folder, viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture(scope="session")
def phones(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """As `context`, on a phone with a browser's own bars about the page."""
    options = {"viewport": {"width": 390, "height": 664}, "has_touch": True, "is_mobile": True}
    context = launch_with_memory(playwright, tmp_path_factory.mktemp("phone"), **options)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of a visitor who comes for the first time: the browser remembers scripts, and nothing else."""
    yield from _first_visit(context)


@pytest.fixture
def phone(phones: BrowserContext) -> Iterator[Page]:
    """The same on a phone."""
    yield from _first_visit(phones)


def _first_visit(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    yield page
    if page.url.startswith("http"):  # a test that failed before it came anywhere has nothing to forget
        page.evaluate("localStorage.clear()")
    page.close()
    context.clear_cookies()
