"""A network that writes: curves and brush by hand and against finite differences, the search, and what ships of it."""

import time

import numpy as np
import pytest

from core.catalog import load_guard, load_model
from core.config import Config, NetworkConfig
from core.drawings.strokes import CANVAS
from core.explain.back_query import written
from core.explain.back_query.brush import paint
from core.explain.back_query.pen import CONTROLS, USUAL, Candidates, Shake, Sheet, curve, framed, random_strokes
from core.explain.back_query.spline import basis, slopes
from core.models.model import Model
from core.models.parameters import Parameters

STEP = 1e-5


def slopes_by_differences(value, array: np.ndarray) -> np.ndarray:
    """The derivative of `value()`, one number, by each entry of an array, which is moved in place."""
    found = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        middle = array[place]
        ends = []
        for sign in (1, -1):
            array[place] = middle + sign * STEP
            ends.append(value())
        array[place] = middle
        found[place] = (ends[0] - ends[1]) / (2 * STEP)
    return found


def test_a_spline_of_four_points_is_bernsteins():
    """With four control points there is one piece, the Bezier curve: at a half its weights are 1/8, 3/8, 3/8, 1/8."""
    np.testing.assert_allclose(basis(4, np.array([0.0, 0.5, 1.0])), [[1, 0, 0, 0], [1/8, 3/8, 3/8, 1/8], [0, 0, 0, 1]],
                               atol=1e-9)  # fmt: skip
    np.testing.assert_allclose(slopes(4, np.array([0.5])), [[-3 / 4, -3 / 4, 3 / 4, 3 / 4]], atol=1e-9)


def test_a_spline_begins_and_ends_at_its_ends_and_a_straight_one_stays_straight():
    at = np.linspace(0, 1, 41)
    np.testing.assert_allclose(basis(CONTROLS, at).sum(axis=1), 1)
    line = curve(np.linspace([2.0, 3.0], [16.0, 10.0], CONTROLS))
    np.testing.assert_allclose(line[[0, -1]], [[2, 3], [16, 10]], atol=1e-9)
    np.testing.assert_allclose((line[:, 0] - 2) / 2, line[:, 1] - 3, atol=1e-9)
    by_steps = (basis(CONTROLS, at + 1e-6) - basis(CONTROLS, at - 1e-6)) / 2e-6
    np.testing.assert_allclose(slopes(CONTROLS, at)[1:-1], by_steps[1:-1], atol=1e-6)


def test_the_brush_is_black_on_the_line_half_at_its_radius_and_white_far_away():
    """Along a straight line the sum of bells is a bell of the distance, so ink is 1 / (1 + exp((d^2 - r^2) / s^2))."""
    count, radius = 400, 2.0
    points = np.stack([np.linspace(-20, 40, count), np.full(count, 10.0)], axis=1)[None]
    steps = np.broadcast_to([60 / count, 0.0], points.shape)
    ink = paint(points, steps, np.array([radius]), np.ones((1, count)), (28, 28)).ink[0]
    np.testing.assert_allclose(ink[10], 1, atol=1e-2)
    step = np.exp(-1 / 0.65**2)
    for off in (1, 2, 4):
        bell = np.exp(-(off**2) / (1.3**2))
        np.testing.assert_allclose(ink[10 + off], (1 + step) * bell / (bell + step), atol=1e-2)
    np.testing.assert_allclose(
        ink[12], 0.55, atol=0.02
    )  # at the radius a half, over what is left above 1 at the middle
    assert ink[18:].max() < 1e-3


def test_the_brushs_way_back_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    points, steps = rng.uniform(2, 9, (2, 5, 2)), rng.normal(0, 2, (2, 5, 2))
    radius, pressed, weights = np.array([1.1, 1.7]), np.ones((2, 5)), rng.normal(size=(2, 12, 10))
    pressed[1, 3:] = 0
    by_points, by_steps = paint(points, steps, radius, pressed, (12, 10)).pull(weights)

    def value() -> float:
        return float((paint(points, steps, radius, pressed, (12, 10)).ink * weights).sum())

    np.testing.assert_allclose(by_points, slopes_by_differences(value, points), atol=1e-6)
    np.testing.assert_allclose(by_steps, slopes_by_differences(value, steps), atol=1e-6)


def drawings(n: int, dtype: type = np.float64) -> Candidates:
    found = random_strokes(2 * n, np.random.default_rng(3))[np.arange(0, 2 * n, 2)]
    return Candidates(found.controls.astype(dtype), found.used)


