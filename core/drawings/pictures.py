"""Pictures in and out: image files to arrays, and arrays of digits to a crisp contact sheet.

A file comes from anybody. What it asks for is known from its header, before anything is unpacked, and no file is given
more than a phone's photograph needs: see `tests/test_hostile_pictures.py`.
"""

import io
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.drawings.ink import LARGEST, reduction
from core.errors import DigitLabError
from core.files import write_atomically
from core.messages import Message

# What is read, by its content whatever its name, and how many bytes its decoder holds for a byte of the picture. Pillow
# knows forty more kinds: some of them start other programs.
FORMATS = {"PNG": 1, "JPEG": 1, "WEBP": 3, "GIF": 1, "BMP": 1, "TIFF": 2}
ENDINGS = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff")  # of their names, for a browser's file dialogue
MAX_FILE = 32_000_000  # bytes
MAX_PIXELS = 50_000_000  # a 50-megapixel photograph: a second's work
MAX_MEMORY = 80_000_000  # bytes of an unpacked picture: 20 megapixels in colour, 50 in grey
MAX_COEFFICIENTS = 80_000_000  # bytes that a JPEG of several scans holds before it shows anything
SCALES = (8, 4, 2, 1)  # by which a JPEG can be unpacked smaller than it is
STRIP = 1_000_000  # pixels that are converted at a time
ORIENTATION = 0x0112  # the EXIF tag
ONE_BYTE = ("1", "L", "P")
# Pillow's decoders raise any of these on damaged data
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, OverflowError, IndexError, KeyError, TypeError, struct.error)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that was read.

    Attributes
    ----------
    pixels : (H, W, 4) uint8 RGBA, upright; a longer side than `core.drawings.ink.LARGEST` is reduced
    factor : by which whole factor: a pixel is the mean of `factor` x `factor` of the file's
    shape : (rows, columns) of the file, upright
    """

    pixels: np.ndarray
    factor: int
    shape: tuple[int, int]


def read_picture(source: Path | str | BinaryIO, name: str | None = None) -> np.ndarray:
    """The pixels of an image file: see `open_picture`."""
    return open_picture(source, name).pixels


def open_picture(source: Path | str | BinaryIO, name: str | None = None) -> Picture:
    """An image file of a common kind (`FORMATS`), turned upright as its camera noted; of several pictures, the first.

    Raises `DigitLabError` when there is no such file, or it is no picture, is damaged or is too large.
    """
    named: str | Message = name or (Path(source).name if isinstance(source, str | Path) else Message("This file"))
    try:
        if (length := _length(source)) > MAX_FILE:
            raise DigitLabError(
                "{name} is a file of {length:,.0f} MB. Choose one of at most {most} MB.",
                name=named,
                length=length / 1e6,
                most=MAX_FILE // 10**6,
            )
        with Image.open(source, formats=list(FORMATS)) as image:
            return _picture(image, named)
    except FileNotFoundError as error:
        raise DigitLabError("There is no picture {source}.", source=source) from error
    except UnidentifiedImageError as error:
        raise DigitLabError(
            "{name} is not a picture that can be read. PNG, JPEG, WebP, GIF, BMP and TIFF files can.", name=named
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DigitLabError("{name} unpacks to a picture far too large to read.", name=named) from error
    except DigitLabError:
        raise
    except DAMAGED as error:
        raise DigitLabError("{name} is damaged or cannot be read: {error}.", name=named, error=error) from error


def _length(source: Path | str | BinaryIO) -> int:
    """How many bytes there are."""
    if isinstance(source, str | Path):
        return os.stat(source).st_size
    length = source.seek(0, io.SEEK_END)
    source.seek(0)
    return length


def _picture(image: Image.Image, name: str | Message) -> Picture:
    """Unpack what is small enough to be unpacked, no larger than it is needed."""
    width, height = image.size
    scale = _jpeg_scale(image) if image.format == "JPEG" else 1
    size = 1 if image.mode in ONE_BYTE else 2 if image.mode.startswith("I;16") else 4
    held = size * width * height // scale**2 * FORMATS.get(image.format or "", 1)
    if width * height > MAX_PIXELS or held > MAX_MEMORY or _coefficients(image) > MAX_COEFFICIENTS:
        raise DigitLabError(
            "{name} has {width:,} × {height:,} pixels, more than can be unpacked here. Make it smaller: {enough:,} pixels "
            "along a side are enough.",
            name=name,
            width=width,
            height=height,
            enough=LARGEST,
        )
    if scale > 1:
        image.draft(None, (width // scale, height // scale))
    image.load()
    orientation = image.getexif().get(ORIENTATION, 1)  # after loading: a TIFF file is turned by that already
    factor = reduction(image.size)
    small = _reduced(image, factor)
    small.getexif()[ORIENTATION] = orientation
    small = ImageOps.exif_transpose(small)
    turned = orientation in (5, 6, 7, 8) or image.size[0] != -(-width // scale)
    return Picture(np.asarray(small.convert("RGBA")), factor * scale, (width, height) if turned else (height, width))


def _jpeg_scale(image: Image.Image) -> int:
    """How much smaller a JPEG is unpacked, of what it can be: least reduced in all, as long as it fits the memory."""
    wanted = reduction(image.size)
    pixels = image.size[0] * image.size[1]
    fitting = [scale for scale in SCALES if scale <= wanted and 4 * pixels // scale**2 <= MAX_MEMORY]
    return min(fitting, key=lambda scale: scale * -(-wanted // scale), default=SCALES[0])


def _coefficients(image: Image.Image) -> int:
    """Bytes that libjpeg keeps of a JPEG whose colours or details come one after the other; 0 for any other picture."""
    file = getattr(image, "fp", None)  # still open: the picture has not been loaded
    if image.format != "JPEG" or file is None:
        return 0
    layers = image.layer  # type: ignore[attr-defined]  # (id, horizontal and vertical sampling, table) of each colour
    after = file.tell()
    file.seek(after - 8 - 2 * len(layers))
    at_once = file.read(2) == b"\xff\xda"  # the first scan begins here if all colours are in it
    file.seek(after)
    if at_once and "progressive" not in image.info:
        return 0
    most = max(across * down for _, across, down, _ in layers)
    if not most:
        raise ValueError("its colours have no points")
    return sum(2 * image.size[0] * image.size[1] * across * down // most for _, across, down, _ in layers)


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """A loaded picture in L, RGB or RGBA, reduced by a whole factor, strip by strip: a copy of it all would be too much."""
    white = _white(image)
    rows = max(1, STRIP // (image.width * factor)) * factor
    sheet: Image.Image | None = None
    for top in range(0, image.height, rows):
        strip = _plain(image.crop((0, top, image.width, min(top + rows, image.height))), white).reduce(factor)
        if sheet is None:
            sheet = Image.new(strip.mode, (strip.width, -(-image.height // factor)))
        sheet.paste(strip, (0, top // factor))
    assert sheet is not None  # a picture has rows
    return sheet


def _white(image: Image.Image) -> float:
    """Which value of a picture of long numbers or of fractions is white; 0 for any other, whose white is 255."""
    if image.mode not in ("I", "F"):
        return 0.0
    high = np.max(image.getextrema())
    return next((white for white in (1.0, 255.0) if high <= white and (white > 1 or image.mode == "F")), 65535.0)


def _plain(strip: Image.Image, white: float) -> Image.Image:
    """A strip of a picture of any mode as L, RGB or RGBA."""
    if strip.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(strip) >> 8).astype(np.uint8))
    if white:
        values = np.nan_to_num(np.asarray(strip, np.float32) * (255 / white), nan=0.0)
        return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if "transparency" in strip.info or strip.mode in ("RGBA", "LA", "La", "PA", "RGBa"):
        return strip.convert("RGBA")
    return strip.convert("L") if strip.mode in ("1", "L") else strip.convert("RGB")


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
