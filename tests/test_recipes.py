"""Recipes: each is what its source says, and each trains."""

import numpy as np
import pytest

from core.datasets import DATASETS, Dataset, TrainingData
from core.errors import DigitLabError
from core.training.loop import Training
from core.training.recipes import RECIPES, default_recipe, offered_recipes, recipe

# The sources' own figures: layers, activation, output, loss, optimiser, rate, batch, epochs.
FROM_THE_SOURCES = {
    "blog-a-100": ((784, 100, 10), "sigmoid", "sigmoid", "rashid", "sgd", 0.1, 1, 1),
    "blog-a-200-2": ((784, 200, 10), "sigmoid", "sigmoid", "rashid", "sgd", 0.05, 1, 2),
    "blog-a-200-4": ((784, 200, 10), "sigmoid", "sigmoid", "rashid", "sgd", 0.05, 1, 4),
    "blog-a-200-7": ((784, 200, 10), "sigmoid", "sigmoid", "rashid", "sgd", 0.03, 1, 7),
    "blog-b": ((784, 30, 10), "sigmoid", "sigmoid", "squared_error", "sgd", 0.01, 256, 200),
    "blog-c-keras": ((784, 512, 10), "relu", "softmax", "cross_entropy", "rmsprop", 1e-3, 128, 5),
    "blog-c-numpy": ((784, 200, 10), "sigmoid", "sigmoid", "squared_error", "sgd", 0.1, 1, 5),
    "course-d-numpy": ((64, 32, 10), "sigmoid", "sigmoid", "rashid", "sgd", 0.2, 1, 2),
    "course-d-pytorch": ((784, 128, 10), "relu", "softmax", "cross_entropy", "momentum", 0.01, 32, 5),
    "blog-e-keras": ((784, 500, 500, 10), "relu", "softmax", "cross_entropy", "adam", 1e-3, 100, 10),
    "blog-e-pytorch": ((784, 500, 10), "relu", "softmax", "cross_entropy", "adam", 1e-3, 100, 10),
}
RASHID = [name for name in FROM_THE_SOURCES if name.startswith("blog-a") or name.endswith("-numpy")]


@pytest.mark.parametrize("name", FROM_THE_SOURCES)
def test_a_tutorial_is_followed_to_the_figure(name):
    config = RECIPES[name].config
    network, training = config.network, config.training
    assert FROM_THE_SOURCES[name] == (
        network.sizes, network.activation, network.output, training.loss, training.optimizer,
        training.learning_rate, training.batch_size, training.epochs,
    )  # fmt: skip
    assert network.dropout == training.l2 == 0 and training.schedule == "constant"
    assert not training.validation  # they train on every digit they have
    assert RECIPES[name].source


def test_every_recipe_with_a_source_is_checked():
    assert {name for name in RECIPES if RECIPES[name].source or "-" in name} == set(FROM_THE_SOURCES)


@pytest.mark.parametrize("name", RASHID)
def test_the_book_s_network(name):
    config = RECIPES[name].config
    assert not config.network.bias and config.network.scaling == "offset" and config.training.targets == (0.01, 0.99)
    assert config.network.initializer == ("normal_fan_in" if name == "course-d-numpy" else "normal_fan_out")
    assert not config.training.shuffle  # in the order of the file


def test_particulars():
    blog_b = RECIPES["blog-b"].config
    assert blog_b.network.bias and blog_b.network.initializer == "standard_normal_biases"
    assert blog_b.network.scaling == "raw" and blog_b.training.drop_last
    assert {RECIPES[name].config.network.initializer for name in ("course-d-pytorch", "blog-e-pytorch")} == {
        "uniform_fan_in"
    }
    assert [name for name in RECIPES if RECIPES[name].config.training.augmentation == "rotations"] == [
        "blog-a-200-4", "blog-a-200-7"
    ]  # fmt: skip
    network = RECIPES["course-d-pytorch"].config.network
    assert (network.scaling, network.mean, network.std) == ("standard", 0.1307, 0.3081)
    assert RECIPES["course-d-pytorch"].config.training.momentum == 0.9


@pytest.mark.parametrize("name", RECIPES)
def test_each_recipe_trains(name):
    """An epoch of a few pictures of noise, through the recipe's own network, optimiser and augmentation."""
    config = RECIPES[name].config
    shape = (8, 8) if config.training.dataset == "digits" else (28, 28)
    assert config.network.shape == shape
    n = config.training.batch_size if config.training.drop_last else 2
    pixels = np.random.default_rng(0).integers(0, 256, (n, config.network.inputs), dtype=np.uint8)
    data = TrainingData(Dataset("noise", pixels, np.resize([3, 8], n) % config.network.outputs, shape), None)
    training = Training(config.with_training(epochs=1), data)
    before = training.engine.parameters().flat
    for _ in training:
        pass
    after = training.engine.parameters().flat
    assert np.isfinite(after).all() and not np.array_equal(before, after)


def test_recipes_are_described_for_a_person():
    assert len({chosen.title for chosen in RECIPES.values()}) == len(RECIPES)
    for chosen in RECIPES.values():
        assert chosen.sentence.endswith(".") and (chosen.sentence[0].isupper() or chosen.sentence[0].isdigit())


def test_by_name():
    assert recipe("best") is RECIPES["best"]
    with pytest.raises(DigitLabError, match="Known: good, quick, strong"):
        recipe("bets")


@pytest.mark.parametrize("dataset", [*DATASETS, "mine.csv"])
def test_the_recipe_to_begin_with_fits_the_data(dataset):
    chosen = RECIPES[default_recipe(dataset)].config
    assert chosen.training.dataset == (dataset if dataset in DATASETS else "mnist")


def test_only_recipes_whose_digits_are_here_are_offered(monkeypatch, tmp_path):
    monkeypatch.delenv("PEN_DIGITS", raising=False)
    assert {"guard", "everybody"}.isdisjoint(offered_recipes()) and {"quick", "best", "blog-b"} <= set(
        offered_recipes()
    )
    monkeypatch.setenv("PEN_DIGITS", str(tmp_path / "pen.jsonl"))
    assert "everybody" in offered_recipes() and "guard" not in offered_recipes()
