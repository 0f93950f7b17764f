"""Digits of one's own as a zip of pictures: small ones as they are, large ones made ready, and what is refused."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.datasets import load_test, load_training, pictures_zip, take_in, uploads
from core.drawings.pictures import to_png
from core.drawings.preprocess import from_drawing
from core.errors import DigitLabError


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def small(digit: int, number: int = 0) -> np.ndarray:
    """An 8 x 8 picture of its own, ink bright on black, with a dark edge."""
    picture = np.zeros((8, 8), np.uint8)
    picture[1:-1, 1:-1] = np.random.default_rng(10 * number + digit).integers(0, 256, (6, 6))
    return picture


def drawn(width: int = 120) -> np.ndarray:
    """A one in dark ink on a large white sheet, in colour."""
    sheet = np.full((160, width, 3), 255, np.uint8)
    sheet[30:130, width // 2 - 6 : width // 2 + 6] = 20
    return sheet


def test_small_pictures_are_taken_as_they_are_with_bright_ink(data_dir, tmp_path):
    """Six of each digit; every other one is dark on white. Their names' order is mixed, for they are sorted by digit."""
    files = {"notes.txt": b"mine", "__MACOSX/0/._a.png": b"?", "0/.hidden.png": b"?", "3/Thumbs.db": b"?"}
    pictures = {}
    for digit in range(10):
        for number in range(6):
            picture = small(digit, number)
            pictures[picture.tobytes()] = digit
            files[f"mine/{digit}/{number}.PNG"] = to_png(255 - picture if number % 2 else picture)
    name = take_in(zipped(tmp_path / "mine.zip", files))
    data, test = load_training(name, validation=False).train, load_test(name)
    assert (len(data), len(test), data.shape, data.name) == (50, 10, (8, 8), "mine.zip")
    read = {row.tobytes(): digit for part in (data, test) for row, digit in zip(part.pixels, part.labels, strict=True)}
    assert read == pictures and len(set(test.labels)) > 4


def test_large_pictures_are_made_ready_as_drawings_are(data_dir, tmp_path):
    """Of any size and kind, also one on glass: a picture without a ground is ink on white."""
    glass = np.dstack([np.zeros((160, 120, 3), np.uint8), 255 - drawn()[..., 0]])
    jpeg = io.BytesIO()
    Image.fromarray(drawn(200)).save(jpeg, "JPEG", quality=95)
    files = {"1/a.png": to_png(drawn()), "1/b.png": to_png(glass), "1/c.jpg": jpeg.getvalue()}
    data = load_training(take_in(zipped(tmp_path / "ones.zip", files)), validation=False).train
    wanted = np.round(255 * from_drawing(drawn())).astype(np.uint8).ravel()
    assert data.shape == (28, 28) and len(data) == 2
    np.testing.assert_allclose(data.pixels.astype(int), [wanted, wanted], atol=16)
    assert data.labels.tolist() == [1, 1]


def test_folders_called_train_and_test_are_the_parts(data_dir, tmp_path):
    files = {f"d/Train/{digit}/a.png": to_png(small(digit)) for digit in (4, 2, 7)}
    files |= {f"d/testing/{digit}/a.png": to_png(small(digit, 1)) for digit in (9, 8)}
    name = take_in(zipped(tmp_path / "parts.zip", files))
    assert sorted(load_training(name, validation=False).train.labels) == [2, 4, 7]
    assert sorted(load_test(name).labels) == [8, 9]


def test_names_in_any_script_are_names(data_dir, tmp_path):
    files = {f"ספרות/{folder}/4/数字 ٤ \N{MUSICAL SYMBOL G CLEF}.png": to_png(small(4)) for folder in ("train", "test")}
    name = take_in(zipped(tmp_path / "رقم.zip", files | {"ספרות/train/7/é.PNG": to_png(small(7))}))
    assert sorted(load_training(name, validation=False).train.labels) == [4, 7]
    assert uploads.described(name).title == "رقم.zip"


GOOD = to_png(small(1))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "bad.zip has no pictures in folders 0 to 9"),
        ({"a.png": GOOD, "ten/b.png": GOOD, "10/c.png": GOOD}, "no pictures in folders 0 to 9"),
        ({"1/a.png": GOOD, "1/b.png": to_png(np.zeros((9, 9), np.uint8))}, "1/b.png has 9 × 9 pixels and others 8 × 8"),
        ({"1/a.png": GOOD, "train/1/b.png": GOOD}, "Some pictures of bad.zip are in train or test folders"),
        ({"1/a.png": b"no picture"}, "1/a.png is not a picture"),
        ({"1/a.png": GOOD[:-30]}, "1/a.png is damaged"),
        ({"1/a.png": to_png(np.full((99, 80), 255, np.uint8))}, "1/a.png is empty"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(data_dir, tmp_path, files, words):
    with pytest.raises(DigitLabError, match=words):
        take_in(zipped(tmp_path / "bad.zip", files))


def test_what_is_no_zip_or_too_much_is_refused(data_dir, tmp_path, monkeypatch):
    (tmp_path / "cut.zip").write_bytes(zipped(tmp_path / "a.zip", {"1/a.png": GOOD}).read_bytes()[:-9])
    with pytest.raises(DigitLabError, match="cut.zip cannot be unpacked"):
        take_in(tmp_path / "cut.zip")
    monkeypatch.setattr(pictures_zip, "MAX_FILE", 10)
    with pytest.raises(DigitLabError, match="1/a.png is a file of 0 MB"):
        take_in(tmp_path / "a.zip")
    monkeypatch.setattr(pictures_zip, "MAX_UNPACKED", 10)
    with pytest.raises(DigitLabError, match="The pictures in a.zip unpack to 0 MB; at most 0 MB"):
        take_in(tmp_path / "a.zip")
    monkeypatch.setattr(pictures_zip, "MAX_PICTURES", 0)
    with pytest.raises(DigitLabError, match="a.zip has 1 pictures; at most 0 are read"):
        take_in(tmp_path / "a.zip")
