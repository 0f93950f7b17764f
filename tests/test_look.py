"""Pictures, charts and words: pure functions, worked by hand."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.config import Config
from core.drawings.pictures import contact_sheet, read_picture, to_png
from core.errors import DigitLabError
from core.jobs.queue import Place
from core.models.model import Score
from core.runs.run import Run, Status
from core.training.events import BatchEvent
from dashboard import words
from dashboard.look import charts, images
from dashboard.train.settings import parse_layers
from dashboard.train.watched import Watched


def batch(step: int, epoch: float, loss: float = 1.0) -> BatchEvent:
    return BatchEvent(step, epoch, 10.0 * epoch, loss, 0.5, 0.1, 1000.0)


def test_a_digit_is_drawn_by_whole_pixels() -> None:
    image = images.digit_image(np.array([[0.0, 1.0], [0.5, 0.0]]), scale=4)
    side = 4 * images.DENSITY
    assert image.shape == (2 * side, 2 * side, 3)
    block = image[images.DENSITY : side, side : -images.DENSITY]  # the upper right pixel, without the frame
    assert (block == images.INK.astype(np.uint8)).all()
    assert (image[side : -images.DENSITY, side : -images.DENSITY] == images.PAPER.astype(np.uint8)).all()
    assert images.scale_for((28, 28), 112) == 4 and images.scale_for((8, 8), 112) == 14
    assert images.scale_for((28, 28), 10) == 4  # never smaller than four times


def test_contact_sheet_has_a_gap_around_each_picture() -> None:
    sheet = contact_sheet(np.ones((3, 2, 2)), columns=2, scale=3, gap=1)
    assert sheet.shape == (2 * 7 + 1, 2 * 7 + 1)
    assert sheet[0].min() == 255 and sheet[1, 1] == 0 and sheet[8, 8] == 255  # the fourth place stays empty


@pytest.mark.parametrize("damage", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_damaged_pictures_are_told_of(damage: bytes) -> None:
    with pytest.raises(DigitLabError):
        read_picture(io.BytesIO(damage), "photo.png")


def test_pictures_keep_their_transparency_and_are_turned_upright() -> None:
    buffer = io.BytesIO()
    photo, exif = Image.new("RGB", (4, 2), (10, 20, 30)), Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    photo.save(buffer, "JPEG", exif=exif)
    assert read_picture(io.BytesIO(buffer.getvalue())).shape == (4, 2, 4)
    clear = np.zeros((3, 5, 4), dtype=np.uint8)
    assert read_picture(io.BytesIO(to_png(clear)))[..., 3].max() == 0


def test_probabilities_keep_the_order_of_the_digits_and_mark_the_winner() -> None:
    values = np.array([0.1, 0.05, 0.6, 0.05, 0.05, 0.05, 0.05, 0.02, 0.02, 0.01])
    bars = charts.probabilities(values, "light").data[0]
    assert list(bars.y) == list("0123456789") and np.array_equal(bars.x, values)
    accent = charts.COLOURS["light"]["accent"]
    assert [colour == accent for colour in bars.marker.color] == [digit == 2 for digit in range(10)]


def test_time_left_follows_from_the_pace() -> None:
    run, config = Run(Path("run")), Config().with_training(epochs=2)
    assert Watched(run, config, Status("running"), [batch(5, 0.5)]).seconds_left() == pytest.approx(
        15.0
    )  # 5 s for half an epoch
    assert Watched(run, config, Status("running"), []).seconds_left() is None


@pytest.mark.parametrize("seconds, said", [(0.2, "under a second"), (42.4, "42 s"), (240, "4 min"), (7_200, "2.0 h")])
def test_duration(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    ("number", "seconds", "said"),
    [
        (1, 0.4, "it is next."),
        (1, 40.0, "it is next, about 40 s to go."),
        (2, 200.0, "one is before it, about 3 min to go."),
        (3, 0.4, "2 are before it."),
        (1, None, "it is next."),
        (5, 8_000.0, "4 are before it, more than two hours to go."),
    ],
)
def test_what_waits_says_its_place_and_its_wait(number: int, seconds: float | None, said: str) -> None:
    assert words.in_line(Place(number, 9, seconds)) == f"Waiting for its turn: {said}"


def test_scores_say_what_they_are_of() -> None:
    assert words.right_of(Score(10_000, 9_941)) == "9,941 of 10,000 right (99.4\xa0%)"
    assert words.right_of(Score(60_000, 59_997)) == "59,997 of 60,000 right (more than 99.9\xa0%)"
    assert "right (100\xa0%)" in words.reads("Small", Score(180, 180))


@pytest.mark.parametrize("text, layers", [("200", (200,)), ("500, 300", (500, 300)), ("500 300", (500, 300)), ("", ())])
def test_layers(text: str, layers: tuple[int, ...]) -> None:
    assert parse_layers(text) == layers


@pytest.mark.parametrize("text", ["abc", "2.5", "200;100", "²"])
def test_layers_that_are_none(text: str) -> None:
    with pytest.raises(DigitLabError, match="whole numbers"):
        parse_layers(text)


def test_every_setting_of_the_form_has_a_help() -> None:
    from dashboard.train.settings import NETWORK_FIELDS, TRAINING_FIELDS

    assert set(NETWORK_FIELDS) | set(TRAINING_FIELDS) <= set(words.HELP)
