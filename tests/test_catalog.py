"""Finding models: shipped ones and those of runs by name, others by path, and a sentence for the rest."""

import numpy as np
import pytest

import core
from core import catalog
from core.catalog import find_model, load_model, runs_that_read, shipped_models
from core.config import Config, NetworkConfig
from core.errors import DigitLabError
from core.models.files import save_model
from core.models.model import Model
from core.models.parameters import Parameters
from core.runs import worker
from core.runs.run import create_run
from core.runs.snapshots import Snapshots

CONFIG = Config(NetworkConfig(inputs=4, hidden=(2,))).with_training(dataset="digits")


def model_of(seed: int) -> Model:
    return Model(CONFIG, Parameters.initial(CONFIG.network, seed))


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A `models/` of three models."""
    folder = tmp_path / "models"
    for seed, name in enumerate(("small", "default", "big_2")):
        save_model(model_of(seed), folder / f"{name}.safetensors")
    (folder / "README.md").write_text("About these models.")
    monkeypatch.setattr(catalog, "MODELS", folder)
    return folder


def test_shipped_models_begin_with_the_default(shipped):
    assert shipped_models() == ["default", "big_2", "small"]


@pytest.mark.parametrize(("name", "seed"), [("default", 1), ("small", 0), ("big_2", 2)])
def test_by_name(shipped, name, seed):
    assert find_model(name) == shipped / f"{name}.safetensors"
    np.testing.assert_array_equal(load_model(name).parameters.flat, model_of(seed).parameters.flat)


def test_the_default_needs_no_name(shipped):
    np.testing.assert_array_equal(core.load_model().parameters.flat, model_of(1).parameters.flat)


@pytest.mark.parametrize("as_text", [True, False])
def test_by_path(tmp_path, as_text):
    save_model(model_of(5), tmp_path / "mine.safetensors")
    path = tmp_path / "mine.safetensors"
    np.testing.assert_array_equal(
        load_model(str(path) if as_text else path).parameters.flat, model_of(5).parameters.flat
    )


def test_by_the_id_of_a_run(runs_dir):
    run = create_run(CONFIG)
    with pytest.raises(DigitLabError, match="has not made a model yet"):
        load_model(run.id)
    assert runs_that_read() == []
    run.save_model(model_of(6))
    np.testing.assert_array_equal(load_model(run.id).parameters.flat, model_of(6).parameters.flat)
    assert [found.id for found in runs_that_read()] == [run.id]


@pytest.mark.parametrize(
    "name",
    [
        "nobody",
        "",
        ".",
        "..",
        "/",
        "../models/default",
        "a\0b",
        "x" * 5000,
        "Default",
        "default.safetensors",
        "~",
    ],
)
def test_no_such_model_lists_those_there_are(shipped, name):
    with pytest.raises(DigitLabError, match="default, big_2, small"):
        load_model(name)


def test_no_such_run(runs_dir):
    with pytest.raises(DigitLabError, match="no such run"):
        load_model("20250101-000000-abcd")


def test_a_shipped_name_wins_over_a_file_here(shipped, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "default").write_text("not a model")
    np.testing.assert_array_equal(load_model("default").parameters.flat, model_of(1).parameters.flat)


def test_a_snapshot_of_a_run_is_a_model(runs_dir):
    config = Config(NetworkConfig(inputs=64, hidden=(4,))).with_training(dataset="digits", epochs=3)
    run = create_run(config, title="Mine")
    worker.execute(run)
    start, last = load_model(f"{run.id}@0"), load_model(f"{run.id}@3")
    np.testing.assert_array_equal(start.parameters.flat, half(Parameters.initial(config.network, 0).flat))
    np.testing.assert_array_equal(last.parameters.flat, half(run.model().parameters.flat))
    assert last.provenance.title == "Mine, after epoch 3" and last.provenance.epochs == 3.0
    with pytest.raises(DigitLabError, match="There are: 0, 0.0625, 0.125, 0.25, 0.5, 1, 2, 3"):
        load_model(f"{run.id}@4")
    quarter = load_model(f"{run.id}@0.25")  # twelve batches an epoch: after the third
    assert quarter.provenance.epochs == 0.25 and quarter.provenance.title == "Mine, after epoch 0.25"
    with pytest.raises(DigitLabError, match="no such run"):
        load_model("20250101-000000-abcd@1")


def half(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float16).astype(np.float32)


@pytest.mark.parametrize(
    ("most", "kept"), [(60, list(range(21))), (10, list(range(0, 21, 4))), (3, [0, 8, 16]), (0, [])]
)
def test_snapshots_are_thinned_evenly(runs_dir, most, kept):
    run = create_run(CONFIG, snapshots=most)
    snapshots = Snapshots(run)
    told = [epoch for epoch in range(21) if snapshots.keep(epoch, CONFIG, lambda: model_of(0).parameters)]
    assert snapshots.numbers() == kept and set(kept) <= set(told)


def test_the_snapshots_of_a_large_network_are_fewer(runs_dir, monkeypatch):
    monkeypatch.setattr("core.runs.snapshots.MAX_BYTES", 5 * 2 * CONFIG.network.parameter_count)
    snapshots = Snapshots(create_run(CONFIG))
    for epoch in range(12):
        snapshots.keep(epoch, CONFIG, lambda: model_of(0).parameters)
    assert snapshots.numbers() == [0, 4, 8]
