"""What a back-query has found, and the file in which it is kept: arrays and a line of text, nothing that could be run."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from core.errors import DigitLabError
from core.explain.back_query.pen import CONTROLS, STROKES, Candidates
from core.explain.back_query.proof import Proof
from core.files import check_header_of, write_atomically

FORMAT = "back-query 1"
MAX_BYTES = 1 << 20
MAX_SIDE = 128


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The ten digits as a network imagines, writes or knows them.

    Attributes
    ----------
    method : by which they were found (`core.explain.back_query.methods`).
    pictures : (10, h, w) float32 in steps of 1/255, 0 the ground and 1 ink, as the network gets them.
    proof : what its network and the judge make of them.
    written : the strokes of the ten, where they were written.
    """

    method: str
    pictures: np.ndarray
    proof: Proof
    written: Candidates | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """How far a search has come: `done` 0 to 1, and what there is by now, strokes or pictures (10, h, w)."""

    done: float
    written: Candidates | None = None
    pictures: np.ndarray | None = None


Tell = Callable[[Step], None]


def in_bytes(pictures: np.ndarray) -> np.ndarray:
    """Pictures in 0..1 as uint8."""
    return np.round(np.clip(pictures, 0, 1) * 255).astype(np.uint8)


def save_found(found: Found, path: Path, model_sha256: str) -> None:
    """Keep what was found with the model whose file has this hash."""
    arrays = {"pictures": in_bytes(found.pictures)}
    arrays |= {name: np.asarray(value, np.float32) for name, value in asdict(found.proof).items()}
    if found.written:
        arrays |= {"controls": found.written.controls, "used": found.written.used}
    header = {"format": FORMAT, "method": found.method, "model": model_sha256}
    write_atomically(path, save({name: np.ascontiguousarray(a) for name, a in arrays.items()}, metadata=header))


def read_found(path: Path, model_sha256: str) -> Found:
    """What was kept. Raises `DigitLabError` where the file is damaged, of another kind, or about another model."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DigitLabError("{name} is larger than any result of a back-query.", name=path.name)
        check_header_of(path)
        with safe_open(path, framework="np") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT or header.get("model") != model_sha256:
                raise DigitLabError("{name} is about another network, or of another kind.", name=path.name)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
            return _found(header["method"], arrays)
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror) from error
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise DigitLabError("{name} is no result of a back-query, or it is damaged.", name=path.name) from error


def _found(method: str, arrays: dict[str, np.ndarray]) -> Found:
    """Raises `KeyError` and `ValueError` where something is missing or not as it should be."""
    pictures = arrays["pictures"]
    if pictures.dtype != np.uint8 or pictures.ndim != 3 or len(pictures) != 10 or max(pictures.shape[1:]) > MAX_SIDE:
        raise ValueError("no ten pictures")
    said = {field.name: _finite(arrays[field.name], (10,)) for field in fields(Proof)}
    said |= {name: np.clip(said[name], 0, 9).astype(int) for name in ("answers", "judge_answers")}
    written = None
    if "controls" in arrays:
        controls = _finite(arrays["controls"], (10, STROKES, CONTROLS, 2))
        written = Candidates(controls, (_finite(arrays["used"], (10, STROKES)) > 0).astype(np.float32))
    return Found(method, pictures.astype(np.float32) / 255, Proof(**said), written)


def _finite(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if array.shape != shape or array.dtype != np.float32 or not (np.abs(array) < 1e6).all():
        raise ValueError("not the numbers that belong here")
    return array
