"""A page for the server's owner: what it holds, what goes on, whether all is in its place, and whether it still reads a digit.

It is there for who has the key, `$DIGITLAB_STATUS_KEY`, as the password that a browser asks for (any name will do). Without such
a setting there is no such page. It needs no session of Streamlit's, so that it answers where nothing else does.
"""

import base64
import binascii
import hmac
import html
import os

from anyio import CapacityLimiter, to_thread
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.say import say, speaking
from dashboard.web.facts import Fact, Read, facts, tried

KEY = "DIGITLAB_STATUS_KEY"
SHORTEST = 16  # letters of a key: a shorter one could be found by trying
PATH = "/status"
AGAIN = 15  # seconds after which the page looks again by itself; what was tried on it stays until somebody asks

_STYLE = """
:root { color-scheme: light dark; background: light-dark(#fbfaf6, #20272b); color: light-dark(#22262e, #edeae1); }
body { font: 1rem/1.5 sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8886; vertical-align: top; }
th { font-weight: 400; width: 40%; }
.bad { font-weight: 700; }
button { font: inherit; min-height: 44px; padding: 0 1rem; margin: 1rem 0; }
"""


class Status:
    """ASGI middleware: answers for the status page, and counts the tabs that are open; `read` reads a visitor's drawing."""

    def __init__(self, app: ASGIApp, read: Read) -> None:
        self._app, self._read = app, read
        self._tabs = 0
        self._limit: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self._tabs += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._tabs -= 1
        elif scope["type"] == "http" and scope["path"].endswith(PATH) and key_is_set():
            response = await self._answered(scope)
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answered(self, scope: Scope) -> Response:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if not is_owner(headers.get("authorization", "")):
            with speaking("en"):
                sentence = say("This page is for the owner of this server, who has its key.")
            return PlainTextResponse(sentence, 401, {"WWW-Authenticate": 'Basic realm="Digit Lab"'})
        self._limit = self._limit or CapacityLimiter(1)
        tries = scope["method"] == "POST"
        page = await to_thread.run_sync(_page, self._tabs, self._read if tries else None, limiter=self._limit)
        again = {} if tries else {"Refresh": str(AGAIN)}
        return HTMLResponse(page, headers={"Cache-Control": "no-store", **again})


def key_is_set() -> bool:
    """Whether there is a status page; a key that could be guessed is none."""
    return len(os.environ.get(KEY, "")) >= SHORTEST


def is_owner(authorization: str) -> bool:
    """Whether this `Authorization` header has the key; how long the comparison takes tells nothing of it."""
    scheme, _, coded = authorization.partition(" ")
    try:
        _, _, given = base64.b64decode(coded, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(given, os.environ.get(KEY, "").encode())


def _page(tabs: int, read: Read | None) -> str:
    with speaking("en"):
        rows = "".join(_row(fact) for fact in facts(tabs))
        outcome = _row(tried(read)) if read else ""
        title, press = say("How this server is"), say("Draw a digit and read it")
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex">'
            f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title><style>{_STYLE}</style>'
            f"<h1>{html.escape(title)}</h1><table>{rows}{outcome}</table>"
            f'<form method="post"><button>{html.escape(press)}</button></form></html>'
        )


def _row(fact: Fact) -> str:
    mark = "" if fact.good else ' class="bad"'
    return f'<tr><th scope="row">{html.escape(fact.name)}</th><td{mark}>{html.escape(fact.value)}</td></tr>'
