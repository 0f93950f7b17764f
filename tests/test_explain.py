"""Explanations: a network worked by hand, sums that come out exactly, and checks that can fail."""

import itertools

import numpy as np
import pytest

from core.catalog import load_model, shipped_models
from core.config import Config, NetworkConfig
from core.datasets import load_training
from core.explain import contributions as explain
from core.explain import nearest as explain_nearest
from core.explain.check import DRAWS, check_pixels, check_units
from core.explain.contributions import Explanation
from core.explain.nearest import Memory, nearest, remember, spread
from core.models.model import Model
from core.models.parameters import Parameters
from core.network.activations import ACTIVATIONS
from core.network.losses import OUTPUTS
from core.network.scaling import SCALINGS
from tests.changed import changed, emptied


def model_of(seed: int = 0, dtype: str = "float64", **network) -> Model:
    """A network with every parameter drawn at random, its biases too."""
    config = NetworkConfig(**{"inputs": 16, "hidden": (12, 9)} | network)
    if config.scaling == "standard":
        config = NetworkConfig(**{"inputs": 16, "hidden": (12, 9), "mean": 0.1307, "std": 0.3081} | network)
    rng = np.random.default_rng(seed)
    return Model(Config(config), Parameters(config, rng.normal(0.0, 0.5, config.parameter_count).astype(dtype)))


@pytest.fixture
def by_hand() -> Explanation:
    """Four pixels, two ReLU units, and the answers 0 and 1 (the other eight hear nothing).

    The drawing gives the sums 2·1 + 0·½ − 1 = 1 and −1·1 + 4·½ + 0 = 1; the empty sheet −1 and 0. So the units go from 0
    to 1, the first while its sum moves by 2: slope ½. Scores: 3·1 + 1·1 + ½ = 4½ and 2·1 = 2, on the empty sheet ½ and 0.
    """
    last, biases = np.zeros((2, 10)), np.zeros(10)
    last[0, 0], last[1, 0], last[1, 1], biases[0] = 3.0, 1.0, 2.0, 0.5
    model = changed(
        model_of(inputs=4, hidden=(2,), activation="relu"),
        W1=[[2.0, -1.0], [0.0, 4.0], [0.0, 0.0], [0.0, 0.0]],
        b1=[-1.0, 0.0],
        W2=last,
        b2=biases,
    )
    return Explanation(model, np.array([[1.0, 0.5], [0.0, 0.0]]))


def test_leads_by_hand(by_hand: Explanation) -> None:
    assert by_hand.trace.lead(0, 1) == 2.5 and by_hand.empty.lead(0, 1) == 0.5
    assert by_hand.trace.lead(1, 0) == -2.5


