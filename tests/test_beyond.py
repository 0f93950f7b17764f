"""Blends, walks of a blind network, smallest changes and wobble: by hand on tiny networks, and what the shipped ones reach."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from core.__main__ import main
from core.catalog import find_model, load_model
from core.config import Config, NetworkConfig
from core.datasets.hundred import hundred
from core.drawings.preprocess import from_drawing, stages
from core.drawings.warp import thickened
from core.errors import DigitLabError
from core.explain.back_query.blend import CLOSE, Blend, blend
from core.explain.back_query.blind import HELD, walk
from core.explain.back_query.change import Change, as_drawing, as_pad, smallest_change
from core.explain.back_query.ink import ink_for
from core.explain.back_query.kept import file_hash
from core.explain.back_query.marks import Frame, Mark, marks_for, on
from core.explain.back_query.starts import starting_pictures
from core.models.model import Model
from core.models.parameters import Parameters
from core.scores.wobble import MOVES, THICKNESS, TURNS, Wobble, moved, wobble


def of_one_pixel() -> Model:
    """A network of 4 × 4 pixels that sees one of them: digit 1 is ahead of the others by twice its ink less one."""
    config = Config(NetworkConfig(inputs=16, hidden=(), outputs=10, scaling="unit"))
    model = Model(config, Parameters.initial(config.network, 0, "float64"))
    flat = np.zeros_like(model.parameters.flat)
    parameters = Parameters(config.network, flat)
    parameters.weights[0][5, 1] = 2.0
    parameters.biases[0][1] = -1.0
    return Model(config, parameters)


def starts(name: str) -> tuple[Model, np.ndarray]:
    path = find_model(name)
    model = load_model(name)
    return model, starting_pictures(path, file_hash(path), model.shape)


def test_how_far_a_blend_is_off_by_hand():
    said = np.zeros((3, 10))
    said[:, 4], said[:, 9] = [0.99, 0.5, 0], [0, 0.42, 0.97]
    found = Blend(np.array([0, 0.5, 1]), np.zeros((3, 2, 2)), said, (4, 9))
    assert found.off == pytest.approx(0.08)


@pytest.mark.parametrize(("name", "pair"), [("default", (0, 1)), ("default", (4, 9)), ("blog", (3, 8))])
def test_both_probabilities_follow_the_slider(name, pair):
    """All 45 pairs: `python -m core blend default`."""
    model, pictures = starts(name)
    found = blend(model, ink_for(model.shape), pictures, *pair, frames=11)
    assert found.off <= CLOSE
    said = model.predict(found.pictures)
    np.testing.assert_allclose(said[:, pair[1]], np.linspace(0, 1, 11), atol=CLOSE)
    assert found.pictures.min() >= 0 and found.pictures.max() <= 1


def test_what_is_not_seen_changes_and_what_is_seen_stays():
    """Only the sixth pixel counts: all others go all the way that the strides lead, and that one does not move."""
    start, goal = np.full((4, 4), 0.2), np.full((4, 4), 0.8)
    found = walk(of_one_pixel(), start, goal, frames=3)
    assert found.moved < 1e-6
    np.testing.assert_allclose(found.pictures[:, 1, 1], 0.2, atol=1 / 255)
    way = 0.8 - 0.6 * (1 - 0.08) ** 2  # two strides of 8 % of what is left
    np.testing.assert_allclose(np.delete(found.pictures[2].ravel(), 5), way, atol=1 / 255)
    assert found.changed == pytest.approx(15 / 16 * (way - 0.2) / 0.2, abs=0.03)


@pytest.mark.parametrize("name", ["default", "blog", "rashid"])
def test_a_picture_changes_and_no_probability_does(name):
    """All 90 walks: `python -m core blind-walk default`."""
    model, pictures = starts(name)
    found = walk(model, pictures[3], pictures[7])
    assert found.changed >= 0.15 and found.moved <= HELD
    said = model.predict(found.pictures)
    assert np.abs(said - said[0]).max() <= HELD
    assert found.pictures.min() >= 0 and found.pictures.max() <= 1


def test_ink_is_added_and_erased_by_hand():
    ink, stroke = np.array([0.0, 0.4, 1.0]), np.array([0.5, 0.5, 0.5])
    np.testing.assert_allclose(on(ink, stroke, erases=False), [0.5, 0.5, 1])
    np.testing.assert_allclose(on(ink, stroke, erases=True), [0, 0.2, 0.5])
    mark = Mark((0.2, 0.2), (0.6, 0.4)).shortened(0.25, 0.5)
    np.testing.assert_allclose([mark.start, mark.end], [(0.3, 0.25), (0.4, 0.3)])


def test_the_share_of_a_change_by_hand():
    before, after = np.array([[1.0, 0.5], [0.5, 0.0]]), np.array([[1.0, 0.0], [0.5, 0.3]])
    found = Change(before, after, 3, 8, 0.9, 0.6, ())
    assert (found.added, found.erased, found.share) == pytest.approx((0.15, 0.25, 0.4))


def test_a_mark_lies_on_the_drawing_where_it_lies_in_the_networks_square():
    """A mark in the middle of a digit moves neither its box nor, much, its centre: both ways lead to nearly one picture."""
    ink = as_drawing(hundred().x(np.array([5]))[0].reshape(28, 28))
    seen = stages(as_pad(ink), (28, 28), drawn=True)
    marks, strokes = marks_for((28, 28))
    middle = [n for n, m in enumerate(marks) if np.allclose(m.start, (0.5, 0.5), atol=0.06) and m.start == m.end][0]
    drawn = Frame.of(seen, (28, 28)).drawn(ink, marks[middle])
    there = on(seen.centred, strokes[middle].reshape(28, 28), erases=False)
    change = np.abs(there - seen.centred).sum()
    assert change > 2 and np.abs(from_drawing(as_pad(drawn), (28, 28), drawn=True) - there).sum() < 0.35 * change


@pytest.mark.parametrize(
    ("name", "digit"), [("default", 43), ("default", 83), ("blog", 63), ("rashid", 3), ("small", 3)]
)
def test_a_small_change_really_changes_the_answer(name, digit):
    """Of 200 digits: `python -m core smallest-change default`."""
    model, ink = load_model(name), as_drawing(hundred().x(np.array([digit]))[0].reshape(28, 28))
    found = smallest_change(model, ink)
    before, after = (
        model.predict(from_drawing(as_pad(each), model.shape, drawn=True)[None]) for each in (found.before, found.after)
    )
    assert before.argmax() == found.answer != found.changed_answer == after.argmax()
    assert 0 < found.share < 0.5 and found.marks


def test_a_wanted_answer_and_one_that_is_there_already():
    model, ink = load_model("blog"), as_drawing(hundred().x(np.array([43]))[0].reshape(28, 28))
    assert smallest_change(model, ink, 9).changed_answer == 9
    with pytest.raises(DigitLabError, match="reads this as 4 already"):
        smallest_change(model, ink, 4)
    with pytest.raises(DigitLabError, match="not enough to make the network read another"):
        smallest_change(never_moved(), ink)


def never_moved() -> Model:
    """A network that reads a 2 in everything."""
    model = of_one_pixel()
    flat = np.zeros_like(model.parameters.flat)
    parameters = Parameters(model.network, flat)
    parameters.biases[0][2] = 5.0
    return Model(model.config, parameters)


def test_digits_are_moved_turned_and_thickened_by_hand():
    picture = np.zeros((1, 5, 5), np.uint8)
    picture[0, 2, 3] = 200
    assert np.argwhere(moved(picture, across=1)[0]).tolist() == [[2, 4]]
    assert np.argwhere(moved(picture, down=-2)[0]).tolist() == [[0, 3]]
    assert np.argwhere(moved(picture, turn=90)[0] > 190).tolist() == [[1, 2]], (
        "anticlockwise: from the right to the top"
    )
    thick = thickened(picture, np.array([0.5]))[0]
    assert thick[2, 3] == 200 and thick[1, 3] == thick[2, 2] == 100 and thick[1, 2] == 0


def test_the_number_of_a_wobble_by_hand():
    """Everything is right but what is turned by 45 degrees to the left: 5 of 7 × 5 + 5 × 5 − 2 changes."""
    turned, thick = np.ones((10, len(TURNS), len(MOVES))), np.ones((10, len(THICKNESS), len(MOVES)))
    turned[:, 0] = 0
    found = Wobble(turned, thick, 100)
    assert found.changes == 58 and found.plain == 1 and found.share == pytest.approx(53 / 58)


def test_networks_wobble_as_they_were_trained():
    """`default` learned from turned and moved digits, `blog` did not."""
    shares = {name: wobble(load_model(name)).share for name in ("default", "blog")}
    assert shares["default"] > 0.9 > 0.7 > shares["blog"]


def test_the_commands(runs_dir):
    runner = CliRunner()
    told = json.loads(runner.invoke(main, ["wobble", "small", "--json"]).stdout)["models"][0]
    assert told["changes"] == 58 and 0.3 < told["share"] < 1
    told = json.loads(runner.invoke(main, ["smallest-change", "small", "--digits", "2", "--json"]).stdout)
    assert told["digits"] == 2 and told["found"] == 2
