"""A drawing as a series of snapshots, one after each stroke, so that it can be taken back and put on the page again."""

import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

MAX_STROKES = 200


@dataclass
class Snapshot:
    """The canvas after a stroke: its strokes as the canvas tells them, and its picture as a PNG file."""

    strokes: dict[str, Any]
    png: bytes

    @property
    def count(self) -> int:
        return len(self.strokes.get("objects", []))


@dataclass
class Drawing:
    """One visitor's drawing: snapshots by growing number of strokes, and what the canvas on the page began with."""

    snapshots: list[Snapshot] = field(default_factory=list)
    start: dict[str, Any] | None = None
    mounts: int = 0
    visit: int = -1

    def remount(self) -> None:
        """Put a new canvas on the page, with the strokes as they are now."""
        self.start = self.snapshots[-1].strokes if self.snapshots else None
        self.mounts += 1

    def note(self, strokes: dict[str, Any], png: bytes) -> None:
        """Keep what the canvas sent, unless it holds no more than the canvas began with (it may send that as well)."""
        new = Snapshot(strokes, png)
        if new.count > self.begun_with:
            earlier = [snapshot for snapshot in self.snapshots if snapshot.count < new.count]
            self.snapshots = [*earlier[-MAX_STROKES:], new]

    @property
    def begun_with(self) -> int:
        """Number of strokes that were on the canvas when it came onto the page."""
        return len(self.start.get("objects", [])) if self.start else 0

    def undo(self) -> None:
        if self.snapshots:
            self.snapshots.pop()
        self.remount()

    def clear(self) -> None:
        self.snapshots = []
        self.remount()

    def picture(self) -> np.ndarray | None:
        """The drawing as (280, 280, 4) uint8 RGBA, or None while there is none."""
        if not self.snapshots:
            return None
        with Image.open(io.BytesIO(self.snapshots[-1].png)) as image:
            return np.asarray(image.convert("RGBA"))
