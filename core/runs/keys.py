"""Links and cookies that prove something: signed with a secret that lies in the folder of the runs and never leaves it.

All servers with one runs folder have one secret. Where none can be kept, a server has its own until it ends.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from core.folders import runs_folder

VISITOR, WATCH, OWN = "visitor", "watch", "own"  # what a signature is for: one for watching owns nothing
LENGTH = 32  # bytes of the secret
_OWN_SECRET = secrets.token_bytes(LENGTH)


def sign(purpose: str, what: str) -> str:
    """What proves `what` for this purpose: 32 hexadecimal digits, which nobody can guess or work out."""
    return hmac.new(_secret(), f"{purpose}:{what}".encode(), hashlib.sha256).hexdigest()[:32]


def proves(purpose: str, what: str, signature: str) -> bool:
    """Whether a signature, which may be any text, is that of `what` for this purpose."""
    return hmac.compare_digest(sign(purpose, what).encode(), signature.encode(errors="replace"))


def _secret() -> bytes:
    path = runs_folder() / ".secret"
    try:
        kept = path.read_bytes() if path.is_file() else _make(path)
    except OSError:
        return _OWN_SECRET
    return kept if len(kept) == LENGTH else _OWN_SECRET


def _make(path: Path) -> bytes:
    """Keep a new secret, unless another server has been quicker; whoever reads it finds it whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".secret.", dir=path.parent)  # which nobody else may read
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
    return path.read_bytes()
