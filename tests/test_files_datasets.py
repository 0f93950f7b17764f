"""Datasets from files of one's own: CSV, NPZ and IDX, whole, damaged and hostile."""

import gzip
import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core import datasets
from core.datasets import take_in
from core.datasets.dataset import Dataset, TrainingData
from core.errors import DigitLabError

RNG = np.random.default_rng(5)
IMAGES = RNG.integers(0, 256, (24, 3, 3), dtype=np.uint8)
LABELS = np.array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5, 3, 6, 1, 7, 2, 8, 6, 9, 4, 0, 9, 1], np.uint8)


@pytest.fixture(autouse=True)
def _own_data(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken in lies in a folder of the test's own."""
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path_factory.mktemp("data")))


def load_training(path: Path | str, *, validation: bool = True) -> TrainingData:
    return datasets.load_training(take_in(path), validation=validation)


def load_test(path: Path | str) -> Dataset:
    return datasets.load_test(take_in(path))


def write_csv(path: Path, images=IMAGES, labels=LABELS, header: str = "", end: str = "\n") -> Path:
    rows = [",".join(map(str, [label, *image.ravel()])) for image, label in zip(images, labels, strict=True)]
    path.write_bytes((header + end.join(rows) + end).encode())
    return path


def idx_bytes(array: np.ndarray) -> bytes:
    return struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def write_idx(folder: Path, stem: str = "train", images=IMAGES, labels=LABELS, gap="-", end="") -> Path:
    pack = gzip.compress if end else bytes
    folder.joinpath(f"{stem}-labels{gap}idx1-ubyte{end}").write_bytes(pack(idx_bytes(labels)))
    path = folder / f"{stem}-images{gap}idx3-ubyte{end}"
    path.write_bytes(pack(idx_bytes(images)))
    return path


def write_npz(path: Path, **changes) -> Path:
    arrays = {"x_train": IMAGES[:20], "y_train": LABELS[:20], "x_test": IMAGES[20:], "y_test": LABELS[20:]}
    arrays = {key: value for key, value in {**arrays, **changes}.items() if value is not None}
    np.savez(path, **arrays)
    return path


def assert_holds(data, images, labels) -> None:
    np.testing.assert_array_equal(data.pixels, images.reshape(len(images), -1))
    np.testing.assert_array_equal(data.labels, labels)
    assert (data.shape, data.pixel_max) == (images.shape[1:], 255)


def assert_refused(path: Path, sentence: str) -> None:
    with pytest.raises(DigitLabError, match=sentence) as caught:
        load_training(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


# Whole files


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"header": "label,1x1,1x2,1x3,2x1,2x2,2x3,3x1,3x2,3x3\n"},
        {"header": '"label","1x1"\n'},
        {"header": "\ufeff"},
        {"header": "\n\n", "end": "\r\n"},
    ],
)
def test_csv_alone_gives_its_last_sixth_for_testing(tmp_path, form):
    path = write_csv(tmp_path / "digits.csv", **form)
    data = load_training(str(path))
    assert_holds(data.train, IMAGES[:19], LABELS[:19])  # 24, less a sixth, less a twelfth of the 20 left
    assert_holds(data.validation, IMAGES[19:20], LABELS[19:20])
    assert_holds(load_test(path), IMAGES[20:], LABELS[20:])
    assert data.train.name == "digits.csv"


def test_csv_longer_than_what_is_read_at_once(tmp_path):
    images = RNG.integers(0, 256, (4000, 2, 2), dtype=np.uint8)
    labels = RNG.integers(0, 10, 4000)
    path = write_csv(tmp_path / "long.csv", images, labels)
    assert_holds(load_training(path, validation=False).train, images[:3334], labels[:3334])
    path.write_text(path.read_text() + "7,1,2,3\n")
    assert_refused(path, "long.csv, line 4,001: it has 4 values where 5 are needed")


