"""What an engine cannot do it refuses at its door, with a sentence: in code, before a run, by command, and in the form."""

import importlib.util

import numpy as np
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from core.commands.main import main
from core.config import Config
from core.datasets import Dataset
from core.engines import create_engine, memory
from core.engines.numpy.engine import NumpyEngine
from core.engines.taichi import abilities, engine
from core.errors import DigitLabError
from core.models.parameters import Parameters
from core.network import activations, losses, optimizers
from core.network.activations import ACTIVATIONS
from core.runs.run import create_run

ENGINES = {"numpy": NumpyEngine, "taichi": engine.TaichiEngine}
SMALL = {"inputs": 16, "hidden": (8,), "outputs": 2}


@pytest.fixture
def little_memory(monkeypatch):
    """A computer of fifty kilobytes, which have room for 16-8-2 and for no network of the recipes."""
    monkeypatch.setattr(memory, "here", lambda: 50_000)


def config_of(network: dict | None = None, **training) -> Config:
    return Config().with_changes(network=SMALL | (network or {}), training={"engine": "taichi"} | training)


def refused(config: Config) -> str:
    reason = ENGINES[config.training.engine].refuses(config.network, config.training)
    return str(reason or "")


@pytest.mark.parametrize("name", ENGINES)
def test_what_can_be_done_is_not_refused(name):
    assert refused(config_of(engine=name)) == ""
    assert refused(Config().with_training(engine=name)) == ""


def test_the_memory_that_a_training_needs_by_hand():
    """16-8-2 has 128 + 16 weights and 10 biases. Plain descent keeps three vectors of them, Adam two more; each sample has
    a value and a delta for 26 units and, with dropout, a factor for 8."""
    plain = config_of(optimizer="sgd", batch_size=10)
    assert memory.needed(plain.network, plain.training) == 4 * (3 * 154 + 10 * 2 * 26)
    more = config_of({"dropout": 0.5}, optimizer="adam", batch_size=10, dtype="float64")
    assert memory.needed(more.network, more.training) == 8 * (5 * 154 + 10 * (2 * 26 + 8))


def test_a_container_s_limit_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "LIMIT", tmp_path / "memory.max")
    installed = memory.here()
    assert installed > 1e8
    memory.LIMIT.write_text("max\n")
    assert memory.here() == installed
    memory.LIMIT.write_text("123456\n")
    assert memory.here() == 123_456


@pytest.mark.parametrize("name", ENGINES)
def test_what_does_not_fit_into_memory_is_refused(little_memory, name):
    said = refused(config_of({"hidden": (500,)}, engine=name, batch_size=65_536))
    assert said.startswith(
        "Batches of 65,536 digits in this network take 0.3 GB of memory, and this computer has 0.0 GB."
    )
    assert refused(config_of(engine=name)) == ""


@pytest.mark.parametrize("device", ["vulkan", "metal"])
def test_double_precision_is_refused_where_the_card_has_none(device):
    assert refused(config_of(device=device, dtype="float64")).startswith("Numbers of 16 digits (float64) need")
    assert refused(config_of(device=device)) == ""


def test_more_numbers_than_taichi_can_count_are_refused_and_just_as_many_are_not(monkeypatch):
    """Its arrays are indexed in 32 bits: what lies past that is written elsewhere, or ends the process."""
    monkeypatch.setattr(memory, "here", lambda: 10**15)
    wide = {"inputs": 65_536, "hidden": (), "outputs": 10}  # 4,096 + 1 strips of 16: 65,552 numbers a row
    rows = (2**31 - 1) // 65_552 // 6 * 6
    assert refused(config_of(wide, batch_size=rows)) == ""
    assert "more numbers than Taichi can count" in refused(config_of(wide, batch_size=rows + 1))
    assert refused(config_of(wide, batch_size=65_536, engine="numpy")) == ""


@pytest.mark.parametrize(
    ("table", "name", "setting"),
    [
        (activations.ACTIVATIONS, "swish", {"network": {"activation": "swish"}}),
        (losses.LOSSES, ("softmax", "hinge"), {"training": {"loss": "hinge"}}),
        (optimizers.OPTIMIZERS, "lion", {"training": {"optimizer": "lion"}}),
    ],
    ids=["activation", "loss", "optimizer"],
)
def test_a_formula_that_has_no_kernel_yet_is_refused(monkeypatch, table, name, setting):
    """A new entry of a table is NumPy's at once; Taichi would have taken it for another one without a word."""
    monkeypatch.setitem(table, name, next(iter(table.values())))
    config = config_of(setting.get("network"), **setting.get("training", {}))
    what = name if isinstance(name, str) else "softmax + hinge"
    assert refused(config) == f"The Taichi engine does not know {what}. Choose the NumPy engine."
    assert refused(config.with_training(engine="numpy")) == ""


def test_taichi_knows_all_of_today_s_formulas():
    assert set(abilities.ACTIVATIONS) == set(ACTIVATIONS)
    assert set(abilities.LOSSES) == set(losses.LOSSES)
    assert set(abilities.OPTIMIZERS) == set(optimizers.OPTIMIZERS)


def test_where_taichi_is_missing_its_engine_refuses(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert refused(config_of()).startswith("Taichi is not installed here")


def test_no_engine_is_made_and_no_run_is_begun(little_memory, runs_dir):
    config = Config()
    with pytest.raises(DigitLabError, match="Choose smaller batches"):
        create_engine(config.network, config.training, Parameters.initial(config.network, 0))
    with pytest.raises(DigitLabError, match="Choose smaller batches"):
        create_run(config)
    assert not runs_dir.exists()


def test_the_command_says_the_sentence(little_memory, runs_dir):
    outcome = CliRunner().invoke(main, ["train", "--dataset", "digits", "--engine", "numpy", "--hidden", "800"])
    assert outcome.exit_code != 0 and "Choose smaller batches" in outcome.output
    assert not runs_dir.exists()


def test_the_form_says_the_sentence_at_its_button(little_memory, runs_dir):
    def form() -> None:
        from dashboard.train.form import training_form

        training_form()

    app = AppTest.from_function(form, default_timeout=60).run()
    assert not app.exception
    assert any("Choose smaller batches or smaller layers" in caption.value for caption in app.caption)
    app.button(key="start").click().run()
    assert any("Nothing was started. Batches of" in error.value for error in app.error)
    assert not runs_dir.exists()


def test_samples_that_do_not_fit_the_network_are_refused():
    config = config_of(engine="numpy")
    made = create_engine(config.network, config.training, Parameters.initial(config.network, 0))
    nine = Dataset("nine", np.zeros((1, 16), np.uint8), np.array([9]), (4, 4))
    large = Dataset("large", np.zeros((1, 25), np.uint8), np.array([1]), (5, 5))
    for take in (made.load, made.evaluate):
        with pytest.raises(DigitLabError, match="digits up to 9; a network with 2 outputs cannot tell them apart"):
            take(nine)
        with pytest.raises(DigitLabError, match="These pictures have 25 pixels, and the network reads 16"):
            take(large)
