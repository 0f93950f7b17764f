"""An ASGI app is asked as a server asks it, without a server."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from tests.coroutines import run


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    query: str = "",
    body: bytes = b"",
    client: str = "192.0.2.1",
    **headers: str,
) -> Answer:
    """One request; `accept_language="de"` is a header."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "client": (client, 50_000),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    run(app(scope, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent))
