"""A film: ten pictures for each moment of a run, and the file it is kept in: arrays and a line of text."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.errors import DigitLabError
from core.explain.back_query.found import MAX_SIDE
from core.files import check_header_of, write_atomically
from core.folders import SHIPPED_DATA, films_folder
from core.models.files import SUFFIX
from core.runs.run import RECORDING

FORMAT = "film 1"
MOST_FRAMES = 80  # more than a run keeps moments
MAX_BYTES = 16 << 20
MOST = 60  # films that are kept; the oldest go
DIGITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What a network wrote or imagined at some moments of its training, in their order.

    Attributes
    ----------
    method : by which (`core.explain.back_query.methods`).
    moments : (t,) float64, in epochs.
    networks : (t,) uint64, which network each frame was made from: the beginning of its file's hash.
    pictures : (t, 10, h, w) uint8, 0 the ground and 255 ink.
    answers, judged : (t, 10) uint8, what the network itself and the judge read in each.
    """

    method: str
    moments: np.ndarray
    networks: np.ndarray
    pictures: np.ndarray
    answers: np.ndarray
    judged: np.ndarray

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def read(self) -> np.ndarray:
        """(t,) how many of the ten the network reads as it meant them."""
        return (self.answers == np.arange(DIGITS)).sum(axis=1)

    @property
    def nbytes(self) -> int:
        return self.pictures.nbytes + self.answers.nbytes + self.judged.nbytes

    def only(self, which: np.ndarray) -> "Film":
        """Some of its frames: positions, or a mask."""
        return Film(self.method, self.moments[which], self.networks[which], self.pictures[which], self.answers[which],
                    self.judged[which])  # fmt: skip


def shipped_film_path(method: str) -> Path:
    """Where the recording's film ships."""
    return SHIPPED_DATA / "recorded_films" / f"{method}{SUFFIX}"


def film_path(run_id: str, method: str) -> Path:
    """Where the film of a run is kept."""
    return films_folder() / f"{run_id}-{method}{SUFFIX}"


def kept_film(run_id: str, method: str) -> Film | None:
    """The film of a run as far as it was made, or None. One that is damaged is as good as none: it is made again."""
    for path in where_kept(run_id, method):
        try:
            return read_film(path)
        except DigitLabError:
            continue
    return None


def where_kept(run_id: str, method: str) -> list[Path]:
    """The files in which it is, the one that ships first."""
    ships = [shipped_film_path(method)] if run_id == RECORDING else []
    return [path for path in (*ships, film_path(run_id, method)) if path.is_file()]


def keep_film(film: Film, path: Path) -> None:
    """Write a film; of those in the folder the oldest go."""
    arrays = {name: np.ascontiguousarray(getattr(film, name)) for name in _KINDS}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, save(arrays, metadata={"format": FORMAT, "method": film.method}))
    kept = [(each.stat().st_mtime, each) for each in path.parent.glob(f"*{SUFFIX}")]
    for _, old in sorted(kept)[:-MOST]:
        old.unlink(missing_ok=True)


_KINDS = {"moments": np.float64, "networks": np.uint64, "pictures": np.uint8, "answers": np.uint8, "judged": np.uint8}


def read_film(path: Path) -> Film:
    """A film from its file. Raises `DigitLabError` where it is damaged or of another kind."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DigitLabError("{name} is larger than any film.", name=path.name)
        check_header_of(path)
        with safe_open(path, framework="np") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in _KINDS}
        film = Film(header["method"], **arrays)
        _check(film, header.get("format", ""))
        return film
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path.name, reason=error.strerror) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise DigitLabError("{name} is no film, or it is damaged.", name=path.name) from error


def _check(film: Film, written_as: str) -> None:
    """Raises `ValueError` where something is not as it should be."""
    frames = film.moments.shape[0] if film.moments.ndim == 1 else -1
    shapes = film.networks.shape == (frames,) and film.answers.shape == film.judged.shape == (frames, DIGITS)
    fits = film.pictures.ndim == 4 and film.pictures.shape[:2] == (frames, DIGITS)
    kinds = all(getattr(film, name).dtype == kind for name, kind in _KINDS.items())
    if not (written_as == FORMAT and kinds and shapes and fits and 0 < frames <= MOST_FRAMES):
        raise ValueError("not the arrays that belong here")
    if max(film.pictures.shape[2:]) > MAX_SIDE or not (np.diff(film.moments) > 0).all() or film.moments[0] < 0:
        raise ValueError("not the numbers that belong here")
    if max(film.answers.max(), film.judged.max()) >= DIGITS:
        raise ValueError("no digits")
