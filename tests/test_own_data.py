"""Data of one's own: taken in once, known by what they hold from then on, and never half there or altered unseen."""

import os
from pathlib import Path

import numpy as np
import pytest

import core
from core.config import Config, NetworkConfig
from core.datasets import available, described, load_test, load_training, measured_on, named, needs_mnist, uploads
from core.datasets.hundred import first_of_each
from core.datasets.uploads import Upload, keep, remove, take_in
from core.errors import DigitLabError
from core.folders import uploads_folder
from core.scores.evaluation import first_test_digits


@pytest.fixture
def digits(tmp_path, make_data) -> Path:
    """A file of 48 digits of 3 x 3 pixels."""
    data = make_data(48)
    path = tmp_path / "My digits.csv"
    np.savetxt(path, np.column_stack([data.labels, data.pixels]), fmt="%d", delimiter=",")
    return path


def test_a_file_has_a_name_once_it_is_taken_in(data_dir, digits, make_data):
    name = take_in(digits)
    digits.unlink()  # what lies where the file lay means nothing from now on
    assert uploads.is_upload(name) and available(name) and not needs_mnist(name) and measured_on(name) == name
    data, everything = load_training(name), make_data(48)
    np.testing.assert_array_equal(data.train.pixels, everything.pixels[:37])  # 48, less a sixth, less a twelfth of 40
    np.testing.assert_array_equal(data.validation.labels, everything.labels[37:40])
    np.testing.assert_array_equal(load_test(name).pixels, everything.pixels[40:])
    assert data.train.name == "My digits.csv" and data.train.shape == (3, 3)
    assert uploads.described(name) == Upload(
        name,
        "My digits.csv",
        (3, 3),
        {"train": 40, "test": 8},
        os.path.getsize(uploads_folder() / f"{name}.safetensors"),
    )
    about = described(name)
    assert (about.title, about.training_count, about.test_count) == ("My digits.csv", 40, 8)


def test_what_stands_on_the_wall_is_read_without_the_rest(data_dir, digits, monkeypatch):
    name = take_in(digits)
    expected = first_of_each(load_test(name))
    monkeypatch.setattr(uploads, "read", None)
    found = first_test_digits(name)
    assert found.sha256 == expected.sha256 and found.shape == (3, 3) and found.name == "My digits.csv"


def test_the_name_follows_from_what_is_in_it(data_dir, digits, make_data):
    name = take_in(digits)
    assert take_in(digits.rename(digits.with_name("other.csv"))) == name == named(name)
    everything = make_data(48)
    parts = {"train": everything.subset(slice(0, 40)), "test": everything.subset(slice(40, None))}
    assert keep(parts, "made otherwise") == name and uploads.described(name).title == "My digits.csv"
    lines = digits.with_name("other.csv").read_text().splitlines()
    digits.write_text("\n".join([*lines[1:], lines[0]]))
    assert named(str(digits)) != name
    assert len(uploads.uploads()) == 2


def test_what_is_trained_on_it_is_known_by_it(data_dir, digits):
    config = Config(NetworkConfig(inputs=9, hidden=(4,))).with_training(dataset=core.take_in(digits), epochs=1)
    model = core.train(config)
    assert model.config.training.dataset == uploads.uploads()[0] and model.provenance.scores["test"].n == 8
    assert model.provenance.data_sha256 == load_training(model.config.training.dataset).train.sha256


def test_the_latest_comes_first_and_what_is_removed_is_gone(data_dir, make_data):
    names = []
    for seed in range(3):
        names.append(keep({"test": make_data(10, seed=seed)}, f"{seed}"))
        os.utime(uploads_folder() / f"{names[-1]}.safetensors", (1e9 + seed, 1e9 + seed))
    (uploads_folder() / "upload-of-something-else.safetensors").write_bytes(b"not ours")
    assert uploads.uploads() == names[::-1]
    remove(names[1])
    assert uploads.uploads() == [names[2], names[0]] and not available(names[1]) and described(names[1]) is None
    for load in (load_training, load_test, remove):
        with pytest.raises(DigitLabError, match=f"The data {names[1]} are not on this computer. Give the file again"):
            load(names[1])


def test_what_has_no_pictures_to_learn_from_can_be_tested_on(data_dir, make_data):
    name = keep({"test": make_data(10)}, "t10k.csv")
    assert len(load_test(name)) == 10
    with pytest.raises(DigitLabError, match="t10k.csv is a test file"):
        load_training(name)


def test_parts_of_two_sizes_are_no_data_set(data_dir, make_data):
    with pytest.raises(DigitLabError, match="training and the test pictures of a.npz are not of one size"):
        keep({"train": make_data(10), "test": make_data(10, side=4)}, "a.npz")


def damage(path: Path, kind: str, make_data) -> None:
    content = path.read_bytes()
    if kind == "cut short":
        content = content[:-5]
    elif kind == "a pixel altered":
        place = content.rindex(make_data(40).pixels[:, :].tobytes()[:9])
        content = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    elif kind == "another's":
        content = (path.parent / f"{keep({'train': make_data(9)}, 'x')}.safetensors").read_bytes()
    else:
        content = b"no such file" * 9
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["cut short", "a pixel altered", "another's", "no file of ours"])
def test_data_that_are_not_what_they_were_are_never_learned_from(data_dir, make_data, kind):
    name = keep({"train": make_data(40)}, "mine.csv")
    damage(uploads_folder() / f"{name}.safetensors", kind, make_data)
    with pytest.raises(DigitLabError, match=f"The data {name} are damaged. Remove them, and give the file again"):
        load_training(name)
    remove(name)
    assert keep({"train": make_data(40)}, "mine.csv") == name and len(load_training(name).train) == 37


def test_what_is_too_much_is_refused_before_it_is_kept(data_dir, digits, make_data, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_IN_ALL", 2_000)
    keep({"train": make_data(100)}, "first")
    with pytest.raises(DigitLabError, match="pictures in second are too many.*Remove data"):
        keep({"train": make_data(120)}, "second")
    assert len(uploads.uploads()) == 1
    monkeypatch.setattr(uploads, "MAX_FILE", 100)
    with pytest.raises(DigitLabError, match="My digits.csv is a file of"):
        take_in(digits)


def test_where_nothing_can_be_written_the_reason_is_said(data_dir, make_data):
    data_dir.write_text("a file where the folder should be")
    with pytest.raises(DigitLabError, match="mine.csv cannot be kept: "):
        keep({"train": make_data(40)}, "mine.csv")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/me/My digits.csv", "file-my-digits-csv"),
        ("C:\\data\\mnist.npz", "file-mnist-npz"),
        ("train-images-idx3-ubyte.gz", "file-train-images-idx3-ubyte-gz"),
        ("../..", "file-unknown"),
        ("/data/" + "long" * 50 + ".csv", "file-" + "long" * 15),
    ],
)
def test_a_configuration_that_knew_a_file_by_its_path_still_opens(path, name):
    """Of an older version. What it learned from has no name; what it says of it is which file it was."""
    written = Config().to_dict()
    written["training"]["dataset"] = path
    config = Config.from_dict(written)
    assert config.training.dataset == name and Config.from_json(config.to_json()) == config
    assert not available(name) and measured_on(name) == name and described(name) is None
    with pytest.raises(DigitLabError, match="learned from a file that it knows by where it lay"):
        load_test(name)
