"""What is heard of a browser over its websocket: what pages say, and nothing that is for who develops the app.

Streamlit lets every browser empty what all visitors share, whoever it belongs to: its queue, races and drawings would be
forgotten for everybody, by anyone who writes such a message by hand.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

SAID_BY_PAGES = {
    "rerun_script",
    "stop_script",
    "app_heartbeat",
    "file_urls_request",
    "backend_operation_request",
    None,  # of a kind that Streamlit does not know either
}


class HeardOfPages:
    """ASGI middleware: leaves out the messages of a websocket that no page sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def heard() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or is_said_by_pages(message.get("bytes") or b""):
                    return message

        await self._app(scope, heard if scope["type"] == "websocket" else receive, send)


def is_said_by_pages(content: bytes) -> bool:
    """Whether a page may have said so. What is no message at all is Streamlit's to refuse, with an end of the connection."""
    try:
        return BackMsg.FromString(content).WhichOneof("type") in SAID_BY_PAGES
    except DecodeError:
        return True
