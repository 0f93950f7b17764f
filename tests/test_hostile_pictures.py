"""No picture takes more than 150 MB or a second, whatever its file claims and whatever is drawn in it: measured, one by one."""

import io
import json
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.catalog import load_model
from core.drawings.ink import LARGEST, find_ink
from core.drawings.pictures import FORMATS, MAX_FILE, open_picture, read_picture
from core.errors import DigitLabError
from core.folders import PROJECT
from core.numbers.reading import MOST_PARTS, read_number
from tests.hostile import ZOO, dots, flat_png

MOST_MEGABYTES, MOST_SECONDS = 150, 1.0
REFUSED = {  # and what is said of it
    "flat RGBA of 7071.png": "7,071 × 7,071 pixels",
    "flat RGBA of 5000.png": "5,000 × 5,000 pixels",
    "one bit of 20000.png": "far too large",
    "as large as a header can say.png": "far too large",
    "text.png": "damaged",
    "profile.png": "damaged",
    "cut off.png": "damaged",
    "a screen of 65535.gif": "far too large",
    "a stage of 16000.webp": "far too large",
    "huge tiles.tif": "damaged",
    "108 megapixels.jpg": "12,000 × 9,000 pixels",
    "48 megapixels, progressive.jpg": "8,000 × 6,000 pixels",
    "raw, of 36 MB.bmp": "a file of 36 MB",
    "postscript.png": "PNG, JPEG, WebP, GIF, BMP and TIFF files can",
    "drawing.svg": "PNG, JPEG, WebP, GIF, BMP and TIFF files can",
    "nothing.png": "PNG, JPEG, WebP, GIF, BMP and TIFF files can",
}
READ = ("flat grey of 7071.png", "48 megapixels.jpg", "12 megapixels, progressive.jpg", "10000 frames.gif", "CMYK.jpg")


@pytest.fixture(scope="module")
def zoo(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("zoo")
    for name, make in ZOO.items():
        (folder / name).write_bytes(make())
    return folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("what", ["digit", "number"])
def test_no_picture_takes_more_than_150_megabytes_or_a_second(zoo, what):
    command = [sys.executable, "-W", "ignore", "-m", "tests.reading_cost", str(zoo), what]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240)
    rows = {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows.keys() == ZOO.keys(), done.stderr
    dear = [row for row in rows.values() if row["megabytes"] > MOST_MEGABYTES or row["seconds"] > MOST_SECONDS]
    assert not dear
    for name, words in REFUSED.items():
        assert not rows[name]["read"] and words in rows[name]["said"], rows[name]
    assert all(rows[name]["read"] for name in READ)
    assert not [row for row in rows.values() if row["said"].startswith("ended")]


def test_postscript_under_another_name_starts_no_program(tmp_path, monkeypatch):
    path = tmp_path / "digit.png"
    path.write_bytes(ZOO["postscript.png"]())

    def started(*args, **kwargs):
        raise AssertionError(f"a program was started: {args}")

    monkeypatch.setattr(subprocess, "Popen", started)
    with pytest.raises(DigitLabError, match="digit.png is not a picture that can be read. PNG, JPEG"):
        read_picture(path)


def saved(image: Image.Image, kind: str, **options) -> io.BytesIO:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return io.BytesIO(buffer.getvalue())


def page(side: int = 64) -> Image.Image:
    """A dark bar on the left of a light page."""
    sheet = np.full((side, side), 230, np.uint8)
    sheet[8 : side - 8, 8:16] = 20
    return Image.fromarray(sheet)


@pytest.mark.parametrize("kind", FORMATS)
def test_each_kind_of_file_is_read(kind):
    pixels = read_picture(saved(page().convert("RGB"), kind))
    assert pixels.shape == (64, 64, 4) and pixels.dtype == np.uint8
    assert abs(int(pixels[32, 12, 0]) - 20) < 12 and abs(int(pixels[32, 40, 0]) - 230) < 12 and pixels[32, 40, 3] == 255


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "GIF"), ("RGBA", "WEBP"), ("CMYK", "JPEG"), ("CMYK", "TIFF"),
     ("I;16", "PNG"), ("I;16", "TIFF"), ("I", "TIFF"), ("F", "TIFF"), ("YCbCr", "TIFF")],
)  # fmt: skip
def test_each_way_to_keep_colours_shows_the_same(mode, kind):
    sheet = page()
    if mode in ("I;16", "I"):
        sheet = Image.fromarray(
            (np.asarray(sheet).astype(np.uint16) * 257).astype(np.uint16 if mode == "I;16" else np.int32)
        )
    elif mode == "F":
        sheet = Image.fromarray(np.asarray(sheet) / np.float32(255))
    else:
        sheet = sheet.convert(mode)
    pixels = read_picture(saved(sheet, kind))
    dark, light = pixels[32, 12, :3].astype(int), pixels[32, 40, :3].astype(int)
    assert (dark < 35).all() and (light > 215).all()
    assert find_ink(pixels)[32, 12] > 0.9


