"""Strokes as the picture of the pad: while they grow, with a rubber, and as the server sees it."""

import base64

import numpy as np
import pytest
from playwright.sync_api import Page

from dashboard.pads import strokes
from dashboard.pads.fabric import INK, PAPER, PICTURE, path
from tests.browser.modules import BYTES, array, open_modules

pytestmark = [pytest.mark.browser]

SIDE = 280
SIZE = {"width": SIDE, "height": SIDE, "ink": INK, "paper": PAPER}
DRAW = f"""async ([strokes, size]) => {{
    const {{ fetchImages, picture, png }} = await import("/pads/raster.js");
    await new Promise((ready) => fetchImages(strokes, ready) && ready());
    return [({BYTES})(picture(strokes, size).data), png(strokes, size)];
}}"""
SEVEN = path([(60, 60), (210, 62), (140, 150), (120, 240)], 20)
BAR = path([(90, 150), (190, 140)], 16)
RUBBED = path([(60, 60), (130, 60)], 30) | {"stroke": PAPER}


@pytest.fixture
def modules(page: Page) -> Page:
    open_modules(page)
    return page


def rastered(page: Page, *drawn: dict) -> tuple[np.ndarray, np.ndarray]:
    """The picture that the browser makes of strokes, and the one that the server makes of what the pad sends."""
    sent, url = page.evaluate(DRAW, [list(drawn), SIZE])
    held = strokes.Drawing()
    held.hear(list(drawn), url)
    return array(sent, np.uint8, SIDE, SIDE, 4), held.picture()


@pytest.mark.parametrize("drawn", [[SEVEN], [SEVEN, BAR], [SEVEN, RUBBED], [SEVEN, RUBBED, BAR]], ids=len)
def test_the_browsers_picture_is_the_servers(modules: Page, drawn: list[dict]) -> None:
    browser, server = rastered(modules, *drawn)
    np.testing.assert_array_equal(browser[..., 3], server[..., 3])
    inked = browser[..., 3] > 0
    assert 4_000 < inked.sum() < 15_000
    np.testing.assert_array_equal(browser[inked], server[inked])


def test_what_is_rubbed_out_is_transparent(modules: Page) -> None:
    browser, _ = rastered(modules, SEVEN, RUBBED)
    assert browser[60, 60:125, 3].max() == 0 and browser[61, 180, 3] == 255


def test_a_picture_that_was_put_on_the_pad_stays_as_it_is(modules: Page) -> None:
    ink = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    (put,), _ = strokes.image(strokes.inked(ink))
    browser, server = rastered(modules, put)
    np.testing.assert_array_equal(browser[..., 3], ink)
    np.testing.assert_array_equal(server[..., 3], ink)


def test_a_stroke_that_grew_is_as_one_drawn_at_once(modules: Page) -> None:
    grown = modules.evaluate(
        f"""async ([strokes, size]) => {{
            const {{ picture }} = await import("/pads/raster.js");
            const drawn = [];
            let last;
            for (const stroke of strokes) {{
                const growing = {{ ...stroke, path: [] }};
                drawn.push(growing);
                for (const command of stroke.path) {{
                    growing.path.push(command);
                    last = picture(drawn, size);
                }}
            }}
            picture(drawn.slice(0, 1), size); // taken back, and drawn again
            return [({BYTES})(last.data), ({BYTES})(picture(drawn, size).data)];
        }}""",
        [[SEVEN, RUBBED, BAR], SIZE],
    )
    at_once, _ = rastered(modules, SEVEN, RUBBED, BAR)
    for sent in grown:
        np.testing.assert_array_equal(array(sent, np.uint8, SIDE, SIDE, 4), at_once)


def test_what_the_pad_sends_is_a_png_of_its_size(modules: Page) -> None:
    _, url = modules.evaluate(DRAW, [[SEVEN], SIZE])
    assert url.startswith(PICTURE) and base64.b64decode(url.removeprefix(PICTURE)).startswith(b"\x89PNG")
