"""Where maps of digits are kept: those of the shipped networks ship, the others are in the data folder, the oldest go.

A map belongs to the file of a network and to the digits that it was shown, each known by its hash.
"""

from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.errors import DigitLabError
from core.files import check_header_of, write_atomically
from core.folders import MODELS, maps_folder
from core.models.files import SUFFIX

FORMAT = "map 1"
MOST = 100  # maps that are kept
MOST_DIGITS = 10_000  # on one map
LARGEST = 4_095  # a place's number along each side: a map on the page has less than 1,000 pixels
MAX_BYTES = 4 * MOST_DIGITS + 10_000


def fitted(points: np.ndarray) -> np.ndarray:
    """Points (n, 2) moved and enlarged, both directions alike, into the square 0..1: (n, 2) float32, its middle theirs."""
    low, high = points.min(axis=0), points.max(axis=0)
    longer = float((high - low).max()) or 1.0
    return (0.5 + (points - (low + high) / 2) / longer).astype(np.float32)


def inside(points: np.ndarray, loop: np.ndarray) -> np.ndarray:
    """Which points (n, 2) lie within a closed loop of corners (k, 2), its last joined to its first: (n,) bool.

    A point is inside where a ray from it meets the loop an odd number of times (M. Shimrat, 1962).
    """
    found = np.zeros(len(points), dtype=bool)
    x, y = points[:, 0], points[:, 1]
    for (x0, y0), (x1, y1) in zip(loop, np.roll(loop, -1, axis=0), strict=True):
        crosses = (y0 > y) != (y1 > y)
        if crosses.any():
            found[crosses] ^= x[crosses] < x0 + (y[crosses] - y0) * (x1 - x0) / (y1 - y0)
    return found


def shipped_path(model: Path) -> Path:
    """Where the map of a shipped model ships, of the test digits that it was measured with."""
    return MODELS / "maps" / f"{model.stem}{SUFFIX}"


def kept_path(model_sha256: str, digits_sha256: str) -> Path:
    return maps_folder() / f"{model_sha256[:20]}-{digits_sha256[:20]}{SUFFIX}"


def kept_map(model: Path, model_sha256: str, digits_sha256: str, n: int) -> np.ndarray | None:
    """The map (n, 2) float32 in 0..1 of a model's file, by its hash, for n digits; None where there is none, or a damaged one."""
    paths = [kept_path(model_sha256, digits_sha256)]
    if model.parent == MODELS:
        paths.insert(0, shipped_path(model))
    for path in paths:
        if path.is_file():
            try:
                return read_map(path, model_sha256, digits_sha256, n)
            except DigitLabError:
                continue
    return None


def save_map(points: np.ndarray, path: Path, model_sha256: str, digits_sha256: str) -> None:
    """Keep a map (n, 2) with the model and the digits that it belongs to."""
    places = np.round(fitted(points) * LARGEST).astype(np.uint16)
    header = {"format": FORMAT, "model": model_sha256, "digits": digits_sha256}
    write_atomically(path, save({"points": np.ascontiguousarray(places)}, metadata=header))


def read_map(path: Path, model_sha256: str, digits_sha256: str, n: int) -> np.ndarray:
    """A map (n, 2) float32 in 0..1. Raises `DigitLabError` where the file is damaged, of another kind, or about others."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DigitLabError("{name} is larger than any map.", name=path.name)
        check_header_of(path)
        with safe_open(path, framework="np") as file:
            if file.metadata() != {"format": FORMAT, "model": model_sha256, "digits": digits_sha256}:
                raise DigitLabError("{name} is about another network or other digits.", name=path.name)
            places = file.get_tensor("points")
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise DigitLabError("{name} is no map, or it is damaged.", name=path.name) from error
    if places.shape != (n, 2) or places.dtype != np.uint16 or places.max(initial=0) > LARGEST:
        raise DigitLabError("{name} is no map, or it is damaged.", name=path.name)
    return places.astype(np.float32) / LARGEST


def keep_map(points: np.ndarray, model_sha256: str, digits_sha256: str) -> None:
    """Keep a map in the data folder; the oldest beyond a hundred go."""
    save_map(points, kept_path(model_sha256, digits_sha256), model_sha256, digits_sha256)
    paths = [(each.stat().st_mtime, each) for each in maps_folder().glob(f"*{SUFFIX}")]
    for _, path in sorted(paths)[:-MOST]:
        path.unlink(missing_ok=True)
