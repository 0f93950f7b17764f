import gzip
import json

import numpy as np
import pytest

from core.datasets.pen import HELD_BACK_SITE, PenDigit, part_writers, pen_path, read_pen
from core.errors import DigitLabError

LINE = {"label": 7, "writer": "a/1", "strokes": [[[0, 0], [100, 0], [50, 200]], [[20, 100]]]}


@pytest.fixture
def pen_file(tmp_path):
    def write(*lines, name="pen.jsonl.gz"):
        path = tmp_path / name
        content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


@pytest.mark.parametrize("name", ["pen.jsonl.gz", "pen.jsonl"])
def test_reads_labels_writers_and_strokes(pen_file, name):
    found = read_pen(pen_file(LINE, "", {**LINE, "label": 0}, name=name))
    assert [digit.label for digit in found.digits] == [7, 0]
    first = found.digits[0]
    assert (first.writer, first.site) == ("a/1", "a")
    assert [stroke.tolist() for stroke in first.strokes] == [[[0, 0], [100, 0], [50, 200]], [[20, 100]]]


def test_the_hash_is_of_the_lines_however_they_are_packed(pen_file):
    assert read_pen(pen_file(LINE)).sha256 == read_pen(pen_file(LINE, name="pen.jsonl")).sha256


def test_a_folder_with_one_file(pen_file):
    assert len(read_pen(pen_file(LINE).parent).digits) == 1


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "7", {**LINE, "label": 10}, {**LINE, "label": "7"}, {**LINE, "strokes": []}, {**LINE, "writer": 3},
     {**LINE, "strokes": [[[0, 0, 0]]]}, {**LINE, "strokes": [[[0, "x"]]]}, {**LINE, "strokes": [[[0, 1e999]]]},
     {"label": 1}],
)  # fmt: skip
def test_a_bad_line_is_named(pen_file, line):
    with pytest.raises(DigitLabError, match=r"[Ll]ine 2 of pen\.jsonl\.gz"):
        read_pen(pen_file(LINE, line))


def test_files_that_cannot_be_read(tmp_path, pen_file):
    with pytest.raises(DigitLabError, match="cannot be read"):
        read_pen(tmp_path / "nothing.jsonl")
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(gzip.compress(b"x" * 10_000)[:-20])
    with pytest.raises(DigitLabError, match="cannot be read"):
        read_pen(broken)
    with pytest.raises(DigitLabError, match="no digits"):
        read_pen(pen_file(name="empty.jsonl"))


def test_an_empty_folder_is_a_sentence(tmp_path):
    with pytest.raises(DigitLabError, match="holds no file of pen digits"):
        read_pen(tmp_path)


def test_the_variable_names_the_file(monkeypatch, pen_file):
    monkeypatch.delenv("PEN_DIGITS", raising=False)
    assert pen_path() is None
    path = pen_file(LINE)
    monkeypatch.setenv("PEN_DIGITS", str(path.parent))
    assert pen_path() == path


def test_no_writer_is_on_both_sides():
    stroke = (np.zeros((1, 2)),)
    writers = [f"{site}/{n}" for site in ("aga", HELD_BACK_SITE) for n in range(12)]
    digits = tuple(PenDigit(3, writer, stroke) for writer in writers for _ in range(2))
    learn, choose = part_writers(digits)
    assert {d.writer for d in learn}.isdisjoint({d.writer for d in choose})
    assert len(learn) + len(choose) == len(digits)
    assert all(d.site != HELD_BACK_SITE for d in learn)
    assert len({d.writer for d in choose if d.site == "aga"}) == 2
