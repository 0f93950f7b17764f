"""Small valid files of every kind that is read, each made here."""

import functools
import gzip
import io
import json
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image, features
from safetensors.numpy import save as to_safetensors

from core.bench.reproduction import Reproduced, Trained, tutorials
from core.config import Config, NetworkConfig
from core.datasets.dataset import Dataset
from core.datasets.uploads import keep
from core.explain.maps import FORMAT
from core.film.film import FORMAT as FILM
from core.jobs.book import Entry, Sheet
from core.models.files import save_model
from core.models.legacy import legacy_config, to_legacy
from core.models.model import Change, Model, Provenance, Score
from core.models.parameters import Parameters
from core.runs import worker
from core.runs.bundle import pack
from core.runs.classes import Class, open_class
from core.runs.moment import Moment
from core.runs.process import Process, machine
from core.runs.run import Run, create_run
from core.scores.misread import TOTAL
from core.scores.slices import PARTS
from core.teach.copies import keep_copy
from core.teach.samples import Sample, to_lines
from core.training.aims import AIMS
from core.training.commands import SetRate
from core.training.events import ChangeEvent, PauseEvent

SIDE = 4
NETWORK = "0" * 64  # the hash of a network's file


@functools.cache
def dataset() -> str:
    """30 digits of 4 × 4 pixels, taken in under the data folder of this process; gives their name."""
    pixels = np.random.default_rng(0).integers(0, 256, (30, SIDE * SIDE), dtype=np.uint8)
    digits = Dataset("tiny", pixels, np.arange(30, dtype=np.int64) % 10, (SIDE, SIDE))
    return keep({"train": digits.subset(slice(0, 20)), "test": digits.subset(slice(20, None))}, "tiny.csv")


def config() -> Config:
    network = NetworkConfig(inputs=SIDE * SIDE, hidden=(2,))
    return Config(network).with_training(dataset=dataset(), epochs=2, batch_size=8, learning_rate=0.01)


def model() -> Model:
    about = Provenance(
        "Tiny", "0" * 64, 2.0, {"test": Score(10, 3)}, "0.1.0", (Change(3, "learning_rate", 0.02),), ("0" * 16,)
    )
    return Model(config(), Parameters.initial(config().network, 0), about)


def model_file(storage: str | None = None) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        save_model(model(), path, storage=storage)
        return path.read_bytes()


def legacy_file() -> bytes:
    made = legacy_config(inputs=9, hidden=2)
    weights = np.round(Parameters.initial(made.network, 0, "float64").flat, 3)
    return to_legacy(Model(made, Parameters(made.network, weights), Provenance())).encode()


def idx(axes: int, side: int = 2, count: int = 12) -> bytes:
    shape = (count, side, side)[:axes]
    body = bytes(number % 10 if axes == 1 else number * 7 % 256 for number in range(int(np.prod(shape))))
    return bytes((0, 0, 8, axes)) + struct.pack(f">{axes}I", *shape) + body


def csv() -> Iterator[bytes]:
    rows = "\n".join(f"{number % 10},{number},0,255,{number * 9}" for number in range(12))
    yield rows.encode()
    yield f"label,a,b,c,d\r\n{rows}\n".encode()
    yield b"\xef\xbb\xbf" + rows.replace(",", " , ").encode()


def npz() -> Iterator[bytes]:
    numbers = np.arange(12) % 10
    for compressed, kind, shape in ((False, np.uint8, (12, 2, 2)), (True, np.int64, (12, 4))):
        pictures = (np.arange(48) * 5 % 256).astype(kind).reshape(shape)
        content = io.BytesIO()
        save = np.savez_compressed if compressed else np.savez
        save(content, x_train=pictures, y_train=numbers, x_test=pictures, y_test=numbers.astype(kind))
        yield content.getvalue()


def _picture(side: int = 12) -> Image.Image:
    sheet = np.full((side, side, 3), 230, np.uint8)
    sheet[2 : side - 2, 4:6] = (20, 30, 40)
    return Image.fromarray(sheet)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pngs() -> list[bytes]:
    """One of each way to keep colours."""
    page = _picture()
    deep = Image.fromarray((np.asarray(page.convert("L")).astype(np.uint16) * 257).astype(np.uint16))
    moving = {"save_all": True, "append_images": [page.rotate(90)]}
    return [saved(page, "PNG"), saved(deep, "PNG"), saved(page, "PNG", **moving),
            *(saved(page.convert(mode), "PNG") for mode in ("1", "L", "LA", "P", "RGBA")),
            saved(page.convert("P"), "PNG", transparency=0)]  # fmt: skip


