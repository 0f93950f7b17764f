"""Streamlit's own scripts, sent compressed: uncompressed they are what a visitor with a slow link waits for.

Streamlit leaves this to a proxy in front of it (its server would compress each file anew for each visitor). Here each is
compressed once and kept: of some 5 MB that a page needs 1.5 MB travel.
"""

import gzip
import mimetypes
import re
from pathlib import Path

from anyio import to_thread
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from dashboard.cache import Cache

FOLDER = "/static/"  # whose files have a hash of their content in their names: they never change
SUFFIXES = (".js", ".css")
LEVEL = 6  # of 9: the last three take three times as long for a hundredth
YEAR = 31_536_000  # seconds
NAMED = re.compile(r'"\./(static/[^"]+\.(?:js|css))"')
KEPT: Cache[bytes] = Cache(12_000_000, len)


class Compressed:
    """ASGI middleware: answers for a script or style sheet of Streamlit's if the browser takes it compressed."""

    def __init__(self, app: ASGIApp, folder: Path | None = None) -> None:
        self._app = app
        self._folder = (folder or Path(get_static_dir()) / FOLDER.strip("/")).resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._asked_for(scope)
        if path is None:
            await self._app(scope, receive, send)
            return
        if path not in KEPT:
            await to_thread.run_sync(_compressed, path)
        media_type, _ = mimetypes.guess_type(path.name)
        headers = {
            "Content-Encoding": "gzip",
            "Vary": "Accept-Encoding",
            "Cache-Control": f"public, immutable, max-age={YEAR}",
        }
        await Response(_compressed(path), media_type=media_type, headers=headers)(scope, receive, send)

    def _asked_for(self, scope: Scope) -> Path | None:
        """The file, if this is a request that is answered here."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        _, found, name = scope["path"].rpartition(FOLDER)
        if not found or not name.endswith(SUFFIXES) or "\0" in name:
            return None
        headers = dict(scope["headers"])
        if b"range" in headers or not takes_gzip(headers.get(b"accept-encoding", b"").decode("latin-1")):
            return None
        path = (self._folder / name).resolve()
        return path if path.is_relative_to(self._folder) and path.is_file() else None


def takes_gzip(accepted: str) -> bool:
    """Whether "gzip" stands in `Accept-Encoding`, and is not refused there by a weight of 0."""
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _compressed(path: Path) -> bytes:
    """A file's content, compressed by whoever asks first: a class that comes at once waits for one of them."""
    return KEPT.get(path, lambda: gzip.compress(path.read_bytes(), LEVEL))


def make_ready() -> None:
    """Compress what each visitor's browser asks for: the scripts and style sheets that Streamlit's page names."""
    folder = Path(get_static_dir()).resolve()
    for name in NAMED.findall((folder / "index.html").read_text(encoding="utf-8")):
        if (folder / name).is_file():
            _compressed(folder / name)
