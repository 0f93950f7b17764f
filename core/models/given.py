"""Models that came in a file: checked, kept for whoever gave them, and models like any other from then on.

    RUNS/models/OWNER/model-3f8a09c211de.safetensors     OWNER is a hash of the owner's id

A model's name follows from its owner and what the file holds: the same file has one name, another owner's copy another one,
and nobody who has not seen it can guess it.
"""

import dataclasses
import gzip
import hashlib
import io
import re
import tempfile
import zlib
from pathlib import Path

from core.errors import DigitLabError
from core.files import newest_first
from core.folders import given_models_folder
from core.messages import N_, unlinked
from core.models.files import SUFFIX, read_model, save_model
from core.models.model import Model
from core.settings import beyond, settings

GIVEN_ID = re.compile(r"model-[0-9a-f]{12}", re.ASCII)
KINDS = ("safetensors", "json", "txt", "gz")
MAX_FILE = 15_000_000  # bytes: the largest network that comes with Digit Lab is 10 MB in full precision
MAX_UNPACKED = MAX_FILE  # ten times as much memory is taken by the numbers of a JSON file while it is read
MAX_TITLE = 80
TOO_LARGE = N_("{name} is too large: files of up to {most:.0f} MB are taken.")
NOT_UNPACKED = N_("{name} cannot be unpacked: {error}.")
NO_SQUARE = N_("The network in {name} does not read pictures: its {inputs} inputs make no square.")
NOT_TEN = N_("The network in {name} does not read the ten digits: it has {outputs} outputs.")
GONE = N_("The model {name} is not here any more. Give its file again.")


def read_content(content: bytes, name: str) -> Model:
    """The model in a file's content: safetensors, or the earlier system's JSON, packed by gzip or not.

    Raises `DigitLabError` where it is none that reads digits.
    """
    title = _clean(Path(name).name) or "model"
    if len(content) > MAX_FILE:
        raise DigitLabError(TOO_LARGE, name=title, most=MAX_FILE / 1e6)
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, title)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / re.sub(r"[^\w.-]", "_", title)[-60:]
        path.write_bytes(content)
        model = read_model(path)
    if not model.network.is_square:
        raise DigitLabError(NO_SQUARE, name=title, inputs=model.network.inputs)
    if model.network.outputs != 10:
        raise DigitLabError(NOT_TEN, name=title, outputs=model.network.outputs)
    called = _clean(model.provenance.title) or title
    return dataclasses.replace(model, provenance=dataclasses.replace(model.provenance, title=called))


def _unpacked(content: bytes, name: str) -> bytes:
    """What a gzip file holds, read no further than a model may be large."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DigitLabError(NOT_UNPACKED, name=name, error=error) from error
    if len(unpacked) > MAX_UNPACKED:
        raise DigitLabError(TOO_LARGE, name=name, most=MAX_UNPACKED / 1e6)
    return unpacked


def _clean(text: str) -> str:
    """As much of a title as may stand in a list."""
    return unlinked(" ".join("".join(letter if letter.isprintable() else " " for letter in text).split()))[:MAX_TITLE]


def keep(model: Model, owner: str) -> str:
    """Keep a model for its owner; returns its name. The oldest of the owner's, or of all, gives way to one too many."""
    name = f"model-{hashlib.sha256(owner.encode() + _fingerprint(model)).hexdigest()[:12]}"
    try:
        save_model(model, folder_of(owner) / f"{name}{SUFFIX}")
        allowed = settings()
        own = _by_age(folder_of(owner))
        for old in [*beyond(allowed.networks, own), *beyond(allowed.networks_in_all, _by_age(*_folders()))]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise DigitLabError("The model could not be kept: {reason}.", reason=error.strerror) from error
    return name


def find_given(name: str) -> Path:
    """The file of a model of this name, which may come from a URL. Raises `DigitLabError` when it is not here."""
    found = given_models_folder().glob(f"*/{name}{SUFFIX}") if GIVEN_ID.fullmatch(name) else ()
    path = next(iter(found), None)
    if path is None:
        raise DigitLabError(GONE, name=name)
    return path


def is_given(name: str) -> bool:
    """Whether there is a given model of this name."""
    return bool(GIVEN_ID.fullmatch(name)) and next(given_models_folder().glob(f"*/{name}{SUFFIX}"), None) is not None


def given_by(owner: str) -> list[str]:
    """The names of the models that this owner gave, the newest first."""
    return [path.stem for path in _by_age(folder_of(owner))]


def all_given() -> list[Path]:
    """The files of all models that were given, the newest first."""
    return _by_age(*_folders())


def remove(name: str, owner: str) -> None:
    """Let go of a model of this owner's; one that is gone already is no error."""
    if GIVEN_ID.fullmatch(name):
        (folder_of(owner) / f"{name}{SUFFIX}").unlink(missing_ok=True)


def _fingerprint(model: Model) -> bytes:
    return model.config.to_json().encode() + model.parameters.flat.tobytes()


def folder_of(owner: str) -> Path:
    """Where an owner's models lie."""
    return given_models_folder() / hashlib.sha256(owner.encode()).hexdigest()[:16]


def _folders() -> list[Path]:
    home = given_models_folder()
    return [path for path in home.iterdir() if path.is_dir()] if home.is_dir() else []


def _by_age(*folders: Path) -> list[Path]:
    """Their models, the newest first."""
    return newest_first(path for folder in folders for path in folder.glob(f"model-*{SUFFIX}"))