@pytest.mark.parametrize("given", ["mnist_train.csv", "mnist_test.csv"])
def test_either_file_of_a_pair_stands_for_the_pair(tmp_path, given):
    write_csv(tmp_path / "mnist_train.csv", IMAGES[:18], LABELS[:18])
    write_csv(tmp_path / "mnist_test.csv", IMAGES[18:], LABELS[18:])
    assert_holds(load_training(tmp_path / given, validation=False).train, IMAGES[:18], LABELS[:18])
    assert_holds(load_test(tmp_path / given), IMAGES[18:], LABELS[18:])


def test_a_test_file_alone_is_never_trained_on(tmp_path):
    path = write_csv(tmp_path / "mnist_test.csv")
    assert_refused(path, "mnist_test.csv is a test file, and the training file .* was not beside it")
    assert_holds(load_test(path), IMAGES, LABELS)


def test_a_word_that_only_contains_test_is_no_test_file(tmp_path):
    path = write_csv(tmp_path / "my_latest.csv")
    assert len(load_training(path, validation=False).train) == 20


def test_a_file_sorted_by_digit_is_mixed_the_same_way_each_time(tmp_path):
    images = np.arange(240, dtype=np.uint8).reshape(60, 2, 2)
    path = write_csv(tmp_path / "sorted.csv", images, np.repeat(np.arange(10), 6))
    train, test = load_training(path, validation=False).train, load_test(path)
    assert len(set(test.labels)) > 4
    np.testing.assert_array_equal(test.pixels, load_test(path).pixels)
    np.testing.assert_array_equal(test.labels, test.pixels[:, 0] // 24)  # each picture kept its label
    assert sorted([*train.pixels[:, 0], *test.pixels[:, 0]]) == sorted(images[:, 0, 0])


@pytest.mark.parametrize("end", ["", ".gz"])
@pytest.mark.parametrize("gap", ["-", "."])
def test_idx_pairs_are_found_by_name(tmp_path, gap, end):
    path = write_idx(tmp_path, "train", IMAGES[:18], LABELS[:18], gap, end)
    data = load_training(path)
    assert len(data.train) + len(data.validation) == 15  # its own last sixth is kept for testing
    write_idx(tmp_path, "t10k", IMAGES[18:], LABELS[18:], gap, end)
    assert_holds(load_training(path, validation=False).train, IMAGES[:18], LABELS[:18])
    assert_holds(load_test(path), IMAGES[18:], LABELS[18:])


def test_idx_labels_may_be_packed_and_spelled_otherwise_than_their_images(tmp_path):
    path = write_idx(tmp_path)
    labels = tmp_path / "train-labels-idx1-ubyte"
    tmp_path.joinpath("train-labels.idx1-ubyte.gz").write_bytes(gzip.compress(labels.read_bytes()))
    labels.unlink()
    assert len(load_test(path)) == 4


def test_npz_holds_both_parts(tmp_path):
    wide = {"x_train": IMAGES[:20].astype(np.int64), "y_train": LABELS[:20].astype(np.int32)}
    path = write_npz(tmp_path / "mnist.npz", **wide)
    assert_holds(load_training(path, validation=False).train, IMAGES[:20], LABELS[:20])
    assert_holds(load_test(path), IMAGES[20:], LABELS[20:])
    flat = write_npz(tmp_path / "flat.npz", x_test=IMAGES[20:].reshape(4, 9))
    assert_holds(load_test(flat), IMAGES[20:], LABELS[20:])


def test_the_hash_is_the_same_from_every_container(tmp_path):
    write_csv(tmp_path / "a_test.csv", IMAGES[20:], LABELS[20:])
    write_idx(tmp_path, "t10k", IMAGES[20:], LABELS[20:])
    paths = [
        tmp_path / "a_test.csv",
        tmp_path / "t10k-images-idx3-ubyte",
        write_npz(tmp_path / "a.npz"),
    ]
    assert len({load_test(path).sha256 for path in paths}) == 1


# CSV files that are not as they should be


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "bad.csv holds no pictures"),
        ("label,a,b,c,d\n", "bad.csv holds no pictures"),
        ("1,0,0,0,0\n2,0,x,0,0\n", "bad.csv, line 2, value 3: 'x' is not a whole number"),
        ("label,a,b,c,d\n\n2,0,0.5,0,0\n", "bad.csv, line 3, value 3: '0.5' is not a whole number"),
        ("1,0,,0,0\n", "line 1, value 3: '' is not a whole number"),
        ("1,0,256,0,0\n", "line 1, value 3: '256' is not a pixel from 0 to 255"),
        ("1,0,-1,0,0\n", "line 1, value 3: '-1' is not a whole number"),
        ("1,0,0,0,0\n10,0,0,0,0\n", "line 2, value 1: '10' is not a label"),
        ("1,0,0,0,0\n1,0,0,0\n", "line 2: it has 4 values where 5 are needed"),
        ("1,0,0,0,0\n1,0,0,0,0,0\n", "line 2: it has 6 values where 5 are needed"),
        ("1,0,0,0\n", "bad.csv has 4 values in its first line of numbers; .* a square picture"),
        ("1\n2\n", "bad.csv has 1 values in its first line"),
        ("1,0,0,0," + "9" * 5000 + "\n", "value 5: '99999999999999999999' is not a pixel"),
        ("1;0;0;0;0\n", "bad.csv has 1 values"),
        ("1,0,0,0,0\n\x00\x01\n", "line 2: it has 1 values"),
        ("1,0,0,0,0\n", "single picture"),
    ],
)
def test_csv_faults_are_named_with_their_line(tmp_path, text, sentence):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    assert_refused(path, sentence)


