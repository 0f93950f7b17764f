"""Who a visitor is, beyond a reload: a cookie with a number that says nothing of them, signed so that nobody makes up another's.

It comes with the page, and no script can read it (HttpOnly). On one's own computer there is none: all its visitors are one.
"""

import ipaddress
import re
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.jobs.limits import is_hosted
from core.runs import keys

NAME = "digit-lab"
YEAR = 31_536_000  # seconds
ID = re.compile(r"[0-9a-f]{16}", re.ASCII)
FORWARDED = ("x-forwarded-for", "forwarded")  # headers of a proxy: who asks is somewhere else


def who(cookies: Mapping[str, str]) -> str | None:
    """The visitor's id; None where there is no cookie, or it was not made here."""
    held = cookies.get(NAME)
    if not isinstance(held, str):  # in a test of one page there is no browser
        return None
    found, _, proof = held.partition(".")
    return found if ID.fullmatch(found) and keys.proves(keys.VISITOR, found, proof) else None


def value_of(visitor: str) -> str:
    """What the cookie of this visitor holds."""
    return f"{visitor}.{keys.sign(keys.VISITOR, visitor)}"


class Plain:
    """ASGI middleware: leaves out cookies with a backslash, of which Python may need seconds to read one of 60 kB.

    None of ours has one; whoever reads cookies behind this, Streamlit too, is spared them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope.get("headers", ())
        if any(name == b"cookie" and b"\\" in value for name, value in headers):
            plain = [(name, _plain(value) if name == b"cookie" else value) for name, value in headers]
            scope = {**scope, "headers": plain}
        await self._app(scope, receive, send)


def _plain(cookies: bytes) -> bytes:
    return b";".join(each for each in cookies.split(b";") if b"\\" not in each)


class Signed:
    """ASGI middleware: gives a cookie, with a page, to a visitor from elsewhere who has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not _needs_one(scope):
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _new(scope))
                    headers["cache-control"] = "private, no-cache"  # it is one visitor's alone
            await send(message)

        await self._app(scope, receive, with_cookie)


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _needs_one(scope: Scope) -> bool:
    headers = _headers(scope)
    if not (is_hosted() or any(name in headers for name in FORWARDED) or not _is_here(scope)):
        return False
    try:
        cookies = {name: each.value for name, each in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        cookies = {}
    return who(cookies) is None


def _is_here(scope: Scope) -> bool:
    """Whether the request comes from the computer that the server runs on."""
    return is_this_computer((scope.get("client") or ("",))[0])


def is_this_computer(address: str) -> bool:
    """Whether an address is this computer's own, which a server that listens to both kinds may be told as ::ffff:127.0.0.1."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(known, "ipv4_mapped", None) or known).is_loopback


def is_secure(scope: Scope) -> bool:
    """Whether the browser asked over HTTPS, of a proxy too."""
    return "https" in (scope.get("scheme"), _headers(scope).get("x-forwarded-proto", "").split(",")[0].strip())


def _new(scope: Scope) -> str:
    made = f"{NAME}={value_of(secrets.token_hex(8))}; Path=/; Max-Age={YEAR}; HttpOnly; SameSite=Lax"
    return f"{made}; Secure" if is_secure(scope) else made
