"""A zip of pictures in folders 0 to 9, one digit a picture: how digits of one's own come from a scanner or a paint program.

The folders may lie within others; under folders called `train` and `test` they are the two parts. Small square pictures,
all of one size, are taken as they are, like MNIST's; larger ones are made ready as any drawing is, 28 × 28.
"""

import io
import zipfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

import numpy as np

from core.drawings.ink import BlankDrawing
from core.drawings.pictures import ENDINGS, MAX_FILE, read_picture
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError
from core.files import NOT_UNPACKED, check_entry

SMALL = 32  # pixels along a side, up to which a picture is taken as it is
MAX_PICTURES = 100_000
MAX_UNPACKED = 2_000_000_000  # bytes of all picture files
PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test"}


def read_zip(path: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Pictures (n, side, side) uint8, ink 255, and their digits (n,) int64: as "train" and "test", or all under "".

    Raises `DigitLabError` naming the file, the picture and what is wrong.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path.name)
    except FileNotFoundError:
        raise DigitLabError("There is no file {path}.", path=path) from None
    except (zipfile.BadZipFile, *NOT_UNPACKED) as error:
        raise DigitLabError("{name} cannot be unpacked: {error}.", name=path.name, error=error) from None
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error) from None


def _read(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    entries = sorted((entry for entry in archive.infolist() if _is_picture(entry)), key=lambda entry: entry.filename)
    if not entries:
        raise DigitLabError(
            "{name} has no pictures in folders 0 to 9. Put those of each digit into a folder of its name.", name=name
        )
    if len(entries) > MAX_PICTURES:
        raise DigitLabError(
            "{name} has {count:,} pictures; at most {most:,} are read.",
            name=name,
            count=len(entries),
            most=MAX_PICTURES,
        )
    if (size := sum(entry.file_size for entry in entries)) > MAX_UNPACKED:
        raise DigitLabError(
            "The pictures in {name} unpack to {size:,.0f} MB; at most {most:,.0f} MB are read.",
            name=name,
            size=size / 1e6,
            most=MAX_UNPACKED / 1e6,
        )
    found = defaultdict(lambda: ([], []))  # type: ignore[var-annotated]  # of each part: pictures, digits
    shape = None  # of small pictures, which have to be alike
    for number, entry in enumerate(entries):
        part, digit = _place(entry.filename)
        picture = _unpacked(archive, entry)
        if number == 0 and picture.shape[0] == picture.shape[1] <= SMALL:
            shape = picture.shape
        if shape and picture.shape != shape:
            raise DigitLabError(
                "{picture} has {rows} × {columns} pixels and others {side} × {side}: give them all one size.",
                picture=entry.filename,
                rows=picture.shape[0],
                columns=picture.shape[1],
                side=shape[0],
            )
        found[part][0].append(_with_bright_ink(picture) if shape else _made_ready(picture, entry.filename))
        found[part][1].append(digit)
    if "" in found and len(found) > 1:
        raise DigitLabError("Some pictures of {name} are in train or test folders, and others are not.", name=name)
    return {part: (np.stack(pictures), np.array(digits, np.int64)) for part, (pictures, digits) in found.items()}


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    """Whether it is one in a folder 0 to 9; what systems leave beside pictures begins with a dot, or with "__"."""
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    in_place = path.parent.name in tuple("0123456789")
    return in_place and not hidden and not entry.is_dir() and path.suffix.lower().lstrip(".") in ENDINGS


def _place(name: str) -> tuple[str, int]:
    """Which part a picture is of, and which digit."""
    path = PurePosixPath(name)
    parts = [PARTS[folder.lower()] for folder in path.parts[:-2] if folder.lower() in PARTS]
    return parts[-1] if parts else "", int(path.parent.name)


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    """The RGBA pixels (h, w, 4) on a white sheet as grey (h, w) uint8."""
    check_entry(entry)
    if entry.file_size > MAX_FILE:
        raise DigitLabError(
            "{picture} is a file of {size:,.0f} MB. Choose one of at most {most} MB.",
            picture=entry.filename,
            size=entry.file_size / 1e6,
            most=MAX_FILE // 10**6,
        )
    with archive.open(entry) as file:
        pixels = read_picture(io.BytesIO(file.read(entry.file_size)), entry.filename).astype(np.float32)
    alpha = pixels[..., 3] / 255
    grey = pixels[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    return np.round(grey * alpha + 255 * (1 - alpha)).astype(np.uint8)


def _with_bright_ink(picture: np.ndarray) -> np.ndarray:
    """Ink bright on black, as MNIST has it: a picture whose edge is bright is dark on white."""
    edge = np.concatenate([picture[[0, -1]].ravel(), picture[:, [0, -1]].ravel()])
    return 255 - picture if edge.mean() > 127 else picture


def _made_ready(picture: np.ndarray, name: str) -> np.ndarray:
    try:
        return np.round(255 * from_drawing(picture)).astype(np.uint8)
    except BlankDrawing as error:
        raise DigitLabError("{picture} is empty: there is no ink in it.", picture=name) from error
