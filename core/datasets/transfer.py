"""Bytes from a web address that may be down, slow or endless: chunks come out, or one short reason why not.

The socket is read in a thread of its own, because a name look-up or a trickle of header bytes can block for
minutes; the caller waits on a queue instead, so that every limit is kept to.
"""

import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from http.client import HTTPException

from core.messages import N_, Message, message

CHUNK = 64 << 10
POLL = 0.1  # seconds between two looks at the clock
SLOWEST = 10_000  # bytes per second, below which a mirror is given up
SLOW_FOR = 8.0  # seconds over which that rate is measured


class MirrorFailed(Exception):
    """One mirror did not deliver one file; says what it did in a template that has a place for its name: "{mirror} ..."."""

    def __init__(self, template: str, **values: str | float) -> None:
        self.template, self.values = template, values
        super().__init__(template)

    def of(self, mirror: str) -> Message:
        """The failure as that of this mirror."""
        return message(self.template, mirror=mirror, **self.values)


def stream(url: str, *, timeout: float) -> Generator[bytes, None, None]:
    """Yield the body of `url` in chunks of at most 64 KiB.

    Raises `MirrorFailed` on an error, on no bytes for `timeout` seconds, or on less than `SLOWEST` bytes per
    second for `SLOW_FOR` seconds.
    """
    chunks: queue.Queue[bytes | Exception] = queue.Queue(maxsize=16)
    given_up = threading.Event()
    threading.Thread(target=_read, args=(url, timeout, chunks, given_up), daemon=True).start()
    last_bytes = window_start = time.monotonic()
    window_bytes = 0
    try:
        while True:
            try:
                chunk = chunks.get(timeout=POLL)
            except queue.Empty:
                chunk = None
            if isinstance(chunk, Exception):
                raise _failure(chunk, timeout) from chunk
            if chunk == b"":
                return
            now = time.monotonic()
            if chunk:
                last_bytes = now
                window_bytes += len(chunk)
                yield chunk
            elif now - last_bytes > timeout:
                raise _silence(timeout)
            if now - window_start > SLOW_FOR:
                if 0 < window_bytes < SLOWEST * SLOW_FOR:  # nothing at all is for `timeout` to judge
                    raise MirrorFailed(N_("{mirror} was too slow"))
                window_start, window_bytes = now, 0
    finally:
        given_up.set()


def _read(url: str, timeout: float, chunks: queue.Queue, given_up: threading.Event) -> None:
    """Read into the queue until the end (an empty chunk), an error (the exception), or nobody wants more."""

    def put(item: bytes | Exception) -> None:
        while not given_up.is_set():
            try:
                return chunks.put(item, timeout=POLL)
            except queue.Full:
                pass

    try:
        request = urllib.request.Request(url, headers={"User-Agent": "digit-lab"})
        with urllib.request.urlopen(request, timeout=timeout) as response:
            # read1 hands on what has arrived; read would wait for a full chunk, however slowly it trickles.
            while not given_up.is_set():
                chunk = response.read1(CHUNK)
                put(chunk)
                if not chunk:
                    return
    except (OSError, HTTPException, ValueError) as error:
        put(error)


def _failure(error: Exception, timeout: float) -> MirrorFailed:
    if isinstance(error, urllib.error.HTTPError):
        return MirrorFailed(N_("{mirror} answered with error {code}"), code=error.code)
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return _silence(timeout)
    detail = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return MirrorFailed(N_("{mirror} could not be reached ({reason})"), reason=detail or type(cause).__name__)


def _silence(timeout: float) -> MirrorFailed:
    return MirrorFailed(N_("{mirror} sent nothing for {seconds:g} s"), seconds=timeout)
