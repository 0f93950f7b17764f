"""Visitors without a browser: sessions of a running app over websockets, as a browser opens them."""

import contextlib
from collections.abc import Iterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


class Visitor:
    """One open tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.session = ""  # its id, as the server tells it once

    def open(self, page: str = "", query: str = "", seconds: float = 60) -> list[ForwardMsg]:
        """Come to a page and wait until all of it has been sent; returns what was sent."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        self._socket.send(message.SerializeToString())
        sent = []
        while True:
            part = ForwardMsg()
            part.ParseFromString(self._socket.recv(timeout=seconds))
            sent.append(part)
            if part.WhichOneof("type") == "new_session":
                self.session = part.new_session.initialize.session_id or self.session
            if part.WhichOneof("type") == "script_finished":
                return sent

    def send(self, message: bytes) -> None:
        """Send anything, as no browser would."""
        self._socket.send(message)


@contextlib.contextmanager
def visitors(address: str, count: int) -> Iterator[list[Visitor]]:
    """So many tabs at a time of the app at an address with http."""
    stream = address.replace("http", "ws") + "/_stcore/stream"
    with contextlib.ExitStack() as stack:
        tabs = [
            Visitor(stack.enter_context(connect(stream, subprotocols=["streamlit"], max_size=None, open_timeout=60)))
            for _ in range(count)
        ]
        for tab in tabs:
            tab.open()  # the first look, at a page that is still empty; a browser asks for the rest by itself
        yield tabs
