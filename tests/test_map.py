"""Maps of digits: loops, groups and places by hand, neighbours found again, files that are damaged, the sheet of pictures."""

import io

import numpy as np
import pytest
from PIL import Image

from core.datasets import Dataset
from core.errors import DigitLabError
from core.explain import maps
from core.explain.maps import LARGEST, fitted, inside, keep_map, kept_map, kept_path, read_map, save_map
from core.explain.neighbours import lay_out_neighbours
from core.explain.regions import nearest_on_map, told_by
from core.folders import MODELS
from core.scores.evaluation import Evaluation
from core.scores.orders import for_a_map
from dashboard.mistakes.digit_map.atlas import atlas
from dashboard.mistakes.digit_map.loop import asked_in, corners_in, text_of


def test_points_fill_a_square_and_keep_their_proportions() -> None:
    points = fitted(np.array([[2.0, 10.0], [6.0, 10.0], [4.0, 12.0]]))
    assert points.tolist() == [[0, 0.25], [1, 0.25], [0.5, 0.75]]
    assert fitted(np.ones((3, 2))).tolist() == [[0.5, 0.5]] * 3


def test_what_is_inside_a_loop() -> None:
    horseshoe = np.array([[0, 0], [1, 0], [1, 1], [0.7, 1], [0.7, 0.3], [0.3, 0.3], [0.3, 1], [0, 1]], float)
    points = np.array([[0.5, 0.1], [0.1, 0.9], [0.9, 0.9], [0.5, 0.8], [1.2, 0.5], [0.5, -0.1]])
    assert inside(points, horseshoe).tolist() == [True, True, True, False, False, False]
    eight = np.array([[0, 0], [1, 1], [1, 0], [0, 1]], float)  # crosses itself
    assert inside(np.array([[0.1, 0.5], [0.9, 0.5], [0.5, 0.9]]), eight).tolist() == [True, True, False]


@pytest.mark.parametrize("text", ["", "1.2.3.4", "1.2.3.4.5", "1.2.3.4.5.1001", "1.2.3.4.5.-6", "a.b.c.d.e.f", "1.2.3.4.5.6\n",
                                  ".".join(["7"] * 66), "1.2.3.4.5.٦"])  # fmt: skip
def test_a_link_names_a_loop_or_none(text: str) -> None:
    assert corners_in(text) is None


def test_a_loop_is_what_a_browser_may_send() -> None:
    assert text_of([0, 0, 1000, 0, 500, 250]) == "0.0.1000.0.500.250"
    assert corners_in("0.0.1000.0.500.250").tolist() == [[0, 0], [1, 0], [0.5, 0.25]]
    for sent in (
        None,
        [],
        [1, 2, 3, 4],
        [1, 2, 3, 4, 5, 6.0],
        [1, 2, 3, 4, 5, True],
        ["1"] * 6,
        "1.2.3.4.5.6",
        [9] * 66,
    ):
        assert text_of(sent) is None and asked_in(sent) is None
        assert sent == [] or asked_in({"corners": sent, "digit": 3}) is None


@pytest.mark.parametrize(("digit", "meant"), [(7, 7), (None, None), (-1, None), (True, None), ("7", None), (7.0, None)])
def test_with_a_loop_comes_the_digit_that_was_meant(digit: object, meant: int | None) -> None:
    assert asked_in({"corners": [0, 0, 1000, 0, 500, 250], "digit": digit}) == ("0.0.1000.0.500.250", meant)
    assert asked_in({"corners": [], "digit": digit}) == ("", meant)


def test_who_is_beside_whom_by_hand() -> None:
    """Eleven zeros by themselves; ten fours in a row, a nine at one end of it, and a misread zero a little beyond the other."""
    zeros = [[0.1, 0.9 + step / 1000] for step in range(11)]
    row = [[0.9 + step / 1000, 0.1] for step in (*range(1, 11), 0, 13)]
    points, labels = np.array(zeros + row), np.array([0] * 11 + [4] * 10 + [9, 0])
    wrong = np.arange(23) == 22
    told = told_by(points, labels, wrong)
    assert [(each.digit, each.n, each.wrong, each.beside, each.place) for each in told.regions] == [
        (0, 12, 1, 4, "top left"), (4, 10, 0, 9, "bottom right"), (9, 1, 0, 4, "bottom right")
    ]  # fmt: skip
    assert told.regions[1].middle == pytest.approx((0.9055, 0.1))
    assert [str(sentence) for sentence in told.sentences] == [
        "The 4 and the 9 are mixed most: they lie beside each other more often than any other two.",  # 6 + 10 times
        "Of 1 digits that are read wrong, 1 lie mostly among other digits than their own; of 22 that are read right, 1 do.",
    ]
    alone = told_by(points[:2], labels[:2], wrong[:2])
    assert alone.regions[0].beside is None and len(alone.sentences) == 1
    assert len(told_by(points[:1], labels[:1], wrong[:1]).regions) == 1


