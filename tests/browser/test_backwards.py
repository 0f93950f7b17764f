"""Backwards, as a visitor uses it: ten written digits at once, written again, put on the pad; a new network is watched."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.config import Config, NetworkConfig
from core.models.files import save_model
from core.models.model import Provenance, Score, new_model
from core.runs.run import create_run
from core.runs.status import Status
from tests.browser.app import settle, stand_still
from tests.waiting import until

PATHS = ".papers li:nth-child({place}) path"


def papers(page: Page):
    return page.locator(".papers li")


def ink(page: Page, digit: int) -> float:
    """How long the strokes on a digit's paper are."""
    return page.locator(PATHS.format(place=digit + 1)).evaluate_all(
        "all => all.reduce((sum, p) => sum + p.getTotalLength(), 0)"
    )


@pytest.mark.parametrize("size", [(1280, 800), (390, 664)], ids=["desk", "phone"])
def test_ten_digits_and_ten_pictures_are_seen_at_once(page: Page, address: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}/backwards")
    settle(page)
    expect(papers(page)).to_have_count(10)
    expect(papers(page).nth(7)).to_contain_text("It reads 7")
    expect(page.get_by_text("another network that had no part in it, reads 10 of 10")).to_be_visible()
    boxes = [papers(page).nth(digit).locator("button").bounding_box() for digit in range(10)]
    assert max(box["y"] + box["height"] for box in boxes) <= size[1], "all ten on the first screen"
    assert min(min(box["width"], box["height"]) for box in boxes) >= 44


def test_a_digit_is_written_again_and_put_on_the_pad(page: Page, address: str) -> None:
    page.goto(f"{address}/backwards")
    settle(page)
    until(lambda: ink(page, 5) > 0)
    whole = ink(page, 5)
    papers(page).nth(5).locator("button").click()
    expect(page.get_by_role("button", name="Put the 5 on the pad")).to_be_visible()
    expect(page.get_by_role("button", name="Write them again")).to_be_visible()  # it has come to its end
    assert ink(page, 5) == pytest.approx(whole, rel=1e-3)
    page.get_by_role("button", name="Put the 5 on the pad").click()
    expect(page.locator("h1")).to_have_text("Digit Lab")
    expect(page.get_by_test_id("verdict")).to_contain_text("reads a 5 and is")


def test_other_ways_are_pictures_and_the_way_is_in_the_url(page: Page, address: str) -> None:
    page.goto(f"{address}/backwards?way=seen")
    settle(page)
    expect(page.locator(".papers li img:visible")).to_have_count(10)
    page.get_by_text("Any pixels will do").click()
    expect(page.get_by_text("any pixels will do. The network is sure")).to_be_visible()
    page.get_by_role("radio", name="Step by step").or_(page.get_by_role("button", name="Step by step")).click()
    expect(page).to_have_url(re.compile("way=inverse"))
    expect(page.get_by_text("cannot be run backwards")).to_be_visible()
    expect(page.locator(".papers li img:visible")).to_have_count(10)


def test_a_new_network_is_watched_while_it_writes(page: Page, address: str, runs) -> None:
    """Its weights are random: what it writes is nothing, and so it says."""
    config = Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset="digits")
    run = create_run(config, runs)
    model = new_model(config, seed=np.random.SeedSequence().entropy % 2**31, dtype="float32")
    score = Score(180, 90)
    save_model(type(model)(config, model.parameters, Provenance("New", scores={"test": score})), run.model_path)
    run.set_status(Status("finished"))
    page.goto(f"{address}/backwards?model={run.id}")
    settle(page)
    expect(papers(page)).to_have_count(10)  # empty ones
    before = papers(page).nth(9).bounding_box()
    page.get_by_role("button", name="Let it write").click()
    expect(page.get_by_text("It is writing …")).to_be_visible()
    expect(page.locator(PATHS.format(place=4)).first).to_be_attached(timeout=60_000)
    expect(page.get_by_text("as it meant them")).to_be_visible(timeout=120_000)
    assert papers(page).nth(9).bounding_box() == before, "the papers stayed in their places"
    page.reload()
    expect(page.get_by_text("as it meant them")).to_be_visible()


def test_units_by_keys_a_broken_network_the_film_and_a_guess(page: Page, address: str) -> None:
    page.goto(f"{address}/backwards?model=small&see=units")
    settle(page)
    buttons = page.locator(".grid button")
    buttons.nth(6).click()
    unit = page.locator(".st-key-unit-first")
    expect(unit).to_contain_text("says most when it sees a 1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(unit).to_contain_text("says most when it sees a 2")
    expect(page).to_have_url(re.compile("unit="))
    page.reload()
    expect(unit).to_contain_text("says most when it sees a 2")

    page.get_by_role("radio", name="Break it").or_(page.get_by_role("button", name="Break it")).click()
    now = page.locator(".st-key-broken-pictures")
    expect(now).to_contain_text("170 of 180")
    before = now.locator("img").first.get_attribute("src")
    buttons.first.click()
    expect(now).to_contain_text("One unit is off")
    expect(buttons.first).to_have_attribute("data-off", "true")
    page.locator("button:visible", has_text="A whole layer").click()
    expect(now).to_contain_text("32 units are off")
    expect(now.locator("img").first).not_to_have_attribute("src", before)
    page.locator("button:visible", has_text="Take everything back").click()
    expect(now).to_contain_text("Nothing is broken yet")
    expect(now.locator("img").first).to_have_attribute("src", before)

    page.goto(f"{address}/backwards?model=recording@0.125&see=film")
    settle(page)
    said = page.locator(".reel .said")
    expect(said).to_have_text(re.compile("After 12.% of the first epoch"))
    page.locator(".reel .time").press("ArrowRight")
    expect(said).to_have_text(re.compile("After 25.% of the first epoch"))
    page.locator(".strip button").nth(12).click()
    expect(said).to_have_text("After epoch 6")
    with page.expect_download() as taken:
        page.get_by_role("button", name="As a GIF").click()
    assert taken.value.suggested_filename == "recording-seen.gif"

    page.get_by_role("radio", name="Guess first").or_(page.get_by_role("button", name="Guess first")).click()
    page.get_by_role("button", name="Begin").click()
    expect(page.locator(".st-key-guess")).to_contain_text("Picture 1 of 10")
    settle(page)
    page.keyboard.press("7")
    expect(page.locator(".st-key-guess-answer")).to_contain_text("wanted to write")


def test_the_slider_of_a_blend_asks_the_server_nothing(page: Page, address: str) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{address}/backwards?see=blend&model=blog&from=4&to=9")
    settle(page)
    stand_still(page)
    slider, bars = page.get_by_label("How far along the pictures are"), page.locator(".slides li span")
    expect(slider).to_have_value("10")
    before, picture = len(sent), page.locator(".slides img")
    middle = picture.get_attribute("src")
    slider.fill("20")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^9: "))
    assert picture.get_attribute("src") != middle
    slider.press("Home")
    expect(bars.nth(4)).to_have_text(re.compile(r"^9\d"))
    expect(bars.nth(9)).to_have_text(re.compile(r"^[0-4](\.\d)?\s%"))
    page.get_by_role("button", name="Play it").click()
    expect(slider).to_have_value("20")  # it has come to its end
    assert len(sent) == before
