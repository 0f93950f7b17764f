"""Datasets: what a `Dataset` accepts, how training data are divided, and that MNIST is MNIST."""

import ast
import gzip
import hashlib
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.datasets import DATASETS, Dataset, available, load_test, load_training, mnist, mnist_folder
from core.datasets.dataset import hold_back_last
from core.errors import DigitLabError

CORE = Path(__file__).parents[1] / "core"


def make(pixels=((0, 51), (255, 102), (1, 2)), labels=(3, 0, 9), shape=(1, 2), **more) -> Dataset:
    return Dataset("small", np.array(pixels, np.uint8), np.array(labels, np.int64), shape, **more)


# What a dataset is


def test_x_divides_by_full_ink():
    x = make().x()
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, [[0, 0.2], [1, 0.4], [1 / 255, 2 / 255]], rtol=1e-6)
    np.testing.assert_array_equal(make([[0, 16]], [1], pixel_max=16).x(), [[0, 1]])


@pytest.mark.parametrize("indices", [slice(1, 3), [1, 2], np.array([False, True, True])])
def test_x_and_subset_take_the_same_rows(indices):
    data = make()
    part = data.subset(indices)
    assert len(part) == 2
    assert (part.name, part.shape, part.pixel_max) == (data.name, data.shape, data.pixel_max)
    np.testing.assert_array_equal(part.labels, [0, 9])
    np.testing.assert_array_equal(part.x(), data.x(indices))


def test_hash_is_of_pixel_bytes_then_a_byte_per_label():
    assert make().sha256 == hashlib.sha256(bytes([0, 51, 255, 102, 1, 2, 3, 0, 9])).hexdigest()
    assert make().subset([1]).sha256 == hashlib.sha256(bytes([255, 102, 0])).hexdigest()


def test_hash_does_not_depend_on_the_memory_layout():
    data = make()
    columns_first = Dataset("other", np.asfortranarray(data.pixels), data.labels, (1, 2))
    assert columns_first.sha256 == data.sha256


def test_arrays_cannot_be_written_to_and_the_callers_own_still_can():
    pixels = np.zeros((1, 2), np.uint8)
    data = Dataset("small", pixels, np.array([1]), (1, 2))
    with pytest.raises(ValueError, match="read-only"):
        data.pixels[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data.labels[0] = 2
    pixels[0, 0] = 7


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"labels": (3, 0)}, "3 pictures but 2 labels"),
        ({"labels": (3, 10, 9)}, "label of picture 2 is 10, not a digit"),
        ({"labels": (3, 0, -1)}, "label of picture 3 is -1, not a digit"),
        ({"shape": (2, 2)}, "2 pixels do not make a picture of 2 x 2"),
        ({"shape": (-1, -2)}, "do not make a picture"),
        ({"pixels": np.empty((0, 2)), "labels": ()}, "holds no pictures"),
        ({"pixels": np.zeros(3)}, "one row per picture"),
        ({"labels": np.zeros((3, 1))}, "one per picture"),
        ({"pixel_max": 0}, "between 1 and 255"),
        ({"pixel_max": 16}, "a pixel is 255, above the largest value 16"),
    ],
)
def test_parts_that_do_not_fit_are_refused_in_a_sentence(change, sentence):
    with pytest.raises(DigitLabError, match=sentence):
        make(**change)


def test_other_types_of_array_are_refused():
    with pytest.raises(DigitLabError, match="table of bytes"):
        Dataset("small", np.zeros((1, 2)), np.array([1]), (1, 2))
    with pytest.raises(DigitLabError, match="whole numbers"):
        Dataset("small", np.zeros((1, 2), np.uint8), np.array([1.0]), (1, 2))


# How training data are divided


