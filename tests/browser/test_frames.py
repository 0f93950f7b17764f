"""Frames played one after another, without a server: what nobody sees any more plays no more."""

import pytest
from playwright.sync_api import Page

from tests.browser.modules import open_modules

pytestmark = [pytest.mark.browser]

# (frames, whether it is taken off the page while it plays) -> [the frame it stands at, whether it plays]
PLAYED = """async ([count, leaves]) => {
    const { Frames } = await import("/look/frames.js");
    class Film extends Frames {
        data = { words: { play: "Play", pause: "Pause" } };
        last = count - 1;
        show(at) { this.at = at; }
    }
    document.body.innerHTML = "<div><button class='play'></button><input class='time' type='range'></div>";
    const film = new Film(document.querySelector("div"), 1);
    film.play.click();
    while (film.at < 2) await new Promise((later) => setTimeout(later));
    if (leaves) film.root.remove();
    while (film.timer) await new Promise((later) => setTimeout(later));
    return [film.at, film.play.textContent];
}"""


def test_a_film_ends_with_its_last_frame_or_with_its_page(page: Page) -> None:
    open_modules(page)
    assert page.evaluate(PLAYED, [5, False]) == [4, "▶"]
    at, button = page.evaluate(PLAYED, [1_000_000, True])
    assert 2 <= at < 1_000 and button == "▶"
