"""Models that come in a file: what is no model is a sentence, what is one is kept for its owner, within bounds."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.catalog import find_model, load_model
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.files import MOST_HEADER, newest_first
from core.folders import MODELS, PROJECT
from core.models import given, legacy
from core.models.files import save_model
from core.models.legacy import legacy_config, to_legacy
from core.models.model import Model, Provenance, Score
from core.models.parameters import Parameters
from dashboard.parts.model_files import counted

CONFIG = Config(NetworkConfig(inputs=64, hidden=(8,))).with_training(dataset="digits")


def model(seed: int = 0, title: str = "From afar") -> Model:
    return Model(CONFIG, Parameters.initial(CONFIG.network, seed), Provenance(title, scores={"test": Score(180, 180)}))


def content(made: Model, folder: Path) -> bytes:
    path = folder / "made.safetensors"
    save_model(made, path)
    return path.read_bytes()


def rewritten(file: bytes, change: Callable[[dict], None], body: bytes | None = None) -> bytes:
    """A safetensors file with another header."""
    length = int.from_bytes(file[:8], "little")
    header = json.loads(file[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + (file[8 + length :] if body is None else body)


def as_kind(kind: str, size: int) -> Callable[[bytes], bytes]:
    def make(file: bytes) -> bytes:
        at = 0

        def change(header: dict) -> None:
            nonlocal at
            for name in (name for name in header if name != "__metadata__"):
                count = int(np.prod(header[name]["shape"])) * size
                header[name] |= {"dtype": kind, "data_offsets": [at, at + count]}
                at += count

        changed = rewritten(file, change)
        return changed[: 8 + int.from_bytes(changed[:8], "little")] + bytes(at)

    return make


def test_a_model_comes_back_as_it_was(tmp_path):
    made = model()
    read = given.read_content(content(made, tmp_path), "x.safetensors")
    assert np.array_equal(read.parameters.flat, made.parameters.flat) and read.config == made.config
    assert read.provenance.title == "From afar"


@pytest.mark.parametrize("packed", [False, True])
def test_a_network_of_the_earlier_system(packed):
    config = legacy_config(inputs=64, hidden=5)
    made = Model(config, Parameters.initial(config.network, 0, "float64"), Provenance())
    file = to_legacy(made).encode()
    read = given.read_content(gzip.compress(file) if packed else file, "my net.json")
    assert np.array_equal(read.parameters.flat, made.parameters.flat) and read.provenance.title == "my_net"


@pytest.mark.parametrize(("change", "says"), [
    (as_kind("BF16", 2), "numbers of the kind BF16"), (as_kind("F8_E4M3", 1), "F8_E4M3"), (as_kind("I32", 4), "kind I32"),
    (lambda file: b"", "not a model file"), (lambda file: file[:40], "not a model file"), (lambda file: file[:-4], "not a model"),
    (lambda file: (MOST_HEADER + 1).to_bytes(8, "little") + file[8:], "not a model file"),
    (lambda file: b"\x1f\x8b" + file, "cannot be unpacked"), (lambda file: gzip.compress(file)[:-9], "cannot be unpacked"),
    (lambda file: gzip.compress(bytes(given.MAX_UNPACKED + 1)), "too large"),
    (lambda file: bytes(given.MAX_FILE + 1), "too large"),
    (lambda file: b"{" * 5000, "earlier system"), (lambda file: b"\x80\x04\x95", "not a model file"),
    (lambda file: rewritten(file, lambda header: header.pop("__metadata__")), "not one of Digit Lab's models"),
])  # fmt: skip
def test_what_is_no_model_is_a_sentence(tmp_path, change, says):
    with pytest.raises(DigitLabError, match=says):
        given.read_content(change(content(model(), tmp_path)), "bad.safetensors")


@pytest.mark.parametrize("content", [
    b'{"wih":[' + b"[]," * legacy.MAX_LISTS + b"[]]}",
    b"{" + b",".join(b'"%d":1' % number for number in range(legacy.MAX_LISTS)) + b"}",
])  # fmt: skip
def test_lists_and_names_without_end_are_not_read_into_memory(monkeypatch, content):
    """Five million empty lists are 15 MB of text and 300 MB once they are read; a million names, of 3 MB packed, 200 MB."""
    read = []
    monkeypatch.setattr(legacy.json, "loads", lambda content: read.append(content) or {})
    with pytest.raises(DigitLabError, match="earlier system"):
        given.read_content(content, "bad.json")
    assert not read


def test_a_network_that_reads_no_digits_is_refused(tmp_path):
    for network, says in ((NetworkConfig(inputs=63), "no square"), (NetworkConfig(inputs=64, outputs=3), "ten digits")):
        made = Model(Config(network), Parameters.initial(network, 0), Provenance())
        with pytest.raises(DigitLabError, match=says):
            given.read_content(content(made, tmp_path), "x.safetensors")


def test_kept_for_its_owner_under_a_name_of_its_own(runs_dir):
    name = given.keep(model(), "me")
    assert given.GIVEN_ID.fullmatch(name) and given.keep(model(), "me") == name != given.keep(model(), "you")
    assert given.given_by("me") == [name] and given.is_given(name) and find_model(name) == given.find_given(name)
    assert np.array_equal(load_model(name).parameters.flat, model().parameters.flat)
    given.remove(name, "you")
    assert given.is_given(name)
    given.remove(name, "me")
    with pytest.raises(DigitLabError, match="not here any more"):
        find_model(name)


@pytest.mark.parametrize("name", ["model-", "model-../../../x", "model-0123456789ab\n", "../model-0123456789ab"])
def test_only_names_of_ours_are_looked_up(runs_dir, name):
    assert not given.is_given(name)
    with pytest.raises(DigitLabError):
        given.find_given(name)


def test_the_oldest_gives_way(runs_dir, monkeypatch):
    monkeypatch.setenv("DIGITLAB_NETWORKS", "2")
    monkeypatch.setenv("DIGITLAB_NETWORKS_IN_ALL", "3")
    names = []
    for seed, owner in enumerate(["me", "me", "me", "you", "you"]):
        names.append(given.keep(model(seed), owner))
        os.utime(given.find_given(names[-1]), (seed, seed))
    assert given.given_by("me") == [names[2]] and given.given_by("you") == [names[4], names[3]]


def test_what_a_file_claims_is_counted_anew(tmp_path):
    assert counted(model()).provenance.scores["test"].correct < 180
    other = Model(CONFIG.with_training(dataset="upload-0123456789ab"), model().parameters, model().provenance)
    assert counted(other).provenance.scores == {}


def test_a_visitor_s_file_is_a_network_on_every_page(runs_dir, tmp_path):
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60).run()
    app.file_uploader[0].set_value(
        ("mine.safetensors", (MODELS / "small.safetensors").read_bytes(), "application/octet-stream")
    )
    app.run()
    assert not app.exception and not app.error
    name = app.session_state["model"]
    assert given.GIVEN_ID.fullmatch(name)
    app = app.switch_page("dashboard/pages/back_query.py").run()
    assert not app.exception and app.session_state["model"] == name
    app.button(key="remove-model").click().run()
    assert app.session_state["model"] == "default" and not given.is_given(name)


def test_a_damaged_file_gives_way_to_the_usual_network(runs_dir):
    name = given.keep(model(), "local")
    given.find_given(name).write_bytes(b"\0" * 100)
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    app.query_params["model"] = name
    app.run()
    assert not app.exception and not app.error and app.session_state["model"] == "default"
    assert any("cannot be read" in text.value and "The good reader" in text.value for text in app.warning)


def test_a_file_that_is_deleted_meanwhile_is_left_out(tmp_path):
    for age, name in enumerate(("old", "new")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (age, age))
    assert newest_first([tmp_path / "gone", tmp_path / "old", tmp_path / "new"]) == [tmp_path / "new", tmp_path / "old"]
