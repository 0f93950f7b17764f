"""Something to draw on before Streamlit has come: on a slow link its scripts take seconds, and the stage needs none of them.

The server answers for the first page with Streamlit's own page, into which the stage is put. Streamlit's scripts are fetched
after the stage's own and its light network; when the real page stands, it takes over what has been drawn (`first.js`).
"""

import functools
import gzip
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.file_util import get_static_dir

from core.catalog import DEFAULT, find_model, load_model
from core.models.files import read_card
from core.models.packed import geometry, pack
from dashboard import words
from dashboard.compressed import YEAR, takes_gzip
from dashboard.draw import NETWORK
from dashboard.draw.stage.component import told
from dashboard.draw.stage.verdict import Verdict
from dashboard.look.scripts import bundle
from dashboard.pads.drawing import SIZE
from dashboard.pads.strokes import Drawing
from dashboard.parts.served import LIGHT
from dashboard.say import ENGLISH, languages, say, speaking

PAGES = ("", "draw", "home")  # paths of the page that the stage is on, today's and earlier ones
FOLDER = "digit-lab"  # under which the stage's own files are served
LATER = ('type="module"', 'rel="modulepreload"', 'rel="preload"', 'rel="stylesheet"')  # what waits for the stage
ELEMENT = re.compile(r"<(?:script|link)\b[^>]*>(?:</script>)?")
ROOT = '<div id="root"></div>'  # which Streamlit fills
_HERE = Path(__file__).parent
_LOOK = _HERE.parents[1] / "look" / "style.css"


class FirstPage:
    """ASGI middleware: answers for the page that the stage is on, and for the few files which that needs."""

    def __init__(self, app: ASGIApp, index: Path | None = None) -> None:
        self._app = app
        self._index = index or Path(get_static_dir()) / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._answer(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        await (response or self._app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered here; None for all that is Streamlit's."""
        above, _, name = scope["path"].rpartition("/")
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        zipped = takes_gzip(headers.get("accept-encoding", ""))
        if above.endswith(f"/{FOLDER}"):
            content = files().get(name)
            return None if content is None else _kept(name, content, zipped)
        presenting = b"stage=" in scope.get("query_string", b"")
        if name not in PAGES or presenting or "text/html" not in headers.get("accept", ""):
            return None
        page = first_page(self._index, _language(headers.get("accept-language", "")))
        return (
            None if page is None else _sent(page, "text/html", zipped, "no-cache", "Accept-Encoding, Accept-Language")
        )


def _kept(name: str, content: bytes, zipped: bool) -> Response:
    """A file whose name changes with its content."""
    media_type = "text/javascript" if name.endswith(".js") else "application/octet-stream"
    return _sent(content, media_type, zipped, f"public, immutable, max-age={YEAR}", "Accept-Encoding")


def _sent(content: bytes, media_type: str, zipped: bool, cache: str, vary: str) -> Response:
    headers = {"Cache-Control": cache, "Vary": vary} | ({"Content-Encoding": "gzip"} if zipped else {})
    return Response(_zipped(content) if zipped else content, media_type=media_type, headers=headers)


@functools.lru_cache(maxsize=8)
def _zipped(content: bytes) -> bytes:
    return gzip.compress(content)


@functools.cache
def _script() -> tuple[str, bytes]:
    return _named("first.js", bundle(_HERE, "first.js").encode())


@functools.cache
def _network() -> tuple[str, bytes]:
    return _named("network.bin", pack(load_model(LIGHT)))


def _named(name: str, content: bytes) -> tuple[str, bytes]:
    """A file's name with a hash of its content in it, as the browser keeps it, and its content."""
    stem, suffix = name.split(".")
    return f"{stem}-{_hash(content)}.{suffix}", content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]  # as `dashboard.parts.served` names networks: fetched once for both


def files() -> dict[str, bytes]:
    """The files that the first page fetches, by their names."""
    return dict((_script(), _network()))


@functools.lru_cache(maxsize=8)
def first_page(index: Path, spoken: str) -> bytes | None:
    """Streamlit's page with the stage in it, in a language; None where Streamlit's page is not as it is known here."""
    text = index.read_text(encoding="utf-8")
    later = [each for each in ELEMENT.findall(text) if any(mark in each for mark in LATER)]
    if ROOT not in text or "</head>" not in text or not any(each.startswith("<script") for each in later):
        return None
    with speaking(spoken):
        inside, title = _stage(later), html.escape(say(words.PAGES["draw"].heading))
    for each in later:
        text = text.replace(each, "")
    text = re.sub(r"(?<=<title>)[^<]*", lambda _: title, text)
    style = (_HERE / "first.css").read_text(encoding="utf-8") + _LOOK.read_text(encoding="utf-8")
    return text.replace("</head>", f"<style>{style}</style></head>").replace(ROOT, ROOT + inside).encode()


def _stage(later: list[str]) -> str:
    """What stands in the page until Streamlit has come: the title, the stage in a root of its own, and what it needs."""
    script, _ = _script()
    fill = {
        "title": html.escape(say(words.PAGES["draw"].heading)),
        "sentence": html.escape(say(words.PAGES["draw"].sentence)),
        "style": (_HERE / "stage.css").read_text(encoding="utf-8"),
        "stage": (_HERE / "stage.html").read_text(encoding="utf-8"),
        "data": json.dumps(_data()).replace("<", "\\u003c"),
        "later": "\n".join(later),
        "script": f"./{FOLDER}/{script}",
    }
    page = (_HERE / "first.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: fill[found[1]], page)


def _data() -> dict[str, Any]:
    """What the stage is told before anything has been drawn: as the server tells it later, but with the light network alone."""
    name, content = _network()
    light = {
        "name": LIGHT,
        "hash": _hash(content),
        "url": f"/{FOLDER}/{name}",
        "bytes": len(content),
        "geometry": geometry(load_model(LIGHT)),
    }
    waiting = Verdict(0, 0, "waiting", "?", say(words.EMPTY_PAD))
    network = read_card(find_model(DEFAULT)).config.network
    return told(
        Drawing(),
        waiting,
        network,
        model="",
        alone=False,
        networks=[light],
        guard=None,
        heard=0,
        size=SIZE,
        section=NETWORK,
        way="live",
    )


def _language(accepted: str) -> str:
    """The first of the languages in `Accept-Language`, which browsers list from the best, that there is."""
    wanted = (part.split(";")[0].split("-")[0].strip().lower() for part in accepted.split(","))
    return next((name for name in wanted if name in languages()), ENGLISH)
