"""From a drawing to the network's square: worked by hand on rectangles, and counted on the MNIST test
digits."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.drawings.ink import BlankDrawing
from core.drawings.preprocess import Steps, from_drawing, geometry_for, stages
from core.errors import DigitLabError

CANVAS = 280


def rectangle(height: int, width: int, top: int = 30, left: int = 50, side: int = CANVAS) -> np.ndarray:
    """A grey canvas, white ink on black, with one filled rectangle."""
    canvas = np.zeros((side, side), np.uint8)
    canvas[top : top + height, left : left + width] = 255
    return canvas


def seven(scale: float = 1.0, left: float = 60, top: float = 50, pen: int = 18) -> np.ndarray:
    """A seven drawn with a round pen, white ink on black, as smooth as a canvas draws it."""
    corners = [(left, top), (left + 90 * scale, top), (left + 30 * scale, top + 150 * scale)]
    canvas = Image.new("L", (2 * CANVAS, 2 * CANVAS))
    pencil = ImageDraw.Draw(canvas)
    corners = [(2 * x, 2 * y) for x, y in corners]
    pencil.line(corners, fill=255, width=2 * pen)
    for x, y in corners:
        pencil.ellipse((x - pen, y - pen, x + pen, y + pen), fill=255)
    return np.asarray(canvas.resize((CANVAS, CANVAS), Image.Resampling.BOX))


def as_canvas(ink: np.ndarray, colour: tuple[int, int, int] = (0, 0, 0)) -> np.ndarray:
    """The RGBA picture of a drawing canvas: coloured ink on a transparent sheet."""
    picture = np.zeros((*ink.shape, 4), np.uint8)
    if any(colour):
        picture[ink > 0, :3] = colour
    picture[:, :, 3] = ink
    return picture


def ink_box(picture: np.ndarray) -> tuple[int, int]:
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def mass_centre(picture: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(picture.shape)
    weights = picture.astype(np.float64) / picture.sum(dtype=np.float64)
    return np.array([(rows * weights).sum(), (columns * weights).sum()])


def test_a_rectangle_of_40_by_10_becomes_20_by_5_in_the_middle():
    result = from_drawing(rectangle(40, 10))
    # rows 4..23 have their middle at 13.5; columns 12..16 at 14: the nearest to 14, 14 in whole pixels
    expected = np.zeros((28, 28), np.float32)
    expected[4:24, 12:17] = 1
    assert result.dtype == np.float32 and result.shape == (28, 28)
    np.testing.assert_allclose(result, expected, atol=1e-6)


def test_area_is_averaged():
    picture = np.zeros((60, 60), np.uint8)
    picture[10:50, 20:40] = 255
    picture[11, 20:22] = 0  # half of the block of 2 x 2 that becomes the corner pixel
    scaled = stages(picture).scaled
    assert scaled.shape == (20, 10)
    assert scaled[0, 0] == pytest.approx(0.5, abs=1e-6)
    assert (scaled.ravel()[1:] > 0.999).all()


def test_an_mnist_sized_digit_passes_unchanged_but_for_its_place():
    digit = np.zeros((28, 28), np.uint8)
    digit[0:20, 3:13] = np.random.default_rng(0).integers(100, 255, (20, 10))
    digit[5, 5] = 255
    result = stages(digit)
    np.testing.assert_allclose(result.scaled, digit[0:20, 3:13] / 255, atol=1e-6)


def test_stages_lead_from_one_to_the_next():
    steps = stages(rectangle(80, 40, side=100, top=10, left=20))
    assert steps.drawn.shape == (100, 100) and steps.cropped.shape == (80, 40)
    assert steps.scaled.shape == (20, 10) and steps.centred.shape == (28, 28)
    for picture in (steps.drawn, steps.cropped, steps.scaled, steps.centred):
        assert picture.dtype == np.float32 and picture.min() >= 0 and picture.max() == pytest.approx(1)
    np.testing.assert_array_equal(from_drawing(rectangle(80, 40, side=100, top=10, left=20)), steps.centred)


def test_a_stroke_stays_thin():
    assert ink_box(from_drawing(rectangle(200, 18))) == (20, 2)
    assert ink_box(from_drawing(rectangle(18, 200))) == (2, 20)
    assert ink_box(from_drawing(rectangle(250, 1, top=10))) == (20, 1)


def test_mass_not_the_box_is_centred():
    result = from_drawing(seven())
    assert ink_box(result)[0] == 20
    assert np.abs(mass_centre(result) - 14).max() <= 0.5
    assert np.flatnonzero(result.any(axis=1))[0] > 5  # its bar is heavy: the box lies well below the middle


def test_a_lopsided_digit_is_made_smaller_rather_than_cut_off():
    hammer = rectangle(200, 4, left=140)
    hammer[30:50, 100:180] = 255  # two thirds of the ink in the topmost tenth
    result = stages(hammer)
    assert 14 <= max(result.scaled.shape) < 20
    assert result.centred.sum() == pytest.approx(result.scaled.sum(), rel=1e-5)
    assert np.abs(mass_centre(result.centred) - 14).max() <= 0.5


@pytest.mark.parametrize("left, top", [(10, 20), (123, 40), (150, 100)])
def test_the_place_does_not_matter(left, top):
    np.testing.assert_allclose(from_drawing(seven(left=left, top=top)), from_drawing(seven()), atol=1e-5)


@pytest.mark.parametrize("scale", [0.4, 0.7, 1.3])
def test_the_size_does_not_matter(scale):
    result = from_drawing(seven(scale, pen=round(18 * scale), left=30, top=30))
    assert np.abs(result - from_drawing(seven())).mean() < 0.02


def test_polarity_is_read_from_the_border():
    ink = seven()
    expected = from_drawing(ink)
    np.testing.assert_allclose(from_drawing(255 - ink), expected, atol=1e-5)
    np.testing.assert_allclose(from_drawing(200 - ink // 2), expected, atol=0.01)  # dark grey on light grey
    mostly_ink = rectangle(270, 270, top=5, left=5)
    np.testing.assert_allclose(from_drawing(mostly_ink), from_drawing(255 - mostly_ink), atol=1e-5)


def test_every_kind_of_pixels_gives_the_same():
    ink = seven()
    fractions = ink / 255
    expected = from_drawing(ink)
    kinds = {
        "float64": fractions,
        "float32": fractions.astype(np.float32),
        "int64": ink.astype(np.int64),
        "uint16": ink.astype(np.uint16) * 257,
        "one channel": ink[:, :, None],
        "RGB": np.repeat(ink[:, :, None], 3, axis=2),
        "opaque RGBA": np.dstack([ink, ink, ink, np.full_like(ink, 255)]),
        "grey and alpha": np.dstack([ink, np.full_like(ink, 255)]),
    }
    for name, picture in kinds.items():
        np.testing.assert_allclose(from_drawing(picture), expected, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(from_drawing(ink > 127), from_drawing((ink > 127) * 1.0), atol=1e-6)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (255, 210, 0), (30, 60, 200), (128, 128, 128)])
def test_ink_of_any_colour_shows_on_a_transparent_canvas(colour):
    np.testing.assert_allclose(from_drawing(as_canvas(seven(), colour)), from_drawing(seven()), atol=0.01)


def test_coloured_ink_as_light_as_its_paper_is_found():
    ink = seven()[:, :, None] / 255
    paper, red = np.array([0.5, 0.5, 0.5]), np.array([0.9, 0.35, 0.25])  # (0.9 + 0.35 + 0.25) / 3 = 0.5
    np.testing.assert_allclose(from_drawing(paper + ink * (red - paper)), from_drawing(seven()), atol=0.01)


def test_white_strokes_rub_out_black_ones_on_a_transparent_canvas():
    picture = as_canvas(np.maximum(seven(), rectangle(20, 20, top=250, left=250)))
    picture[245:275, 245:275] = 255
    np.testing.assert_allclose(from_drawing(picture), from_drawing(seven()), atol=1e-5)


def test_transparent_holes_in_a_sheet_are_no_ink():
    sheet = np.dstack([255 - seven()] * 3 + [np.full((CANVAS, CANVAS), 255, np.uint8)])
    sheet[200:260, 200:260] = 0
    np.testing.assert_allclose(from_drawing(sheet), from_drawing(seven()), atol=1e-5)


def test_a_photo_with_grain_and_uneven_light_is_read_like_the_drawing():
    rng = np.random.default_rng(0)
    light = np.linspace(0.75, 0.85, CANVAS)[None, :]
    photo = light - 0.6 * seven() / 255 + rng.normal(0, 0.02, (CANVAS, CANVAS))
    photo[5, 270] = 0.2  # a dead pixel
    assert np.abs(from_drawing(photo) - from_drawing(seven())).mean() < 0.02


def test_a_faint_drawing_is_brought_to_full_ink():
    np.testing.assert_allclose(from_drawing(seven() // 4), from_drawing(seven()), atol=0.02)


BLANK = {
    "white": np.full((50, 50), 255, np.uint8),
    "black": np.zeros((50, 50, 3), np.uint8),
    "grey": np.full((50, 50), 0.4),
    "transparent": np.zeros((50, 50, 4), np.uint8),
    "transparent white": np.dstack([np.full((50, 50, 3), 255), np.zeros((50, 50))]).astype(np.uint8),
    "one pixel": np.array([[7]], np.uint8),
    "one colour": np.full((20, 30, 3), (200, 30, 30), np.uint8),
    "grain": 0.8 + np.random.default_rng(0).normal(0, 0.02, (CANVAS, CANVAS)),
    "one dead pixel": rectangle(1, 1),
}


@pytest.mark.parametrize("picture", BLANK.values(), ids=BLANK.keys())
def test_a_blank_picture_says_so(picture):
    with pytest.raises(BlankDrawing, match="The picture is blank: draw or choose a digit first."):
        from_drawing(picture)


def test_a_dot_of_the_pen_is_ink():
    assert ink_box(from_drawing(rectangle(10, 10))) == (20, 20)


def test_a_speck_beside_the_digit_does_not_make_it_smaller():
    dirty = seven().copy()
    dirty[270:273, 270:273] = 255
    np.testing.assert_allclose(from_drawing(dirty), from_drawing(seven()), atol=1e-5)


def test_unusual_sizes():
    line = np.zeros((1, 50), np.uint8)
    line[0, 10:20] = 255
    assert ink_box(from_drawing(line)) == (2, 20)
    assert ink_box(from_drawing(line.T)) == (20, 2)
    large = np.asarray(Image.fromarray(as_canvas(seven())).resize((3000, 2000)))
    assert ink_box(from_drawing(large))[0] == 20


@pytest.mark.parametrize(
    "picture, says",
    [
        (np.zeros(784), "784"),
        (np.zeros((2, 28, 28, 3)), "2 x 28 x 28 x 3"),
        (np.zeros((28, 28, 5)), "28 x 28 x 5"),
        (np.zeros((0, 28)), "0 x 28"),
        (np.float32(3), "single number"),
        (np.full((5, 5), "ink"), "made of numbers"),
        (np.full((5, 5), None), "made of numbers"),
        (np.full((5, 5), 1j), "made of numbers"),
        (np.full((5, 5), np.nan), "not numbers"),
        (np.full((5, 5), np.inf), "not numbers"),
        (np.full((5, 5), 200.0), "from 0 to 1"),
        (np.full((5, 5), -3), "from 0 to 255"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(picture, says):
    with pytest.raises(DigitLabError, match=says) as error:
        from_drawing(picture)
    assert not isinstance(error.value, BlankDrawing)


def test_the_small_form_fills_all_rows_and_usual_columns():
    frame = rectangle(200, 200, top=40, left=40)
    frame[65:215, 65:215] = 0
    small = from_drawing(frame, (8, 8))
    assert small.shape == (8, 8) and small.dtype == np.float32
    assert ink_box(small) == (8, 6)  # 22 of 32 columns, in the middle: cells 5 to 26, pixels 1 to 6
    one = from_drawing(rectangle(160, 30), (8, 8))
    assert ink_box(one)[0] == 8 and ink_box(one)[1] <= 4
    thin = from_drawing(rectangle(160, 4), (8, 8))
    assert 0.15 < thin.mean() < 0.37  # 4 / 160 of its height wide as drawn; thickened towards the usual share


def test_the_small_form_of_the_bundled_digits_is_near_them():
    """Enlarged ten times and prepared again, the bundled digits stay nearest to themselves in most
    cases."""
    from core.datasets import load_test

    digits = load_test("digits")
    known = digits.x()
    again = []
    for picture in known.reshape(-1, 8, 8):
        large = Image.fromarray(picture).resize((80, 80), Image.Resampling.BICUBIC)
        again.append(from_drawing(np.clip(np.pad(large, 20), 0, 1), (8, 8)).ravel())
    nearest = ((np.array(again)[:, None] - known[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (digits.labels[nearest] == digits.labels).mean() >= 0.9


def test_other_shapes_are_in_proportion():
    assert ink_box(from_drawing(rectangle(200, 100), (56, 56))) == (40, 20)
    assert ink_box(from_drawing(rectangle(200, 100), (14, 14))) == (10, 5)
    assert geometry_for((28, 28)).box == (20, 20)
    with pytest.raises(DigitLabError, match="4 x 4"):
        from_drawing(seven(), (2, 28))


def test_every_step_is_taken_unless_it_is_left_out():
    picture = rectangle(80, 40, side=100, top=10, left=20)
    usual, said = stages(picture), stages(picture, steps=Steps(True, True, True, True))
    for name in ("drawn", "cropped", "scaled", "centred"):
        np.testing.assert_array_equal(getattr(usual, name), getattr(said, name))


def test_without_the_crop_the_whole_picture_is_squeezed():
    corner = rectangle(50, 30, top=10, left=20)  # 280 pixels to 28: a tenth of each length, in its own place
    whole = stages(corner, steps=Steps(crop=False))
    assert whole.cropped.shape == (CANVAS, CANVAS) and whole.scaled.shape == (28, 28)
    expected = np.zeros((28, 28), np.float32)
    expected[1:6, 2:5] = 1
    np.testing.assert_allclose(whole.centred, expected, atol=1e-6)
    small = stages(corner, (8, 8), steps=Steps(crop=False)).centred  # 35 pixels to one, the fullest brought to 1
    assert small.shape == (8, 8) and small[0, 1] > 0.5 and not small[2:].any() and not small[:, 2:].any()


def test_a_wide_picture_is_not_stretched_without_the_crop():
    wide = np.zeros((140, 280), np.uint8)
    wide[40:100, 100:180] = 255  # 280 to 28 columns; the 14 rows of ink and paper stand in the middle
    result = from_drawing_without(wide, crop=False)
    assert ink_box(result) == (6, 8)
    assert np.flatnonzero(result.any(axis=1))[0] == 7 + 4


def from_drawing_without(picture, shape=(28, 28), **left_out):
    return stages(picture, shape, steps=Steps(**left_out)).centred


def test_nearest_pixels_are_pixels_of_the_drawing():
    ring = rectangle(100, 100, top=40, left=40)
    ring[45:135, 45:135] = 0  # a frame 5 pixels wide: a fifth of its 20 parts, of which the first has its middle on it
    rough = stages(ring, steps=Steps(smooth=False)).scaled
    assert set(np.unique(rough)) == {0.0, 1.0}
    hollow = rectangle(100, 100, top=40, left=40)
    hollow[41:139, 41:139] = 0  # one pixel wide: no middle of a part lies on it
    assert not stages(hollow, steps=Steps(smooth=False)).centred.any()  # and nothing is left, which is no error
    assert stages(hollow).scaled.min() < 1 == stages(hollow).scaled.max()


def test_without_its_shape_a_stroke_becomes_a_block():
    assert ink_box(from_drawing(rectangle(200, 20))) == (20, 2)
    assert ink_box(from_drawing_without(rectangle(200, 20), keep_aspect=False)) == (20, 20)
    small = stages(rectangle(200, 20), (8, 8), steps=Steps(keep_aspect=False))
    assert small.scaled.shape == (32, 22)


def test_without_the_balance_the_box_stands_in_the_middle():
    result = from_drawing_without(seven(), centre_mass=False)
    rows, columns = np.flatnonzero(result.any(axis=1)), np.flatnonzero(result.any(axis=0))
    assert rows[0] == 4 and rows[-1] == 23
    assert abs((columns[0] + columns[-1]) / 2 - 13.5) <= 0.5
    assert mass_centre(result)[0] < 13 < 13.5 < mass_centre(from_drawing(seven()))[0]  # a seven then sits too high


def test_every_choice_of_steps_gives_a_picture_at_every_shape():
    for choice in range(16):
        steps = Steps(*(bool(choice >> bit & 1) for bit in range(4)))
        for shape in ((28, 28), (8, 8), (14, 20)):
            for picture in (seven(), rectangle(250, 1, top=10), rectangle(10, 10)):
                result = stages(picture, shape, steps=steps).centred
                assert result.shape == shape and np.isfinite(result).all()
                assert result.min() >= 0 and result.max() in (0, 1)


def pasted(digit: np.ndarray, kind: int, rng: np.random.Generator) -> np.ndarray:
    """An MNIST digit enlarged smoothly to 40 to 250 px, somewhere on a canvas: light, dark or as RGBA."""
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    digit = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = rng.uniform(40, 250) / max(digit.shape)
    size = [max(1, round(side * factor)) for side in reversed(digit.shape)]
    large = np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC))
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    top, left = (rng.integers(0, CANVAS + 1 - side) for side in large.shape)
    canvas[top : top + large.shape[0], left : left + large.shape[1]] = large
    return (canvas, 255 - canvas, as_canvas(canvas))[kind]


@pytest.mark.mnist
@pytest.mark.slow
def test_ten_thousand_pasted_digits_come_back_as_mnist_made_them(mnist_dir):
    from core import load_model
    from core.datasets import load_test

    test = load_test("mnist")
    rng = np.random.default_rng(0)
    digits = test.pixels.reshape(-1, 28, 28)
    read = np.stack([from_drawing(pasted(digit, i % 3, rng)) for i, digit in enumerate(digits)])

    longest = np.array([max(ink_box(picture)) for picture in read])
    assert (longest == 20).mean() >= 0.999
    centres = np.array([mass_centre(picture) for picture in read])
    assert np.abs(centres - 14).max() <= 0.5

    model = load_model("default")
    direct = (model.predict(test.x()).argmax(axis=1) == test.labels).mean()
    after = (model.predict(read.reshape(len(read), -1)).argmax(axis=1) == test.labels).mean()
    assert after >= direct - 0.005


def test_a_symmetrical_digit_lies_where_whoever_adds_in_another_order_puts_it():
    """Its centre of mass lies just between two columns: the even one is taken, and not the one that rounding errors favour."""
    for width in range(90, 110):
        picture = np.zeros((280, 280), np.uint8)
        picture[40:240, 90 : 90 + width] = 200
        seen = from_drawing(picture)
        np.testing.assert_array_equal(from_drawing(picture[:, ::-1]), seen)
        np.testing.assert_array_equal(np.round(seen * (1 << 20)), seen * (1 << 20))