@pytest.mark.parametrize(("count", "held"), [(24, 2), (23, 1), (12, 1), (11, 1), (2, 1)])
def test_the_last_twelfth_is_held_back(count, held):
    data = make(np.arange(2 * count).reshape(count, 2), np.arange(count) % 10)
    train, validation = hold_back_last(data, 12)
    assert (len(train), len(validation)) == (count - held, held)
    np.testing.assert_array_equal(np.concatenate([train.pixels, validation.pixels]), data.pixels)


def test_a_single_picture_cannot_be_divided():
    with pytest.raises(DigitLabError, match="single picture"):
        hold_back_last(make([[1, 2]], [3]), 12)


# The bundled digits


def test_bundled_digits_are_divided_into_fixed_parts():
    data, test = load_training("digits"), load_test("digits")
    assert (len(data.train), len(data.validation), len(test)) == (1483, 134, 180)
    assert data.train.shape == (8, 8)
    assert data.train.pixel_max == 16
    assert data.train.x().max() == 1
    assert len(load_training("digits", validation=False).train) == 1617
    assert load_training("digits", validation=False).validation is None
    # Pinned: under another permutation the shipped model's score would be of digits that it was trained on.
    assert test.labels[:10].tolist() == [2, 8, 2, 6, 6, 7, 1, 9, 8, 5]
    assert test.sha256.startswith("af65e032b99a")


def test_bundled_parts_make_up_the_whole_and_each_has_every_digit():
    from sklearn.datasets import load_digits

    data, test = load_training("digits"), load_test("digits")
    parts = [data.train, data.validation, test]
    together = sorted(bytes(row) for part in parts for row in part.pixels)
    assert together == sorted(bytes(row) for row in load_digits().data.astype(np.uint8))
    for part in parts:
        assert set(part.labels) == set(range(10))


def test_bundled_digits_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)  # makes the import fail
    with pytest.raises(DigitLabError, match="scikit-learn, which is not installed"):
        load_training("digits")


def test_scikit_learn_is_imported_only_when_its_digits_are_read():
    code = (
        "import sys; from core.datasets import available, load_training; assert available('digits');"
        "assert not any(name.startswith('sklearn') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=CORE.parent)
    load_training("digits")
    assert "sklearn" in sys.modules  # so it would have been seen


# MNIST


@pytest.fixture
def no_mnist(monkeypatch, tmp_path):
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "data"))
    return tmp_path


def put_files(folder: Path, end: str = ".gz", dotted: bool = False) -> Path:
    folder.mkdir(parents=True)
    for file in mnist.FILES.values():
        name = file.name.replace("-idx", ".idx") if dotted else file.name
        (folder / f"{name}{end}").touch()
    return folder


def test_without_mnist_a_sentence_says_what_to_do(no_mnist):
    assert mnist_folder() is None
    assert not available("mnist")
    with pytest.raises(DigitLabError, match="put its four files into data/mnist, or choose the bundled"):
        load_training("mnist")


def test_mnist_is_looked_for_in_the_environments_folder_then_at_home(no_mnist, monkeypatch):
    home = put_files(no_mnist / "data" / "mnist")
    assert mnist_folder() == home
    monkeypatch.setenv("MNIST_DIR", str(no_mnist / "nowhere"))
    assert mnist_folder() == home
    other = put_files(no_mnist / "other", end="", dotted=True)
    monkeypatch.setenv("MNIST_DIR", str(other))
    assert mnist_folder() == other
    assert available("mnist")
    next(other.iterdir()).unlink()
    assert mnist_folder() == home


def test_files_with_other_content_are_not_taken_for_mnist(no_mnist, monkeypatch):
    folder = put_files(no_mnist / "data" / "mnist")
    images = struct.pack(">4I", 2051, 1, 2, 2) + bytes(4)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
    with pytest.raises(DigitLabError, match="train-images-idx3-ubyte.gz is not the MNIST file of that name"):
        load_training("mnist")


def test_damaged_mnist_file_is_named(no_mnist):
    put_files(no_mnist / "data" / "mnist")
    with pytest.raises(DigitLabError, match="train-images-idx3-ubyte.gz is not an IDX file"):
        load_training("mnist")


