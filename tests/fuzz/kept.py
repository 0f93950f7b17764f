"""Readers of what comes with the project or is kept beside the runs: films, digits, ink, what was deleted, taught copies."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.bench import reproduced, reproduction
from core.catalog import is_moment, moment_in
from core.config import Config, NetworkConfig
from core.datasets.hundred import hundred
from core.errors import DigitLabError
from core.explain.back_query.ink import SMALL, read_ink
from core.film.export import to_gif, to_sheet
from core.film.film import read_film
from core.models.model import Model, Provenance
from core.models.parameters import Parameters
from core.runs import keeping
from core.scores import misread
from core.teach import copies
from dashboard.back_query.film import reel_data
from dashboard.mistakes.labels import doubt_about
from tests.fuzz import pages, seeds

Read = Callable[[Path, bytes], Any]


def _file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def film(folder: Path, content: bytes) -> Any:
    """A film, as a page plays it and as a file to take away."""
    found = read_film(_file(folder, "film.safetensors", content))
    to_gif(found)
    to_sheet(found)
    pages.sent(reel_data("recording", found, 1.0))
    return found.method, found.read.tolist()


def shipped_hundred(folder: Path, content: bytes) -> Any:
    found = hundred(_file(folder, "hundred.npz", content))
    return found.name, len(found), found.sha256


def shipped_misread(folder: Path, content: bytes) -> Any:
    """The digits that are misread, what people say of them, and what a network reads."""
    path = _file(folder, "misread.npz", content)
    digits = misread.excerpt(path)
    network = NetworkConfig(hidden=(1,))
    model = Model(Config(network), Parameters.initial(network, 0), Provenance())
    found = misread.shipped_evaluation(model, seeds.NETWORK, path)
    said = [doubt_about(digits, place) for place in range(len(digits))]
    return said, found.confusion().tolist(), list(misread.written(path))


def shipped_ink(folder: Path, content: bytes) -> Any:
    return read_ink(_file(folder, "ink-8.safetensors", content), SMALL).directions.shape


def shipped_rows(folder: Path, content: bytes) -> Any:
    """What the tutorials' recipes read."""
    return reproduced.tables(reproduction.kept(_file(folder, "reproduced.json", content)))


def deleted(folder: Path, content: bytes) -> Any:
    """When a run was deleted: whether it can still be brought back, and goes for good."""
    root, run_id = folder / "runs", "20261130-120000-abcdef"
    kept = root / ".trash" / run_id
    kept.mkdir(parents=True)
    try:
        _file(root / ".trash", f"{run_id}{keeping.MARK}", content)
        keeping.empty_trash(root)
        return keeping.undo(run_id, root).id if kept.is_dir() else ""
    finally:
        shutil.rmtree(root)


def copy(name: str) -> Read:
    """A taught copy of which this note is another: whose it is, and which network was in use before it."""

    def read(folder: Path, content: bytes) -> Any:
        copy_id = seeds.taught_copy()
        (copies.find_copy(copy_id).parent / name).write_bytes(content)
        before = copies.model_before(copy_id)
        try:
            there = pages.known(before)
        except DigitLabError as error:
            there = str(error)
        return (
            copies.copies_of("me"),
            copies.owner_of(copy_id).isprintable(),
            is_moment(before),
            moment_in(before),
            there,
        )

    return read
