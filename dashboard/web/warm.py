"""What the first visitors would wait for is made ready when the server begins: a class comes all at once."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
from anyio import to_thread

from core.catalog import DEFAULT
from core.errors import DigitLabError
from dashboard import compressed, shared
from dashboard.parts.served import LIGHT
from dashboard.say import ENGLISH, speaking

LISTENS_WITHIN = 10.0  # seconds


@contextlib.asynccontextmanager
async def warmed(*more: Callable[[], object]) -> AsyncIterator[dict[str, Any]]:
    """The life of the server, at whose beginning things are made ready in a thread of their own, and `more` is called.

    At its end runs are waited for, which keep what they have learned.
    """
    threading.Thread(target=warm, args=more, name="warms", daemon=True).start()
    yield {}
    await to_thread.run_sync(shared.leave)


def warm(*more: Callable[[], object]) -> None:
    """Read and pack networks, compress Streamlit's scripts; what cannot be done now is said to whoever asks for it.

    From then on it is looked after what servers before this one have left behind, whether a visitor comes or not.
    """
    end = time.monotonic() + LISTENS_WITHIN
    while not answer_at_once() and time.monotonic() < end:
        time.sleep(0.02)
    shared.jobs()
    with speaking(ENGLISH), contextlib.suppress(DigitLabError, OSError):  # nobody has come who would have a language
        for name in (DEFAULT, LIGHT):
            shared.packed(name)
        shared.packed_guard()
        for each in more:
            each()
        compressed.make_ready()


def answer_at_once() -> int:
    """Let what is sent to a browser go out at once (TCP_NODELAY); returns how many sockets listen here.

    Streamlit makes its socket in a way that asyncio does not know for TCP's, and each small file would wait 40 ms for the
    browser's word that it has the head of the answer. A connection has this from the socket that listened.
    """
    try:
        listening = [each for each in psutil.Process().net_connections("tcp") if each.status == psutil.CONN_LISTEN]
    except (psutil.Error, OSError):  # where the system does not tell
        return 1
    for each in listening:
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(each.fd)) as copy:
            copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return len(listening)