def test_a_binary_file_called_csv_is_refused(tmp_path):
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + RNG.bytes(4000))
    assert_refused(path, "photo.csv")


# IDX files that are not as they should be


def write_images(folder: Path, content: bytes) -> Path:
    path = write_idx(folder)
    path.write_bytes(content)
    return path


GOOD = idx_bytes(IMAGES)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "train-images-idx3-ubyte is not an IDX file"),
        (b"<html>not here</html>", "is not an IDX file"),
        (b"\0\0\x0d\3" + GOOD[4:], "does not hold plain bytes"),
        (idx_bytes(LABELS), "holds labels, but pictures are needed"),
        (idx_bytes(IMAGES[:, :, :, None]), "holds data with 4 axes, but pictures are needed"),
        (GOOD[:10], "its header is not complete"),
        (GOOD[:-1], "cut short: its header promises 232 bytes, it has 231"),
        (GOOD + b"\0", "longer than the 232 bytes that its header promises"),
        (idx_bytes(IMAGES[:23]), "23 pictures but 24 labels"),
        (idx_bytes(IMAGES[:0]), "0 pictures but 24 labels"),
        (idx_bytes(IMAGES[:, :0]), "0 pixels do not make a picture|do not make a picture of 0 x 3"),
        (gzip.compress(GOOD)[:-9], "cut short: the end of its compressed data is missing"),
        (gzip.compress(GOOD)[:10] + b"\xff" * 200, "damaged: its compressed data cannot be unpacked"),
        (gzip.compress(GOOD)[:-8] + bytes(8), "damaged: its compressed data cannot be unpacked"),
    ],
)
def test_idx_faults_are_named(tmp_path, content, sentence):
    assert_refused(write_images(tmp_path, content), sentence)


