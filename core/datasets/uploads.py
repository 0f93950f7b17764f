"""Data of one's own: a file is taken in once, and is a data set with a name from then on.

What a run learns from is known by what is in it, not by where it lay: the name is a hash of pictures and labels, so that
the same digits have one name whatever file they came in, and an altered file another one. What is kept is one file:

    $DIGITLAB_DATA/uploads/upload-3f8a09c211de.safetensors     pictures and labels of each part, and the file's own name
    $DIGITLAB_DATA/uploads/owners/OWNER/upload-3f8a09c211de    empty: who brought it (OWNER is a hash of the owner's id)
"""

import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_safetensors

from core.datasets.classes import Classes, by_class
from core.datasets.dataset import Dataset
from core.datasets.files import read_file
from core.datasets.idx import MAX_BYTES
from core.errors import DigitLabError
from core.files import check_header_of, newest_first, note_use, write_atomically
from core.folders import uploads_folder
from core.messages import N_, letters, unlinked
from core.settings import settings

NAME = re.compile(r"upload-[0-9a-f]{12}", re.ASCII)
SUFFIX = ".safetensors"
MAX_FILE = 2_000_000_000  # bytes of a file that is taken in: as text, pictures are four times as long
MOST_IN_ALL = 4_000_000_000  # bytes of all that is kept
MAX_TITLE = 80
HOUSE = ("", "local", "terminal")  # owners at the computer itself, as `core.runs.record` has them
NO_PART = {
    "train": N_("{name} is a test file, and the training file that belongs to it was not beside it."),
    "test": N_("{name} has no pictures to test on."),
}
NO_ROOM = N_(
    "The pictures in {name} take {size:,.1f} MB when they are unpacked, and you have room for {room:,.1f} MB here. Bring fewer, "
    "or remove other digits first."
)


@dataclass(frozen=True, slots=True)
class Upload:
    """What is known of data of one's own without reading it.

    Attributes
    ----------
    name : `upload-` and twelve hexadecimal digits.
    title : what the file was called.
    shape : height and width of its pictures.
    counts : how many pictures each part has, those held back for validation among the "train" ones.
    bytes : how large it is here.
    """

    name: str
    title: str
    shape: tuple[int, int]
    counts: dict[str, int]
    bytes: int


def is_upload(name: str) -> bool:
    """Whether a name is one of data that were taken in, be they here or not."""
    return NAME.fullmatch(name) is not None


def is_here(name: str) -> bool:
    return is_upload(name) and _path(name).is_file()


def take_in(path: Path | str, title: str = "") -> str:
    """Read and check a file (`core.datasets.files` says which kinds), keep its pictures, and give the name they have now.

    Raises `DigitLabError` when it cannot be read or is not as it should be, and when there is no room for it.
    """
    path = Path(path)
    if os.path.isfile(path) and (size := path.stat().st_size) > MAX_FILE:
        raise DigitLabError(
            "{name} is a file of {size:,.0f} MB; files of more than {most:,.0f} MB are not read.",
            name=path.name,
            size=size / 1e6,
            most=MAX_FILE / 1e6,
        )
    return keep(read_file(path), title or path.name)


def keep(parts: Mapping[str, Dataset], title: str, room: float = math.inf) -> str:
    """Keep the parts, "train" and "test" or one of them, under the name that follows from what they hold.

    Who brings them has `room` for so many bytes. Raises `DigitLabError` where they are more, or nothing can be kept.
    """
    first = next(iter(parts.values()))
    for part in parts.values():
        if (part.shape, part.pixel_max) != (first.shape, first.pixel_max):
            raise DigitLabError("The training and the test pictures of {name} are not of one size.", name=title)
    about = {
        "shape": list(first.shape),
        "pixel_max": first.pixel_max,
        "sha256": {part: parts[part].sha256 for part in NO_PART if part in parts},
    }
    name = _name_of(about)
    size = sum(data.pixels.nbytes + len(data) for data in parts.values())
    if size > room:
        raise DigitLabError(NO_ROOM, name=title, size=size / 1e6, room=max(room, 0) / 1e6)
    if is_here(name):
        return name
    most = min(MOST_IN_ALL, 1e6 * settings().upload_megabytes_in_all)
    if size > MAX_BYTES or size + sum(path.stat().st_size for path in _kept()) > most:
        raise DigitLabError(
            "The {size:,.0f} MB of pictures in {name} are too many: {most:,.0f} MB are kept of one file, and {all:,.0f} MB "
            "in all. Remove data that are not needed any more, or give fewer pictures.",
            size=size / 1e6,
            name=title,
            most=MAX_BYTES / 1e6,
            all=most / 1e6,
        )
    arrays = {f"{part}_pixels": np.ascontiguousarray(data.pixels) for part, data in parts.items()}
    arrays |= {f"{part}_labels": data.labels.astype(np.uint8) for part, data in parts.items()}
    seen = by_class(parts)
    arrays |= {"means": seen.means, "train_counts": seen.train, "test_counts": seen.test}
    title = "".join(letter for letter in title if letter.isprintable())[:MAX_TITLE] or name
    try:
        write_atomically(_path(name), to_safetensors(arrays, metadata={"title": title, "about": json.dumps(about)}))
    except OSError as error:
        raise DigitLabError("{name} cannot be kept: {reason}.", name=title, reason=error.strerror) from error
    return name