def test_the_nearest_on_a_map() -> None:
    assert nearest_on_map(np.array([[0.0, 0], [1, 0], [3, 0], [3.5, 0]]), 1).tolist() == [[1], [0], [3], [2]]
    assert nearest_on_map(np.zeros((30, 2)), 10).shape == (30, 10)  # all at one place


def test_a_map_shows_all_mistakes_and_some_of_the_rest() -> None:
    labels = np.arange(40) % 10
    given = np.eye(10)[np.where(np.arange(40) % 8 == 3, (labels + 1) % 10, labels)]
    evaluation = Evaluation(Dataset("forty", np.zeros((40, 4), np.uint8), labels.astype(np.int64), (2, 2)), given)
    assert for_a_map(evaluation, 40).tolist() == list(range(40))
    shown = for_a_map(evaluation, 10).tolist()
    assert len(shown) == 10 and {3, 11, 19, 27, 35} <= set(shown) and {0, 39} <= set(shown)
    assert for_a_map(evaluation, 2).tolist() == [3, 35]


def test_neighbours_lie_beside_each_other_and_the_same_way_each_time(capsys) -> None:
    rng = np.random.default_rng(0)
    kinds = np.repeat([0, 1, 2], 40)
    seen = (10 * np.eye(3)[kinds] @ rng.normal(size=(3, 8)) + rng.normal(size=(120, 8))).astype(np.float32)
    told: list[float] = []
    points = lay_out_neighbours(seen, told.append, steps=500)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2) + 1e9 * np.eye(120)
    assert (kinds[apart.argmin(axis=1)] == kinds).all()
    assert told == pytest.approx(np.arange(1, 11) / 10) and capsys.readouterr().out == ""
    assert lay_out_neighbours(seen, steps=500).tolist() == points.tolist()
    with pytest.raises(DigitLabError, match="At least 20 digits"):
        lay_out_neighbours(seen[:19])


def test_a_map_is_kept_for_its_network_and_its_digits(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))
    points = np.array([[0, 0], [4, 2], [1, 1]], np.float32)
    keep_map(points, "a" * 64, "d" * 64)
    found = kept_map(tmp_path / "m.safetensors", "a" * 64, "d" * 64, 3)
    assert found == pytest.approx(fitted(points), abs=0.6 / LARGEST)
    path = kept_path("a" * 64, "d" * 64)
    for model, digits, n in (("b" * 64, "d" * 64, 3), ("a" * 64, "e" * 64, 3), ("a" * 64, "d" * 64, 4)):
        with pytest.raises(DigitLabError):
            read_map(path, model, digits, n)
    content = path.read_bytes()
    for damaged in (b"", content[:40], content[:-4], content + b"0" * maps.MAX_BYTES):
        path.write_bytes(damaged)
        assert kept_map(tmp_path / "m.safetensors", "a" * 64, "d" * 64, 3) is None
    monkeypatch.setattr(maps, "MOST", 2)
    for number in range(4):
        keep_map(points, f"{number}" * 64, "d" * 64)
    assert len(list(maps.maps_folder().iterdir())) == 2


def test_the_shipped_maps_are_of_the_shipped_networks(monkeypatch) -> None:
    from core.catalog import find_model, shipped_models
    from core.explain.back_query.kept import file_hash
    from core.scores.evaluation import digits_of

    path = find_model("small")
    assert kept_map(path, file_hash(path), digits_of("digits").sha256, 180) is not None
    for name in shipped_models():
        header = maps.safe_open(maps.shipped_path(find_model(name)), framework="np").metadata()
        assert header["model"] == file_hash(find_model(name))
    assert sum(each.stat().st_size for each in (MODELS / "maps").iterdir()) < 150_000


def test_a_map_is_saved_in_its_square(tmp_path) -> None:
    save_map(np.array([[-3.0, 0], [5, 1]]), tmp_path / "map.safetensors", "m", "d")
    assert read_map(tmp_path / "map.safetensors", "m", "d", 2)[:, 0].tolist() == [0, 1]


def test_the_sheet_has_each_digit_in_its_place() -> None:
    pixels = np.zeros((102, 6), np.uint8)
    pixels[101, 4] = 16  # the second of the second row: its pixel (2, 0) of 3 x 2
    sheet = np.asarray(
        Image.open(io.BytesIO(atlas(Dataset("d", pixels, np.zeros(102, np.int64), (3, 2), 16)))).convert("RGB")
    )
    assert sheet.shape == (6, 200, 3)
    assert np.argwhere(sheet[..., 0] < 100).tolist() == [[3 + 2, 2 + 0]]
