"""Where what was found is kept: what ships beside the shipped networks, and the rest in the data folder, by the model file.

A model file's hash is its name there, so that a network that has changed is asked again, and two copies of one are not.
"""

import hashlib
from pathlib import Path

from core.errors import DigitLabError
from core.explain.back_query.found import Found, read_found, save_found
from core.files import newest_first
from core.folders import MODELS, back_queries_folder
from core.models.files import SUFFIX

MOST = 200  # results that are kept of networks that are not shipped; the oldest go


def file_hash(model: Path) -> str:
    """The SHA-256 of a model file. Raises `DigitLabError` where it cannot be read."""
    try:
        with open(model, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DigitLabError("{path} cannot be read: {reason}.", path=model, reason=error.strerror) from error


def shipped_path(model: Path, method: str) -> Path:
    """Where the result of a shipped model ships."""
    return MODELS / "back_query" / f"{model.stem}-{method}{SUFFIX}"


def kept_path(sha256: str, method: str) -> Path:
    """Where the result of the model with this hash is kept."""
    return back_queries_folder() / f"{sha256[:20]}-{method}{SUFFIX}"


def kept(model: Path, sha256: str, method: str) -> Found | None:
    """What was found for a model file with this hash, or None. One that is damaged is as good as none: it is found again."""
    paths = [kept_path(sha256, method)]
    if model.parent == MODELS:
        paths.insert(0, shipped_path(model, method))
    for path in paths:
        if path.is_file():
            try:
                return read_found(path, sha256)
            except DigitLabError:
                continue
    return None


def keep(found: Found, sha256: str) -> Path:
    """Keep it in the data folder; returns where."""
    path = kept_path(sha256, found.method)
    save_found(found, path, sha256)
    _forget_the_oldest()
    return path


def _forget_the_oldest() -> None:
    for path in newest_first(back_queries_folder().glob(f"*{SUFFIX}"))[MOST:]:
        path.unlink(missing_ok=True)
