"""Model files: read back to the bit; and a damaged or hostile file is a sentence, never more."""

import json
import os
import pickle
import struct

import numpy as np
import pytest
from safetensors.numpy import save as to_safetensors

from core.config import Config, NetworkConfig
from core.datasets import load_test
from core.engines import create_engine
from core.errors import DigitLabError
from core.files import write_atomically
from core.models.files import read_card, read_model, save_model
from core.models.legacy import legacy_config
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters

PROVENANCE = Provenance(
    title="Ten — digits", data_sha256="ab" * 32, epochs=2.5, scores={"test": Score(180, 171)}, version="0.1.0"
)


def model_of(config: Config | None = None, dtype: str = "float32", seed: int = 0) -> Model:
    config = config or Config(NetworkConfig(inputs=9, hidden=(5, 4), scaling="standard", mean=0.1, std=1 / 3))
    parameters = Parameters.initial(config.network, seed, dtype)
    parameters.flat += np.random.default_rng(seed).normal(size=parameters.flat.shape).astype(dtype) / 3
    return Model(config.with_training(dtype=dtype), parameters, PROVENANCE)


def legacy_model(dtype: str = "float64") -> Model:
    return model_of(legacy_config(inputs=9, hidden=3), dtype)


# -- safetensors, there and back


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("network", [{}, {"bias": False}, {"hidden": ()}], ids=str)
def test_there_and_back_to_the_bit(tmp_path, dtype, network):
    model = model_of(Config(NetworkConfig(**{"inputs": 9, "hidden": (5,)} | network)).with_training(seed=7), dtype)
    save_model(model, tmp_path / "m.safetensors")
    again = read_model(tmp_path / "m.safetensors")
    assert again.config == model.config
    assert again.provenance == PROVENANCE
    assert again.parameters.flat.dtype == dtype
    np.testing.assert_array_equal(again.parameters.flat, model.parameters.flat)
    x = np.random.default_rng(0).random((4, 9))
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


def test_a_model_without_a_history(tmp_path):
    config = Config(NetworkConfig(inputs=4, hidden=(2,)))
    save_model(Model(config, Parameters.initial(config.network, 0)), tmp_path / "m.safetensors")
    assert read_model(tmp_path / "m.safetensors").provenance == Provenance()


def test_what_is_read_can_be_trained_on(tmp_path, make_data):
    """The engine has values of its own, and the model stays as it was."""
    save_model(model_of(), tmp_path / "m.safetensors")
    model = read_model(tmp_path / "m.safetensors")
    before = model.parameters.flat.copy()
    engine = create_engine(model.network, model.config.training, model.parameters)
    engine.load(make_data(20))
    engine.train(np.arange(20), np.array([0.1]))
    assert np.abs(engine.parameters().flat - before).max() > 0.01
    np.testing.assert_array_equal(model.parameters.flat, before)


def test_float16_halves_the_file_and_keeps_three_digits(tmp_path):
    model = model_of(Config(NetworkConfig(inputs=784, hidden=(50,))))
    save_model(model, tmp_path / "whole.safetensors")
    save_model(model, tmp_path / "half.safetensors", storage="float16")
    saved = (tmp_path / "whole.safetensors").stat().st_size - (tmp_path / "half.safetensors").stat().st_size
    assert saved == pytest.approx(2 * model.parameters.flat.size, abs=100)
    again = read_model(tmp_path / "half.safetensors")
    assert again.parameters.flat.dtype == np.float32
    np.testing.assert_array_equal(again.parameters.flat, model.parameters.flat.astype(np.float16))
    assert again.config == model.config and again.provenance == PROVENANCE


def test_the_header_tells_all_without_reading_the_weights(tmp_path):
    save_model(model_of(), tmp_path / "m.safetensors")
    content = (tmp_path / "m.safetensors").read_bytes()
    metadata = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
    assert json.loads(metadata["config"])["network"]["hidden"] == [5, 4]
    assert json.loads(metadata["config"])["training"]["seed"] == 0
    assert json.loads(metadata["provenance"]) == {
        "title": "Ten — digits", "data_sha256": "ab" * 32, "epochs": 2.5,
        "scores": {"test": [180, 171]}, "version": "0.1.0",
    }  # fmt: skip


