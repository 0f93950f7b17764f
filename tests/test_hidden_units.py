"""Hidden units: what each is for, worked by hand on a tiny network, and what a network still does without some of them."""

import numpy as np
import pytest

from core.catalog import load_guard, load_judge, load_model
from core.config import Config, NetworkConfig
from core.datasets import Dataset
from core.errors import DigitLabError
from core.explain.back_query.ink import ink_for
from core.explain.broken import Damage, damaged, half_at_random, try_out, whole_layer
from core.explain.units import look_at, most_important, weight_pictures
from core.explain.wants import wanted
from core.models.model import Model
from core.models.parameters import Parameters
from core.scores import thousand as thousands
from core.scores.thousand import thousand, thousand_name
from dashboard.back_query.grid import rows_of
from tests.changed import changed
from tests.test_backquery import model_of


@pytest.fixture
def copies() -> Model:
    """Ten hidden units (ReLU): unit k gives three times pixel k, but unit 9 nothing ever; output k is unit k."""
    first = 3.0 * np.eye(16)[:, :10]
    first[9, 9] = 0.0
    return changed(model_of(hidden=(10,), activation="relu", output="softmax"), W1=first, W2=np.eye(10))


@pytest.fixture
def digits() -> Dataset:
    """Twenty pictures, two of each class: of class k pixel k has all ink, then half (51 of 102), and pixel 0 a third besides."""
    pixels, labels = np.zeros((20, 16), np.uint8), np.arange(20) % 10
    pixels[:, 0] = 34
    pixels[np.arange(20), labels] = np.repeat([102, 51], 10)
    return Dataset("copies", pixels, labels, (4, 4), pixel_max=102)


def test_a_unit_is_for_what_it_gives_most_for(copies: Model, digits: Dataset):
    look = look_at(copies, digits, 0)
    np.testing.assert_allclose(look.profile[3], [0, 0, 0, 2.25, 0, 0, 0, 0, 0, 0], atol=1e-6)  # (3 + 1.5) / 2
    np.testing.assert_allclose(look.profile[0], [2.25] + 9 * [1.0], atol=1e-6)
    assert look.meant.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, -1]
    assert look.strength[3] == pytest.approx(2.25 * 0.9) and look.strength[0] == pytest.approx(2.25 - 1.125)
    assert look.most[3, :2].tolist() == [3, 13] and look.least[0, -1] != 0
    assert look.order()[-1] == 9 and look.order()[:3].tolist() == [0, 1, 2]


def test_the_strongest_of_a_class_come_first_and_the_chosen_one_is_always_there(copies: Model, digits: Dataset):
    """With outputs mixed so that units 4 and 5 are both for 4, unit 5 louder."""
    first = copies.parameters.weights[0].copy()
    first[:, 5] = 2 * first[:, 4]
    look = look_at(changed(copies, W1=first), digits, 0)
    assert look.order()[4:6].tolist() == [5, 4]
    assert dict(rows_of(look, None, None, each=1))[4] == [5] and dict(rows_of(look, None, 4, each=1))[4] == [4]
    assert rows_of(look, 4, None) == [(4, [5, 4])] and rows_of(look, None, None)[-1] == (-1, [9])


def test_what_a_unit_looks_for(copies: Model):
    """Further up it is the first layer's weights, added up by the weights on the way."""
    np.testing.assert_allclose(weight_pictures(copies, 0, np.array([2]))[0], (3 * np.eye(16)[:, 2]).reshape(4, 4))
    config = Config(NetworkConfig(inputs=4, hidden=(2, 1), activation="relu"))
    values = Parameters(config.network, np.zeros(config.network.parameter_count))
    values.weights[0][...] = [[1, 0], [0, 1], [0, 0], [0, 2]]
    values.weights[1][...] = [[5], [-1]]
    np.testing.assert_allclose(weight_pictures(Model(config, values), 1, np.array([0]))[0], [[5, -1], [0, -2]])
    with pytest.raises(DigitLabError, match="go from 1 to 2; there is no 3"):
        weight_pictures(Model(config, values), 2, np.array([0]))


