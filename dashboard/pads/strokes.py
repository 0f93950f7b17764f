"""A drawing as a series of snapshots, one after each stroke, so that it can be taken back and put on the page again.

All pads speak of strokes as the standard canvas does (Fabric's objects): a drawing can go from one pad to another.
"""

import base64
import binascii
import hashlib
import io
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from core.drawings.pictures import to_png
from core.teach.samples import HAND

INK, PAPER = "#1c2028", "#fffefa"  # an eraser is a pen with paper's colour
INK_RGB = (0x1C, 0x20, 0x28)
MAX_STROKES = 200
MAX_PIXELS = 4_000_000  # of a picture that a browser sends: far more than any pad has
FAR = 10_000  # pixels: no stroke on a pad is as wide, or as far from its corner
TEST = "test"  # the source of what is a test set's digit; the others are `core.teach.samples.SOURCES`
FINE = 4  # a rendered stroke's edge is averaged over this many points along each side of a pixel

Point = tuple[float, float]
Stroke = dict[str, Any]  # one of Fabric's objects: a path or an image


@dataclass
class Snapshot:
    """The canvas after a stroke: its strokes as the canvas tells them, and its picture as a PNG file.

    `told` is what the page says of a picture that was put there, `photo` the small photograph that it was found in.
    What was put there `as_one` is taken back as one, however many strokes it has.
    """

    strokes: dict[str, Any]
    png: bytes
    told: str = ""
    photo: np.ndarray | None = None
    as_one: bool = False

    @property
    def objects(self) -> list[Stroke]:
        return self.strokes.get("objects", [])

    @property
    def count(self) -> int:
        return len(self.objects)


@dataclass
class Drawing:
    """One visitor's drawing: snapshots, one a stroke, and what the canvas on the page began with."""

    snapshots: list[Snapshot] = field(default_factory=list)
    start: dict[str, Any] | None = None
    mounts: int = 0
    visit: int = -1
    held: int = 0  # snapshots there were when the canvas began with what it began with
    loads: int = 0  # how often a canvas was told to begin with other strokes
    heard: str = ""  # the picture that was sent last, as it was sent
    pen: tuple[int, bool] | None = None  # the width and whether it rubs out, as the canvas was told last
    sources: dict[str, str] = field(default_factory=dict)  # of the pictures that were put here last

    def remount(self) -> None:
        """Put a new canvas on the page, with the strokes as they are now."""
        self.reload()
        self.mounts += 1
        self.heard = ""

    def reload(self) -> None:
        """Let the canvas on the page begin with the strokes as they are now."""
        self.start = self.snapshots[-1].strokes if self.snapshots else None
        self.held = len(self.snapshots)
        self.loads += 1

    def take_pen(self, width: int, erase: bool) -> None:
        """Give the canvas another pen, and with it all that has been drawn.

        Streamlit runs a component's script again when its arguments change, and ends the run before at a moment of its own:
        of two changes that a busy page is told at once, the first one's end takes away the canvas that the second has just
        been given to. A new canvas then stands in its place, and begins with what it is told here.
        """
        if self.pen not in (None, (width, erase)) and len(self.snapshots) > self.held:
            self.reload()
        self.pen = width, erase

    def hear(self, strokes: dict[str, Any], url: str) -> None:
        """Take what the canvas sent, its picture as a data URL; what it sent before stays with it and is not taken again."""
        if not url or url == self.heard:
            return
        self.heard = url
        try:
            self.note(strokes, base64.b64decode(url.partition(";base64,")[2], validate=True))
        except binascii.Error:  # not sent by a pad of ours
            return

    def note(self, strokes: dict[str, Any], png: bytes) -> None:
        """Keep what the canvas sent, unless it holds no more than the canvas began with (it may send that as well)."""
        new = Snapshot(strokes, png)
        if new.count > self.begun_with:
            since = [snapshot for snapshot in self.snapshots[self.held :] if snapshot.count < new.count]
            kept = [*self.snapshots[: self.held], *since][-MAX_STROKES:]
            self.held = min(self.held, len(kept))
            self.snapshots = [*kept, new]

    @property
    def begun_with(self) -> int:
        """Number of strokes that were on the canvas when it came onto the page."""
        return len(self.start.get("objects", [])) if self.start else 0

    @property
    def last(self) -> Snapshot | None:
        return self.snapshots[-1] if self.snapshots else None

    def undo(self, width: int, height: int) -> None:
        """Take back the last stroke, of several too that a quick hand drew before the canvas, of this size, sent them."""
        if self.snapshots:
            taken = self.snapshots.pop()
            left = taken.objects[:-1]
            if len(left) > (self.last.count if self.last else 0) and not taken.as_one and drawn_by_hand(left):
                self.snapshots.append(Snapshot({**taken.strokes, "objects": left}, picture_of(left, width, height)))
        self.reload()

    def clear(self) -> None:
        self.snapshots = []
        self.reload()

    def put(
        self,
        objects: list[Stroke],
        png: bytes,
        *,
        told: str = "",
        photo: np.ndarray | None = None,
        source: str = HAND,
    ) -> None:
        """Replace what is drawn by these strokes, as if they had been drawn; undo brings the earlier drawing back."""
        known = self.sources | {key: source for stroke in objects if (key := _picture_key(stroke))}
        self.sources = dict(list(known.items())[-MAX_STROKES:])
        self.snapshots = [*self.snapshots, Snapshot({"objects": objects}, png, told, photo, as_one=True)][-MAX_STROKES:]
        self.reload()

    @property
    def source(self) -> str:
        """Where it comes from: what a picture was put here as, whatever was drawn on top of it, or a hand.

        The strokes themselves tell, not the order of events: a canvas may send late what lay on it before. A picture that
        nobody is known to have put here passes for a test digit.
        """
        objects = self.last.objects if self.last else []
        keys = [key for stroke in objects if (key := _picture_key(stroke))]
        found = {self.sources.get(key, TEST) for key in keys}
        return TEST if TEST in found else next(iter(found), HAND)

    def picture(self) -> np.ndarray | None:
        """The drawing as (height, width, 4) uint8 RGBA, ink on a transparent sheet, or None while there is none."""
        picture = None if self.last is None else _unpacked(self.last.png)
        if picture is None:
            return None
        erased = any(isinstance(stroke, dict) and stroke.get("stroke") == PAPER for stroke in self.last.objects)
        return without_paper(picture) if erased else picture


