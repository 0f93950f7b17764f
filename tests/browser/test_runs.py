"""The table of runs as people use it: by mouse, by keyboard and by finger."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.config import Config, NetworkConfig
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs.run import Run, create_run, list_runs
from core.runs.status import Status
from core.runs.worker import execute
from tests.browser.app import in_use, no_traceback, press, settle, stand_still

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALL_RUN = Config(NetworkConfig(inputs=64, hidden=(16,))).with_training(dataset="digits", epochs=3)
CONFIG = Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset="digits")


def finished(runs: Path, title: str, correct: int) -> Run:
    run = create_run(CONFIG, runs, title=title, owner="local")
    scores = {"test": Score(180, correct)}
    run.save_model(Model(CONFIG, Parameters.initial(CONFIG.network, 0), Provenance(title, scores=scores)))
    run.set_status(Status("finished"))
    time.sleep(0.002)  # ids stand in the order of their milliseconds
    return run


def table(page: Page) -> Locator:
    return page.get_by_role("table", name="All runs")


def names(page: Page) -> list[str]:
    return table(page).locator("button.name").all_inner_texts()


def test_sort_choose_rename_delete_and_bring_back(page: Page, address: str, runs: Path) -> None:
    worse, better = finished(runs, "Zebra of the table", 150), finished(runs, "Ape of the table", 170)
    page.goto(f"{address}/train?run={better.id}")
    settle(page)
    page.get_by_role("textbox", name="Find").fill("of the table")
    expect(table(page).get_by_role("row")).to_have_count(3)  # and the titles of the columns
    assert names(page) == ["Ape of the table", "Zebra of the table"]
    table(page).get_by_role("button", name="Name", exact=True).click()
    table(page).get_by_role("button", name=re.compile("^Name")).click()
    expect(table(page).locator("button.name").first).to_have_text("Zebra of the table")

    table(page).get_by_role("button", name="Zebra of the table", exact=True).click()
    expect(page).to_have_url(re.compile(f"run={worse.id}"))
    expect(page.get_by_role("combobox", name="Run")).to_have_value(re.compile("^Zebra of the table"))
    stand_still(page)
    page.get_by_role("button", name="Name and note").click()
    page.get_by_label("Name", exact=True).fill("Okapi of the table")
    page.get_by_label("Note", exact=True).fill("Stripes on its legs")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(table(page).get_by_role("button", name="Okapi of the table", exact=True)).to_be_visible()
    expect(table(page)).to_contain_text("Stripes on its legs")
    page.keyboard.press("Escape")
    stand_still(page)

    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Okapi of the table is deleted.")).to_be_visible()
    expect(table(page).get_by_role("row")).to_have_count(2)
    assert worse.id not in [run.id for run in list_runs(runs)]
    page.get_by_role("button", name="Bring it back").click()
    expect(table(page).get_by_role("button", name="Okapi of the table", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(f"run={worse.id}"))
    no_traceback(page)


def test_by_keyboard(page: Page, address: str, runs: Path) -> None:
    """Whoever stands on a star stays there while the table is filled anew."""
    run = finished(runs, "Keys of the table", 160)
    page.goto(f"{address}/train?run={run.id}")
    settle(page)
    page.get_by_role("textbox", name="Find").fill("Keys of")
    expect(table(page).get_by_role("row")).to_have_count(2)
    star = table(page).get_by_role("button", name="Star: Keys of the table")
    star.focus()
    page.keyboard.press("Space")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    assert run.record().starred
    page.keyboard.press("Tab")
    expect(table(page).get_by_role("button", name="Keys of the table", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(table(page).get_by_role("checkbox", name="Compare: Keys of the table")).to_be_checked()
    stand_still(page)
    page.get_by_role("button", name="Delete", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Keys of the table is deleted.")).to_be_visible()
    stand_still(page)
    page.get_by_role("button", name="Bring it back").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Keys of the table is deleted.")).to_have_count(0)
    assert run.id in [found.id for found in list_runs(runs)]
    no_traceback(page)


def test_on_a_phone_by_finger(phone: Page, address: str, runs: Path) -> None:
    finished(runs, "Thumb of the table", 160)
    other = finished(runs, "Toe of the table", 161)
    phone.goto(f"{address}/train?run={other.id}")
    settle(phone)
    name = table(phone).get_by_role("button", name="Thumb of the table", exact=True)
    name.tap()
    expect(name).to_have_attribute("aria-current", "true")
    stand_still(phone)
    width = phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert width <= 390
    sizes = (
        table(phone)
        .locator("button, label")
        .evaluate_all("all => all.filter(x => x.offsetParent).map(x => x.offsetHeight)")
    )
    assert min(sizes) >= 44, sizes
    no_traceback(phone)


def test_a_run_is_saved_to_a_file_and_opened_again(page: Page, address: str, runs: Path, tmp_path: Path) -> None:
    run = create_run(SMALL_RUN, runs, title="Traveller", owner="local")
    execute(run)
    page.goto(f"{address}/train?run={run.id}")
    settle(page)
    page.get_by_role("button", name="Take it with you").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="The whole run").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "traveller.zip" and file.stat().st_size < 2_000_000
    page.keyboard.press("Escape")
    before = {found.id for found in list_runs(runs)}
    page.get_by_role("button", name="Open a run from a file").click()
    page.locator("[class*=st-key-run-file] input[type=file]").set_input_files(file)
    expect(page.get_by_text("test digits right, as the file says.")).to_be_visible(timeout=60_000)
    (opened,) = {found.id for found in list_runs(runs)} - before
    expect(page).to_have_url(re.compile(f"run={opened}"))
    no_traceback(page)


def test_a_network_is_saved_and_used_from_its_file(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/backwards?model=rashid")
    settle(page)
    in_use(page).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the network").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    page.locator("[class*=st-key-model-file] input[type=file]").set_input_files(file)
    expect(page).to_have_url(re.compile("model=model-[0-9a-f]{12}"), timeout=60_000)
    settle(page)
    page.reload()
    settle(page)
    expect(page).to_have_url(re.compile("model=model-[0-9a-f]{12}"))
    no_traceback(page)


def test_digits_of_ones_own_are_brought_learned_and_looked_at(
    page: Page, address: str, tmp_path: Path, make_data
) -> None:
    data = make_data(240, side=8)
    file = tmp_path / "By my hand.csv"
    np.savetxt(file, np.column_stack([data.labels, data.pixels]), fmt="%d", delimiter=",")
    page.goto(f"{address}/train?recipe=small")
    settle(page)
    page.get_by_role("button", name="Learn from your own digits").click()
    page.locator("[class*=st-key-own-files] input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Take them in").click()
    expect(page.get_by_text("200 pictures to learn from and 40 to test on")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("img", name="The mean of all your 3s")).to_be_visible()
    page.get_by_role("button", name="Learn from these").click()
    expect(page.get_by_role("combobox", name="Digits to learn from")).to_have_value("By my hand.csv")
    page.keyboard.press("Escape")
    settle(page)
    press(page, "Start training")
    expect(page.get_by_text("of 40 right")).to_be_visible(timeout=60_000)
    no_traceback(page)
