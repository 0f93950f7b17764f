"""The curves of a run that goes on: what is drawn nearer stays so, and how they are drawn can be changed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.config import Config, NetworkConfig, TrainingConfig
from core.runs.run import Run, Status, create_run
from core.runs.status import STOPPED
from core.training.events import BatchEvent, EpochEvent
from tests.browser.app import no_traceback, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONFIG = Config(NetworkConfig(inputs=64, hidden=(4,)), TrainingConfig(dataset="digits", epochs=10, validation=True))
CONFUSION = tuple(
    tuple(9 if answer == digit else int(answer == (digit + 5) % 10) for answer in range(10)) for digit in range(10)
)


def step(run: Run, number: int) -> None:
    """Ten steps are an epoch."""
    right = 1.0 - 0.9 / (number + 1)
    run.append(BatchEvent(number, number / 10, number / 10, 2.0 / number, right, 0.1, 1000.0))
    if number % 10 == 0:
        loss = 2.0 / number
        run.append(EpochEvent(number, number // 10, number / 10, loss, right, loss, right, CONFUSION))


@pytest.fixture
def run(runs: Path) -> Iterator[Run]:
    """A run that goes on, as far as anybody can see: it beats, and its steps are the test's."""
    run = create_run(CONFIG, runs)
    run.set_status(Status("running", phase="training", step=30, epoch=3.0))
    for number in range(1, 31):
        step(run, number)
    yield run
    run.set_status(Status("stopped", reason=STOPPED))


def part(page: Page, key: str = "accuracy") -> dict[str, list[float]]:
    """What a chart shows of each axis."""
    return json.loads(page.locator(f".st-key-{key} .chart").get_attribute("data-shown"))


def drawn(page: Page, points: int) -> None:
    """The line of what it learns from has so many points."""
    expect(page.locator(".st-key-accuracy .chart")).to_have_attribute("data-points", re.compile(f"^{points} "))


def opened(page: Page, address: str, run: Run) -> Page:
    page.goto(f"{address}/train?run={run.id}")
    settle(page)
    drawn(page, 30)
    return page


def test_what_is_drawn_nearer_stays_so_while_the_run_goes_on(page: Page, address: str, run: Run) -> None:
    opened(page, address, run)
    whole = {"x": [0, 10], "y": [0, 100]}
    assert part(page) == whole
    ground = page.locator(".st-key-accuracy .ground")
    ground.evaluate("it => it.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.locator(".st-key-accuracy .chart").evaluate("chart => { chart.here = 'still the same' }")
    box = ground.bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    page.mouse.up()
    nearer = part(page)
    assert nearer["x"] == pytest.approx([1.0, 3.0], abs=0.05) and nearer["y"] == pytest.approx([50, 90], abs=1)
    for number in range(31, 41):
        step(run, number)
    drawn(page, 40)
    assert part(page) == nearer
    page.mouse.dblclick(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    assert part(page) == whole
    assert page.locator(".st-key-accuracy .chart").evaluate("chart => chart.here") == "still the same", (
        "it was put up anew"
    )
    no_traceback(page)


def test_a_chart_is_read_and_drawn_nearer_by_keys(page: Page, address: str, run: Run) -> None:
    opened(page, address, run)
    chart = page.locator(".st-key-accuracy .chart")
    chart.focus()
    page.keyboard.press("End")
    expect(chart.get_by_role("status")).to_contain_text("Epoch 3.00")
    expect(chart.get_by_role("status")).to_contain_text("97.1 % of new digits right")
    page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("status")).to_contain_text("Epoch 2.90")
    page.keyboard.press("+")
    assert part(page)["x"] == pytest.approx([0.4, 5.4]) and part(page)["y"][0] > 20
    page.keyboard.press("Escape")
    assert part(page) == {"x": [0, 10], "y": [0, 100]}
    chart.get_by_role("button", name="Draw the end of it larger").press("Enter")
    assert part(page)["x"] == pytest.approx([0.5, 5.5])
    chart.get_by_role("button", name="Show more of it").press("Enter")
    assert part(page)["x"] == [0, 10]


def test_curves_are_drawn_as_one_wants_them(page: Page, address: str, run: Run) -> None:
    """The line calmer, and the loss by powers of ten; each digit has a curve of its own."""
    opened(page, address, run)
    expect(page.locator(".ten-lines figure")).to_have_count(10)
    expect(page.get_by_role("img", name=re.compile("^4: 90.0.% right after epoch 3"))).to_be_visible()
    line = page.locator(".st-key-accuracy path.line.for")
    rough = line.get_attribute("d")
    page.get_by_text("Smooth", exact=True).click()
    expect(line).not_to_have_attribute("d", rough)
    page.get_by_text("More: the loss").click()
    numbers = page.locator(".st-key-loss .grid text")
    expect(numbers.filter(has_text=re.compile("^0.0$"))).to_have_count(1)
    page.get_by_text("Each step up is ten times as much").click()
    expect(numbers.filter(has_text=re.compile("^0.1$"))).to_have_count(1)
    expect(numbers.filter(has_text=re.compile("^0.0$"))).to_have_count(0)
    no_traceback(page)


def test_the_film_of_what_it_confuses_is_moved_through_by_keys(page: Page, address: str, run: Run) -> None:
    opened(page, address, run)
    page.get_by_text("A film of what it confuses").click()
    film = page.locator(".film")
    expect(film).to_contain_text("After epoch 3 it makes no mistake more than once: one is a 0 that it takes for a 5.")
    expect(film.locator("td.right")).to_have_text(["9"] * 10)
    time = film.get_by_role("slider", name="Epoch of the film")
    time.focus()
    page.keyboard.press("Home")
    expect(film.locator(".shown")).to_have_text("Epoch 1")
    page.keyboard.press("ArrowRight")
    expect(film.locator(".said")).to_contain_text("After epoch 2")
    for number in range(31, 41):
        step(run, number)
    expect(time).to_have_attribute("max", "3")
    expect(film.locator(".shown")).to_have_text("Epoch 2")  # who has moved away stays there
    film.get_by_role("button", name="Play the film").press("Enter")
    expect(film.locator(".shown")).to_have_text("Epoch 4")
    expect(film.get_by_role("button", name="Play the film")).to_be_visible()  # and it has come to its end
    no_traceback(page)
