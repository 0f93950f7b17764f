"""Copies of models that visitors have taught their hand and kept: each in a folder of its own, known by its id alone.

An id cannot be guessed, and no list of all copies is shown: a copy belongs to whoever has its id. A copy is a model like
any other (`core.catalog` finds it), and remembers which model was in use before it.

    RUNS/taught/ID/before.txt          the name of the model that it was made from
    RUNS/taught/ID/owner.txt           whose it is: who may delete it
    RUNS/taught/ID/model.safetensors   the copy
"""

import os
import re
import secrets
import shutil
from pathlib import Path

from core.errors import DigitLabError
from core.files import write_atomically
from core.folders import runs_folder
from core.models.files import save_model
from core.models.model import Model
from core.settings import beyond, settings

COPY_ID = re.compile(r"taught-[0-9a-f]{16}")


def keep_copy(model: Model, before: str, owner: str = "") -> str:
    """Keep a taught copy of the model `before`, which is its owner's; returns its id.

    The oldest of the owner's, or of all, gives way to one too many.
    """
    copy_id = f"taught-{secrets.token_hex(8)}"
    folder = _folder() / copy_id
    try:
        write_atomically(folder / "before.txt", before.encode())
        write_atomically(folder / "owner.txt", owner.encode())
        save_model(model, _file(folder))
        allowed = settings()
        own = [each for each in _by_age() if owner_of(each.name) == owner]
        for old in [*beyond(allowed.copies, own), *beyond(allowed.copies_in_all, _by_age())]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise DigitLabError("The copy could not be kept: {reason}.", reason=error.strerror) from error
    return copy_id


def find_copy(copy_id: str) -> Path:
    """The file of a copy. Raises `DigitLabError` when there is none of this id, which may come from a URL."""
    path = _file(_folder() / copy_id)
    if not COPY_ID.fullmatch(copy_id) or not path.is_file():
        raise DigitLabError("There is no such taught copy. It may have been undone, or given way to newer ones.")
    return path


def is_copy(name: str | None) -> bool:
    """Whether there is a copy of this name."""
    return name is not None and bool(COPY_ID.fullmatch(name)) and _file(_folder() / name).is_file()


def model_before(copy_id: str) -> str:
    """The name of the model that a copy was made from; empty where that is not known any more."""
    return _said(copy_id, "before.txt")


def owner_of(copy_id: str) -> str:
    """Whose a copy is; empty where that is not known."""
    return _said(copy_id, "owner.txt")


def copies_of(owner: str) -> list[str]:
    """The copies of this owner's, the newest first."""
    return [name for name in all_copies() if owner_of(name) == owner]


def all_copies() -> list[str]:
    """All copies, the newest first."""
    return [folder.name for folder in _by_age() if is_copy(folder.name)]


def _said(copy_id: str, name: str) -> str:
    try:
        return (find_copy(copy_id).parent / name).read_text()
    except (OSError, ValueError):  # nobody has written it, it is no text, or there is no such copy
        return ""


def delete_copy(copy_id: str) -> None:
    """Delete a copy; one that is gone already is no error."""
    if COPY_ID.fullmatch(copy_id):
        shutil.rmtree(_folder() / copy_id, ignore_errors=True)


def _folder() -> Path:
    return runs_folder() / "taught"


def _file(folder: Path) -> Path:
    return folder / "model.safetensors"


def _by_age() -> list[Path]:
    """The folders of copies, the newest first."""
    names = os.listdir(_folder()) if _folder().is_dir() else []
    found = [_folder() / name for name in names if COPY_ID.fullmatch(name)]
    return sorted(found, key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
