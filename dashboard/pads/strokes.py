"""A drawing: its strokes, and a picture after each of them, so that it can be taken back and put on the page again.

Each stroke is kept once, and no drawing grows without bound, whatever a browser sends.
"""

import base64
import hashlib
import io
import itertools
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from core.drawings.pictures import DAMAGED, to_png
from core.messages import Message
from core.settings import NONE, settings
from core.teach.samples import HAND
from dashboard.pads.fabric import PAPER, PICTURE, Stroke, as_stroke, drawn_by_hand, points_of

INK_RGB = (0x1C, 0x20, 0x28)
MOST_STROKES = 200
LONGEST = 400_000  # bytes of all strokes as JSON: some 25,000 px of line, which blacken a pad five times over
LARGEST = 400_000  # bytes of a picture that a browser sends: of a pad's drawing it has some 5,000
MOST_BYTES = 2_000_000  # of a drawing with its pictures: the oldest go first, and are drawn again when asked for
MAX_PIXELS = 4_000_000  # of a picture that a browser sends: far more than any pad has
TEST = "test"  # the source of what is a test set's digit; the others are `core.teach.samples.SOURCES`
FINE = 4  # a rendered stroke's edge is averaged over this many points along each side of a pixel


@dataclass
class Snapshot:
    """The pad after a stroke: how many strokes lie on it, and its picture as a PNG file.

    `told` is what the page says of a picture that was put there, `photo` the small photograph that it was found in.
    What was put there `as_one` is taken back as one, however many strokes it has; `under` it lie those of before.
    """

    count: int
    png: bytes
    told: tuple[Message, ...] = ()
    photo: np.ndarray | None = None
    as_one: bool = False
    under: list[Stroke] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return (
            len(self.png) + (0 if self.photo is None else self.photo.nbytes) + sum(stroke.size for stroke in self.under)
        )


