"""Digits as pictures: arrays to crisp images, drawn by whole pixels as dark ink on paper, with a thin frame."""

import base64
import html

import numpy as np
from PIL import Image

from core.drawings.pictures import to_png

PAPER = np.array([255, 254, 250], dtype=np.float32)
INK = np.array([28, 32, 40], dtype=np.float32)
FRAME = np.array([190, 186, 174], dtype=np.uint8)
DENSITY = 2  # picture pixels per pixel of the page, so that it stays sharp on fine screens


ICON = np.array(  # a 7 of six by six pixels, for the browser's tab
    [
        [0, 0, 0, 0, 0, 0],
        [0, 1, 1, 1, 1, 0],
        [0, 0, 0, 0.3, 1, 0],
        [0, 0, 0.3, 1, 0.3, 0],
        [0, 0, 1, 0.3, 0, 0],
        [0] * 6,
    ]
)


def digit_image(picture: np.ndarray, *, scale: int) -> np.ndarray:
    """One digit (h, w) in 0..1 as an RGB image (uint8) in which each of its pixels is a square of `scale` page pixels."""
    big = on_paper(picture).repeat(scale * DENSITY, axis=0).repeat(scale * DENSITY, axis=1)
    big[:DENSITY], big[-DENSITY:], big[:, :DENSITY], big[:, -DENSITY:] = FRAME, FRAME, FRAME, FRAME
    return big


def on_paper(ink: np.ndarray) -> np.ndarray:
    """Ink (h, w) in 0..1 as dark ink on paper, (h, w, 3) uint8."""
    return np.round(PAPER + (INK - PAPER) * np.clip(ink, 0.0, 1.0)[..., None]).astype(np.uint8)


def digit_tag(picture: np.ndarray, *, scale: int, alt: str) -> str:
    """One digit (h, w) in 0..1 as HTML: the page itself draws each of its pixels as a square of `scale` pixels.

    It is there with the text around it, and a hundred times smaller than a picture of the squares.
    """
    height, width = picture.shape
    return (
        f'<img class="digit" src="{digit_url(picture)}" width="{width * scale}" height="{height * scale}" '
        f'decoding="sync" alt="{html.escape(alt)}">'
    )


def digit_url(picture: np.ndarray) -> str:
    """A digit (h, w) in 0..1 as dark ink on paper, one image pixel each: the page enlarges it, crisply."""
    return data_url(on_paper(picture))


def image_tag(image: np.ndarray, *, side: int, alt: str) -> str:
    """A picture (h, w, 3 or 4) uint8 as HTML, its longer side `side` pixels of the page."""
    factor = side / max(image.shape[:2])
    height, width = (round(length * factor) for length in image.shape[:2])
    return (
        f'<img src="{data_url(image)}" width="{width}" height="{height}" decoding="sync" '
        f'alt="{html.escape(alt)}">'
    )  # fmt: skip


def paper_image(ink: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Ink (h, w) in 0..1, as large as a drawing is, as an RGB image for `size` (width, height) pixels of the page."""
    large = Image.fromarray(np.clip(ink, 0.0, 1.0).astype(np.float32))
    fine = np.asarray(large.resize((size[0] * DENSITY, size[1] * DENSITY), Image.Resampling.BOX))
    image = on_paper(fine)
    image[:DENSITY], image[-DENSITY:], image[:, :DENSITY], image[:, -DENSITY:] = FRAME, FRAME, FRAME, FRAME
    return image


def icon() -> Image.Image:
    """The picture in the browser's tab."""
    return Image.fromarray(digit_image(ICON, scale=8))


def width_of(picture: np.ndarray, scale: int) -> int:
    """Width on the page, in pixels, of a digit drawn at this scale."""
    return picture.shape[1] * scale


def scale_for(shape: tuple[int, int], width: int) -> int:
    """The whole-number scale at which pictures of this shape come nearest to a width on the page, at least four."""
    return max(4, round(width / shape[1]))


def data_url(image: np.ndarray) -> str:
    """An image as a URL that holds all of it."""
    return "data:image/png;base64," + base64.b64encode(to_png(image)).decode()
