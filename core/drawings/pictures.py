"""Pictures in and out: image files to arrays, and arrays of digits to a crisp contact sheet."""

import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DigitLabError
from core.files import write_atomically

MAX_PIXELS = 50_000_000  # a 50-megapixel photograph; a picture that claims more is refused before it is unpacked


def read_picture(source: Path | str | BinaryIO, name: str | None = None) -> np.ndarray:
    """An image file of any common kind as (height, width, 4) uint8 RGBA, turned upright as its camera noted.

    Raises `DigitLabError` when there is no such file, or it is no picture, is damaged or is too large.
    """
    name = name or (Path(source).name if isinstance(source, str | Path) else "This file")
    try:
        with Image.open(source) as image:
            if image.width * image.height > MAX_PIXELS:
                raise DigitLabError(f"{name} has {image.width} × {image.height} pixels. Choose a smaller picture.")
            return np.asarray(ImageOps.exif_transpose(image).convert("RGBA"))
    except FileNotFoundError as error:
        raise DigitLabError(f"There is no picture {source}.") from error
    except UnidentifiedImageError as error:
        raise DigitLabError(f"{name} is not a picture that can be read. PNG and JPEG files can.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DigitLabError(f"{name} unpacks to a picture far too large to read.") from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow's decoders raise any of these on damaged data
        if isinstance(error, DigitLabError):
            raise
        raise DigitLabError(f"{name} is damaged or cannot be read: {error}.") from error


def contact_sheet(pictures: np.ndarray, *, columns: int = 5, scale: int = 8, gap: int = 8) -> np.ndarray:
    """Pictures (n, height, width) in 0..1 side by side as dark ink on white: (rows, columns) uint8, drawn by whole pixels."""
    count, height, width = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height * scale + gap) + gap, columns * (width * scale + gap) + gap), 255, dtype=np.uint8)
    for number, picture in enumerate(pictures):
        top = gap + number // columns * (height * scale + gap)
        left = gap + number % columns * (width * scale + gap)
        ink = np.kron(255 - np.round(np.clip(picture, 0, 1) * 255), np.ones((scale, scale)))
        sheet[top : top + height * scale, left : left + width * scale] = ink
    return sheet


def to_png(image: np.ndarray) -> bytes:
    """An array (h, w), (h, w, 3) or (h, w, 4) of uint8 as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, format="PNG")
    return buffer.getvalue()


def write_png(image: np.ndarray, path: Path) -> None:
    write_atomically(path, to_png(image))