def test_what_a_palette_calls_transparent_is_transparent():
    sheet = page().convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    paper = sheet.getpixel((40, 32))
    pixels = read_picture(saved(sheet, "PNG", transparency=paper))
    assert pixels[32, 40, 3] == 0 and pixels[32, 12, 3] == 255
    assert read_number(load_model(), pixels).text == "1"


def test_of_a_picture_that_moves_the_first_is_read():
    first, second = page(), Image.new("L", (64, 64), 0)
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        file = saved(first.convert("RGB"), kind, save_all=True, append_images=[second.convert("RGB")])
        assert read_picture(file)[32, 40, 0] > 215, kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_it_is_turned_upright_as_the_camera_noted(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    picture = open_picture(saved(page().crop((0, 0, 64, 48)).convert("RGB"), kind, exif=exif))
    assert picture.shape == (64, 48) == picture.pixels.shape[:2]
    assert picture.pixels[12, 24, 0] < 60 and picture.pixels[40, 24, 0] > 215  # the bar on the left is at the top


@pytest.mark.parametrize(("kind", "factor"), [("PNG", 3), ("JPEG", 3)])
def test_a_large_picture_is_reduced_by_whole_squares(kind, factor):
    picture = open_picture(saved(page(1000).resize((4800, 3600)).convert("RGB"), kind))
    assert (picture.factor, picture.shape) == (factor, (3600, 4800))
    assert picture.pixels.shape == (1200, 1600, 4) and max(picture.pixels.shape) <= LARGEST
    assert picture.pixels[600, 19, 0] < 40 and picture.pixels[600, 800, 0] > 215


def test_a_pixel_of_a_reduced_picture_is_the_mean_of_a_square():
    values = np.random.default_rng(0).integers(0, 256, (3203, 3300), dtype=np.uint8)
    picture = open_picture(saved(Image.fromarray(values), "PNG", compress_level=1))
    assert picture.factor == 3
    means = values[:3201].reshape(1067, 3, 1100, 3).mean(axis=(1, 3))
    assert np.abs(picture.pixels[:1067, :, 0] - means).max() <= 0.6


def test_a_jpeg_is_unpacked_no_larger_than_needed():
    picture = open_picture(saved(Image.new("RGB", (8000, 6000), "white"), "JPEG"))
    assert picture.factor == 6 and picture.pixels.shape == (1000, 1334, 4)  # halved by the decoder, then by three


def test_a_file_that_is_too_long_is_not_opened(tmp_path):
    path = tmp_path / "long.png"
    with open(path, "wb") as file:
        file.write(flat_png(9))
        file.truncate(MAX_FILE + 1)
    for source in (path, open(path, "rb")):  # noqa: SIM115
        with pytest.raises(DigitLabError, match="a file of 32 MB. Choose one of at most 32 MB"):
            read_picture(source)
        if not isinstance(source, Path):
            source.close()


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of what it leaves out
@pytest.mark.parametrize("kind", FORMATS)
def test_whatever_is_damaged_is_a_sentence(kind):
    """Files with a few bytes changed by lot are read or refused; nothing else comes of them."""
    whole = saved(page().convert("RGB"), kind).getvalue()
    rng = np.random.default_rng(0)
    for _ in range(250):
        file = np.frombuffer(whole, np.uint8).copy()
        at = rng.integers(4, len(file) if rng.random() < 0.5 else min(len(file), 120), rng.integers(1, 4))
        file[at] = rng.integers(0, 256, len(at))
        end = len(file) if rng.random() < 0.8 else int(rng.integers(1, len(file)))
        try:
            read_picture(io.BytesIO(file[:end].tobytes()), "it")
        except DigitLabError as error:
            assert str(error).startswith("it ")


def test_1600_dots_are_no_number_and_that_is_said_at_once():
    model = load_model()
    began = time.process_time()
    with pytest.raises(DigitLabError, match="more in the picture than a number of 50 digits has"):
        read_number(model, dots())
    assert time.process_time() - began < MOST_SECONDS


def test_fifty_digits_are_a_number():
    sheet = np.full((80, 50 * 30), 255, np.uint8)
    for left in range(10, 50 * 30, 30):
        sheet[15:65, left : left + 7] = 0
    assert read_number(load_model(), sheet).text == "1" * MOST_PARTS


def test_of_hundreds_of_specks_the_largest_strokes_are_looked_at():
    sheet = np.full((400, 600), 255, np.uint8)
    sheet[2:398:6, 2:598:6] = 0  # 6,600 specks of one pixel
    for left in (150, 400):
        sheet[100:300, left : left + 24] = 0
    assert read_number(load_model(), sheet).text == "11"


def test_a_header_alone_is_refused_without_unpacking(tmp_path):
    """Nothing of the 400 million pixels is there; a decoder would say so, had it been asked."""
    path = tmp_path / "header.png"
    path.write_bytes(flat_png(9)[:16] + struct.pack(">II", 9000, 9000) + flat_png(9)[24:])
    with pytest.raises(DigitLabError):
        read_picture(path)
