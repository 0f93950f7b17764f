"""The public face: what a notebook finds in `core`, and that to import it costs nothing."""

import subprocess
import sys

import numpy as np
import pytest

import core
from core.errors import DigitLabError
from core.folders import PROJECT
from core.learning import train
from core.models.files import read_model, save_model
from core.runs.run import create_run
from core.runs.worker import execute
from core.training.events import EpochEvent, FinishEvent
from core.training.recipes import RECIPES

BOOK = core.NetworkConfig(
    inputs=3, hidden=(3,), outputs=3, activation="sigmoid", output="sigmoid", bias=False, initializer="normal_fan_out"
)


@pytest.mark.parametrize("statement", ["import core", "import core.errors", "from core.errors import DigitLabError"])
def test_an_error_costs_no_numpy(statement):
    """Every child process and every page imports it: half a second and 60 MB when `core` loaded all its face at once."""
    heavy = ("numpy", "scipy", "safetensors", "PIL", "core.catalog")
    code = f"import sys; {statement}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_everything_that_the_face_promises_is_there():
    code = "import core; print(all(hasattr(core, name) for name in core.__all__), set(core.__all__) <= set(dir(core)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        _ = core.trian


# -- the book's first network: three inputs, three hidden units, three outputs


def test_the_book_s_three_by_three_by_three():
    """`n.query([1.0, 0.5, -1.5])`, worked out as the book does it."""
    model = core.new_model(BOOK, seed=3)
    answer = model.query([1.0, 0.5, -1.5])
    wih, who = (weights.T for weights in model.parameters.weights)

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    expected = sigmoid(who @ sigmoid(wih @ np.array([1.0, 0.5, -1.5])))
    assert answer.shape == (3,)
    np.testing.assert_allclose(answer, expected, rtol=1e-12)


def test_a_network_that_reads_no_picture_has_a_shape_all_the_same(tmp_path):
    model = core.new_model(BOOK)
    assert model.shape == (1, 3) and not model.network.is_square
    save_model(model, tmp_path / "book.safetensors")
    np.testing.assert_array_equal(read_model(tmp_path / "book.safetensors").query([0, 1, 0]), model.query([0, 1, 0]))
    with pytest.raises(DigitLabError, match="3 inputs make no square"):
        core.load_model(tmp_path / "book.safetensors")


@pytest.mark.parametrize("values", [[1.0, 0.5], [], [[1.0, 0.5, -1.5]], 3.0])
def test_a_query_of_another_length_is_a_sentence(values):
    with pytest.raises(DigitLabError, match="takes 3 numbers at a time"):
        core.new_model(BOOK).query(values)


def test_rows_of_another_length_are_a_sentence():
    with pytest.raises(DigitLabError, match="takes rows of 3 numbers"):
        core.new_model(BOOK).predict(np.zeros((2, 4)))


def test_a_new_model_follows_from_its_seed():
    config = core.Config(BOOK).with_training(seed=5)
    np.testing.assert_array_equal(core.new_model(config).parameters.flat, core.new_model(BOOK, seed=5).parameters.flat)


# -- training in one line


@pytest.fixture(scope="module")
def quick() -> core.Config:
    return RECIPES["small"].config.with_training(epochs=2)


def test_one_line_trains_what_a_run_trains(quick, runs_dir):
    model = train(quick.with_training(seed=4))
    run = create_run(quick.with_training(seed=4))
    execute(run)
    theirs = run.model()
    np.testing.assert_array_equal(model.parameters.flat, theirs.parameters.flat)
    assert model.config == theirs.config and model.calibration == theirs.calibration
    assert model.provenance.scores == theirs.provenance.scores and set(model.provenance.scores) == {
        "test",
        "validation",
    }
    assert model.provenance.title == "64-32-10"


def test_a_recipe_by_its_name_a_seed_and_what_happens_on_the_way(monkeypatch, quick):
    monkeypatch.setitem(RECIPES, "small", type(RECIPES["small"])("Small", "A sentence.", quick))
    seen = []
    model = core.train("small", seed=9, on_event=seen.append)
    assert model.config.training.seed == 9 and model.provenance.title == "Small"
    assert [type(event) for event in seen if not hasattr(event, "samples_per_second")] == [
        EpochEvent, EpochEvent, FinishEvent
    ]  # fmt: skip
    assert model.provenance.scores["test"].n == 180


def test_no_such_recipe():
    with pytest.raises(DigitLabError, match="Known: good, quick"):
        core.train("qiuck")


def test_no_run_folder_is_left(quick, runs_dir):
    core.train(quick)
    assert not runs_dir.exists() or not list(runs_dir.iterdir())
