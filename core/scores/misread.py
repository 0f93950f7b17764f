"""MNIST without MNIST: the test digits that the shipped networks misread ship with the project, and so do their counts.

With them the mistakes of a shipped network are there at the first start, without a download: every digit that one of them
misreads, the fifteen whose label people doubt, and of all 10,000 what they are, how each is written and how sure each network
is of it.
Source: MNIST (Y. LeCun, C. Cortes, C. J. C. Burges), CC BY-SA 3.0, as this file of them is.
"""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from core.datasets.dataset import Excerpt
from core.datasets.hundred import DAMAGED
from core.datasets.npz import read_arrays
from core.errors import DigitLabError
from core.files import write_atomically
from core.folders import SHIPPED_DATA
from core.models.model import Model
from core.scores.evaluation import DIGITS, Evaluation, Whole, evaluate
from core.scores.labels import DOUBTFUL, MNIST_TEST_SHA256
from core.scores.slices import PARTS, Divided, classes

FILE = SHIPPED_DATA / "misread.npz"
SOURCE = "MNIST, test digits: Y. LeCun, C. Cortes, C. J. C. Burges, http://yann.lecun.com/exdb/mnist/; CC BY-SA 3.0"
SIDE = 28
TOTAL = 10_000  # of which these are an excerpt
WHOLE_NUMBERS = ("numbers", "pixels", "labels", "written", "answers")  # arrays of the file
SHARES = ("confidence", "unusual")


def known(sha256: str, path: Path = FILE) -> bool:
    """Whether the mistakes of the network in a file with this hash are among those that ship."""
    return sha256 in _opened(path)["networks"] if path.is_file() else False


def excerpt(path: Path = FILE) -> Excerpt:
    """The digits that ship, with their numbers among MNIST's test digits."""
    held = _opened(path)
    pixels, places = held["pixels"].reshape(-1, SIDE * SIDE), held["numbers"].astype(np.int64)
    labels = held["labels"][places].astype(np.int64)
    return Excerpt("mnist", pixels, labels, (SIDE, SIDE), places=places, of=TOTAL, whole=MNIST_TEST_SHA256)


def written(path: Path = FILE) -> Divided:
    """How each of all 10,000 digits is written, as `core.scores.slices.classes` gives it."""
    held = _opened(path)["written"]
    return {name: (parts, which) for (name, parts), which in zip(PARTS.items(), held, strict=True)}


def shipped_evaluation(model: Model, sha256: str, path: Path = FILE) -> Evaluation:
    """What a network, in a file with this hash, reads of the digits that ship, and what it has read of the others.

    Raises `DigitLabError` where its mistakes do not ship.
    """
    held = _opened(path)
    which = np.flatnonzero(held["networks"] == sha256)
    if not len(which):
        raise DigitLabError("The test digits that this network misreads do not come with the program. Fetch MNIST.")
    digits, row = excerpt(path), which[0]
    whole = Whole(held["labels"].astype(np.int64), held["confidence"][row], held["unusual"][row])
    return Evaluation(digits, evaluate(model, digits).probabilities, whole)


def keep_misread(evaluations: Mapping[str, Evaluation], unusual: Mapping[str, np.ndarray], path: Path = FILE) -> int:
    """Keep what networks misread of MNIST's test digits, by the hashes of their files; returns how many digits these are.

    `unusual` says how unusual each network finds each of all digits (total,).
    """
    first = next(iter(evaluations.values())).data
    wanted = np.zeros(len(first), dtype=bool)
    wanted[list(DOUBTFUL)] = True
    for each in evaluations.values():
        wanted |= each.answers != first.labels
    numbers = np.flatnonzero(wanted)
    content = io.BytesIO()
    np.savez_compressed(
        content,
        numbers=numbers.astype(np.uint16),
        pixels=first.pixels[numbers],
        labels=first.labels.astype(np.uint8),
        written=np.stack([which for _, which in classes(first).values()]).astype(np.uint8),
        networks=np.array(list(evaluations)),
        answers=np.stack([each.answers[numbers] for each in evaluations.values()]).astype(np.uint8),
        confidence=np.stack([each.confidence for each in evaluations.values()]).astype(np.float32),
        unusual=np.stack([unusual[name][numbers] for name in evaluations]).astype(np.float32),
        source=np.array(SOURCE),
    )
    write_atomically(path, content.getvalue())
    return len(numbers)


def _opened(path: Path) -> dict[str, np.ndarray]:
    """The arrays of the file. Raises `DigitLabError` where it is missing or damaged."""
    try:
        held = read_arrays(path, WHOLE_NUMBERS) | read_arrays(path, SHARES, kinds="f")
        held |= read_arrays(path, ("networks",), kinds="U")
    except DigitLabError as error:
        raise DigitLabError(DAMAGED, name=path.name) from error
    if not _fits(held):
        raise DigitLabError(DAMAGED, name=path.name)
    return held


def _fits(held: Mapping[str, np.ndarray]) -> bool:
    """Whether the arrays are of one excerpt, and the numbers in them can be."""
    n, networks = held["numbers"].size, held["networks"].size
    shapes = {"numbers": (n,), "pixels": (n, SIDE * SIDE), "labels": (TOTAL,), "written": (len(PARTS), TOTAL),
              "networks": (networks,), "answers": (networks, n), "confidence": (networks, TOTAL),
              "unusual": (networks, n)}  # fmt: skip
    if any(held[name].shape != shape for name, shape in shapes.items()) or held["pixels"].dtype != np.uint8:
        return False
    below = {"numbers": TOTAL, "labels": DIGITS, "answers": DIGITS}
    if not all(((held[name] >= 0) & (held[name] < end)).all() for name, end in below.items()):
        return False
    return all(np.isfinite(held[name]).all() for name in SHARES)
