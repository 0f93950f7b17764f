"""The stage asks the server what it makes of a drawing, by itself: no page is drawn anew for it.

A page's script, run anew, costs the server six times what the reading costs. The session finds the drawing when it next looks
(`dashboard.pads.sheets`).
"""

import json
from collections.abc import Mapping
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import DigitLabError
from core.messages import N_
from dashboard import shared
from dashboard.draw.stage.answer import answer
from dashboard.draw.stage.first import FOLDER
from dashboard.draw.stage.verdict import Verdict
from dashboard.pads.fabric import PICTURE
from dashboard.pads.sheets import sheets
from dashboard.pads.strokes import LARGEST, LONGEST, Drawing
from dashboard.say import ENGLISH, languages, speaking

PATH = f"/{FOLDER}/read"
MOST = LONGEST + LARGEST  # bytes of a question
NOT_KNOWN = 409  # the drawing's session is not here, or uses another network by now: it has to be told itself
AT_ONCE = 2  # readings; more would only make each other late
NO_DRAWING = N_("That is no drawing of the stage's.")


class AskedByStage:
    """ASGI middleware: answers what the stage asks, `POST digit-lab/read`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._limit: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(PATH):
            await self._app(scope, receive, send)
            return
        response = await self._answered(Request(scope, receive))
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        self._limit = self._limit or CapacityLimiter(AT_ONCE)  # belongs to the loop that it is first used in
        body = await body_of(request)
        if body is None:
            return Response(status_code=413)
        return await to_thread.run_sync(_response, body, limiter=self._limit)


async def body_of(request: Request) -> bytes | None:
    """What a browser sends; None if it is more than a drawing may be, of which no more is read, or breaks off."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST:
                return None
    except ClientDisconnect:  # nobody is there any more to be answered
        return None
    return bytes(body)


def _response(body: bytes) -> Response:
    try:
        asked = json.loads(body)
        sheet = str(asked.get("sheet")) if isinstance(asked, dict) else ""
        name = sheets().model_of(sheet)
        if name is None or name != asked.get("model"):
            return Response(status_code=NOT_KNOWN)
        verdict = word_on(asked, name)
        return JSONResponse(verdict.told()) if sheets().leave(sheet, body) else Response(status_code=NOT_KNOWN)
    except DigitLabError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    except (ValueError, RecursionError):  # no JSON
        return Response(status_code=400)


def word_on(asked: Mapping[str, Any], name: str) -> Verdict:
    """What the model of this name makes of a drawing that a browser asks about; refuses what no stage can have sent."""
    strokes, png, version, sequence, spoken = (
        asked.get(key) for key in ("strokes", "png", "version", "sequence", "language")
    )
    if not isinstance(version, int) or not isinstance(sequence, int):
        raise DigitLabError(NO_DRAWING)
    if not isinstance(strokes, list) or not isinstance(png, str) or not png.startswith(PICTURE):
        raise DigitLabError(NO_DRAWING)
    held = Drawing()
    held.hear(strokes, png, whole=True)
    if len(held.strokes) != len(strokes):
        raise DigitLabError(NO_DRAWING)
    with speaking(spoken if spoken in languages() else ENGLISH):
        _, verdict = answer(shared.model(name), held.picture(), version=version, sequence=sequence)
    return verdict
