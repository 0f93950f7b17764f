"""A film is made: frame by frame, from the networks that a run kept on its way, and kept as it grows."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.errors import DigitLabError
from core.explain.back_query.found import in_bytes
from core.explain.back_query.inverse import can_back_query
from core.explain.back_query.kept import file_hash
from core.explain.back_query.methods import asked, find
from core.film.film import Film
from core.models.files import read_model
from core.models.model import Model
from core.runs.run import Run
from core.runs.snapshots import Snapshots

FILMED = ("seen", "written", "typical", "inverse")  # the methods of which there are films
FEWEST = 2  # moments of which there is something to see


def moments_to_film(run: Run) -> list[float]:
    """The moments of a run, in epochs. Raises `DigitLabError` where its network does not read the ten digits."""
    network = run.config().network
    if not network.is_square or network.outputs != 10:
        raise DigitLabError("This network does not read the ten digits, so there is no film of it.")
    return Snapshots(run).moments()


def make_film(
    run: Run, method: str, guard: Model, judge: Model, before: Film | None = None
) -> Iterator[tuple[float, Film]]:
    """The film of a run as it grows, with the share of it that is done. Frames of the film `before` are used again.

    Raises `DigitLabError` where a network cannot be asked by this method, or there are too few moments.
    """
    moments = moments_to_film(run)
    if len(moments) < FEWEST:
        raise DigitLabError("This run kept too few moments of its training for a film.")
    snapshots, film = Snapshots(run), None
    for number, moment in enumerate(moments):
        path = snapshots.path(moment)
        if not path.is_file():
            continue  # every other one goes when there are many
        network = int(file_hash(path)[:16], 16)
        frame = _again(before, moment, network)
        if frame is None:
            model = read_model(path)
            if method == "inverse" and not can_back_query(model):
                raise DigitLabError(
                    "The units of this run's network cannot be undone, so it cannot be filmed step by step. Choose another way."
                )
            found = find(method, asked(model, guard, judge))
            read, judged = (each[None].astype(np.uint8) for each in (found.proof.answers, found.proof.judge_answers))
            names = np.array([moment]), np.array([network], np.uint64)
            frame = Film(method, *names, in_bytes(found.pictures)[None], read, judged)
        film = frame if film is None else _joined(film, frame)
        yield (number + 1) / len(moments), film


def missing(run: Run, film: Film | None, made: float = math.inf) -> list[float]:
    """The moments of which the film has no frame, or one of another network: its file is newer than the film.

    `made` is when that was, in seconds since 1970; of a film that ships the end of all time.
    """
    snapshots, there = Snapshots(run), set() if film is None else set(film.moments.tolist())
    return [moment for moment in snapshots.moments() if moment not in there or _newer(snapshots.path(moment), made)]


def _newer(path: Path, made: float) -> bool:
    try:
        return path.stat().st_mtime > made
    except FileNotFoundError:  # every other one goes when there are many
        return False


def _again(before: Film | None, moment: float, network: int) -> Film | None:
    """The frame of this very network, if there is one."""
    if before is None:
        return None
    found = np.flatnonzero((before.moments == moment) & (before.networks == np.uint64(network)))
    return before.only(found) if len(found) else None


def _joined(a: Film, b: Film) -> Film:
    return Film(a.method, *(np.concatenate([getattr(a, name), getattr(b, name)])
                            for name in ("moments", "networks", "pictures", "answers", "judged")))  # fmt: skip