@pytest.mark.mnist
def test_mnist_training_part_is_the_one_the_world_knows(mnist_dir):
    everything = load_training("mnist", validation=False)
    train = everything.train
    assert everything.validation is None
    assert (len(train), train.shape, train.pixel_max) == (60_000, (28, 28), 255)
    assert train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    x = train.x()
    assert x.mean() == pytest.approx(0.1307, abs=5e-5)
    assert x.std() == pytest.approx(0.3081, abs=5e-5)
    assert (x.min(), x.max()) == (0, 1)


@pytest.mark.mnist
def test_mnist_holds_back_exactly_the_last_5000(mnist_dir):
    whole = load_training("mnist", validation=False).train
    data = load_training("mnist")
    assert (len(data.train), len(data.validation)) == (55_000, 5_000)
    np.testing.assert_array_equal(data.train.pixels, whole.pixels[:55_000])
    np.testing.assert_array_equal(data.train.labels, whole.labels[:55_000])
    np.testing.assert_array_equal(data.validation.pixels, whole.pixels[55_000:])
    np.testing.assert_array_equal(data.validation.labels, whole.labels[55_000:])


@pytest.mark.mnist
def test_mnist_test_part(mnist_dir):
    test = load_test("mnist")
    assert len(test) == 10_000
    assert test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.mnist
def test_mnist_is_read_unpacked_and_under_its_other_names(mnist_dir, no_mnist):
    packed = sorted(mnist_dir.glob("t10k-*"))
    home = put_files(no_mnist / "data" / "mnist", end="", dotted=True)
    for path in packed:
        content = path.read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        (home / path.name.removesuffix(".gz").replace("-idx", ".idx")).write_bytes(content)
    assert load_test("mnist").labels[:3].tolist() == [7, 2, 1]


@pytest.mark.mnist
@pytest.mark.parametrize("wrong", [struct.pack(">2I", 2049, 1) + b"\7", b"\x1f\x8b\x08damaged", b""])
def test_a_wrong_file_beside_the_right_one_does_no_harm(mnist_dir, no_mnist, wrong):
    home = put_files(no_mnist / "data" / "mnist")
    for path in mnist_dir.glob("t10k-*"):
        shutil.copy(path, home / f"{path.name.removesuffix('.gz')}.gz")
    labels = home / "t10k-labels-idx1-ubyte"
    labels.with_name(f"{labels.name}.gz").rename(labels)
    labels.with_name(f"{labels.name}.gz").write_bytes(wrong)
    assert load_test("mnist").labels[:3].tolist() == [7, 2, 1]


# The rooms' rule: a test set has one door


def imported_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
    names = {alias.name for node in nodes for alias in node.names}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_only_evaluation_opens_a_test_set():
    doors = {"load_test", "read_mnist", "read_digits", "read_file"}
    outside = [path for path in CORE.rglob("*.py") if path.parent.name != "datasets"]
    callers = {path.relative_to(CORE).as_posix() for path in outside if imported_names(path) & doors}
    assert callers <= {"scores/evaluation.py"}


def test_descriptions_agree_with_the_data():
    assert list(DATASETS) == ["mnist", "digits", "mnist+pen"]
    assert all(name == description.name for name, description in DATASETS.items())
    assert DATASETS["mnist"].download_bytes == sum(file.packed_size for file in mnist.FILES.values())
    sizes = {key: file.size for key, file in mnist.FILES.items()}
    for part, count in (("train", 60_000), ("test", 10_000)):
        assert sizes[f"{part} images"] == 16 + count * 28 * 28
        assert sizes[f"{part} labels"] == 8 + count


@pytest.mark.parametrize("name", ["mnits", "", "a\0b", "x" * 5000, "."])
def test_an_unknown_name_is_a_sentence(name):
    assert not available(name)
    for load in (load_training, load_test):
        with pytest.raises(DigitLabError, match="There is no data set called .*There are: mnist, digits"):
            load(name)