def pictures() -> dict[str, list[bytes]]:
    """Pictures by their kind; "others" are those that are not read."""
    page, exif = _picture(), Image.Exif()
    exif[0x0112] = 6
    moving = {"save_all": True, "append_images": [page.rotate(90)]}
    found = {
        "PNG": pngs(),
        "JPEG": [saved(page, "JPEG", exif=exif), saved(page.convert("L"), "JPEG"), saved(page.convert("CMYK"), "JPEG"),
                 saved(page, "JPEG", progressive=True)],
        "WEBP": [saved(page, "WEBP"), saved(page, "WEBP", lossless=True), saved(page, "WEBP", **moving)],
        "GIF": [saved(page, "GIF"), saved(page.convert("P"), "GIF", transparency=0), saved(page, "GIF", **moving)],
        "BMP": [saved(page.convert(mode), "BMP") for mode in ("1", "L", "RGB", "RGBA")],
        "TIFF": [*(saved(page.convert(mode), "TIFF") for mode in ("1", "L", "RGBA", "CMYK", "I", "F")),
                 *(saved(page, "TIFF", compression=kind) for kind in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits"))],
    }  # fmt: skip
    found["others"] = [other_picture(kind) for kind in OTHER_KINDS if features.check("avif") or kind != "AVIF"]
    return found


def other_picture(kind: str) -> bytes:
    """A picture of a kind that is not read."""
    return _other(_picture().resize((32, 32)), kind)


def _other(page: Image.Image, kind: str) -> bytes:
    return saved(page.convert({"XBM": "1", "MSP": "1", "SPIDER": "F"}.get(kind, "RGB")), kind)


OTHER_KINDS = (
    "AVIF",
    "DDS",
    "ICO",
    "ICNS",
    "JPEG2000",
    "PCX",
    "PPM",
    "SGI",
    "TGA",
    "XBM",
    "IM",
    "MSP",
    "SPIDER",
    "EPS",
    "PDF",
)


def pictures_zip() -> Iterator[bytes]:
    for folders in (("0", "1", "2", "3"), ("train/4", "train/5", "test/4", "test/5")):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
            for number, folder in enumerate(folders * 2):
                sheet = np.full((4, 4), 255, np.uint8)
                sheet[:, number % 4] = number
                file.writestr(f"{folder}/{number}.png", saved(Image.fromarray(sheet), "PNG"))
        yield content.getvalue()


@functools.cache
def run() -> Run:
    """A tiny run that has come to its end, with everything that a run's folder can have."""
    made = create_run(config(), title="Tiny", owner="terminal", series="series-01")
    made.send(SetRate(0.02, by="terminal"))
    worker.execute(made)
    made.append(ChangeEvent(2, "learning_rate", 0.02, 0.1, "terminal"))
    made.append(PauseEvent(3, 0.1, "terminal"))
    (made.path / "present.safetensors").write_bytes(model_file("float16"))
    (made.path / "title.txt").write_text("Tiny")
    return made


def run_file(name: str) -> list[bytes]:
    path = run().path / name
    return [path.read_bytes()]


def archive() -> Iterator[bytes]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield pack(run())


def drawings() -> bytes:
    rng = np.random.default_rng(0)
    samples = [Sample(rng.integers(1, 256, (4, 4), dtype=np.uint8), digit, digit, 1.5, "hand") for digit in (1, 2, 3)]
    return to_lines(samples).encode()


def pen_digits() -> bytes:
    lines = [
        {"label": 3, "writer": "site/w1", "strokes": [[[0, 1], [2.5, 3]], [[1, 1]]]},
        {"label": 0, "writer": "w", "strokes": [[[0, 0]]]},
    ]
    return "\n".join(map(json.dumps, lines)).encode()


def found() -> bytes:
    """What a back-query wrote: see `core.explain.back_query.found`."""
    from dataclasses import fields

    from core.explain.back_query.pen import CONTROLS, STROKES
    from core.explain.back_query.proof import Proof

    arrays = {"pictures": np.zeros((10, 2, 2), np.uint8), "controls": np.ones((10, STROKES, CONTROLS, 2), np.float32),
              "used": np.ones((10, STROKES), np.float32)}  # fmt: skip
    arrays |= {field.name: np.ones(10, np.float32) for field in fields(Proof)}
    return to_safetensors(arrays, metadata={"format": "back-query 1", "method": "written", "model": "0" * 64})


def digit_map() -> bytes:
    """A map of 12 digits: see `core.explain.maps`."""
    places = np.arange(24, dtype=np.uint16).reshape(12, 2)
    return to_safetensors({"points": places}, metadata={"format": FORMAT, "model": "0" * 64, "digits": "1" * 64})


def film() -> bytes:
    """Two frames of 4 × 4 pixels: see `core.film.film`."""
    arrays = {"moments": np.array([0.0, 1.5]), "networks": np.array([1, 2], np.uint64),
              "pictures": np.zeros((2, 10, SIDE, SIDE), np.uint8), "answers": np.zeros((2, 10), np.uint8),
              "judged": np.ones((2, 10), np.uint8)}  # fmt: skip
    return to_safetensors(arrays, metadata={"format": FILM, "method": "seen"})


def shipped_npz(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def hundred() -> bytes:
    """Ten of the digits that come with the project."""
    return shipped_npz(pixels=np.zeros((10, 784), np.uint8), labels=np.arange(10, dtype=np.uint8))


def misread() -> bytes:
    """Three digits, two of them with labels that people doubt, and what one network reads of them."""
    numbers, labels = np.array([947, 1621, 3], np.uint16), np.zeros(TOTAL, np.uint8)
    labels[947], labels[3] = 8, 7
    return shipped_npz(numbers=numbers, pixels=np.zeros((3, 784), np.uint8), labels=labels,
                       written=np.zeros((len(PARTS), TOTAL), np.uint8), networks=np.array([NETWORK]),
                       answers=np.array([[9, 0, 1]], np.uint8), confidence=np.ones((1, TOTAL), np.float32),
                       unusual=np.ones((1, 3), np.float32))  # fmt: skip


def ink() -> bytes:
    """What is known of ink in pictures of 8 × 8 pixels, in two directions."""
    arrays = {"mean": np.zeros((8, 8), np.float16), "directions": np.ones((2, 8, 8), np.float16),
              "digits": np.zeros((10, 8, 8), np.float16)}  # fmt: skip
    return to_safetensors(arrays)


def reproduced() -> bytes:
    """A row of a tutorial's recipe and one of ours."""
    row = Trained(seeds=[0, 1], correct=[9_700, 9_710], seconds=[1.5, 2.0], n=10_000, made="2026-11-30", processors=2)
    ours, tutorial = next(iter(AIMS)), next(iter(tutorials()))
    return msgspec.json.encode(Reproduced(rows={tutorial: row}, ours={ours: row}))


@functools.cache
def taught_copy() -> str:
    """A copy that somebody has kept; gives its id."""
    return keep_copy(model(), "default", "me")


def deletion() -> bytes:
    return msgspec.json.encode(Moment())


def queue_sheet() -> bytes:
    """What a server that is gone has written down: one piece of work that waits, and one whose process has ended long ago."""
    gone = Process(2**22 + 1, 1.0, machine())
    entries = [
        Entry(number=1, kind="run", owner="me", run="20261130-120000-abcdef"),
        Entry(number=2, kind="check", begun=1.0, process=gone),
    ]
    return msgspec.json.encode(Sheet(server=gone, beat=1.0, entries=entries))


def queue_turns() -> bytes:
    return b'{"count":3,"since":[["run","me",1],["run","you",2]]}'


def a_class() -> Class:
    """An open class with two pupils."""
    made = open_class("teacher")
    made.join("one", "Ada")
    made.join("two", "Emil")
    return made


def settings_file() -> bytes:
    return b'# a server for strangers\nhosted = true\nepochs = 50\nunits = "none"\nwaiting = 3\n'


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
