"""What a browser is told with each answer: where scripts may come from, who may show the page in a frame, and the like.

Streamlit sends none of it. Its own scripts, those of components (which it starts from `blob:` addresses) and the few that stand
in a page itself, known by their hashes, may run; nothing from elsewhere is loaded, and nothing is sent elsewhere.
"""

import base64
import functools
import hashlib
import os
import re
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.file_util import get_static_dir

EMBED = "DIGITLAB_EMBED"
ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d+)?", re.IGNORECASE)
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?", re.IGNORECASE)
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
CLOSED = ("/_stcore/metrics", "/_stcore/agent/")  # what Streamlit offers to anyone who asks
_FIRST = Path(__file__).parents[1] / "draw" / "stage" / "first.html"

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Headers:
    """ASGI middleware: adds the headers to every answer, and answers for what is not public."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = policy(host_of(scope))
                    if not embedders():
                        headers["X-Frame-Options"] = "SAMEORIGIN"
            await send(message)

        if any(closed in scope["path"] for closed in CLOSED):
            await with_headers({"type": "http.response.start", "status": 404, "headers": []})
            await with_headers({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, with_headers)


def host_of(scope: Scope) -> str:
    """The host that the browser asked, as far as it is one: its websocket goes there too."""
    host = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"host"), "")
    return host if HOST.fullmatch(host) else ""


def embedders() -> list[str]:
    """Who else may show the app in a frame, of `$DIGITLAB_EMBED`: addresses with spaces between them, or `*` for everyone."""
    return [each for each in os.environ.get(EMBED, "").split() if each == "*" or ORIGIN.fullmatch(each)]


def policy(host: str) -> str:
    """The content security policy of a page that was asked of this host."""
    sockets = f" ws://{host} wss://{host}" if host else ""
    scripts = " ".join(f"'sha256-{each}'" for each in _inline_scripts())
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: 'wasm-unsafe-eval' {scripts}",
        "style-src": "'self' 'unsafe-inline'",  # Streamlit's page styles itself so
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self'{sockets}",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(["'self'", *embedders()]),
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@functools.cache
def _inline_scripts() -> list[str]:
    """Hashes of the scripts that stand in Streamlit's page and in the first page themselves."""
    pages = [Path(get_static_dir()) / "index.html", _FIRST]
    found = [script for page in pages for script in INLINE.findall(page.read_text(encoding="utf-8"))]
    return [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in found]