def read(name: str, part: str) -> Dataset:
    """The "train" or the "test" pictures. Raises `DigitLabError` when they are not here, or not what they were."""
    upload = described(name)
    if part not in upload.counts:
        raise DigitLabError(NO_PART[part], name=upload.title)
    note_use(_path(name))
    try:
        with _opened(name) as file:
            _, about = _about(file, name)
            pixels, labels = file.get_tensor(f"{part}_pixels"), file.get_tensor(f"{part}_labels")
        data = Dataset(upload.title, pixels, labels.astype(np.int64), upload.shape, about["pixel_max"])
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(name) from error
    if data.sha256 != about["sha256"][part]:
        raise _damaged(name)
    return data


def some(name: str, part: str, chosen: Callable[[np.ndarray], np.ndarray]) -> Dataset:
    """A few pictures of the "train" or the "test" part: those in the rows that are `chosen` by the labels (n,) int64.

    The others stay unread, so that a large upload takes no more memory than its labels; for the same reason it is not looked
    whether they are what they were. Raises `DigitLabError` when they are not here, or damaged.
    """
    upload = described(name)
    if part not in upload.counts:
        raise DigitLabError(NO_PART[part], name=upload.title)
    try:
        with _opened(name) as file:
            _, about = _about(file, name)
            labels, pixels = file.get_tensor(f"{part}_labels").astype(np.int64), file.get_slice(f"{part}_pixels")
            rows = chosen(labels)
            pictures = np.concatenate([pixels[int(row) : int(row) + 1] for row in rows])
        return Dataset(upload.title, pictures, labels[rows], upload.shape, about["pixel_max"])
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _damaged(name) from error


def described(name: str) -> Upload:
    """What is known of an upload; its pictures stay unread. Raises `DigitLabError` when it is not here, or damaged."""
    path = _existing(name)
    try:
        with _opened(name) as file:
            title, about = _about(file, name)
            counts = {part: file.get_slice(f"{part}_labels").get_shape()[0] for part in about["sha256"]}
        height, width = about["shape"]
        return Upload(name, title, (height, width), counts, path.stat().st_size)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(name) from error


def classes_of(name: str) -> Classes:
    """What an upload has of each digit; its pictures stay unread, unless an earlier version has kept them.

    Raises `DigitLabError` when it is not here, or damaged.
    """
    upload = described(name)
    try:
        with _opened(name) as file:
            if "means" in file.keys():  # noqa: SIM118 - it is no dictionary
                return Classes(*(file.get_tensor(each) for each in ("train_counts", "test_counts", "means")))
    except (SafetensorError, OSError, ValueError) as error:
        raise _damaged(name) from error
    return by_class({part: read(name, part) for part in upload.counts})


def uploads() -> list[str]:
    """The names of all that was taken in, the latest first."""
    return [path.stem for path in newest_first(_kept())]


def remove(name: str) -> None:
    """Let go of an upload. Runs that learned from it keep their networks, but cannot go on or be tested again."""
    _existing(name).unlink(missing_ok=True)
    for mark in uploads_folder().glob(f"owners/*/{name}"):
        mark.unlink(missing_ok=True)


def note_owner(name: str, owner: str) -> None:
    """Note that it was this owner who brought an upload; several may bring the same."""
    mark = _owners_folder(owner) / name
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def brought_by(owner: str) -> list[str]:
    """The names of the uploads that an owner brought and that are here, the latest first."""
    marks = [path for path in _owners_folder(owner).glob("upload-*") if is_here(path.name)]
    return [path.name for path in newest_first(marks)]


def is_strangers(name: str) -> bool:
    """Whether an upload was brought by a visitor from elsewhere, and by nobody at the computer itself."""
    owners = {mark.parent for mark in uploads_folder().glob(f"owners/*/{name}")}
    return bool(owners) and not owners & {_owners_folder(owner) for owner in HOUSE}


def let_go(name: str, owner: str) -> None:
    """Let go of an upload for this owner; when nobody is left who brought it, it is removed."""
    (_owners_folder(owner) / name).unlink(missing_ok=True)
    if is_here(name) and not any(uploads_folder().glob(f"owners/*/{name}")):
        remove(name)


def _owners_folder(owner: str) -> Path:
    return uploads_folder() / "owners" / hashlib.sha256(owner.encode()).hexdigest()[:16]


def file_of(name: str) -> Path:
    """Where an upload lies."""
    return _existing(name)


def _path(name: str) -> Path:
    return uploads_folder() / f"{name}{SUFFIX}"


def _kept() -> list[Path]:
    return [path for path in uploads_folder().glob(f"upload-*{SUFFIX}") if is_upload(path.stem)]


def _existing(name: str) -> Path:
    if not is_here(name):
        raise DigitLabError(
            "The data {name} are not on this computer. Give the file again that they came in: it will have this name.",
            name=name,
        )
    return _path(name)


def _name_of(about: dict) -> str:
    return f"upload-{hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]}"


def _opened(name: str) -> safe_open:
    path = _path(name)
    check_header_of(path)
    return safe_open(path, framework="numpy")


def _about(file: safe_open, name: str) -> tuple[str, dict]:
    """The title, and what the name follows from, if it does."""
    header = file.metadata() or {}
    about = json.loads(header["about"])
    if _name_of(about) != name or math.prod(about["shape"]) > MAX_BYTES:
        raise ValueError
    return unlinked(letters(header["title"])), about


def _damaged(name: str) -> DigitLabError:
    return DigitLabError(
        "The data {name} are damaged. Remove them, and give the file again that they came in.", name=name
    )
