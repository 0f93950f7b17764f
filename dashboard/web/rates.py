"""How often one address may ask: on a server for strangers, nobody takes all of it.

An address may be a whole school, so the bounds are those of a hundred people; they hold off scripts, not classes.
"""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.jobs.limits import is_hosted
from dashboard.say import say, speaking

MOST_ADDRESSES = 4_096
TOO_OFTEN = 429
OWN_PART = 64  # bits of an IPv6 address: whoever has a connection has all that begin with them


@dataclass(frozen=True)
class Rate:
    """How many at once, and how many a second after that."""

    burst: float
    second: float


FILES = Rate(12_000, 400)  # a visitor fetches some sixty files, a class of a hundred all of them at once
READINGS = Rate(400, 80)
SOCKETS = Rate(200, 4)  # tabs that are opened


class Buckets:
    """What each address has left. The table is bounded: who has not asked for longest is forgotten."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str) -> bool:
        """Whether this address may ask now."""
        now = self._clock()
        left, then = self._left.pop(address, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - then) * self._rate.second)
        allowed = left >= 1
        self._left[address] = left - allowed, now
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._left)


class Rates:
    """ASGI middleware: refuses, with a sentence, who asks too often. On one's own machine nothing is limited.

    `readings` is how paths end by which the stage asks.
    """

    def __init__(self, app: ASGIApp, readings: str) -> None:
        self._app, self._path = app, readings
        self._files, self._readings, self._sockets = Buckets(FILES), Buckets(READINGS), Buckets(SOCKETS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not is_hosted() or self._may(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})
        else:
            with speaking("en"):
                sentence = say("Too much was asked from your address just now. Wait a minute, and try again.")
            headers = {"Retry-After": "30"}
            await PlainTextResponse(sentence, status_code=TOO_OFTEN, headers=headers)(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        address = household(scope["client"][0]) if scope.get("client") else ""
        if scope["type"] == "websocket":
            return self._sockets.take(address)
        return (self._readings if scope["path"].endswith(self._path) else self._files).take(address)


def household(host: str) -> str:
    """What counts as one address: an IPv4 address, however it is written, or all IPv6 addresses of one connection."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> OWN_PART << OWN_PART, OWN_PART)))
