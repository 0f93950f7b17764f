"""Model files: safetensors with everything about the model in the header, and the earlier system's JSON.

Nothing is ever unpickled: both formats are data only.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_safetensors

from core.config import Config
from core.errors import DigitLabError
from core.files import DAMAGED, MOST_HEADER, write_atomically
from core.messages import N_, letters, unlinked
from core.models.calibration import Bin, Calibration
from core.models.legacy import from_legacy, to_legacy
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters

SUFFIX = ".safetensors"
FORMAT = "1"
MAX_BYTES = 1 << 30
MOST_EPOCHS = 1e6
UNREAD_NUMBERS = N_(
    "{name} holds its weights as numbers of the kind {kinds}. Save them with 16, 32 or 64 bits: F16, F32, F64."
)


def save_model(model: Model, path: Path | str, *, storage: str | None = None, lasting: bool = True) -> None:
    """Write a model; a `.txt` or `.json` path is written in the earlier system's form, any other as safetensors.

    `storage="float16"` halves the file. Parameters keep three significant digits then, so check the scores after it.
    `lasting` is that of `core.files.write_atomically`.
    """
    path = Path(path)
    if path.suffix in (".txt", ".json"):
        write_atomically(path, to_legacy(model).encode())
        return
    arrays = {name: np.ascontiguousarray(a, dtype=storage) for name, a in model.parameters.arrays().items()}
    header = {
        "format": FORMAT,
        "config": json.dumps(model.config.to_dict()),
        "provenance": _write(model.provenance),
        "calibration": json.dumps(asdict(model.calibration)),
    }
    write_atomically(path, to_safetensors(arrays, metadata=header), lasting=lasting)


def read_model(path: Path) -> Model:
    """The model in a file of either form. Raises `DigitLabError` when it is damaged or of another kind."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DigitLabError("{name} is larger than any model of Digit Lab.", name=path.name)
        with open(path, "rb") as file:
            start = file.read(64)
        if start.lstrip()[:1] == b"{":
            return from_legacy(path.read_bytes(), path)
        if int.from_bytes(start[:8], "little") > MOST_HEADER:  # before it is parsed
            raise DigitLabError("{name} is not a model file, or it is damaged.", name=path.name)
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror) from error
    return _from_safetensors(path)


@dataclass(frozen=True, slots=True)
class Card:
    """What a model file says of its model, without the parameters.

    Attributes
    ----------
    config, provenance : the model's.
    bytes : how large the file is.
    """

    config: Config
    provenance: Provenance
    bytes: int


def read_card(path: Path) -> Card:
    """What stands at the beginning of a model file; its parameters stay unread (the earlier system's form has no such part).

    Raises `DigitLabError` when it is damaged or of another kind.
    """
    try:
        size = path.stat().st_size
        with open(path, "rb") as file:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            if start.lstrip()[:1] == b"{" or not 0 < length <= min(size, MOST_HEADER):
                model = read_model(path)
                return Card(model.config, model.provenance, size)
            content = start + file.read(length)
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=path, reason=error.strerror) from error
    header, arrays = _read_header(content, path)
    config, provenance, _ = _read_about(header, path)
    ends = [entry["data_offsets"][1] for entry in arrays.values()]
    if not ends or 8 + length + max(ends) != size:
        raise DigitLabError("{name} is not a model file, or it is damaged.", name=path.name)
    return Card(config, provenance, size)


def _read_header(content: bytes, path: Path) -> tuple[dict[str, str], dict[str, Any]]:
    """The two parts of a safetensors header: what is said of the model, and where its arrays lie."""
    try:
        arrays = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        header = arrays.pop("__metadata__", None) or {}
        if not all(isinstance(entry["data_offsets"][1], int) for entry in arrays.values()):
            raise TypeError
        if not all(isinstance(text, str) for text in header.values()):
            raise TypeError
    except (ValueError, AttributeError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise DigitLabError("{name} is not a model file, or it is damaged.", name=path.name) from error
    if header.get("format") != FORMAT:
        raise DigitLabError("{name} is a safetensors file, but not one of Digit Lab's models.", name=path.name)
    return header, arrays


def _read_about(header: dict[str, str], path: Path) -> tuple[Config, Provenance, Calibration]:
    config = Config.from_json(header.get("config", ""))
    try:
        provenance = _read_provenance(msgspec.json.decode(header["provenance"], type=dict))
        calibration = _read_calibration(msgspec.json.decode(header.get("calibration", "{}"), type=dict))
    except (KeyError, ValueError, *DAMAGED) as error:
        raise DigitLabError("{name} does not say as it should where it comes from.", name=path.name) from error
    return config, provenance, calibration


def _write(provenance: Provenance) -> str:
    fields: dict[str, Any] = {
        "title": provenance.title,
        "data_sha256": provenance.data_sha256,
        "epochs": provenance.epochs,
        "scores": {part: [score.n, score.correct] for part, score in provenance.scores.items()},
        "version": provenance.version,
    }
    if provenance.changes:
        fields["changes"] = [asdict(change) for change in provenance.changes]
    if provenance.taught:
        fields["taught"] = list(provenance.taught)
    return json.dumps(fields)


def _read_provenance(fields: dict[str, Any]) -> Provenance:
    pairs = msgspec.convert(fields.pop("scores"), dict[str, tuple[int, int]])
    scores = {part: Score(n, correct) for part, (n, correct) in pairs.items()}
    if not {field.name for field in dataclasses.fields(Provenance)}.issuperset(fields):
        raise ValueError
    provenance = msgspec.convert(fields, Provenance)
    if not 0.0 <= provenance.epochs <= MOST_EPOCHS:
        raise ValueError
    return dataclasses.replace(provenance, scores=scores, title=unlinked(letters(provenance.title)))


def _read_calibration(fields: dict[str, Any]) -> Calibration:
    bins = msgspec.convert(fields.get("bins", ()), tuple[Bin, ...])
    temperature = msgspec.convert(fields.get("temperature", 1.0), float)
    if not 0.01 <= temperature <= 100 or not all(0 <= each.correct <= each.n for each in bins):
        raise ValueError
    return Calibration(temperature, bins)


def _from_safetensors(path: Path) -> Model:
    """Array after array, not the whole file at once: of the largest network that would be half a gigabyte."""
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT:
                raise DigitLabError("{name} is a safetensors file, but not one of Digit Lab's models.", name=path.name)
            config, provenance, calibration = _read_about(header, path)
            arrays = _Arrays(file)
            dtypes = {file.get_slice(name).get_dtype() for name in arrays}
            if unread := sorted(dtypes - {"F16", "F32", "F64"}):
                raise DigitLabError(UNREAD_NUMBERS, name=path.name, kinds=", ".join(unread))
            dtype = "float64" if dtypes == {"F64"} else "float32"
            parameters = Parameters.from_arrays(config.network, arrays, dtype)
    except (SafetensorError, ValueError, TypeError, AttributeError, RecursionError, OSError) as error:
        if isinstance(error, DigitLabError):
            raise
        raise DigitLabError("{name} is not a model file, or it is damaged.", name=path.name) from error
    return Model(config, parameters, provenance, calibration)


class _Arrays(Mapping[str, np.ndarray]):
    """The arrays of an open safetensors file, each read when it is asked for."""

    def __init__(self, file: Any) -> None:
        self._file, self._names = file, list(file.keys())

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        return self._file.get_tensor(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
