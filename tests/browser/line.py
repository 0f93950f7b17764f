"""The line between a browser and a server, which a test can cut: what is open breaks off, and nobody gets through."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Line:
    """Passes on what comes for a server, from an address of its own.

    Attributes
    ----------
    address : what the browser asks instead of the server.
    opened : how many connections were made.
    """

    def __init__(self, server: str) -> None:
        split = urlsplit(server)
        self._server = (split.hostname or "127.0.0.1", split.port or 80)
        self._lock, self._open, self._listener = threading.Lock(), set[socket.socket](), None
        self.opened = 0
        self.mend()
        self.address = f"http://127.0.0.1:{self._port}"

    def mend(self) -> None:
        """Let everybody through, at the same address as before."""
        listener = socket.create_server(("127.0.0.1", getattr(self, "_port", 0)), backlog=64)
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Break off what is open, and refuse what comes."""
        with self._lock:
            listener, self._listener = self._listener, None
            ends, self._open = self._open, set()
        if listener:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)  # or whoever waits in `accept` would take one more
            listener.close()
        for end in ends:
            _break_off(end)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                browser, _ = listener.accept()
            except OSError:
                return  # it was cut
            try:
                server = socket.create_connection(self._server, 10.0)
            except OSError:
                _break_off(browser)
                continue
            with self._lock:
                cut = self._listener is not listener
                if not cut:
                    self._open |= {browser, server}
                    self.opened += 1
            if cut:
                _break_off(browser)
                _break_off(server)
                return
            server.settimeout(None)
            for one, other in ((browser, server), (server, browser)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(1 << 16):
                other.sendall(content)
        with self._lock:
            self._open -= {one, other}
        _break_off(one)
        _break_off(other)


def _break_off(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextlib.contextmanager
def line_to(server: str) -> Iterator[Line]:
    """A line to the server of this address, for as long as a block lasts."""
    line = Line(server)
    try:
        yield line
    finally:
        line.cut()
