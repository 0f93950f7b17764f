"""What was ever found by changing files by lot stays mended, and some more files are changed: see `tests.fuzz`."""

import json
import subprocess
import sys

import pytest

from core.folders import PROJECT
from tests.fuzz.large import LARGE
from tests.fuzz.quick import CORPUS

COUNT = 60  # changed files of each of some fifty readers; `python -m tests.fuzz` tries 20,000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_whatever_comes_from_outside_is_read_or_refused_in_a_sentence():
    command = [sys.executable, "-m", "tests.fuzz.quick", str(COUNT)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=240)
    *findings, tried = [json.loads(line) for line in done.stdout.splitlines()] or [None]
    assert done.returncode == 0, done.stderr[-2000:]
    assert not findings
    assert tried["kept"] == sum(path.is_file() for path in CORPUS.rglob("*")) + sum(map(len, LARGE.values()))
    assert tried["changed"] > 30 * COUNT


def test_what_was_found_is_kept_in_small_files():
    assert not [path for path in CORPUS.rglob("*") if path.stat().st_size > 2_500 and path.is_file()]
