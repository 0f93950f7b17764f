"""The ways between the pages, their addresses, and every page without MNIST."""

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from core.config import Config, NetworkConfig
from core.runs.run import Status, create_run, list_runs
from core.runs.status import STOPPED
from dashboard.words import PAGES
from tests.browser.app import OURS, in_use, no_traceback, pick, serve, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _url(address: str, name: str) -> str:
    return f"{address}/{'' if name == 'draw' else PAGES[name].path or name}"


def _go(page: Page, name: str) -> None:
    """To another page by the menu, or by the foot of the page."""
    if PAGES[name].curious:
        page.locator(".st-key-foot").get_by_role("link", name=PAGES[name].door).click()
    else:
        page.get_by_test_id("stHeader").get_by_role("link", name=PAGES[name].title, exact=True).click()
    expect(page.locator("h1")).to_have_text(PAGES[name].heading)
    settle(page)


@pytest.mark.parametrize("query", ["", "?model=small"])
def test_the_first_page_has_a_door_to_each_job_and_one_step_back_leads_to_it(
    page: Page, address: str, runs: Path, query: str
) -> None:
    if not list_runs(runs):  # with one to show, the Train page has something that it could write into its URL
        run = create_run(Config(NetworkConfig(inputs=64)).with_training(dataset="digits"), runs)
        run.set_status(Status("stopped", reason=STOPPED))
    page.goto(address + query)
    settle(page)
    for name in ("train", "back_query", "mistakes"):
        page.locator(f".st-key-door-{name} a").first.click()
        expect(page.locator("h1")).to_have_text(PAGES[name].heading)
        settle(page)
        expect(page).to_have_url(_url(address, name) + query)
        page.go_back()
        expect(page.locator("h1")).to_have_text(PAGES["draw"].heading)
        settle(page)


def test_model_is_kept_across_pages_and_in_the_url(page: Page, address: str) -> None:
    page.goto(f"{address}/draw?model=small")
    settle(page)
    expect(in_use(page)).to_contain_text("The tiny reader")
    page.get_by_role("link", name="Mistakes").first.click()
    expect(page.locator("h1")).to_have_text(PAGES["mistakes"].heading)
    settle(page)
    expect(page.get_by_text("of 180 test digits")).to_be_visible()
    expect(page).to_have_url(re.compile("model=small"))
    page.reload()
    settle(page)
    expect(page.get_by_text("of 180 test digits")).to_be_visible()


@pytest.mark.parametrize("value", ["nonsense", "..%2F..%2Fetc%2Fpasswd", "20260101-000000-ffff", "<script>"])
def test_a_bad_name_in_the_url_is_ignored(page: Page, address: str, value: str) -> None:
    page.goto(f"{address}/draw?model={value}&run={value}")
    settle(page)
    no_traceback(page)
    expect(page.locator(OURS)).to_be_visible()
    page.goto(f"{address}/train?model={value}&run={value}")
    settle(page)
    no_traceback(page)
    expect(page.get_by_role("button", name="Start training")).to_be_visible()


def test_without_mnist_nothing_is_empty_and_the_download_is_offered(page: Page, tmp_path: Path) -> None:
    nowhere = {"MNIST_DIR": "", "DIGITLAB_DATA": str(tmp_path), "DIGITLAB_MIRRORS": "http://127.0.0.1:9/"}
    with serve(tmp_path / "runs", **nowhere) as address:
        page.goto(address)
        for name in PAGES:
            _go(page, name)
            no_traceback(page)
        _go(page, "mistakes")
        expect(page.get_by_text("of 10,000 test digits")).to_be_visible()
        page.get_by_role("button", name="Download MNIST").click()
        expect(page.get_by_text("MNIST could not be downloaded")).to_be_visible(timeout=60_000)
        no_traceback(page)
        _go(page, "train")
        pick(page, page.get_by_role("combobox", name="Digits to learn from"), "MNIST: 70,000")
        expect(page.get_by_role("button", name="Start training")).to_be_disabled()
        expect(page.get_by_role("button", name="Download MNIST")).to_be_visible()


def test_the_server_never_loads_taichi_nor_scikit_learn_before_its_digits_are_asked_for(
    page: Page, tmp_path: Path
) -> None:
    before = {process.pid for process in psutil.Process().children()}
    with serve(tmp_path / "runs") as address:
        server = next(p for p in psutil.Process().children() if p.pid not in before and "streamlit" in p.cmdline())
        page.goto(address)
        for name in ("draw", "train", "back_query"):
            _go(page, name)
        loaded = {mapped.path for mapped in server.memory_maps()}
        assert any("numpy" in path for path in loaded)
        assert not [path for path in loaded if "taichi" in path or "sklearn" in path]
        page.goto(f"{address}/mistakes?model=small")
        settle(page)
        loaded = {mapped.path for mapped in server.memory_maps()}
        assert any("sklearn" in path for path in loaded)
        assert not [path for path in loaded if "taichi" in path]


@pytest.mark.parametrize("name", [name for name, text in PAGES.items() if text.earlier])
def test_an_earlier_address_of_a_page_still_leads_to_it(page: Page, address: str, name: str) -> None:
    for path in PAGES[name].earlier:
        page.goto(f"{address}/{path}?model=blog")
        settle(page)
        expect(page.locator("h1")).to_have_text(PAGES[name].heading)
        expect(in_use(page)).to_contain_text("The simple reader")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_curious_find_the_command_line_and_the_card_at_the_foot_and_not_in_the_menu(
    page: Page, address: str
) -> None:
    page.goto(address)
    settle(page)
    for name in ("engines", "curious"):
        expect(page.get_by_test_id("stHeader").get_by_role("link", name=PAGES[name].title)).to_have_count(0)
        _go(page, name)
    expect(page.get_by_text("python -m core train")).to_be_visible()
    expect(page.get_by_text(re.compile(r"test digits right \("))).to_have_count(4)
    expect(page.get_by_role("region", name="The tutorials, trained again").get_by_role("row")).to_have_count(12)