@pytest.mark.parametrize("shape", [USUAL, (8, 8), (14, 14)], ids=str)
def test_a_sheets_way_back_is_that_of_finite_differences(shape):
    """As it is held, turned and moved; a sheet of cells too. The frame counts as given."""
    rng, sheet, some = np.random.default_rng(1), Sheet(shape), drawings(2)
    shake, frame, weights = Shake.drawn(2, rng), sheet.frame(some), rng.normal(size=(2, *shape))
    ink, pull = sheet.paint(some, shake, frame)
    assert ink.shape == (2, *shape)

    def value() -> float:
        return float((sheet.paint(some, shake, frame)[0] * weights).sum())

    np.testing.assert_allclose(pull(weights), slopes_by_differences(value, some.controls), atol=2e-4)


@pytest.mark.parametrize("shape, least", [(USUAL, 0.88), ((8, 8), 0.75)], ids=str)
def test_drawings_lie_as_those_of_the_pad_do(shape, least):
    """What the search looks at is what the network gets when the same strokes are drawn on the pad, but
    that the pad's pen is a little thinner and that a drawing is centred by whole pixels."""
    some = random_strokes(40, np.random.default_rng(5))
    painted = Sheet(shape).paint(some, Shake.none(40))[0]
    drawn = written.as_drawings(some, shape)
    like = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(painted, drawn, strict=True)]
    assert np.median(like) > least, np.round(like, 2)


def small_models() -> tuple[Model, Model]:
    """A reader and a guard of few units, in double precision."""
    reader, guard = (NetworkConfig(inputs=784, hidden=(9,), outputs=outputs) for outputs in (10, 2))
    return tuple(Model(Config(network), Parameters.initial(network, 4, "float64")) for network in (reader, guard))


def test_the_objectives_slope_is_that_of_finite_differences():
    """Prices, network and guard together; the frame is held still, as the slope takes it to be."""
    reader, guard = small_models()
    some, digits = framed(drawings(2)), np.array([3, 8])
    shake = Shake.drawn(2, np.random.default_rng(2))
    frame = Sheet(USUAL).frame(some)
    still = pytest.MonkeyPatch()
    still.setattr(Sheet, "frame", lambda self, candidates: frame)
    try:
        slope = written.objective(reader, guard, some, digits, shake)[1]
        by_steps = slopes_by_differences(
            lambda: float(written.objective(reader, guard, some, digits, shake)[0].sum()), some.controls
        )
    finally:
        still.undo()
    np.testing.assert_allclose(slope, by_steps, atol=2e-5)


def test_strokes_begin_where_people_begin():
    up = np.linspace([10.0, 20.0], [12.0, 4.0], CONTROLS)
    low = np.linspace([4.0, 22.0], [20.0, 22.0], CONTROLS)
    some = Candidates(np.stack([low, up])[None].astype(np.float32), np.ones((1, 2), np.float32))
    first, second = written.in_writing_order(some).controls[0]
    np.testing.assert_allclose(first, up[::-1], rtol=1e-6)
    np.testing.assert_allclose(second, low, rtol=1e-6)
    points = written.strokes(some, 0)
    assert len(points) == 2 and all(0 <= each.min() and each.max() <= CANVAS for each in points)


def test_the_tiny_network_writes_within_seconds_and_tells_of_it_at_once():
    """A quick search: it ends with ten drawings, and what it tells on the way comes soon."""
    model, guard = load_model("small"), load_guard()
    started = time.process_time()
    drafts = written.write(model, guard, steps=60, starts=6)
    first = next(drafts)
    assert first.done == 0 and len(first.written) == 10
    assert time.process_time() - started < 2.0  # half a second on a quiet machine
    *_, last = drafts
    assert last.done == 1 and np.isfinite(last.written.controls).all()
    pictures = written.as_drawings(last.written, model.shape)
    own = model.predict(pictures)
    assert (own.argmax(axis=1) == np.arange(10)).sum() >= 6
    again = list(written.write(model, guard, steps=60, starts=6))[-1]
    np.testing.assert_array_equal(again.written.controls, last.written.controls)


@pytest.mark.slow
def test_the_good_reader_writes_ten_digits_that_it_and_the_judge_read():
    model = load_model("default")
    *_, last = written.write(model, load_guard(), seed=1)
    pictures = written.as_drawings(last.written, USUAL)
    own, judge = model.predict(pictures), load_model("judge").predict(pictures)
    digits = np.arange(10)
    assert own[digits, digits].min() >= 0.95
    assert (judge.argmax(axis=1) == digits).all()
    assert (judge[digits, digits] >= 0.8).sum() >= 9
