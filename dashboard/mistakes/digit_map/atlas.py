"""All digits of a map on one sheet, which the browser fetches once to show any of them."""

import io

import numpy as np
from PIL import Image

from core.datasets import Dataset
from dashboard.look.images import INK, PAPER

COLUMNS = 100
GREYS = 16  # nobody sees the difference, and the sheet is half as large


def atlas(digits: Dataset) -> bytes:
    """A PNG of digits in rows of 100, in their order, dark ink on paper, one image pixel for each of theirs."""
    height, width = digits.shape
    rows = -(-len(digits) // COLUMNS)
    sheet = np.zeros((rows * COLUMNS, height, width), np.uint8)
    levels = np.round(digits.pixels.astype(np.float32) * ((GREYS - 1) / digits.pixel_max))
    sheet[: len(digits)] = levels.reshape(-1, height, width)
    in_rows = sheet.reshape(rows, COLUMNS, height, width).swapaxes(1, 2)
    image = Image.fromarray(in_rows.reshape(rows * height, COLUMNS * width)).convert("P")
    shades = PAPER + (INK - PAPER) * np.linspace(0, 1, GREYS)[:, None]
    image.putpalette(np.round(shades).astype(np.uint8).tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", bits=4, compress_level=6)
    return file.getvalue()