@dataclass
class Drawing:
    """One visitor's drawing: its strokes, a snapshot after each, and what the pad on the page began with."""

    strokes: list[Stroke] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    start: dict[str, Any] | None = None
    mounts: int = 0
    pad: str = ""  # by which the pad on the page is known
    sequence: int = 0  # of its latest picture that was heard
    sheet: str = field(default_factory=secrets.token_urlsafe)  # by which its stage leaves what it draws at the server
    visit: int = -1
    held: int = 0  # snapshots there were when the pad began with what it began with
    loads: int = 0  # how often a pad was told to begin with other strokes
    heard: bytes = b""  # a hash of the picture that was sent last
    pen: tuple[int, bool] | None = None  # the width and whether it rubs out, as the canvas was told last
    sources: dict[str, str] = field(default_factory=dict)  # of the pictures that were put here last
    labels: dict[str, int] = field(default_factory=dict)  # what people say of the digits among them
    refused: bool = False  # the last stroke was one too many

    def remount(self) -> None:
        """Put a new pad on the page, with the strokes as they are now."""
        self.reload()
        self.mounts += 1
        self.sequence = 0
        self.heard = b""

    def reload(self) -> None:
        """Let the pad on the page begin with the strokes as they are now."""
        self.start = {"objects": list(self.strokes)} if self.snapshots else None
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

    def hear(self, strokes: list[Any], url: str, *, whole: bool = False) -> None:
        """Take what the pad sent, its picture as a data URL; what it sent before stays with it and is not taken again.

        A pad of ours sends the `whole` drawing; the standard canvas may also send what lay on it before.
        """
        if not url.startswith(PICTURE) or len(url) > 1.4 * LARGEST:
            return
        if (most := settings().drawing_kilobytes) != NONE and len(json.dumps(strokes)) + len(url) > 1_000 * most:
            self.reload()
            self.refused = True
            return
        # on a sheet that was cleared the very same may be drawn again; the standard canvas only repeats itself
        sheet = f"{self.loads} " if whole else ""
        heard = hashlib.blake2b((sheet + url).encode(), digest_size=16).digest()
        if heard == self.heard:
            return
        self.heard = heard
        try:
            (self.take if whole else self.note)(strokes, base64.b64decode(url.removeprefix(PICTURE), validate=True))
        except ValueError:  # not sent by a pad of ours
            return

    def note(self, sent: list[Any], png: bytes) -> None:
        """Keep what the pad sent, unless it holds no more than the pad began with (it may send that as well).

        What is more than a drawing may be is refused, and the pad told to go back to what is kept.
        """
        count, since = len(sent), self.snapshots[self.held :]
        if count < self.begun_with or (count == self.begun_with and not since):
            return
        strokes = self._kept(sent[: MOST_STROKES + 1])
        if strokes is None:
            return
        if count > MOST_STROKES or sum(stroke.size for stroke in strokes) > LONGEST:
            self.reload()
            self.refused = True
            return
        self.refused = False
        self.strokes = strokes
        kept = [snapshot for snapshot in since if snapshot.count < count]
        self.snapshots = self.snapshots[: self.held] + kept
        if count > self.begun_with:
            self.snapshots.append(Snapshot(count, png))
        self._forget()

    def take(self, sent: list[Any], png: bytes) -> None:
        """Keep what a pad of ours sent: all that lies on it now, which may be less than before.

        What is more than a drawing may be is refused, and the pad told to go back to what is kept.
        """
        strokes = self._kept(sent[: MOST_STROKES + 1])
        if strokes is None:
            return
        if len(sent) > MOST_STROKES or sum(stroke.size for stroke in strokes) > LONGEST:
            self.reload()
            self.refused = True
            return
        self.refused = False
        same = _alike(strokes, self.strokes)
        if same == len(strokes) == len(self.strokes):
            return
        self.snapshots = self._still_true(same, len(strokes))
        self.held = min(self.held, len(self.snapshots))
        self.strokes = strokes
        if strokes and (not self.snapshots or self.snapshots[-1].count < len(strokes)):
            self.snapshots.append(Snapshot(len(strokes), png))
        self._forget()

    def _still_true(self, same: int, count: int) -> list[Snapshot]:
        """The snapshots that a drawing of `count` strokes leads through, whose first `same` are those of before."""
        put = max((place for place, each in enumerate(self.snapshots) if each.as_one), default=-1)
        if put >= 0 and self.snapshots[put].count > same:
            return []  # what was put there is gone
        return self.snapshots[: put + 1] + [
            each for each in self.snapshots[put + 1 :] if each.count <= min(same, count)
        ]

    def _kept(self, sent: list[Any]) -> list[Stroke] | None:
        """What is kept of what was sent, None if not all can be; of what has been sent before, that which is kept already."""
        same = _alike(sent, self.strokes)
        new = [stroke for each in sent[same:] if (stroke := as_stroke(each)) is not None]
        return self.strokes[:same] + new if same + len(new) == len(sent) else None

    def _forget(self) -> None:
        """Let the oldest snapshots go while all of them are too large; strokes of a hand are drawn again without them."""
        size = self.size
        while size > MOST_BYTES and len(self.snapshots) > 1:
            size -= self.snapshots.pop(0).size
            self.held = max(self.held - 1, 0)

    @property
    def size(self) -> int:
        """Bytes that it holds: its strokes, as they travel, and its pictures."""
        return sum(stroke.size for stroke in self.strokes) + sum(snapshot.size for snapshot in self.snapshots)

    @property
    def under(self) -> list[Stroke]:
        """What lay on the pad before that was put there which it begins with."""
        put = [each for each in self.snapshots if each.as_one]
        return put[-1].under if put else []

    @property
    def begun_with(self) -> int:
        """Number of strokes that were on the pad when it came onto the page."""
        return len(self.start["objects"]) if self.start else 0

    @property
    def last(self) -> Snapshot | None:
        return self.snapshots[-1] if self.snapshots else None

    @property
    def full(self) -> bool:
        """Whether no stroke more fits."""
        return self.refused or len(self.strokes) >= MOST_STROKES

    def undo(self, width: int, height: int) -> None:
        """Take back the last stroke, also of several that a quick hand drew before the pad, of this size, sent them."""
        self.refused = False
        if self.snapshots:
            taken = self.snapshots.pop()
            left = taken.under if taken.as_one else self.strokes[: taken.count - 1]
            below = self.last.count if self.last else 0
            if len(left) > below and drawn_by_hand(left):
                self.snapshots.append(Snapshot(len(left), picture_of(left, width, height)))
            else:
                left = left[:below]
            self.strokes = left
        self.reload()

    def clear(self) -> None:
        self.strokes, self.snapshots, self.refused = [], [], False
        self.reload()

    def put(
        self,
        objects: list[Stroke],
        png: bytes,
        *,
        told: tuple[Message, ...] = (),
        photo: np.ndarray | None = None,
        source: str = HAND,
        label: int | None = None,
    ) -> None:
        """Replace what is drawn by these strokes, as if they had been drawn; undo brings the earlier drawing back."""
        known = self.sources | {key: source for stroke in objects if (key := _picture_key(stroke))}
        self.sources = dict(list(known.items())[-MOST_STROKES:])
        said = {key: label for stroke in objects if label is not None and (key := _picture_key(stroke))}
        self.labels = dict(list((self.labels | said).items())[-MOST_STROKES:])
        self.refused = False
        self.snapshots.append(Snapshot(len(objects), png, told, photo, as_one=True, under=self.strokes))
        self.strokes = [Stroke(each) for each in objects]
        self._forget()
        self.reload()

    @property
    def source(self) -> str:
        """Where it comes from: what a picture was put here as, whatever was drawn on top of it, or a hand.

        The strokes themselves tell, not the order of events: a canvas may send late what lay on it before. A picture that
        nobody is known to have put here passes for a test digit.
        """
        keys = [key for stroke in self.strokes if (key := _picture_key(stroke))]
        found = {self.sources.get(key, TEST) for key in keys}
        return TEST if TEST in found else next(iter(found), HAND)

    @property
    def label(self) -> int | None:
        """What people say of the digit that was put here, as long as nothing has been drawn on it."""
        return self.labels.get(_picture_key(self.strokes[0])) if len(self.strokes) == 1 else None

    def picture(self) -> np.ndarray | None:
        """The drawing as (height, width, 4) uint8 RGBA, ink on a transparent sheet, or None while there is none."""
        picture = None if self.last is None else _unpacked(self.last.png)
        if picture is None:
            return None
        return without_paper(picture) if any(stroke.get("stroke") == PAPER for stroke in self.strokes) else picture