def test_credits_by_hand(by_hand: Explanation) -> None:
    """Weights from unit to lead: 3 and 1 − 2 = −1. Pixel 0: 2·½·3 + (−1)·1·(−1) = 4; pixel 1: 4·1·(−1)·½ = −2."""
    np.testing.assert_allclose(by_hand.pixel_credits(0, 1), [4.0, -2.0, 0.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(by_hand.pixel_credits(1, 0), [-4.0, 2.0, 0.0, 0.0], atol=1e-15)
    np.testing.assert_allclose(by_hand.unit_credits(0, 1, 0), [3.0, -1.0], atol=1e-15)


def test_units_by_hand(by_hand: Explanation) -> None:
    shares, offset = by_hand.unit_shares(0, 1)
    assert shares.tolist() == [3.0, -1.0] and offset == 0.5
    np.testing.assert_array_equal(by_hand.unit_pictures(np.array([1, 0])), [[-1, 4, 0, 0], [2, 0, 0, 0]])
    total = by_hand.sum_of(0, 0)
    assert total.products.tolist() == [2.0, 0.0, 0.0, 0.0] and (total.offset, total.z, total.a) == (-1.0, 1.0, 1.0)
    assert by_hand.sum_of(1, 0).z == 4.5


COMBINATIONS = list(itertools.product(ACTIVATIONS, OUTPUTS, (True, False), SCALINGS, (16, 784, 64)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("activation, output, bias, scaling, inputs", COMBINATIONS)
def test_credits_add_up_to_the_difference(activation, output, bias, scaling, inputs) -> None:
    """For every kind of network: pixels, and units of every layer, add up to the lead on the drawing less on nothing."""
    model = model_of(3, inputs=inputs, activation=activation, output=output, bias=bias, scaling=scaling)
    picture = np.random.default_rng(1).random(inputs) * (np.random.default_rng(2).random(inputs) < 0.4)
    explanation = Explanation(model, picture.astype(np.float32))
    sums = model.trace(np.stack([picture.astype(np.float32), np.zeros(inputs)])).sums[-1]
    for answer, rival in ((4, 9), (0, 7)):
        lead, empty = sums[:, answer] - sums[:, rival]
        moved = pytest.approx(lead - empty, abs=1e-9)
        assert explanation.pixel_credits(answer, rival).sum() == moved
        assert explanation.unit_credits(answer, rival, 0).sum() == moved
        assert explanation.unit_credits(answer, rival, 1).sum() == moved
        shares, offset = explanation.unit_shares(answer, rival)
        assert shares.sum() + offset == pytest.approx(lead, abs=1e-9)
        assert (offset == 0.0) or bias
    assert not explanation.pixel_credits(4, 9)[picture == 0.0].any()  # paper gets no credit


@pytest.mark.parametrize("hidden", [(), (7,), (5, 6, 7)], ids=str)
def test_any_number_of_layers(hidden) -> None:
    model = model_of(1, hidden=hidden, activation="tanh")
    explanation = Explanation(model, np.random.default_rng(0).random((4, 4)))
    credits = explanation.pixel_credits(2, 8)
    assert credits.sum() == pytest.approx(explanation.trace.lead(2, 8) - explanation.empty.lead(2, 8), abs=1e-12)
    if not hidden:  # then the credits are simply weight times pixel
        weights = model.parameters.weights[0]
        np.testing.assert_allclose(credits, explanation.pixels * (weights[:, 2] - weights[:, 8]))


def test_a_huge_network_is_explained_in_its_own_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "EXACT_UP_TO", 100)
    explanation = Explanation(model_of(dtype="float32"), np.random.default_rng(0).random(16))
    credits = explanation.pixel_credits(4, 9)
    assert credits.dtype == np.float32
    assert credits.sum() == pytest.approx(explanation.trace.lead(4, 9) - explanation.empty.lead(4, 9), abs=1e-4)


@pytest.mark.parametrize("scaling", SCALINGS)
def test_the_picture_of_a_unit_tells_how_far_the_drawing_moves_its_sum(scaling) -> None:
    model = model_of(5, scaling=scaling, activation="sigmoid", bias=True)
    explanation = Explanation(model, np.random.default_rng(0).random(16))
    moved = explanation.unit_pictures(np.arange(9)) @ explanation.pixels
    np.testing.assert_allclose(moved, explanation.trace.sums[1] - explanation.empty.sums[1], atol=1e-12)


def test_a_saturated_unit_and_one_that_does_not_move() -> None:
    """A sigmoid at 1 on both, and a sum that ends where it began, must not divide by nothing."""
    model = model_of(hidden=(2,), activation="sigmoid")
    first, biases = model.parameters.weights[0] * (0.0, 1.0), (model.parameters.biases[0][0], 800.0)
    model = changed(model, W1=first, b1=biases)
    explanation = Explanation(model, np.ones(16))
    credits = explanation.pixel_credits(1, 2)
    assert np.isfinite(credits).all()
    assert credits.sum() == pytest.approx(explanation.trace.lead(1, 2) - explanation.empty.lead(1, 2), abs=1e-12)


@pytest.mark.parametrize("name", shipped_models())
def test_shipped_models(name: str) -> None:
    """Back-queries and bars as drawings: the float64 sums are the network's own to float32's precision."""
    model = load_model(name)
    height, width = model.shape
    bar, noise = np.zeros((height, width)), np.random.default_rng(0).random((height, width))
    bar[height // 6 : -height // 6, width // 2 - 1 : width // 2 + 1] = 1.0
    for picture in (bar, noise):
        explanation = Explanation(model, picture)
        outputs = model.network.outputs
        theirs = model.trace(np.stack([picture.ravel(), np.zeros(picture.size)])).sums[-1]
        for answer, rival in itertools.permutations(range(outputs), 2):
            moved = explanation.trace.lead(answer, rival) - explanation.empty.lead(answer, rival)
            assert explanation.pixel_credits(answer, rival).sum() == pytest.approx(moved, abs=1e-9)
            shares, offset = explanation.unit_shares(answer, rival)
            assert shares.sum() + offset == pytest.approx(explanation.trace.lead(answer, rival), abs=1e-9)
        np.testing.assert_allclose(explanation.trace.sums[-1], theirs[0], atol=1e-4)
        np.testing.assert_allclose(explanation.empty.sums[-1], theirs[1], atol=1e-4)


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def linear(weights: np.ndarray) -> Model:
    """Sixteen pixels and no hidden layer: answer 0 adds up the pixels times `weights`, answer 1 hears nothing."""
    return changed(model_of(hidden=(), bias=False), W1=np.pad(weights[:, None], ((0, 0), (0, 9))))


def test_a_check_that_holds() -> None:
    """Twelve pixels of ink, two of them (a sixth) with weights 5 and 4, ten with 1: the lead of 19 falls to 10."""
    picture = np.repeat([1.0, 0.0], [12, 4])
    model = linear(np.repeat([5.0, 4.0, 1.0, 9.0], [1, 1, 10, 4]))
    credits = Explanation(model, picture).pixel_credits(0, 1)
    check = check_pixels(model, picture, credits, 0, 1, rng=rng())
    assert check.marked.tolist() == [0, 1] and check.candidates == 12
    assert (check.before, check.after) == (19.0, 10.0) and check.holds
    assert len(check.chance) == DRAWS and check.chance.max() == 17.0 and check.chance.min() >= 10.0
    assert check.chance.mean() == pytest.approx(19 - 2 * 19 / 12, abs=0.5)
    assert check.matched == np.mean(check.chance == 10.0) <= 0.05
    again = check_pixels(model, picture, credits, 0, 1, rng=rng())
    np.testing.assert_array_equal(check.chance, again.chance)


def test_a_check_that_fails_because_the_marked_pixels_do_not_matter() -> None:
    """An explanation that points at the wrong pixels: those it marks weigh nothing, so random ones do as well or better."""
    picture, model = np.repeat([1.0, 0.0], [12, 4]), linear(np.repeat([0.0, 2.0], [2, 14]))
    check = check_pixels(model, picture, np.repeat([7.0, 0.0], [2, 14]), 0, 1, rng=rng())
    assert check.marked.tolist() == [0, 1]
    assert check.after == check.before == 20.0 and check.matched == 1.0 and not check.holds


def test_a_check_that_fails_on_a_network_that_has_had_enough() -> None:
    """min(1, all ink) = relu(s) − relu(s − 1): every pixel has its credit, and no two of twelve can be missed."""
    last = np.zeros((2, 10))
    last[:, 0] = (1.0, -1.0)
    model = emptied(model_of(inputs=16, hidden=(2,), activation="relu"))
    model = changed(model, W1=np.ones((16, 2)), b1=[0.0, -1.0], W2=last)
    picture = np.repeat([1.0, 0.0], [12, 4])
    credits = Explanation(model, picture).pixel_credits(0, 1)
    assert credits.sum() == pytest.approx(1.0) and credits[:12].min() > 0.0
    check = check_pixels(model, picture, credits, 0, 1, rng=rng())
    assert len(check.marked) == 2 and check.after == check.before == 1.0 and not check.holds


def test_nothing_to_take_away() -> None:
    picture, model = np.repeat([1.0, 0.0], [12, 4]), linear(np.full(16, -1.0))
    check = check_pixels(model, picture, np.full(16, -1.0), 0, 1, rng=rng())
    assert not len(check.marked) and check.after == check.before and not check.holds


def test_faint_pixels_are_not_ink() -> None:
    picture = np.repeat([1.0, 0.2, 0.0], [6, 6, 4])
    check = check_pixels(linear(np.ones(16)), picture, np.ones(16), 0, 1, rng=rng())
    assert check.candidates == 6 and len(check.marked) == 1


def test_units_are_switched_off(by_hand: Explanation) -> None:
    """The unit for answer 0 puts 3 into the lead of 2½. At random it is that one or the other, which puts in −1."""
    check = check_units(by_hand, 0, 1, count=1, rng=rng())
    assert check.marked.tolist() == [0] and check.candidates == 2
    assert (check.before, check.after) == (2.5, -0.5)
    assert set(check.chance) == {-0.5, 3.5} and not check.holds  # one of two by chance is half of the draws


def test_units_that_are_silent_are_not_drawn() -> None:
    model = model_of(2, hidden=(40,), activation="relu")
    explanation = Explanation(model, np.random.default_rng(0).random(16))
    check = check_units(explanation, 3, 5, count=3, rng=rng())
    shares, offset = explanation.unit_shares(3, 5)
    strongest = np.sort(shares)[::-1][:3]
    assert check.candidates <= np.count_nonzero(explanation.trace.activations[-2]) < 40
    np.testing.assert_allclose(shares[check.marked], strongest)
    assert check.after == pytest.approx(check.before - strongest.sum(), abs=1e-12)
    assert check.holds


def test_nearest_digits_by_brute_force(make_data) -> None:
    model, data = model_of(hidden=(12, 9), inputs=9, dtype="float32"), make_data(300)
    memory = remember(model, data, 900)
    assert memory.total == 900 and len(memory) == 300
    drawing = np.random.default_rng(9).random(9)
    view = Explanation(model, drawing).trace.activations[-2]
    places, likeness = nearest(memory, view)
    rows = Model(model.config, Parameters(model.network, model.parameters.flat.astype(np.float64)))
    cosines = []
    for row in data.x():
        other = rows.trace(row[None]).activations[-2][0]
        cosines.append(float(view @ other) / max(np.linalg.norm(view) * np.linalg.norm(other), 1e-30))
    expected = sorted(range(300), key=lambda k: -cosines[k])[:8]
    assert places.tolist() == expected
    np.testing.assert_allclose(likeness, [cosines[k] for k in expected], atol=1e-5)


def test_a_training_digit_is_nearest_to_itself() -> None:
    model, digits = load_model("small"), load_training("digits").train
    memory = remember(model, digits, len(digits))
    for place in (0, 700, 1_400):
        places, likeness = nearest(memory, Explanation(model, digits.x([place])).trace.activations[-2])
        assert places[0] == place and likeness[0] == pytest.approx(1.0, abs=1e-5)
        assert likeness[0] >= likeness[1] >= likeness[7]


def test_silence_is_near_to_nothing(make_data) -> None:
    model = model_of(inputs=9, hidden=(5,), activation="relu")
    places, likeness = nearest(remember(model, make_data(20), 20), np.zeros(5))
    assert len(places) == 8 and not likeness.any()


def test_memory_keeps_to_its_limits(make_data, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_data(100)
    assert spread(data, 200) is data
    evenly = spread(data, 4)
    np.testing.assert_array_equal(evenly.pixels, data.pixels[[0, 33, 66, 99]])
    model = model_of(inputs=9, hidden=(5,))
    monkeypatch.setattr(explain_nearest, "MOST_BYTES", 40 * 5 * 4)
    assert len(remember(model, data, 100)) == 40
    monkeypatch.setattr(explain_nearest, "MOST_PRODUCTS", 30 * model.network.parameter_count)
    assert len(remember(model, data, 100)) == 30


def test_the_digits_that_excite_a_unit_most(make_data) -> None:
    views = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.5]], dtype=np.float32)
    assert Memory(views, make_data(3), 3).most_excited(np.array([1, 0]), 2).tolist() == [[0, 2], [1, 2]]