def _picture_key(stroke: Any) -> str:
    """By what a picture that lies on the canvas is known again; empty for a pen's stroke."""
    source = stroke.get("src") if isinstance(stroke, dict) else None
    return hashlib.sha256(source.encode(errors="replace")).hexdigest()[:16] if isinstance(source, str) else ""


def _unpacked(png: bytes) -> np.ndarray | None:
    """What a canvas sent, as RGBA; None if no canvas of ours can have sent it."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            return np.asarray(image.convert("RGBA")) if image.width * image.height <= MAX_PIXELS else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def without_paper(picture: np.ndarray) -> np.ndarray:
    """A picture (h, w, 4) uint8 in which what has been painted with paper's colour is as transparent as the sheet.

    Where more has been rubbed out than is left, white strokes would otherwise pass for chalk on a board.
    """
    darkest = 255.0 - max(INK_RGB)
    ink = np.clip((255.0 - picture[..., :3].max(axis=2)) / darkest, 0.0, 1.0)
    result = np.empty_like(picture)
    result[..., :3] = INK_RGB
    result[..., 3] = np.round(picture[..., 3] * ink)
    return result


def is_full(picture: np.ndarray) -> bool:
    """Whether most of a drawing (h, w, 4) uint8 is ink: nothing stands out of it, and yet it is not blank."""
    return bool((picture[..., 3] > 127).mean() > 0.5)


def path(points: Iterable[Point], width: float) -> Stroke:
    """A stroke through points (x, y) on the canvas with a round pen, as the canvas would tell it."""
    (x, y), *rest = points
    rest = rest or [(x, y + 0.01)]  # a dot
    commands = [["M", x, y], *(["L", *point] for point in rest)]
    return {"type": "Path", "path": commands, "stroke": INK, "strokeWidth": width, "fill": None,
            "strokeLineCap": "round", "strokeLineJoin": "round"}  # fmt: skip


def drawn_by_hand(objects: Iterable[Any]) -> bool:
    """Whether these are strokes of a pen or an eraser, which `picture_of` can draw, and nothing else."""
    try:
        return all(0 < stroke["strokeWidth"] < FAR and (points := _points(stroke)) and np.abs(points).max() < FAR
                   for stroke in objects)  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError):  # a photograph, or not sent by a canvas of ours
        return False


def _points(stroke: Stroke) -> list[Point]:
    """Where a stroke's commands lead to: a canvas's curves are so short that straight lines do for them."""
    return [(float(command[-2]), float(command[-1])) for command in stroke["path"]]


def picture_of(strokes: Iterable[Stroke], width: int, height: int) -> bytes:
    """The PNG that a canvas would send of strokes of a pen and an eraser."""
    sheet = Image.new("L", (width * FINE, height * FINE))
    pencil = ImageDraw.Draw(sheet)
    for stroke in strokes:
        points = [(x * FINE, y * FINE) for x, y in _points(stroke)]
        pen, ink = stroke["strokeWidth"] * FINE, 0 if stroke.get("stroke") == PAPER else 255
        for (x, y), (to_x, to_y) in itertools.pairwise(points):
            pencil.line((x, y, to_x, to_y), fill=ink, width=round(pen))
        for x, y in points:
            pencil.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)
    return to_png(inked(np.asarray(sheet.resize((width, height), Image.Resampling.BOX))))


def inked(ink: np.ndarray) -> np.ndarray:
    """Ink (h, w) uint8 as the picture (h, w, 4) of a canvas: the pen's colour on a transparent sheet."""
    return np.dstack([np.full(ink.shape, level, np.uint8) for level in INK_RGB] + [ink.astype(np.uint8)])


def image(picture: np.ndarray) -> tuple[list[Stroke], bytes]:
    """A picture (h, w, 4) of the canvas's size as what lies on the canvas, and as its PNG."""
    png = to_png(picture)
    height, width = picture.shape[:2]
    source = "data:image/png;base64," + base64.b64encode(png).decode()
    return [{"type": "Image", "src": source, "left": 0, "top": 0, "originX": "left", "originY": "top",
             "width": width, "height": height, "selectable": False}], png  # fmt: skip
