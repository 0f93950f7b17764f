"""Digits as pictures: arrays to crisp images, drawn by whole pixels as dark ink on paper, with a thin frame."""

import base64

import numpy as np
from PIL import Image

from core.pictures import to_png

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
    ink = np.clip(picture, 0.0, 1.0)[..., None]
    colours = np.round(PAPER + (INK - PAPER) * ink).astype(np.uint8)
    big = colours.repeat(scale * DENSITY, axis=0).repeat(scale * DENSITY, axis=1)
    big[:DENSITY], big[-DENSITY:], big[:, :DENSITY], big[:, -DENSITY:] = FRAME, FRAME, FRAME, FRAME
    return big


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