def test_who_matters_most(copies: Model, digits: Dataset):
    """Unit k takes part in two of twenty leads, by 3 and 1.5; unit 0 is against all the others' besides, by 1 in eighteen."""
    found = most_important(copies, digits, 10)
    assert {unit for _, unit in found[:8]} == set(range(1, 9)) and found[-1] == (0, 0)
    louder = changed(copies, W2=np.diag([1, 1, 1, 1, 1, 1, 1, 4, 1, 1.0]))
    assert most_important(louder, digits, 1) == [(0, 7)]


def test_a_broken_copy_breaks_and_the_network_stays_whole(copies: Model, digits: Dataset):
    before = copies.parameters.flat.copy()
    broken = damaged(copies, Damage(frozenset({(0, 3)})))
    np.testing.assert_allclose(broken.trace(digits.x([3])).sums[-1], [[1] + 9 * [0]], atol=1e-6)
    np.testing.assert_allclose(broken.trace(digits.x([4])).sums[-1], copies.trace(digits.x([4])).sums[-1])
    noisy = damaged(copies, Damage(noise=0.5))
    size = np.sqrt(np.square(copies.parameters.weights[0]).mean())
    change = noisy.parameters.weights[0] - copies.parameters.weights[0]
    assert np.sqrt(np.square(change).mean()) == pytest.approx(0.5 * size, rel=0.2)
    np.testing.assert_array_equal(noisy.parameters.flat, damaged(copies, Damage(noise=0.5)).parameters.flat)
    np.testing.assert_array_equal(copies.parameters.flat, before)
    assert Damage().toggled(0, 3).toggled(0, 3) == Damage() and not Damage()
    with pytest.raises(DigitLabError, match="no unit 99"):
        damaged(copies, Damage(frozenset({(0, 98)})))
    with pytest.raises(DigitLabError, match="noise goes from 0"):
        Damage(noise=3.0)


def test_half_and_whole_layers():
    model = model_of(hidden=(7, 4))
    off = half_at_random(model)
    assert [sum(layer == each for layer, _ in off) for each in (0, 1)] == [3, 2] and off == half_at_random(model)
    assert whole_layer(model, 1) == frozenset((1, unit) for unit in range(4))


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_the_simple_reader_reads_worse_without_its_ten_most_important_units_than_without_ten_others():
    model, guard, judge = load_model("blog"), load_guard(), load_judge()
    shown = thousand(thousand_name(model))
    assert len(shown.digits) == 1000 and not shown.bundled
    top, rest = most_important(model, shown.digits, 200)[:10], most_important(model, shown.digits, 200)[100:110]
    ink = ink_for((28, 28))
    tried = [try_out(damaged(model, Damage(frozenset(off))), shown.digits, guard, judge, ink) for off in (top, rest)]
    assert tried[0].score.correct < 850 < 950 < tried[1].score.correct
    assert tried[1].proof.read >= 8 and tried[1].pictures.shape == (10, 28, 28)


def test_without_mnist_the_hundred_that_ship_are_shown(monkeypatch):
    monkeypatch.setattr(thousands, "available", lambda name: False)
    shown = thousand(thousand_name(load_model("blog")))
    assert len(shown.digits) == 100 and shown.bundled
    with pytest.raises(DigitLabError, match="none of its size are"):
        thousand_name(model_of(hidden=()))


def test_what_a_unit_wants_makes_it_give_more_than_any_digit_does():
    """Of the simple reader's first twenty units, on the hundred that ship, in their own standard deviations."""
    model, digits, ink = load_model("blog"), thousand("").digits, ink_for((28, 28))
    look, sums = look_at(model, digits, 0), model.trace(digits.x()).sums[0]
    for unit in range(0, 40, 8):
        picture = wanted(model, 0, unit, float(look.spread[unit]), ink)
        assert 0 <= picture.min() and picture.max() <= 1
        assert model.trace(picture[None]).sums[0][0, unit] > np.quantile(sums[:, unit], 0.97)
