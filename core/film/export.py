"""A film as a file for anybody: an animated GIF, or a PNG sheet with a row for each moment. The same film gives the same bytes.

Both speak without words: the number beside a row, or under the pictures, counts epochs.
"""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.film.film import DIGITS, Film

SIDE, SMALL = 112, 56  # pixels that a picture has at most, in the GIF and on the sheet: it is drawn by whole multiples
GAP, LINE = 8, 26
ACROSS = 5  # pictures in a row of the GIF
FRAME_MS, LAST_MS = 450, 2_500  # how long a frame stays, and the last one
FONT_SIZE = 16


def to_gif(film: Film) -> bytes:
    """Ten pictures a frame, the moment under them, and a bar that grows."""
    frames = [_frame(film, number) for number in range(len(film))]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], loop=0,
                   duration=[FRAME_MS] * (len(frames) - 1) + [LAST_MS], optimize=False)  # fmt: skip
    return buffer.getvalue()


def to_sheet(film: Film) -> bytes:
    """A PNG: a row of ten pictures for each moment, the first on top."""
    large = [_large(film, number, SMALL) for number in range(len(film))]
    height, width = large[0].shape[1:]
    margin = 64
    sheet = Image.new("L", (margin + DIGITS * (width + GAP) + GAP, len(film) * (height + GAP) + GAP), 255)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(FONT_SIZE)
    for number, pictures in enumerate(large):
        top = GAP + number * (height + GAP)
        draw.text((margin - GAP, top + height / 2), _epochs(film, number), 60, font, anchor="rm")
        for digit, picture in enumerate(pictures):
            sheet.paste(Image.fromarray(picture), (margin + digit * (width + GAP), top))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _frame(film: Film, number: int) -> Image.Image:
    pictures = _large(film, number, SIDE)
    height, width = pictures.shape[1:]
    rows = DIGITS // ACROSS
    image = Image.new("L", (ACROSS * (width + GAP) + GAP, rows * (height + GAP) + GAP + LINE), 255)
    for digit, picture in enumerate(pictures):
        place = GAP + digit % ACROSS * (width + GAP), GAP + digit // ACROSS * (height + GAP)
        image.paste(Image.fromarray(picture), place)
    draw, bottom = ImageDraw.Draw(image), image.height - GAP
    draw.text((GAP, bottom), _epochs(film, number), 60, ImageFont.load_default(FONT_SIZE), anchor="lb")
    left, right = GAP + 64, image.width - GAP
    draw.rectangle((left, bottom - 8, right, bottom - 2), 225)
    draw.rectangle((left, bottom - 8, left + (right - left) * (number + 1) / len(film), bottom - 2), 60)
    return image


def _large(film: Film, number: int, side: int) -> np.ndarray:
    """The ten pictures of a frame (10, h, w) uint8 as dark ink on white, enlarged by a whole number, with a thin frame."""
    ink = film.pictures[number]
    times = max(1, side // max(ink.shape[1:]))
    paper = (255 - ink).repeat(times, axis=1).repeat(times, axis=2)
    paper[:, [0, -1]] = paper[:, :, [0, -1]] = 190
    return paper


def _epochs(film: Film, number: int) -> str:
    """At most five characters: "0.016", "0.5", "13"."""
    return f"{film.moments[number]:.3f}".rstrip("0").rstrip(".") if film.moments[number] else "0"
