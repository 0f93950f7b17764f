"""Digits that a machine of the cluster lacks: it says which, and the server gives them once.

They are not trusted for having come: whoever reads them knows MNIST by its hashes and data of one's own by their name.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from core.datasets import mnist_folder, needs_mnist
from core.datasets.mnist import FILES, candidates
from core.datasets.pen import pen_path
from core.datasets.uploads import file_of, is_here, is_upload
from core.errors import DigitLabError

MNIST, PEN = "mnist", "pen"
WITH_PEN = ("mnist+pen", "digit-or-not")
PLACES = re.compile(r"(mnist|pen)/\w[\w.-]{0,99}|uploads/upload-[0-9a-f]{12}\.safetensors", re.ASCII)


def lacking(dataset: str, home: Path) -> list[str]:
    """What this machine lacks of a data set, be it in its own places or in `home`, where it keeps what it was given."""
    lacks = []
    if is_upload(dataset) and not is_here(dataset) and not (home / "uploads" / f"{dataset}.safetensors").is_file():
        lacks.append(dataset)
    if needs_mnist(dataset) and not _has_mnist(home):
        lacks.append(MNIST)
    if dataset in WITH_PEN and not _own_pen() and not any((home / PEN).glob("*.jsonl*")):
        lacks.append(PEN)
    return lacks


def environment(dataset: str, home: Path) -> dict[str, str]:
    """Where a process finds what this machine was given; its own places go before."""
    found = {}
    if is_upload(dataset) and not is_here(dataset):
        found["DIGITLAB_DATA"] = str(home)
    if mnist_folder() is None and _has_mnist(home):
        found["MNIST_DIR"] = str(home / MNIST)
    if not _own_pen() and (home / PEN).is_dir():
        found["PEN_DIGITS"] = str(home / PEN)
    return found


def given(lacks: str) -> Iterator[tuple[str, Path]]:
    """The files here of what another machine lacks, each with its place in what that keeps.

    Raises `DigitLabError` where they are not here either.
    """
    if is_upload(lacks):
        yield f"uploads/{lacks}.safetensors", file_of(lacks)
    elif lacks == MNIST and (folder := mnist_folder()):
        for file in FILES.values():
            path = candidates(folder, file.name)[0]
            yield f"{MNIST}/{path.name}", path
    elif lacks == PEN and (pen := pen_path()):
        yield f"{PEN}/{pen.name}", pen


def _has_mnist(home: Path) -> bool:
    return all(candidates(home / MNIST, file.name) for file in FILES.values())


def _own_pen() -> bool:
    try:
        return pen_path() is not None
    except DigitLabError:  # a folder without such a file
        return False
