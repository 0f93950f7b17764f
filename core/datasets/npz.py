"""Keras passes MNIST around as `mnist.npz`: a zip of the arrays `x_train`, `y_train`, `x_test`, `y_test`.

Only plain arrays of whole numbers are read: one that needs unpickling could run code, so it is refused.
"""

import io
import math
import tokenize
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from core.datasets.idx import MAX_BYTES
from core.errors import DigitLabError
from core.files import NOT_UNPACKED, check_entry
from core.messages import N_

MOST_AXES = 4
MOST_HEADER = 10_000  # bytes: as many as NumPy parses
NO_ARRAY = N_("{name}: {key} is not a NumPy array file.")
NO_HEADER = (
    ValueError,
    KeyError,
    TypeError,
    tokenize.TokenError,
    SyntaxError,
    RecursionError,
)  # NumPy's, of what is none


def read_npz(path: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Read the `train` or `test` part: (n, h, w) uint8 pictures and (n,) int64 labels.

    Raises `DigitLabError` naming the file and what is wrong with it.
    """
    pictures, labels = f"x_{part}", f"y_{part}"
    found = read_arrays(path, (pictures, labels))
    return _pictures(found[pictures], pictures, path.name), _labels(found[labels], labels, path.name)


def read_arrays(path: Path, names: Iterable[str], kinds: str = "iu") -> dict[str, np.ndarray]:
    """The arrays of these names in a file, each of one of these kinds (NumPy's letters).

    Raises `DigitLabError` naming the file and what is wrong with it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _array(archive, name, path.name, kinds) for name in names}
    except FileNotFoundError:
        raise DigitLabError("There is no file {path}.", path=path) from None
    except zipfile.BadZipFile:
        raise DigitLabError("{name} is not a whole NPZ file; it may be cut short or damaged.", name=path.name) from None
    except NOT_UNPACKED as error:
        raise DigitLabError("{name} cannot be unpacked: {error}.", name=path.name, error=error) from None
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error) from None


def _array(archive: zipfile.ZipFile, key: str, name: str, kinds: str) -> np.ndarray:
    try:
        entry = archive.getinfo(f"{key}.npy")
    except KeyError:
        raise DigitLabError(
            "{name} has no array {key}; it needs x_train, y_train, x_test and y_test, as Keras's mnist.npz has.",
            name=name,
            key=key,
        ) from None
    check_entry(entry)
    if entry.file_size > MAX_BYTES:
        raise DigitLabError(
            "{name}: {key} is larger than the {max_bytes} MiB that are read.",
            name=name,
            key=key,
            max_bytes=MAX_BYTES >> 20,
        )
    with archive.open(entry) as file:
        shape, dtype = _header(file, key, name)
    if dtype.hasobject:
        raise DigitLabError(
            "{name}: {key} is a pickled array, which could run code, so it is not read.", name=name, key=key
        )
    if dtype.kind not in kinds:
        raise DigitLabError(
            "{name}: {key} holds {dtype}, but whole numbers are needed.", name=name, key=key, dtype=dtype
        )
    # The header's shape is only a claim: memory is taken for it once it agrees with the size of the entry.
    if math.prod(shape) * dtype.itemsize > entry.file_size:
        raise DigitLabError("{name}: {key} is cut short: it has fewer values than it claims.", name=name, key=key)
    with archive.open(entry) as file:
        try:
            return npy.read_array(file, allow_pickle=False)
        except (ValueError, OverflowError):
            raise DigitLabError(
                "{name}: {key} is cut short: it has fewer values than it claims.", name=name, key=key
            ) from None


def _header(file: IO[bytes], key: str, name: str) -> tuple[tuple[int, ...], np.dtype]:
    try:
        readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        start = io.BytesIO(file.read(MOST_HEADER))  # NumPy would unpack all that the header claims to be
        shape, _, dtype = readers[npy.read_magic(start)](start)
    except NO_HEADER:
        raise DigitLabError(NO_ARRAY, name=name, key=key) from None
    if len(shape) > MOST_AXES or not all(type(side) is int and side >= 0 for side in shape):
        raise DigitLabError(NO_ARRAY, name=name, key=key)
    return shape, dtype


def _pictures(images: np.ndarray, key: str, name: str) -> np.ndarray:
    if images.ndim == 2:
        side = math.isqrt(images.shape[1])
        if side * side == images.shape[1]:
            images = images.reshape(-1, side, side)
    if images.ndim != 3:
        raise DigitLabError(
            "{name}: {key} has the shape {shape}, but (pictures, height, width) is needed.",
            name=name,
            key=key,
            shape=images.shape,
        )
    if images.size and (images.min() < 0 or images.max() > 255):
        raise DigitLabError("{name}: {key} has values outside 0 to 255.", name=name, key=key)
    return images.astype(np.uint8, copy=False)


def _labels(labels: np.ndarray, key: str, name: str) -> np.ndarray:
    if labels.ndim != 1:
        raise DigitLabError(
            "{name}: {key} has the shape {shape}, but a plain list of labels is needed.",
            name=name,
            key=key,
            shape=labels.shape,
        )
    return labels.astype(np.int64)
