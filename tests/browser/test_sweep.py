"""The map of a sweep as people use it: by mouse, by keys and on a phone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from core.config import Config, NetworkConfig
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import keeping
from core.runs.run import Run, create_run
from core.runs.status import Status
from core.sweep.grid import Grid
from core.sweep.sweep import Sweep, create, place_of, remove
from tests.browser.app import no_traceback, settle
from tests.browser.test_every_page import serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SMALL = Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset="digits")


def run_of(sweep: Sweep, config: Config, training: int, runs: Path) -> Run:
    run = create_run(config, runs, owner="local", series=sweep.series(training))
    right = 120 + 10 * training
    scores = {"validation": Score(134, right - 40), "test": Score(180, right)}
    run.save_model(Model(config, Parameters.initial(config.network, 0), Provenance("x", scores=scores)))
    run.set_status(Status("finished"))
    return run


@pytest.fixture
def sweep(runs: Path) -> Iterator[Sweep]:
    grid = Grid({"": SMALL}, hidden=((8,), (16,)), rates=(0.1, 0.01))
    made = create(grid, owner="local", root=runs)
    found = {place_of(number, 0): run_of(made, config, number, runs) for number, config in enumerate(grid.trainings())}
    ids = {place: run.id for place, run in found.items()}
    made.write(msgspec.structs.replace(made.about(), runs=ids, open=False))
    yield made
    for run in found.values():
        keeping.delete(run)
    remove(made)


def test_the_map_stays_where_it_is_while_it_fills(page: Page, address: str, sweep: Sweep, runs: Path) -> None:
    """On a phone, where what is said above it takes the most lines; nothing is known at first, and then all but one."""
    about = sweep.about()
    going = create_run(SMALL.with_network(hidden=(16,)), runs, owner="local", series=sweep.series(3))
    going.set_status(Status("running"))
    going.set_process(os.getpid())
    sweep.write(msgspec.structs.replace(about, runs={place_of(3, 0): going.id}))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/sweep?sweep={sweep.id}")
    settle(page)
    expect(page.get_by_text("Nothing is over yet.")).to_be_visible()
    cell = page.get_by_role("button", name=re.compile("^8 units, rate 0.1: no run"))
    before = cell.bounding_box()
    sweep.write(msgspec.structs.replace(about, runs=about.runs | {place_of(3, 0): going.id}))
    expect(page.get_by_text("Best of the 3 combinations tried")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("^8 units, rate 0.1: ")).bounding_box() == pytest.approx(
        before, abs=1
    )
    going.set_status(Status("stopped"))
    expect(page.get_by_text("All 4 trainings are over.")).to_be_visible()
    keeping.delete(going)


def test_a_cell_is_chosen_by_mouse_and_keys_and_leads_to_its_training(page: Page, address: str, sweep: Sweep) -> None:
    page.goto(f"{address}/sweep?sweep={sweep.id}")
    settle(page)
    expect(page.get_by_text("Best of the 4 combinations tried: 16 units, rate 0.01")).to_be_visible()
    page.get_by_role("button", name=re.compile("^8 units, rate 0.1:")).click()
    expect(page).to_have_url(re.compile("cell=0"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("cell=1"))
    link = page.get_by_role("link", name=re.compile("^Seed 0: "))
    expect(link).to_have_attribute("href", re.compile(sweep.about().runs["1.0"]))
    settle(page)
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    link.click()
    expect(page).to_have_url(re.compile(f"/train.*run={sweep.about().runs['1.0']}"))
    settle(page)
    page.get_by_role("link", name="The sweep that it belongs to").click()
    expect(page).to_have_url(re.compile(f"/sweep.*sweep={sweep.id}"))
    page.locator(".st-key-sweep-draw button:visible").click()
    expect(page).to_have_url(re.compile(rf"/\?model={sweep.about().runs['1.0']}$"))
    settle(page)
    no_traceback(page)
