"""The test digits of MNIST that ship because the shipped networks misread them: whole counts, without MNIST."""

import io

import numpy as np
import pytest

from core.catalog import find_model, load_model
from core.datasets.dataset import Excerpt
from core.errors import DigitLabError
from core.explain.back_query.kept import file_hash
from core.explain.plane import lay_out
from core.models.model import Score
from core.scores.confident import doubted_by, doubtful_labels
from core.scores.evaluation import Evaluation, Whole, digits_of, evaluate_on
from core.scores.labels import DOUBTFUL, corrected, doubtful
from core.scores.misread import FILE, excerpt, keep_misread, known, shipped_evaluation, written
from core.scores.pairs import pair
from core.scores.risk import answered
from core.scores.slices import classes, slices

READERS = {"default": Score(10_000, 9_945), "blog": Score(10_000, 9_717), "rashid": Score(10_000, 9_465)}


def shipped(name: str) -> Evaluation:
    return shipped_evaluation(load_model(name), file_hash(find_model(name)))


def test_an_evaluation_of_some_counts_the_others_too() -> None:
    """Of seven digits two are here: a 1 read as 1, and a 1 read as 2; the others, four 0s and a 3, were read rightly."""
    whole = Whole(np.array([0, 0, 3, 1, 0, 0, 1]), np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.65]), np.zeros(2))
    digits = Excerpt(
        "some", np.ones((2, 4), np.uint8), np.array([1, 1]), (2, 2), places=np.array([3, 6]), of=7, whole=""
    )
    found = Evaluation(digits, np.eye(10)[[1, 2]], whole)
    assert found.score == Score(7, 6) and found.confusion()[1].tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert found.mistakes().tolist() == [1] and digits.numbers().tolist() == [3, 6] and digits.total == 7
    assert found.all_answers.tolist() == [0, 0, 3, 1, 0, 0, 2] and found.here(np.array([6, 0, 3])).tolist() == [1, 0]
    silent = answered(found, 0.3)  # about the two that it is least sure of, both 0s
    assert (silent.silent, silent.score, silent.caught) == (2, Score(5, 4), 0) and silent.least == 0.6
    assert silent.mistakes.tolist() == [1]  # where it stands among those that are here
    (place,) = slices(found, {"place": (("first", "last"), np.array([0, 0, 0, 0, 0, 0, 1]))})
    assert [(part.n, part.correct) for part in place.parts] == [(6, 6), (1, 0)]


@pytest.mark.parametrize(("name", "score"), READERS.items())
def test_all_mistakes_of_a_shipped_network_are_here(name: str, score: Score) -> None:
    """A red line here after a network was trained anew: python -m core keep-misread."""
    assert known(file_hash(find_model(name))), "the file is of other networks than those that ship"
    found = shipped(name)
    assert found.score == score and len(found.mistakes()) == score.n - score.correct
    assert np.array_equal(found.all_labels[found.among_all], found.data.labels)
    assert found.all_confidence[found.among_all] == pytest.approx(found.confidence, abs=1e-4)
    assert np.delete(found.all_answers == found.all_labels, found.among_all).all()


def test_the_doubted_labels_are_among_them() -> None:
    found = shipped("default")
    numbers = found.data.numbers()
    assert {int(numbers[place]): each for place, each in doubtful(found.data).items()} == DOUBTFUL
    assert all(found.data.labels[place] == each.given for place, each in doubtful(found.data).items())
    assert corrected(found) == Score(9_995, 9_944)  # as `evaluate default` counts with MNIST


def test_it_is_small_and_names_its_licence() -> None:
    assert FILE.stat().st_size < 1_000_000
    with np.load(FILE, allow_pickle=False) as file:
        assert "CC BY-SA 3.0" in str(file["source"]) and "LeCun" in str(file["source"])


def test_of_other_networks_nothing_is_known(tmp_path) -> None:
    assert not known("0" * 64) and not known("0" * 64, tmp_path / "none.npz")
    with pytest.raises(DigitLabError, match="Fetch MNIST"):
        shipped_evaluation(load_model("blog"), "0" * 64)
    for content in (b"", b"PK\x03\x04 torn", _npz(numbers=np.arange(3))):
        (tmp_path / "misread.npz").write_bytes(content)
        with pytest.raises(DigitLabError, match="damaged"):
            excerpt(tmp_path / "misread.npz")


def _npz(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


@pytest.mark.mnist
@pytest.mark.usefixtures("mnist_dir")
def test_they_are_mnists_and_say_what_it_says(tmp_path) -> None:
    digits = digits_of("mnist")
    here = excerpt()
    assert np.array_equal(digits.pixels[here.numbers()], here.pixels)
    divided = classes(digits)
    for name, (parts, which) in written().items():
        assert parts == divided[name][0] and np.mean(which == divided[name][1]) > 0.999  # on the edge of two, rounding
    whole = {name: evaluate_on(load_model(name), "mnist") for name in ("default", "blog")}
    part = {name: shipped(name) for name in whole}
    for name, each in whole.items():
        assert np.array_equal(each.confusion(), part[name].confusion()) and corrected(each) == corrected(part[name])
        assert part[name].all_confidence == pytest.approx(each.confidence, abs=1e-4)
        odd = lay_out(load_model(name), digits).unusual[here.numbers()]
        assert part[name].whole is not None and part[name].whole.unusual == pytest.approx(odd, rel=1e-3)
        doubted = {int(here.numbers()[found.place]) for found in doubted_by(part[name])}
        assert doubted == {found.place for found in doubtful_labels(each.probabilities, digits.labels)}
    all_of_them, some = pair(*whole.values()), pair(*part.values())
    assert some.p_value == all_of_them.p_value and np.array_equal(some.difference, all_of_them.difference)
    assert np.array_equal(here.numbers()[some.fixed], all_of_them.fixed)
    assert np.array_equal(here.numbers()[some.broken], all_of_them.broken)
    made = tmp_path / "misread.npz"
    wrong = (whole["default"].answers != digits.labels) | (whole["blog"].answers != digits.labels)
    unusual = dict.fromkeys("ab", np.arange(len(digits)))
    count = keep_misread({"a": whole["default"], "b": whole["blog"]}, unusual, made)
    assert count == len({*np.flatnonzero(wrong), *DOUBTFUL}) and known("a", made) and not known("c", made)