def _alike(sent: list[Any], known: list[Stroke]) -> int:
    """How many strokes are the same in both, from the first on."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(sent, known, strict=False)))


def _picture_key(stroke: Any) -> str:
    """By what a picture that lies on the canvas is known again; empty for a pen's stroke."""
    source = stroke.get("src") if isinstance(stroke, dict) else None
    return hashlib.sha256(source.encode(errors="replace")).hexdigest()[:16] if isinstance(source, str) else ""


def _unpacked(png: bytes) -> np.ndarray | None:
    """What a canvas sent, as RGBA; None if no canvas of ours can have sent it."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            return np.asarray(image.convert("RGBA")) if image.width * image.height <= MAX_PIXELS else None
    except (*DAMAGED, Image.DecompressionBombError):
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


def picture_of(strokes: Iterable[Stroke], width: int, height: int) -> bytes:
    """The PNG that a canvas would send of strokes of a pen and an eraser."""
    sheet = Image.new("L", (width * FINE, height * FINE))
    pencil = ImageDraw.Draw(sheet)
    for stroke in strokes:
        points = [(x * FINE, y * FINE) for x, y in points_of(stroke)]
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
    source = PICTURE + base64.b64encode(png).decode()
    return [Stroke(type="Image", src=source, left=0, top=0, originX="left", originY="top", width=width, height=height,
                   selectable=False)], png  # fmt: skip
