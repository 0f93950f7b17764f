"""Pictures that ask for more than they are worth, each made here: small files that unpack to much, or take long to look into."""

import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw


def _png(width: int, height: int, bits: int, colour: int, data: bytes, *before: tuple[bytes, bytes]) -> bytes:
    """A PNG file of chunks; `data` is what is unpacked to rows, already packed."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = [(b"IHDR", header), *before, (b"IDAT", data), (b"IEND", b"")]
    packed = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + packed


def flat_png(side: int, *, bits: int = 8, colour: int = 0) -> bytes:
    """A square of one colour: of 7,071 pixels a side, some 60 kB. `colour` is PNG's: 0 grey, 2 RGB, 4 LA, 6 RGBA."""
    row = bytes(1 + -(-side * bits * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] // 8))
    packer, packed = zlib.compressobj(9), []
    for _ in range(side):
        packed.append(packer.compress(row))
    return _png(side, side, bits, colour, b"".join([*packed, packer.flush()]))


def _saved(picture: np.ndarray | Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def dots(side: int = 1200, across: int = 40) -> np.ndarray:
    """1,600 dots, each as large as the others: as many digits, for a reader without a bound."""
    sheet = np.full((side, side), 255, np.uint8)
    pitch = side // across
    for top in range(pitch // 4, side, pitch):
        for left in range(pitch // 4, side, pitch):
            sheet[top : top + pitch // 2, left : left + pitch // 2] = 0
    return sheet


def bars(count: int, width: int = 1600, height: int = 1600, rows: int = 1) -> np.ndarray:
    """Rows of upright bars that hang together at their feet, as a comb does."""
    sheet = np.full((height, width), 255, np.uint8)
    high = height // rows
    for row in range(rows):
        top, bottom = row * high + high // 8, (row + 1) * high - high // 8
        for left in np.linspace(20, width - 40, count).astype(int):
            sheet[top:bottom, left : left + max(3, width // count // 4)] = 0
        sheet[bottom - 4 : bottom, 20 : width - 20] = 0
    return sheet


def frames(side: int = 1600) -> np.ndarray:
    """Thin frames in one another, and between them what makes the usual height small."""
    sheet = np.full((side, side), 255, np.uint8)
    for edge in range(20, 120, 20):
        sheet[edge : side - edge, edge : side - edge] = 0
        sheet[edge + 2 : side - edge - 2, edge + 2 : side - edge - 2] = 255
    for left in range(200, side - 300, 150):
        sheet[side // 2 : side // 2 + 100, left : left + 100] = 0
    return sheet


def ones(count: int, high: int = 90) -> np.ndarray:
    """Upright strokes close to each other: any nine of them might be one digit."""
    sheet = np.full((high + 40, count * 14 + 40), 255, np.uint8)
    for left in range(20, 20 + count * 14, 14):
        sheet[20 : 20 + high, left : left + 8] = 0
    return sheet


def hatch(side: int = 1600) -> np.ndarray:
    """Slanting lines that cross, all in one piece."""
    rows, columns = np.indices((side, side))
    lines = ((rows + columns) % 40 < 3) | ((rows - columns) % 40 < 3)
    return np.where(np.pad(lines[60:-60, 60:-60], 60), 0, 255).astype(np.uint8)


def checkerboard(side: int, field: int) -> np.ndarray:
    rows, columns = np.indices((side, side)) // field
    return ((rows + columns) % 2 * 255).astype(np.uint8)


def scribble(side: int = 1500) -> np.ndarray:
    image = Image.new("L", (side, side), 255)
    at = np.random.default_rng(1).integers(20, side - 20, (300, 2))
    ImageDraw.Draw(image).line([tuple(map(int, point)) for point in at], fill=0, width=4)
    return np.asarray(image)


def specks(side: int, share: float) -> np.ndarray:
    """Single black pixels, apart from each other, and one stroke among them."""
    sheet = np.full((side, side), 255, np.uint8)
    sheet[::2, ::2][np.random.default_rng(2).random((-(-side // 2), -(-side // 2))) < share] = 0
    sheet[side // 3 : 2 * side // 3, side // 2 : side // 2 + 9] = 0
    sheet[:2] = sheet[-2:] = 255
    sheet[:, :2] = sheet[:, -2:] = 255
    return sheet


def long_gif(frames: int) -> bytes:
    """A GIF of many frames, put together by hand: Pillow would take minutes."""
    head = b"GIF89a" + struct.pack("<HHBBB", 300, 300, 0x80, 0, 0) + b"\xff\xff\xff\x00\x00\x00"
    one = _saved(Image.new("P", (300, 300)), "GIF")
    frame = one[one.index(b"\x2c\x00\x00\x00\x00") : -1]
    return head + frame * frames + b"\x3b"


def tiff_with_tiles(width: int, height: int, tile: int) -> bytes:
    """A TIFF that says it is made of tiles of this side, with the data of none."""
    entries = [
        (256, width),
        (257, height),
        (258, 8),
        (259, 8),
        (262, 1),
        (277, 1),
        (322, tile),
        (323, tile),
        (324, 8),
        (325, 64),
    ]
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    data = zlib.compress(bytes(1 << 20), 9)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + ifd + bytes(4)


def postscript() -> bytes:
    return b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\nnewpath 9 9 moveto 90 90 lineto stroke\nshowpage\n"


def moving_webp(side: int) -> bytes:
    """Two small pictures that move on a square of this side: the reader of such files sets it up before anything is asked."""
    pictures = [Image.new("RGB", (40, 40), colour) for colour in ("white", "black")]
    file = bytearray(_saved(pictures[0], "WEBP", save_all=True, append_images=pictures[1:]))
    at = file.index(b"VP8X") + 12
    file[at : at + 6] = 2 * (side - 1).to_bytes(3, "little")
    return bytes(file)


def _jpeg(width: int, height: int, *, noise: bool = False, **options: object) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    if noise:
        tile = Image.fromarray(_noise(500, 500, 3))
        for top in range(0, height, 500):
            for left in range(0, width, 500):
                image.paste(tile, (left, top))
    return _saved(image, "JPEG", **options)


BOMB = zlib.compress(bytes(200 << 20), 9)
TEXT = zlib.compress(bytes(1_000_000))  # a megabyte of one letter
ZOO: dict[str, Callable[[], bytes]] = {
    "flat grey of 7071.png": lambda: flat_png(7071),
    "flat RGBA of 7071.png": lambda: flat_png(7071, colour=6),
    "flat RGBA of 5000.png": lambda: flat_png(5000, colour=6),
    "flat RGB of 16 bits.png": lambda: flat_png(4400, colour=2, bits=16),
    "flat grey of 16 bits.png": lambda: flat_png(6000, bits=16),
    "one bit of 20000.png": lambda: flat_png(20000, bits=1),
    "one bit of 8000.png": lambda: flat_png(8000, bits=1),
    "as large as a header can say.png": lambda: _png(2**31 - 1, 2**31 - 1, 8, 6, zlib.compress(bytes(99))),
    "text.png": lambda: _png(9, 9, 8, 0, zlib.compress(bytes(90)), (b"zTXt", b"a\0\0" + BOMB)),
    "many texts.png": lambda: _png(
        9,
        9,
        8,
        0,
        zlib.compress(bytes(90)),
        *[(b"zTXt", b"a%d\0\0" % i + TEXT) for i in range(400)],
    ),
    "profile.png": lambda: _png(9, 9, 8, 0, zlib.compress(bytes(90)), (b"iCCP", b"a\0\0" + BOMB)),
    "rows without end.png": lambda: _png(9, 9, 8, 0, BOMB),
    "cut off.png": lambda: _saved(_noise(900, 900, 3), "PNG")[:50_000],
    "noise of 1600.png": lambda: _saved(_noise(1600, 1600, 3), "PNG"),
    "noise of 5000.png": lambda: _saved(_noise(5000, 5000), "PNG", compress_level=1),
    "noise in colour of 3000.png": lambda: _saved(_noise(3000, 3000, 3), "PNG", compress_level=1),
    "noise within a white edge.png": lambda: _saved(np.pad(_noise(1500, 1500), 40, constant_values=255), "PNG"),
    "1600 dots.png": lambda: _saved(dots(), "PNG"),
    "100 dots.png": lambda: _saved(dots(across=10), "PNG"),
    "40 dots a side of a photo.jpg": lambda: _saved(dots(), "JPEG", quality=30),
    "checkerboard 1.png": lambda: _saved(checkerboard(1600, 1), "PNG"),
    "checkerboard 1 in colour.png": lambda: _saved(
        np.stack([checkerboard(1600, 1) // part for part in (1, 2, 3)], axis=-1), "PNG"
    ),
    "checkerboard 8.png": lambda: _saved(checkerboard(1600, 8), "PNG"),
    "checkerboard 40.png": lambda: _saved(np.pad(checkerboard(1520, 40), 40, constant_values=255), "PNG"),
    "frames.png": lambda: _saved(frames(), "PNG"),
    "a row of ones.png": lambda: _saved(ones(99), "PNG"),
    "a hatch.png": lambda: _saved(hatch(), "PNG"),
    "comb.png": lambda: _saved(bars(60, height=200), "PNG"),
    "combs.png": lambda: _saved(bars(60, rows=14), "PNG"),
    "fine comb.png": lambda: _saved(bars(200), "PNG"),
    "a comb as long as it gets.png": lambda: _saved(bars(2000, width=48_000, height=600), "PNG"),
    "scribble.png": lambda: _saved(scribble(), "PNG"),
    "specks.png": lambda: _saved(specks(1600, 0.9), "PNG"),
    "a line.png": lambda: _saved(np.pad(np.zeros((1, 60_000), np.uint8), 2, constant_values=255), "PNG"),
    "10000 frames.gif": lambda: long_gif(10_000),
    "a screen of 65535.gif": lambda: b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + long_gif(1)[13:],
    "a screen of 9000.gif": lambda: b"GIF89a" + struct.pack("<HHBBB", 9000, 9000, 0x80, 0, 0) + long_gif(1)[13:],
    "huge tiles.tif": lambda: tiff_with_tiles(100, 100, 60_000),
    "many tiles.tif": lambda: tiff_with_tiles(60_000, 60_000, 16),
    "packed of 3100.tif": lambda: _saved(Image.new("RGB", (3100, 3100)), "TIFF", compression="tiff_lzw"),
    "packed.tif": lambda: _saved(Image.new("RGB", (4000, 4000)), "TIFF", compression="tiff_deflate"),
    "fractions.tif": lambda: _saved(Image.new("F", (4000, 4000)), "TIFF", compression="tiff_deflate"),
    "108 megapixels.jpg": lambda: _jpeg(12_000, 9_000),
    "48 megapixels.jpg": lambda: _jpeg(8_000, 6_000, noise=True, quality=50),
    "48 megapixels, progressive.jpg": lambda: _jpeg(8_000, 6_000, progressive=True, subsampling=0),
    "12 megapixels.jpg": lambda: _jpeg(4_000, 3_000, noise=True, quality=80),
    "12 megapixels, progressive.jpg": lambda: _jpeg(4_000, 3_000, noise=True, quality=50, progressive=True),
    "as long as it gets.jpg": lambda: _jpeg(65_500, 700),
    "CMYK.jpg": lambda: _saved(Image.new("CMYK", (4000, 3000)), "JPEG"),
    "a stage of 16000.webp": lambda: moving_webp(16_000),
    "a stage of 3000.webp": lambda: moving_webp(3_000),
    "white of 3500.webp": lambda: _saved(Image.new("RGB", (3500, 3500), "white"), "WEBP", quality=1, method=0),
    "lossless of 3500.webp": lambda: _saved(Image.new("RGB", (3500, 3500), "white"), "WEBP", lossless=True, method=0),
    "noise of 2500.webp": lambda: _saved(_noise(2500, 2500, 3), "WEBP", quality=50, method=0),
    "raw.bmp": lambda: _saved(Image.new("RGB", (2800, 2800)), "BMP"),
    "raw, of 36 MB.bmp": lambda: _saved(Image.new("RGB", (4000, 3000)), "BMP"),
    "postscript.png": postscript,
    "drawing.svg": lambda: (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"><rect width="9"/></svg>'
    ),
    "nothing.png": lambda: b"",
}