# -- safetensors that are none of ours, or no longer


def raw(header: bytes, body: bytes = b"", length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header + body


def ours(arrays: dict | None = None, **metadata) -> bytes:
    """A model file with some of its contents exchanged."""
    model = model_of()
    header = {"format": "1", "config": model.config.to_json(), "provenance": json.dumps(provenance())}
    header = {name: value for name, value in (header | metadata).items() if value is not None}
    return to_safetensors(model.parameters.arrays() | (arrays or {}), metadata=header)


def provenance(**changes) -> dict:
    return {"title": "t", "data_sha256": None, "epochs": 1.0, "scores": {}, "version": ""} | changes


def without(name: str) -> bytes:
    arrays = model_of().parameters.arrays()
    del arrays[name]
    header = {"format": "1", "config": model_of().config.to_json(), "provenance": json.dumps(provenance())}
    return to_safetensors(arrays, metadata=header)


WHOLE = ours()
BIN = {"low": 0.0, "high": 1.0, "n": 10, "correct": 5, "confidence": 0.5}
DAMAGED = {
    "empty": b"",
    "one byte": b"\x01",
    "text": b"weights\n",
    "pickle": pickle.dumps({"W1": [1.0, 2.0]}),
    "zip": b"PK\x03\x04" + bytes(100),
    "numpy": b"\x93NUMPY\x01\x00" + bytes(100),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "header cut": WHOLE[:100],
    "weights cut": WHOLE[:-1],
    "one byte too many": WHOLE + b"\0",
    "huge header": raw(b"{}", length=2**63),
    "header of 10 GB": raw(b"{}", length=10**10),
    "header of no JSON": raw(b"{'a': 1}"),
    "header a list": raw(b"[]      "),
    "header a number": raw(b"3       "),
    "header of no text": raw(b"\xff\xfe\xfd\xfc    "),
    "header deep": raw(b"[" * 100_000),
    "header deep inside": raw(b'{"a":' * 100_000),
    "header of 5000 digits": raw(b'{"a":' + b"9" * 5000 + b"}"),
    "metadata null": raw(b'{"__metadata__":null}   '),
    "metadata a list": raw(b'{"__metadata__":[]}     '),
    "metadata a filled list": raw(b'{"__metadata__":[1]}    '),
    "metadata a word": raw(b'{"__metadata__":"x"}    '),
    "metadata with a number": raw(b'{"__metadata__":{"format":"1","config":5,"provenance":5}}     '),
    "other safetensors": to_safetensors({"weight": np.zeros(3)}),
    "other metadata": to_safetensors({"weight": np.zeros(3)}, metadata={"format": "pt"}),
    "newer format": ours(format="2"),
    "no config": ours(config=None),
    "config of no JSON": ours(config="{"),
    "config impossible": ours(config=Config().to_json().replace('"relu"', '"magic"')),
    "config deep": ours(config="[" * 100_000),
    "config with an endless number": ours(config=Config().to_json().replace('"epochs": 5', '"epochs": ' + "9" * 400)),
    "no provenance": ours(provenance=None),
    "provenance of no JSON": ours(provenance="{"),
    "provenance a list": ours(provenance="[]"),
    "provenance deep": ours(provenance="[" * 100_000),
    "provenance without scores": ours(provenance='{"title": "t"}'),
    "provenance unknown": ours(provenance=json.dumps(provenance(author="me"))),
    "title no text": ours(provenance=json.dumps(provenance(title=[1]))),
    "epochs no number": ours(provenance=json.dumps(provenance(epochs="two"))),
    "scores a list": ours(provenance=json.dumps(provenance(scores=[1, 2]))),
    "score of one number": ours(provenance=json.dumps(provenance(scores={"test": [3]}))),
    "score of nothing": ours(provenance=json.dumps(provenance(scores={"test": [0, 0]}))),
    "score above all": ours(provenance=json.dumps(provenance(scores={"test": [10, 11]}))),
    "hash a number": ours(provenance=json.dumps(provenance(data_sha256=5))),
    "change of words": ours(provenance=json.dumps(provenance(changes=[{"step": "x", "field": "l2", "value": 0}]))),
    "bin of words": ours(calibration=json.dumps({"bins": [BIN | {"high": "much"}]})),
    "bin of lists": ours(calibration=json.dumps({"bins": [BIN | {"confidence": []}]})),
    "temperature a word": ours(calibration='{"temperature": "hot"}'),
    "score infinite": ours(provenance=json.dumps(provenance(scores={"test": [float("inf"), 1]}))),
    "not a number": ours({"W1": np.full((9, 5), np.nan, dtype=np.float32)}),
    "infinity": ours({"b2": np.full(4, np.inf, dtype=np.float32)}),
    "beyond float32": ours({"b2": np.full(4, 1e300)}),
    "misshapen": ours({"W1": np.zeros((5, 9), dtype=np.float32)}),
    "array missing": without("W2"),
    "legacy: cut": b'{"input_num": 9, "hidden',
    "legacy: other JSON": b'{"name": "x"}',
    "legacy: deep": b'{"wih":' + b"[" * 100_000,
    "legacy: 5000 digits": b'{"input_num": ' + b"9" * 5000 + b"}",
}
LEGACY = {
    "input_num": 9,
    "hidden_num": 3,
    "output_num": 10,
    "wih": np.zeros((3, 9)).tolist(),
    "who": np.zeros((10, 3)).tolist(),
}
LEGACY_CHANGES = {
    "another number of inputs": {"input_num": 16},
    "inputs that make no square": {"input_num": 8, "wih": np.zeros((3, 8)).tolist()},
    "another number of outputs": {"output_num": 9, "who": np.zeros((9, 3)).tolist()},
    "transposed": {"wih": np.zeros((9, 3)).tolist()},
    "ragged": {"who": [[1.0, 2.0, 3.0]] * 9 + [[1.0]]},
    "text": {"wih": "weights"},
    "null": {"wih": None},
    "NaN": {"wih": np.full((3, 9), np.nan).tolist()},
    "endless number": {"wih": [[10**400] * 9] * 3},
    "infinite size": {"input_num": float("inf")},
    "size null": {"hidden_num": None},
}
DAMAGED |= {f"legacy: {name}": json.dumps(LEGACY | change).encode() for name, change in LEGACY_CHANGES.items()}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_is_no_good_is_a_sentence(tmp_path, content):
    (tmp_path / "m.safetensors").write_bytes(content)
    with pytest.raises(DigitLabError) as error:
        read_model(tmp_path / "m.safetensors")
    text = str(error.value)
    assert text[0].isalnum() and text.endswith(".") and len(text) < 500


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_the_card_of_a_file_that_is_no_good_is_a_sentence_or_a_card(tmp_path, content):
    """The weights stay unread, and so does what is wrong with them; whatever else is in the file, a list can show it."""
    (tmp_path / "m.safetensors").write_bytes(content)
    try:
        card = read_card(tmp_path / "m.safetensors")
    except DigitLabError as error:
        assert str(error)[0].isalnum() and str(error).endswith(".")
    else:
        assert content[8:9] == b"{" and card.provenance.title == "t"


def test_the_files_above_are_refused_for_their_damage_alone(tmp_path):
    (tmp_path / "m.safetensors").write_bytes(WHOLE)
    assert read_model(tmp_path / "m.safetensors").provenance.title == "t"
    (tmp_path / "m.txt").write_text(json.dumps(LEGACY))
    assert read_model(tmp_path / "m.txt").network.sizes == (9, 3, 10)


class Trap:
    """Unpickling this would make a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("name", ["m.safetensors", "m.pkl", "m.txt"])
def test_nothing_is_unpickled(tmp_path, name):
    (tmp_path / name).write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(DigitLabError):
        read_model(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_a_file_too_large_is_not_read(tmp_path):
    with open(tmp_path / "m.safetensors", "wb") as file:
        file.truncate(2**30 + 1)  # a sparse file: nothing is written
    with pytest.raises(DigitLabError, match="larger than any model"):
        read_model(tmp_path / "m.safetensors")


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(DigitLabError, match="cannot be read"):
            read_model(path)


# -- writing


@pytest.mark.parametrize("failing", ["replace", "fsync"])
def test_a_crash_while_writing_leaves_the_old_file(tmp_path, monkeypatch, failing):
    path = tmp_path / "m.safetensors"
    save_model(model_of(seed=1), path)
    old = path.read_bytes()

    def crash(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, failing, crash)
    with pytest.raises(OSError, match="No space"):
        save_model(model_of(seed=2), path)
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["m.safetensors"]  # no half-written file is left behind


def test_an_interrupted_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "new" / "file", b"content")
    assert os.listdir(tmp_path / "new") == []


def test_the_whole_content_is_on_the_disk_before_the_name_moves(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace

    def seen_fsync(descriptor):
        calls.append(("fsync", os.fstat(descriptor).st_size))
        fsync(descriptor)

    def seen_replace(source, target):
        calls.append(("replace", os.path.dirname(source) == os.path.dirname(target)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_replace)
    write_atomically(tmp_path / "file", b"content")
    assert calls == [("fsync", 7), ("replace", True)]
    assert (tmp_path / "file").read_bytes() == b"content"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


# -- the earlier system's JSON


@pytest.mark.parametrize("name", ["m.txt", "m.json"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_legacy_there_and_back_to_the_bit(tmp_path, name, dtype):
    model = legacy_model(dtype)
    save_model(model, tmp_path / name)
    again = read_model(tmp_path / name)
    np.testing.assert_array_equal(again.parameters.flat, model.parameters.flat)
    assert again.network == model.network


def test_legacy_layout_by_hand(tmp_path):
    """`wih` has a row per hidden unit and `who` a row per output: weights are turned over on reading."""
    wih, who = np.arange(27.0).reshape(3, 9), np.arange(30.0).reshape(10, 3)
    (tmp_path / "m.txt").write_text(json.dumps(LEGACY | {"wih": wih.tolist(), "who": who.tolist()}))
    model = read_model(tmp_path / "m.txt")
    np.testing.assert_array_equal(model.parameters.weights[0], wih.T)
    np.testing.assert_array_equal(model.parameters.weights[1], who.T)
    save_model(model, tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == LEGACY | {
        "wih": wih.tolist(),
        "who": who.tolist(),
    }


@pytest.mark.parametrize(
    "change",
    [{"activation": "tanh"}, {"output": "softmax"}, {"bias": True}, {"scaling": "unit"}, {"hidden": (3, 3)}],
    ids=str,
)
def test_networks_that_the_earlier_form_cannot_hold(tmp_path, change):
    with pytest.raises(DigitLabError, match="Save this one as a .safetensors file"):
        config = legacy_config(inputs=9, hidden=3).with_changes(network=change, training={"loss": "squared_error"})
        save_model(model_of(config), tmp_path / "m.txt")
    assert not (tmp_path / "m.txt").exists()


@pytest.mark.mnist
@pytest.mark.parametrize(("name", "correct"), [("100_1_1", 9520), ("200_05_4_Rot", 9725), ("Test", 9680)])
def test_the_three_models_of_the_earlier_system(legacy_dir, tmp_path, name, correct):
    """Their scores on MNIST's 10,000 test digits to the last digit; then written in both forms and read
    again.
    """
    test = load_test("mnist")
    model = read_model(legacy_dir / f"{name}.txt")
    assert model.provenance.title == name
    assert np.count_nonzero(model.predict(test.x()).argmax(axis=1) == test.labels) == correct
    for copy in ("copy.txt", "copy.safetensors"):
        save_model(model, tmp_path / copy)
        np.testing.assert_array_equal(read_model(tmp_path / copy).parameters.flat, model.parameters.flat)