@pytest.mark.parametrize("shape", [(2**32 - 1,) * 3, (500_000, 28, 28)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_header_that_claims_too_much_allocates_nothing(tmp_path, shape, pack):
    path = write_images(tmp_path, pack(struct.pack(">4I", 0x803, *shape) + bytes(100)))
    tracemalloc.start()
    try:
        assert_refused(path, "claims to hold .* bytes|cut short")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_gzip_bomb_is_read_no_further_than_its_header_promises(tmp_path):
    bomb = gzip.compress(struct.pack(">4I", 0x803, 24, 3, 3) + bytes(50 << 20), compresslevel=1)
    path = write_images(tmp_path, bomb)
    tracemalloc.start()
    try:
        assert_refused(path, "longer than the 232 bytes")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_idx_label_out_of_range_is_named(tmp_path):
    labels = LABELS.copy()
    labels[3] = 11
    assert_refused(write_idx(tmp_path, labels=labels), "label of picture 4 is 11, not a digit")


def test_idx_without_its_labels_file(tmp_path):
    path = write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    assert_refused(path, "labels file train-labels-idx1-ubyte is not beside train-images-idx3-ubyte")


def test_idx_with_a_name_that_leads_to_no_labels(tmp_path):
    write_idx(tmp_path).rename(tmp_path / "mine.idx")
    assert_refused(tmp_path / "mine.idx", "must have 'images' in its name")


# NPZ files that are not as they should be


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"y_train": None}, "bad.npz has no array y_train"),
        ({"x_train": IMAGES[:20].astype(object)}, "x_train is a pickled array, which could run code"),
        ({"x_train": IMAGES[:20] / 255}, "x_train holds float64, but whole numbers are needed"),
        ({"x_train": IMAGES[:20].astype(int) * 2}, "x_train has values outside 0 to 255"),
        ({"x_train": IMAGES[:20].astype(int) - 200}, "x_train has values outside 0 to 255"),
        ({"x_train": IMAGES[:20, :2].reshape(20, 6)}, r"x_train has the shape \(20, 6\)"),
        ({"y_train": LABELS[:20].reshape(20, 1)}, r"y_train has the shape \(20, 1\)"),
        ({"y_train": LABELS[:19]}, "20 pictures but 19 labels"),
        ({"y_train": LABELS[:20] + 1}, "is 10, not a digit"),
        ({"x_train": IMAGES[:0], "y_train": LABELS[:0]}, "holds no pictures"),
    ],
)
def test_npz_faults_are_named(tmp_path, changes, sentence):
    assert_refused(write_npz(tmp_path / "bad.npz", **changes), sentence)


def npy_bytes(shape: str, body: bytes = bytes(16)) -> bytes:
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + body


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (npy_bytes("(1000000000000, 28, 28)"), "x_train is cut short"),
        (npy_bytes("(0, 10**3, 28)"), "not a NumPy array file"),
        (npy_bytes(f"(0, {10**30}, 28)"), "x_train is cut short"),
        (npy_bytes("(-1, 4, 4)"), "x_train is not a NumPy array file"),
        (npy_bytes("(2, 3, 3)", bytes(17)), "x_train is cut short"),
        (b"not an array", "x_train is not a NumPy array file"),
        (b"", "x_train is not a NumPy array file"),
    ],
)
def test_npz_members_that_claim_too_much_are_refused(tmp_path, content, sentence):
    path = write_npz(tmp_path / "bad.npz", x_train=None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x_train.npy", content)
    assert_refused(path, sentence)


def test_an_npz_that_is_cut_or_no_zip(tmp_path):
    path = write_npz(tmp_path / "bad.npz")
    path.write_bytes(path.read_bytes()[:-100])
    assert_refused(path, "bad.npz is not a whole NPZ file")
    path.write_bytes(b"")
    assert_refused(path, "bad.npz is not a whole NPZ file")


def test_an_npz_with_a_flipped_byte(tmp_path):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x_train=IMAGES, y_train=LABELS)
    content = bytearray(buffer.getvalue())
    content[200] ^= 0xFF
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    assert_refused(path, "bad.npz")


# Names that lead nowhere


def test_a_file_of_no_known_kind(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("1,2,3")
    assert_refused(path, "notes.txt is of no known kind")


def test_a_missing_file(tmp_path):
    assert_refused(tmp_path / "gone.csv", "no dataset or file '.*gone.csv'")
