"""What a stage draws while it asks the server by itself (`dashboard/draw/stage/asked.py`), kept until its session looks.

Each visitor's drawing has an id that nobody can guess, and the session says which network may be asked of it: a browser could
name another one, which may be another visitor's. What is kept is bounded, in number and in bytes: of a session that never
looks again it is forgotten when others need the room.
"""

import json
import threading
from collections import OrderedDict
from typing import Any

import streamlit as st

MOST_SHEETS = 4_096
MOST_BYTES = 24_000_000


class Sheets:
    """The latest state of drawings, as browsers sent them; any number of threads may ask."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def open(self, sheet: str, model: str) -> None:
        """Let something be left here under this id, for the network of this name; without that nothing is taken."""
        with self._lock:
            _, sent = self._left.get(sheet, ("", b""))
            self._put(sheet, model, sent)

    def model_of(self, sheet: str) -> str | None:
        """The name of the network that may be asked; None where this server does not know the id."""
        with self._lock:
            return self._left[sheet][0] if sheet in self._left else None

    def leave(self, sheet: str, sent: bytes) -> bool:
        """Keep what was sent, in place of what was left before; returns whether there was room for it."""
        with self._lock:
            if sheet not in self._left:
                return False
            self._put(sheet, self._left[sheet][0], sent)
            return sheet in self._left

    def take(self, sheet: str) -> dict[str, Any]:
        """What was left since the last look; empty where nothing was."""
        with self._lock:
            model, sent = self._left.get(sheet, ("", b""))
            if sent:
                self._put(sheet, model, b"")
        return json.loads(sent) if sent else {}

    def _put(self, sheet: str, model: str, sent: bytes) -> None:
        _, before = self._left.pop(sheet, ("", b""))
        self._bytes += len(sent) - len(before)
        self._left[sheet] = model, sent
        while len(self._left) > MOST_SHEETS or self._bytes > MOST_BYTES:
            _, (_, gone) = self._left.popitem(last=False)
            self._bytes -= len(gone)

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        with self._lock:
            return self._bytes


@st.cache_resource(show_spinner=False)
def sheets() -> Sheets:
    """The server's, for all visitors."""
    return Sheets()
