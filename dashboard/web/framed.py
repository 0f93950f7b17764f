"""Cookies where the app is shown in another site's frame: as they are sent otherwise, browsers keep none of them there.

Without them a tab is another visitor at each reload, and what a visitor uploads is refused: Streamlit asks for a token that
stands in one. With `SameSite=None` they are kept, and with `Partitioned` also where a browser blocks those of other sites: a jar
for each site that shows the app, so that no other site's page can use what was given in this one's.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.cookie import is_secure
from dashboard.web.headers import embedders

ABOUT_SITES = ("samesite=", "secure", "partitioned")
IN_A_FRAME = ("SameSite=None", "Secure", "Partitioned")


class Framed:
    """ASGI middleware: has cookies kept in the frames that `$DIGITLAB_EMBED` allows, which browsers do over HTTPS alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not embedders() or not is_secure(scope):
            await self._app(scope, receive, send)
            return

        async def with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, _kept(value) if name == b"set-cookie" else value) for name, value in message["headers"]
                ]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, with_cookies)


def _kept(cookie: bytes) -> bytes:
    parts = [each.strip() for each in cookie.decode("latin-1").split(";")]
    parts = [each for each in parts if not each.lower().startswith(ABOUT_SITES)]
    return "; ".join([*parts, *IN_A_FRAME]).encode("latin-1")
